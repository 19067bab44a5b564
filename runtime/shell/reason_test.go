package shell_test

import (
	"testing"

	"github.com/rulesc/rulesc/runtime/shell"
)

func TestReasons(t *testing.T) {
	argv := []string{"/bin/bash", "-lc", "echo SECRET"}
	for _, tt := range []struct{ name, got, want string }{
		{"forbidden", shell.ForbiddenReason(argv, []string{"echo"}, "no secrets"), "`/bin/bash -lc 'echo SECRET'` rejected: no secrets"},
		{"forbidden generic", shell.ForbiddenReason(argv, []string{"echo", "a b"}, ""), "`/bin/bash -lc 'echo SECRET'` rejected: policy forbids commands starting with `echo 'a b'`"},
		{"prompt", shell.PromptReason(argv, "P"), "`/bin/bash -lc 'echo SECRET'` requires approval: P"},
		{"prompt generic", shell.PromptReason(argv, ""), "`/bin/bash -lc 'echo SECRET'` requires approval by policy"},
		{"human", shell.HumanPromptReason(argv, "P"), "`/bin/bash -lc 'echo SECRET'` requires human approval: P"},
		{"human generic", shell.HumanPromptReason(argv, ""), "`/bin/bash -lc 'echo SECRET'` requires human approval by policy"},
		{"quotes", shell.PromptReason([]string{"echo", "it's", "$x", "", "é"}, ""), "`echo \"it's\" '$x' '' 'é'` requires approval by policy"},
		{"NUL", shell.PromptReason([]string{"echo", "a b", "x\x00y"}, ""), "`echo 'a b' \"x\\x00y\"` requires approval by policy"},
		{"nothing", shell.PromptReason(nil, ""), "`` requires approval by policy"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, tt.got, tt.want)
		}
	}
}
