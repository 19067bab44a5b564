package matcher

import (
	"slices"
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	tests := []struct {
		home, dir, token string
		clean            string // "" if the token names no program
	}{
		{"", "", "git", ""},
		{"", "", "./git", "git"},
		{"", "", "../bin/git/", "git"}, // of a relative path only the name counts
		{"", "", "x/..", ""},
		{"", "", "x/../..", ""},
		{"", "", "x/y/..", "x"},
		{"", "", "~/git", "git"},
		{"", "", "~", ""},
		{"", "", "/", ""},
		{"", "", "//../", ""},
		{"", "", "/git", "/git"},
		{"", "", "//bin/./x/../git//", "/bin/git"},
		{"", "", "/../../bin/git", "/bin/git"},
		{"", "", "/a/b/../../../c", "/c"},
		{"", "/work/sub", "git", "/work/sub/git"},
		{"", "/work/sub", "", "/work/sub"},
		{"", "/work/sub", "..", "/work"},
		{"", "/work/sub", "../../../git", "/git"},
		{"", "/", ".", ""},
		{"", "/work/x/../", "git", "/work/git"},
		{"", "work", "git", ""}, // a relative dir counts as none
		{"/home/ann", "", "~", "/home/ann"},
		{"/home/ann", "", "~/git", "/home/ann/git"},
		{"/home/ann", "", "~/../git", "/home/git"},
		{"/home/ann", "/work", "~bob/git", "/work/~bob/git"},
		{"/", "", "~", ""},
		{"/", "", "~/x", "/x"},
		{"ann", "/home", "~/x", "/home/ann/x"},
		{"ann", "", "~/x", "x"},
	}
	for _, test := range tests {
		p, name, ok := NewPlace(test.home, test.dir).resolve(test.token)
		if ok != (test.clean != "") {
			t.Errorf("%+v: ok = %v", test, ok)
		}
		if !ok {
			continue
		}
		if want := test.clean[strings.LastIndexByte(test.clean, '/')+1:]; name != want {
			t.Errorf("%+v: name %q, want %q", test, name, want)
		}
		if p.absolute != strings.HasPrefix(test.clean, "/") {
			t.Errorf("%+v: absolute = %v", test, p.absolute)
		}
		if p.absolute && p.compare([]byte(test.clean)) != 0 {
			t.Errorf("%+v: does not compare equal", test)
		}
	}
}

// TestCompareIsAnOrder: lists are sorted and searched by it.
func TestCompareIsAnOrder(t *testing.T) {
	paths := []string{"/a", "/b", "/a/a", "/a/b", "/b/a", "/aa", "/a/a/a", "/ab/a", "/b/aa", "/a-/a"}
	slices.SortFunc(paths, func(a, b string) int { return path{rest: a}.compare([]byte(b)) })
	for i, a := range paths {
		for j, b := range paths {
			got := path{rest: a}.compare([]byte(b))
			if (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s, sorted %d and %d, compare as %d", a, b, i, j, got)
			}
		}
	}
}
