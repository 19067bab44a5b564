package layers

import "testing"

func TestBroadAllow(t *testing.T) {
	for line, want := range map[string]bool{
		`prefix_rule(pattern=["git"], decision="allow")`:                     true,
		`prefix_rule(pattern=["Cmd.EXE", "/C"], decision="allow")`:           true,
		`prefix_rule(pattern=["pwsh", "-EncodedCommand"], decision="allow")`: true,
		`prefix_rule(pattern=["py", "-3"], decision="allow")`:                true,
		`prefix_rule(pattern=["python", "-3"], decision="allow")`:            false,
		`prefix_rule(pattern=["git\u0000"], decision="allow")`:               false,
		`prefix_rule(pattern=["bash\u0000-c"], decision="allow")`:            false,
		`prefix_rule(pattern=["git", "push"], decision="allow")`:             false,
		`prefix_rule(pattern=["git"], decision="prompt")`:                    false,
		`prefix_rule(pattern=[], decision="allow")`:                          false,
		`prefix_rule(pattern="git", decision="allow")`:                       false,
		` prefix_rule(pattern=["git"], decision="allow")`:                    false,
	} {
		if got := isBroadAllow(line); got != want {
			t.Errorf("%s: got %t", line, got)
		}
	}
}
