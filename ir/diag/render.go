package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Style says how diagnostics are drawn.
type Style struct {
	// Source returns the text of a file by the name that diagnostics use, or ""
	// where it is not at hand. Nil: no source lines are shown.
	Source func(file string) string
	Color  bool // ANSI colours
}

const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	amber = "\x1b[33m"
	blue  = "\x1b[34m"
	plain = "\x1b[0m"
)

// drawnAlike is how many diagnostics of one file that say the same are drawn
// whole.
const drawnAlike = 3

// Render writes the diagnostics for a person: the line that
// [Diagnostic.Error] returns, then the source line with a caret under the
// place, the calls that led there, and the mend. Where a file gives cause to
// say the same again and again, the later ones are that one line.
func Render(w io.Writer, list List, style Style) error {
	said := make(map[[2]string]int)
	for _, d := range list {
		var b strings.Builder
		b.WriteString(head(d, style.Color))
		b.WriteByte('\n')
		same := [2]string{d.File, d.Message}
		if said[same]++; said[same] > drawnAlike {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return err
			}
			continue
		}
		if style.Source != nil {
			excerpt(&b, d, style.Source(d.File))
		}
		for _, c := range d.Calls {
			fmt.Fprintf(&b, "  called from %s, in %s\n", c.Position, c.Func)
		}
		if d.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", d.Hint)
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return nil
}

func head(d Diagnostic, color bool) string {
	if !color {
		return Printable(d.Error())
	}
	tint := map[Severity]string{Error: red, Warning: amber, Note: blue}[d.Severity]
	line := Printable(d.Error())
	before, after, found := strings.Cut(line, string(d.Severity)+": ")
	if !found {
		return line
	}
	return bold + before + tint + string(d.Severity) + ": " + plain + bold + after + plain
}

// excerpt draws the line that the diagnostic is about. A place on several
// lines is underlined to the end of the first.
func excerpt(b *strings.Builder, d Diagnostic, source string) {
	line, ok := sourceLine(source, d.Line)
	if !ok || d.Col < 1 {
		return
	}
	runes := []rune(line)
	start := min(d.Col-1, len(runes))
	end := start + 1
	if d.End.Line == d.Line && d.End.Col > d.Col {
		end = max(end, min(d.End.Col-1, len(runes)))
	} else if d.End.Line > d.Line {
		end = max(end, len(runes))
	}
	const width = 160 // longer lines are cut around the place
	cut := 0
	if start > width/2 {
		cut = start - width/2
	}
	shown := runes[cut:min(cut+width, len(runes))]
	end = min(end, cut+width+1)
	number := fmt.Sprintf("%5d", d.Line)
	fmt.Fprintf(b, "%s | %s\n", number, Printable(string(shown)))
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", columns(runes[cut:start])), strings.Repeat("^", max(1, columns(runes[start:min(end, len(runes))]))))
}

func columns(shown []rune) int { return Columns(Printable(string(shown))) }

func sourceLine(source string, n int) (string, bool) {
	if n < 1 {
		return "", false
	}
	for ; n > 1; n-- {
		_, rest, found := strings.Cut(source, "\n")
		if !found {
			return "", false
		}
		source = rest
	}
	line, _, _ := strings.Cut(source, "\n")
	return strings.TrimSuffix(line, "\r"), line != "" || source != ""
}

// Printable returns s with control characters made visible and line ends too,
// so that what a rule file holds stays on its line and cannot drive the
// terminal that shows it. It keeps the number of characters.
func Printable(s string) string {
	clean := func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case r >= 0x80 && r < 0xa0, r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return utf8.RuneError
		}
		return r
	}
	return strings.Map(clean, s)
}
