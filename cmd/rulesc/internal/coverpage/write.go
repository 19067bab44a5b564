package coverpage

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed page.css
var style markup

// Start is what every page begins with.
const Start = "<!DOCTYPE html>"

// A page is written from the top to the bottom. Package html/template would do it
// too, but it calls methods by name, which keeps every exported method of the whole
// program in it: a quarter of its size.
type page struct{ bytes.Buffer }

// A markup is text of the page as it stands: constants only, never what comes from
// a file.
type markup string

// put writes a format with the verb %s alone, each of which stands for a value that
// is escaped, in the text or between the quotes of an attribute.
func (p *page) put(format markup, values ...any) {
	for i, v := range values {
		values[i] = escaper.Replace(fmt.Sprint(v))
	}
	fmt.Fprintf(p, string(format), values...)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "+", "&#43;")

func (p *page) all(v *pageView) {
	p.put(Start+`
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>Rule coverage: %s%%</title>
<style>
`, v.Total.Alternatives.Percent)
	p.WriteString(string(style))
	p.put(`</style>
</head>
<body>
<header>
  <h1>Rule coverage</h1>
  <p class="sub">`)
	if v.Passed {
		p.put(`%s`, v.Summary)
	} else {
		p.put(`<span class="bad">%s</span>`, v.Summary)
	}
	if v.First != "" {
		p.put(` · <a href="#%s">first gap</a>`, v.First)
	}
	p.put(`</p>
</header>
<main>
<div class="totals">`)
	p.total("Alternatives that a test matches", v.Total.Alternatives)
	p.total("Rules that match", v.Total.Rules)
	p.total("Edges of the trie that are reached", v.Total.Edges)
	p.put(`
</div>
<div class="card summary">
<table class="files">
<thead><tr><th scope="col">File</th><th scope="col">Alternatives</th><th scope="col">Rules</th><th scope="col">Edges</th></tr></thead>
<tbody>`)
	for _, f := range v.Files {
		p.put(`
<tr><th scope="row"><a href="#%s">%s</a>`, f.ID, f.Title)
		p.layer(f.Layer)
		p.put(`</th>`)
		p.share(f.Counts.Alternatives)
		p.share(f.Counts.Rules)
		p.share(f.Counts.Edges)
		p.put(`</tr>`)
	}
	p.put(`
</tbody>
</table>
</div>
<ul class="legend" aria-label="Legend">
  <li><span class="dot full"></span> covered</li>
  <li><span class="dot part"></span> partly covered</li>
  <li><span class="dot none"></span> not covered</li>
  <li><span class="hit">token</span> a matching command has it</li>
  <li><span class="miss">token</span> none has it</li>
  <li>the number beside a rule: commands that it matched</li>
</ul>`)
	for _, f := range v.Files {
		p.file(f)
	}
	p.put(`
</main>
<footer>%s. A rule or an alternative is covered if the rule matched a command of an example in <code>match</code> or of a test table; an edge if such a command went along it.</footer>
</body>
</html>`, v.Tool)
}

func (p *page) total(what string, s shareView) {
	p.put(`
  <div class="card total"><div class="what">%s</div><div class="number">%s%% <small>%s of %s</small></div><div class="bar %s"><i style="width: %s%%"></i></div></div>`,
		what, s.Percent, s.Covered, s.Total, s.Status, s.Percent)
}

func (p *page) share(s shareView) {
	p.put(`<td><div class="share"><div class="bar %s"><i style="width: %s%%"></i></div><b>%s%%</b><span>%s of %s</span></div></td>`,
		s.Status, s.Percent, s.Percent, s.Covered, s.Total)
}

func (p *page) layer(name string) {
	if name != "" {
		p.put(`<span class="layer">%s</span>`, name)
	}
}

func (p *page) file(f *fileView) {
	p.put(`
<section class="card" id="%s" aria-labelledby="%s-title">
<header><h2 id="%s-title">%s`, f.ID, f.ID, f.ID, f.Title)
	p.layer(f.Layer)
	p.put(`</h2><span>%s of %s alternatives</span>`, f.Counts.Alternatives.Covered, f.Counts.Alternatives.Total)
	if f.First != "" {
		p.put(`<a href="#%s">first gap</a>`, f.First)
	}
	p.put(`</header>
<div class="code" tabindex="0" role="region" aria-labelledby="%s-title">
<table role="presentation">`, f.ID)
	for _, line := range f.Lines {
		p.line(line)
		for _, note := range line.Notes {
			p.note(note)
		}
	}
	p.put(`
</table>
</div>
</section>`)
}

func (p *page) line(l *lineView) {
	p.put("\n<tr")
	if l.Status != "" {
		p.put(` class="%s"`, l.Status)
	}
	p.put(`><td class="no">%s</td><td class="hits">`, l.Number)
	if l.Head {
		p.put(`%s×`, l.Hits)
	}
	p.put(`</td><td class="mark">`)
	if l.Head {
		p.put(`<span class="dot %s" role="img" aria-label="%s" title="%s"></span>`, l.Status, l.Status.Word(), l.Status.Word())
	}
	p.put(`</td><td class="src`)
	if l.Comment {
		p.put(` comment`)
	}
	p.put(`">`)
	for _, part := range l.Parts {
		if part.Class != "" {
			p.put(`<span class="%s" title="%s">%s</span>`, part.Class, part.Title, part.Text)
		} else {
			p.put(`%s`, part.Text)
		}
	}
	p.put("\n</td></tr>")
}

func (p *page) note(n *noteView) {
	p.put(`
<tr class="note"><td colspan="3"></td><td><div class="gap %s" id="%s"><p>`, n.Status, n.ID)
	if n.Rule != "" {
		p.put(`<code>%s</code>`, n.Rule)
	}
	p.put(`<span><b>Not covered</b>`)
	for _, missing := range n.Missing {
		p.put(`<span class="missing">%s</span>`, missing)
	}
	p.put(`</span>`)
	if n.Next != "" {
		p.put(`<a href="#%s">next gap ↓</a>`, n.Next)
	}
	p.put(`</p>`)
	if len(n.Proposals) > 0 {
		p.put(`<details open=""><summary>examples to add</summary><pre tabindex="0">%s</pre></details>`, strings.Join(n.Proposals, "\n"))
	}
	if len(n.Rules) > 0 {
		p.put(`<details><summary>by program</summary><table class="programs"><thead><tr><th scope="col">program</th><th scope="col">matched</th><th scope="col">decided</th></tr></thead><tbody>`)
		for _, r := range n.Rules {
			p.put(`<tr`)
			if r.Matched == 0 {
				p.put(` class="zero"`)
			}
			p.put(`><th scope="row"><code>%s</code></th><td>%s</td><td>%s</td></tr>`, r.Program, r.Matched, r.Decided)
		}
		p.put(`</tbody></table></details>`)
	}
	p.put("\n</div></td></tr>")
}
