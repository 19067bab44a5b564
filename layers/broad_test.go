package layers_test

import (
	"testing"

	"github.com/rulesc/rulesc/layers"
)

func TestIsBroad(t *testing.T) {
	for _, c := range []struct {
		prefix []string
		want   bool
	}{
		{[]string{"git"}, true},
		{[]string{"Bash", "-LC"}, true},
		{[]string{"git", "status"}, false},
		{[]string{"bash\x00-lc"}, false},
		{nil, false},
	} {
		if got := layers.IsBroad(c.prefix); got != c.want {
			t.Errorf("%q: %v", c.prefix, got)
		}
	}
}

// Only the form in which the reference writes rules is deleted.
func TestBroadAllows(t *testing.T) {
	text := "# rules\nprefix_rule(pattern=[\"git\"], decision=\"allow\")\nprefix_rule(pattern = [\"git\"], decision = \"allow\")\n"
	dropped := layers.BroadAllows([]byte(text))
	if len(dropped) != 1 || dropped[0].Line != 2 {
		t.Errorf("got %v, want line 2", dropped)
	}
}
