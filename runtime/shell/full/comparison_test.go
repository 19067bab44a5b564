package full_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

var update = flag.Bool("update", false, "rewrite COMPARISON.md")

// layersCases are recorded readings of the reference, laid beside the
// repository where they are at hand.
const layersCases = "../../../../shared/conformance/layers.jsonl"

type layersCase struct {
	ID, Group, Topic, About string
	Argv                    []string
	Observed                struct{ Lowered [][]string }
}

func groupB(t *testing.T) (cases []layersCase) {
	f, err := os.Open(layersCases)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded cases are not here: ", layersCases)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c layersCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Group == "B" && len(c.Argv) > 0 {
			cases = append(cases, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// reports reports whether a reading lists a command, as it is or open-ended.
// bash says whether only commands count that bash would run.
func reports(s *full.Script, command []string) (listed, bash bool) {
	if slices.Equal(s.Argv, command) {
		return true, true
	}
	for _, c := range s.Commands {
		if slices.Equal(c.Words, command) || c.OpenEnded && len(c.Words) <= len(command) && slices.Equal(c.Words, command[:len(c.Words)]) {
			listed = true
			bash = bash || len(c.Via) == 0 || c.Via[0].Kind != full.Reference
		}
	}
	return listed, bash
}

// notBash says where the reference reads commands that no bash would run.
func notBash(script string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(script, " "), " ")
	switch {
	case strings.ContainsAny(script, "\r\f\v"):
		return "CR, form feed and vertical tab separate words for the reference; in bash they belong to the word"
	case strings.Contains(script, "\\\n") || strings.Contains(script, "\\ ") || strings.Contains(script, "\\\t"):
		return "an escaped blank or newline separates words for the reference; in bash it is quoted, or nothing"
	case strings.HasPrefix(script, "\ufeff"):
		return "a byte order mark is skipped by the reference; in bash it belongs to the word"
	case strings.HasPrefix(script, "-") || strings.HasPrefix(script, "+"):
		return "a script that starts with - or + is a command for the reference; bash takes it for an option"
	case script == "_+=1":
		return "`_+=1` is a command for the reference; in bash it is an assignment"
	case script == "let":
		return "`let` without an operand, which bash runs and rejects, is not parsed; the script is reported as opaque"
	case slices.Contains([]string{"then", "do", "done", "fi", "else", "elif", "esac", "in", "}", "coproc", "time"}, first):
		return "reserved words without their command are commands for the reference, and errors in bash"
	}
	return ""
}

// TestComparison holds that the full reading lists at least what the reference
// does, and writes down what it lists more.
func TestComparison(t *testing.T) {
	type row struct {
		topic              string
		cases, plain, more int
		example            string
		found              []string
	}
	rows := make(map[string]*row)
	exceptions := make(map[string][]string)
	total, same := 0, 0
	for _, c := range groupB(t) {
		total++
		script := full.Read(c.Argv)
		check(t, script)
		r := rows[c.Topic]
		if r == nil {
			r = &row{topic: c.Topic}
			rows[c.Topic] = r
		}
		r.cases++
		commands, plain := shell.Reference(c.Argv)
		if plain {
			r.plain++
		} else if len(script.Commands) > 0 {
			r.more++
			line := c.Argv[len(c.Argv)-1]
			if r.example == "" || better(line, r.example) {
				r.example, r.found = line, nil
				for _, command := range script.Commands {
					r.found = append(r.found, written(command))
				}
			}
		}
		missing, foreign := false, false
		for _, command := range append(commands, c.Observed.Lowered...) {
			listed, bash := reports(script, command)
			missing, foreign = missing || !listed, foreign || !bash
		}
		switch why := notBash(c.Argv[len(c.Argv)-1]); {
		case !missing && !foreign:
			same++
		case !missing && why != "":
			exceptions[why] = append(exceptions[why], c.ID)
		default:
			t.Errorf("%s: %q\nreference %q\nread %s", c.ID, c.Argv, commands, describe(script))
		}
	}
	t.Logf("all of %d cases list at least what the reference does, %d of them as bash does", total, same)

	var b strings.Builder
	b.WriteString(`# What the reference's reading misses

Made by ` + "`go test ./runtime/shell/full -run TestComparison -update`" + ` from the recorded scripts of the reference; do not edit.

The reference takes a script apart only if all of it is plain; otherwise rules see the shell and nothing of what it runs.
A row is a group of recorded scripts: how many there are, how many of them the reference takes apart, and in how many of
the others the full reading lists commands.

| scripts with | recorded | taken apart by the reference | more in the full reading | for example | commands in it |
|---|--:|--:|--:|---|---|
`)
	var all row
	for _, r := range slices.SortedFunc(maps.Values(rows), func(a, b *row) int { return cmp.Compare(a.topic, b.topic) }) {
		example := ""
		if r.example != "" {
			example = code(r.example)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %s |\n", r.topic, r.cases, r.plain, r.more, example, strings.Join(r.found, "<br>"))
		all.cases, all.plain, all.more = all.cases+r.cases, all.plain+r.plain, all.more+r.more
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d | | |\n", all.cases, all.plain, all.more)
	fmt.Fprintf(&b, `
The full reading lists at least the commands of the reference, in all %d scripts. In %d of them the reference reads
something that bash would not run; the full reading lists that beside what bash does run:

`, total, total-same)
	for _, why := range slices.Sorted(maps.Keys(exceptions)) {
		fmt.Fprintf(&b, "- %s: %d scripts (%s).\n", why, len(exceptions[why]), strings.Join(exceptions[why], ", "))
	}
	if *update {
		if err := os.WriteFile("COMPARISON.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("COMPARISON.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Error("COMPARISON.md is out of date: run with -update")
	}
}

// TestDecideIsAsStrictAsTheReference holds that no script which the reference
// takes apart is answered more loosely.
func TestDecideIsAsStrictAsTheReference(t *testing.T) {
	policy := rulesOf("echo = allow\necho SECRET = forbidden\nprintf = prompt\nls = allow\nbash = allow\n/bin/bash = allow\ntrue = allow\ncat = prompt")
	strict := make(map[runtime.Decision]int)
	for _, c := range groupB(t) {
		commands, plain := shell.Reference(c.Argv)
		if !plain {
			continue
		}
		reference, unmatched := runtime.None, false
		for _, command := range commands {
			d := policy.Decide(command).Decision
			reference, unmatched = max(reference, d), unmatched || d == runtime.None
		}
		if reference == runtime.Allow && unmatched {
			reference = runtime.None
		}
		strict[reference]++
		got := full.Decide(policy, full.Read(c.Argv)).Decision
		// What the reference allows may be not decided, since the full reading
		// saw something that no rule speaks about.
		if got < reference && !(got == runtime.None && reference == runtime.Allow) || got == runtime.Allow && reference != runtime.Allow {
			t.Errorf("%s: %q: %v, but the reference's reading %v", c.ID, c.Argv, got, reference)
		}
	}
	t.Log(strict)
}

// better prefers examples that fit in a table.
func better(a, b string) bool {
	ugly := func(s string) bool { return strings.ContainsAny(s, "\n\r\t\f\v\x00") || len(s) > 60 }
	return ugly(b) && !ugly(a)
}

func written(c full.Command) string {
	line := strings.Join(c.Words, " ")
	if c.OpenEnded {
		line += " …"
	}
	return code(line)
}

func code(s string) string {
	s = strings.NewReplacer("|", "\\|", "\n", "⏎", "\r", "␍", "`", "´").Replace(s)
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "…"
	}
	return "`" + s + "`"
}
