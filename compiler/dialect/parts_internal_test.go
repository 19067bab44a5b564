package dialect

import (
	"strings"
	"testing"
)

// TestPartsEnd holds that parts are no larger than they have to be: that is what they
// are for.
func TestPartsEnd(t *testing.T) {
	call := "rule(['a', 'b'])\n"
	for _, test := range []struct {
		src      string
		min, max int
	}{
		{"", 0, 0},
		{call, 1, 1},
		{strings.Repeat(call, 10_000), 4, 20},
		{strings.Repeat(call, 10_000) + "def f(): pass\n" + strings.Repeat(call, 10_000), 4, 20},
		{"def f(): pass\n" + strings.Repeat(call, 10_000), 1, 1},
		{"f = lambda: 1\n" + strings.Repeat(call, 10_000), 1, 1},
	} {
		m, errs := parse("a.rules", test.src, func(string) bool { return true }, partPlaces)
		if len(errs) > 0 || len(m.parts) < test.min || len(m.parts) > test.max {
			t.Errorf("%.40q: %d parts, want %d to %d; %v", test.src, len(m.parts), test.min, test.max, errs)
		}
	}
}
