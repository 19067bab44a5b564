package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/internal/history"
)

func Example() {
	log := strings.NewReader(`["git","status"]` + "\n" + `["git","pu` + "\n")
	report, err := history.Read(log, history.Auto, func(argv []string, line int64) error {
		fmt.Println(line, argv)
		return nil
	})
	fmt.Println(err, report.Format, report.Commands, report.First)
	// Output:
	// 1 [git status]
	// <nil> tokens 1 [{2 expected a JSON array of strings: unexpected end of JSON input}]
}

// run returns what a log holds: a line for each command, "line: tokens", and
// for each mistake, "line! reason".
func run(t *testing.T, format history.Format, log string) (history.Report, []string) {
	t.Helper()
	var got []string
	report, err := history.Read(strings.NewReader(log), format, func(argv []string, line int64) error {
		if len(argv) == 3 && argv[0] == "bash" && argv[1] == "-lc" {
			argv = argv[2:]
		}
		got = append(got, fmt.Sprintf("%d: %s", line, strings.Join(argv, "|")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range report.First {
		got = append(got, fmt.Sprintf("%d! %s", m.Line, m.Reason))
	}
	return report, got
}

func TestRead(t *testing.T) {
	const codex = `{"timestamp":"2026-01-02T03:04:05Z","type":"session_meta","payload":{"id":"x","cwd":"/w"}}
{"type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I run git"}]}}
{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"git push\"],\"workdir\":\"/w\"}","call_id":"c"}}
{"type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":"{\"type\":\"function_call\",\"name\":\"shell\"}"}}
{"type":"response_item","payload":{"type":"function_call","name":"shell_command","arguments":"{\"command\":\"ls -la\",\"login\":false}"}}
{"type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"rg x\",\"shell\":\"/bin/zsh\"}"}}
{"type":"response_item","payload":{"type":"local_shell_call","call_id":"d","status":"completed","action":{"type":"exec","command":["git","log"]}}}
{"type":"event_msg","payload":{"type":"exec_command_begin","command":["bash","-lc","git push"]}}
{"type":"response_item","payload":{"type":"function_call","name":"update_plan","arguments":"{\"plan\":[]}"}}
{"type":"function_call","name":"container.exec","arguments":"{\"command\":[\"make\"]}"}
{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":"}}
{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{}"}}
{"type":"compacted","payload":{"message":"","replacement_history":[{"type":"function_call","name":"shell","arguments":"{\"command\":[\"rm\"]}"}]}}
`
	const claude = `{"type":"summary","summary":"x","leafUuid":"y"}
{"type":"user","message":{"role":"user","content":"please use \"tool_use\" of Bash"},"sessionId":"s"}
{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"ok"},{"type":"tool_use","id":"t","name":"Bash","input":{"command":"git status\ngit log","description":"d"}},{"type":"tool_use","id":"u","name":"Read","input":{"file_path":"/x"}},{"type":"tool_use","id":"v","name":"Bash","input":{"command":"ls"}}]}}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"done"}]},"toolUseResult":{"stdout":"done"}}
{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{"description":"no command"}}]}}
{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Ba
`
	for _, test := range []struct {
		name   string
		format history.Format
		log    string
		read   history.Format
		want   []string
	}{
		{"nothing", history.Auto, "", history.Auto, nil},
		{"blank lines", history.Auto, "\n \n", history.Auto, nil},
		{"tokens", history.Auto, "\n[\"git\", \"a \\\"b\\\"\"]\n [ \"é\" ]\n[]\nx\n[\"\"]", history.Tokens, []string{
			`2: git|a "b"`, "3: é", "6: ",
			"4! expected a JSON array of strings, found an empty one",
			"5! expected a JSON array of strings: invalid character 'x' looking for beginning of value",
		}},
		{"a test command is no JSON", history.Auto, "[ -f x ] && ls\n", history.Shell, []string{"1: [ -f x ] && ls"}},
		{"bash", history.Auto, "git status\n\n# a comment\n  ls -l \ngit push", history.Shell, []string{"1: git status", "4: ls -l", "5: git push"}},
		{"bash with time stamps", history.Auto, "#1700000000\ngit status\n#1700000001\nfor x in a; do\n\n  ls\ndone\n#1700000002\n#1700000003\nls # 1\n", history.Shell, []string{
			"2: git status", "4: for x in a; do\n\n  ls\ndone", "10: ls # 1",
		}},
		{"time stamps from the middle on", history.Shell, "ls\nls -l\n#1700000000\ngit log\n", history.Shell, []string{"1: ls", "2: ls -l", "4: git log"}},
		{"zsh", history.Auto, ": 1700000000:0;git status\n: 1700000001:12;for x in a; do\\\n  ls\\\ndone\nplain\n: 1:0;\n: 1:0;echo \xc3\x83\xa9 x", history.Zsh, []string{
			"1: git status", "2: for x in a; do\n  ls\ndone", "5: plain", "7: echo \u00c9 x",
		}},
		{"zsh without times", history.Zsh, "ls\nls \\\n-l\n", history.Zsh, []string{"1: ls", "2: ls \n-l"}},
		{"zsh ends in the middle", history.Zsh, "ls \\", history.Zsh, []string{"1: ls"}},
		{"fish", history.Auto, "- cmd: git status\n  when: 1700000000\n- cmd: for x in a\\n  ls \\\\$x\\nend\n  when: 1700000001\n  paths:\n    - x\n- cmd: # a comment\n- cmd: ls\\", history.Fish, []string{
			"1: git status", "3: for x in a\n  ls \\$x\nend", "8: ls\\",
		}},
		{"not text", history.Shell, "ls \xff\nls \x00\nls", history.Shell, []string{"3: ls", "1! not valid UTF-8", "2! holds a NUL byte"}},
		{"codex", history.Auto, codex, history.Agent, []string{
			"3: git push", "5: bash|-c|ls -la", "6: /bin/zsh|-lc|rg x", "7: git|log", "10: make",
			"11! the arguments of a shell tool: unexpected end of JSON input", "12! a call of a shell tool without a command",
		}},
		{"codex is no claude", history.Claude, codex, history.Claude, nil},
		{"claude", history.Auto, claude, history.Agent, []string{
			"3: git status\ngit log", "3: ls", "5! a call of a shell tool without a command", "6! not a JSON object",
		}},
		{"claude is no codex", history.Codex, claude, history.Codex, []string{"6! not a JSON object"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			report, got := run(t, test.format, test.log)
			if report.Format != test.read {
				t.Errorf("read as %s, want %s", report.Format, test.read)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if report.Bytes != int64(len(test.log)) {
				t.Errorf("%d bytes, want %d", report.Bytes, len(test.log))
			}
			if want := int64(strings.Count(test.log, "\n") + min(1, len(test.log[strings.LastIndexByte(test.log, '\n')+1:]))); report.Lines != want {
				t.Errorf("%d lines, want %d", report.Lines, want)
			}
		})
	}
}

// Lines without end are passed over in bounded memory.
func TestLongEntries(t *testing.T) {
	long := strings.Repeat("x", history.MaxEntry+1)
	lines := strings.Repeat("echo\n", history.MaxEntry/5+1)
	for name, log := range map[string]string{
		"tokens": `["ls"]` + "\n[\"" + long + "\"]\n" + `["ls"]`,
		"codex":  "{}\n" + `{"type":"function_call","x":"` + long + "\"}\n" + `{"type":"function_call","name":"shell","arguments":"{\"command\":\"ls\"}"}`,
		"shell":  "ls\n" + long + "\nls",
		"stamps": "#1\nls\n#2\n" + lines + "#3\nls",
		"fish":   "- cmd: ls\n- cmd: " + long + "\n- cmd: ls",
		"zsh":    ": 1:1;ls\n" + strings.ReplaceAll(lines, "\n", "\\\n") + "\n: 1:1;ls",
	} {
		t.Run(name, func(t *testing.T) {
			report, got := run(t, history.Auto, log)
			last := got[len(got)-1]
			if report.Broken != 1 || !strings.HasSuffix(last, "! longer than 8388608 bytes") || !strings.HasSuffix(got[len(got)-2], ": ls") {
				t.Errorf("got %.80q", got)
			}
		})
	}
}

func TestErrorsEndTheReading(t *testing.T) {
	stop := errors.New("stop")
	_, err := history.Read(strings.NewReader("a\nb\n"), history.Shell, func([]string, int64) error { return stop })
	if err != stop {
		t.Errorf("got %v", err)
	}
	_, err = history.Read(failing{stop}, history.Auto, func([]string, int64) error { return nil })
	if err != stop {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzParseTokens(f *testing.F) {
	for _, line := range []string{`["git","push"]`, `[]`, `null`, `["a",null]`, `["\ud800"]`, `[1]`, "[\"\xff\"]", `["a"] x`, ` [ "a" , "b" ] `, `["a",]`, `[,"a"]`, `["a" "b"]`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		argv, err := history.ParseTokens(line)
		if (err == nil) != (len(argv) > 0) {
			t.Fatalf("%q: %q, %v", line, argv, err)
		}
		// Spelt with an escape, the line takes the other way through the parser.
		if i := bytes.IndexByte(line, 'a'); i >= 0 && err == nil && !bytes.Contains(line, []byte(`\`)) {
			again, err := history.ParseTokens(slices.Concat(line[:i], []byte(`\u0061`), line[i+1:]))
			if err != nil || !slices.Equal(argv, again) {
				t.Fatalf("%q: %q and %q, %v", line, argv, again, err)
			}
		}
	})
}

// fuzz holds that a log of a format is read to its end: all lines are seen, and
// what is handed over is fit to be judged.
func fuzz(f *testing.F, format history.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		last := int64(0)
		report, err := history.Read(bytes.NewReader(log), format, func(argv []string, line int64) error {
			if len(argv) == 0 || line < last || line < 1 {
				t.Fatalf("%q at line %d after %d", argv, line, last)
			}
			for _, token := range argv {
				if !utf8.ValidString(token) {
					t.Fatalf("%q", argv)
				}
			}
			last = line
			return nil
		})
		if err != nil || report.Bytes != int64(len(log)) || report.Lines < last || report.Commands+report.Broken > 2*int64(len(log)) {
			t.Fatalf("%v: %+v", err, report)
		}
		if len(report.First) != int(min(report.Broken, 5)) {
			t.Fatalf("%+v", report)
		}
	})
}

func FuzzAuto(f *testing.F) {
	fuzz(f, history.Auto, `["git"]`, "ls\n", "{}\n{\"type\":\"function_call\"}", ": 1:0;ls\n", "#1\nls\n")
}

func FuzzShell(f *testing.F) {
	fuzz(f, history.Shell, "ls\n#1\n", "#1700000000\nfor x; do\nls\ndone\n#1700000001\n#\n", "\xff\n\x00\n")
}

func FuzzZsh(f *testing.F) {
	fuzz(f, history.Zsh, ": 1:0;ls\\\n-l\n", ": 1;x\n:1:1;y\n", "a\\", "\x83\xa9\x83")
}

func FuzzFish(f *testing.F) {
	fuzz(f, history.Fish, "- cmd: ls\n  when: 1\n- cmd: a\\nb\\\\\n- cmd: \\")
}

func FuzzCodex(f *testing.F) {
	fuzz(f, history.Codex, `{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}"}}`,
		`{"type":"response_item","payload":{"type":"local_shell_call","action":{"command":["a"]}}}`,
		`{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"ls\",\"login\":false,\"shell\":\"sh\"}"}`,
		`{"type":"function_call","name":"shell","arguments":3}`, `{"type":"response_item","payload":"function_call"}`)
}

func FuzzClaude(f *testing.F) {
	fuzz(f, history.Claude, `{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"ls"}}]}}`,
		`{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":"x"}]}}`, `{"type":"assistant","message":{"content":"tool_use"}}`)
}
