package layers

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
)

// The reference once wrote rules into the user's default.rules by itself, and
// later thought better of the broad ones: it deletes such lines, once, and
// leaves a marker file. Source: LAYERS.md §10.
//
// A compiler must not rewrite what it compiles. Here the lines are blanked in
// the text that is handed on, for as long as the marker is not there. The line
// ends stay, so that every other line keeps its number. That a line is empty
// and not gone changes nothing that counts: between statements, and inside
// brackets, Starlark ignores blank lines; in a string in triple quotes one
// more line end remains; behind a backslash at a line's end it makes an error
// where the reference joins the lines.

const (
	cleanupFile   = "default.rules"
	cleanupMarker = ".sandbox_migration"
)

// A Dropped line is one that does not count although it is in the file.
type Dropped struct {
	Line int    // from 1
	Text string // without the line end
}

// dropBroadAllows blanks the lines that the reference would delete. It returns
// a text of its own when there are any, else text itself.
func dropBroadAllows(text []byte) ([]byte, []Dropped) {
	if !bytes.Contains(text, []byte(allowPrefix)) {
		return text, nil
	}
	var kept []byte
	var dropped []Dropped
	number := 0
	for line := range bytes.SplitAfterSeq(text, []byte("\n")) {
		number++
		body := bytes.TrimRight(line, "\r\n")
		if isBroadAllow(string(body)) {
			dropped = append(dropped, Dropped{number, string(body)})
			line = line[len(body):]
		}
		kept = append(kept, line...)
	}
	if dropped == nil {
		return text, nil
	}
	return kept, dropped
}

const (
	allowPrefix = "prefix_rule(pattern="
	allowSuffix = `, decision="allow")`
)

// isBroadAllow reports whether a line allows a command that can run anything.
func isBroadAllow(line string) bool {
	list, ok := strings.CutPrefix(line, allowPrefix)
	if !ok {
		return false
	}
	if list, ok = strings.CutSuffix(list, allowSuffix); !ok {
		return false
	}
	var words []string
	if json.Unmarshal([]byte(list), &words) != nil || len(words) == 0 {
		return false
	}
	for i := range words {
		if strings.Contains(words[i], "\x00") {
			return false
		}
		words[i] = asciiLower(words[i])
	}
	return broad()[strings.Join(words, "\x00")]
}

// asciiLower lowers the letters A to Z and no others.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// broad holds the lists, lower case, joined with NUL.
var broad = sync.OnceValue(func() map[string]bool {
	lists := map[string]bool{}
	add := func(programs string, options ...string) {
		for _, program := range strings.Fields(programs) {
			if len(options) == 0 {
				lists[program] = true
			}
			for _, option := range options {
				lists[program+"\x00"+option] = true
			}
		}
	}
	add(`python python3 py pythonw pyw pypy pypy3 git bash sh zsh dash ksh fish
		/bin/bash /bin/sh /bin/zsh env sudo node nodejs deno bun perl ruby php lua julia
		rscript osascript rm cmd cmd.exe powershell powershell.exe pwsh`)
	add("python python3 bash sh zsh dash ksh fish /bin/bash /bin/sh /bin/zsh powershell powershell.exe pwsh", "-c")
	add("bash sh zsh /bin/bash /bin/sh /bin/zsh", "-lc")
	add("python python3", "-")
	add("py", "-3")
	add("node nodejs bun perl ruby lua julia pwsh", "-e")
	add("php", "-r")
	add("deno", "eval")
	add("bun npm pnpm yarn", "run")
	add("powershell powershell.exe pwsh", "-command", "-encodedcommand", "-file")
	add("pwsh", "-ec", "-f")
	add("cmd cmd.exe", "/c", "/k")
	return lists
})
