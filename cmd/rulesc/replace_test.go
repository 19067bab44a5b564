package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceable(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		path string
		want bool
	}{
		{filepath.Join(dir, "none"), true},
		{write("empty", "", 0o600), true},
		{write("old", "START and more", 0o600), true},
		{write("begun", "STA", 0o600), false},
		{write("rules", "prefix_rule([\"a\"])\n", 0o600), false},
		{dir, false},
	} {
		if err := replaceable(test.path, "START"); (err == nil) != test.want {
			t.Errorf("%s: %v", test.path, err)
		}
	}
	t.Run("unreadable", func(t *testing.T) {
		if os.Geteuid() <= 0 { // -1 where files have no owner
			t.Skip("this user reads everything")
		}
		if replaceable(write("unreadable", "", 0o200), "START") == nil {
			t.Error("who knows what it holds")
		}
	})
}
