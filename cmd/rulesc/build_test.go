package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// An artifact that its metadata and checksums call up to date, but that no check
// can be made with, is built anew.
func TestBuildReplacesWhatNothingCanOpen(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.rules", []byte("prefix_rule([\"a\"])\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	build := func(want string) {
		t.Helper()
		stdout, stderr, code := runHere("build", "--rules=a.rules", "--codec=none", "-o", "a.rulesc")
		if code != exitDone || !strings.HasPrefix(stdout, "a.rulesc: "+want+"\n") {
			t.Fatalf("exit %d, want %q\n%s%s", code, want, stdout, stderr)
		}
	}
	build(statusBuilt)
	whole, err := os.ReadFile("a.rulesc")
	if err != nil {
		t.Fatal(err)
	}
	container, err := matcher.OpenContainer(whole)
	if err != nil {
		t.Fatal(err)
	}
	var parts [matcher.NumSections]matcher.Part
	for i := range parts {
		section, err := container.Stored(matcher.Section(i + 1))
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = matcher.Part{Stored: section, Decoded: section}
	}
	otherRules, err := compiler.Compile(new(ir.Policy), matcher.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	image := parts[matcher.SectionHot-1].Stored
	otherLayout := bytes.Clone(image)
	otherLayout[0] ^= 1
	for _, test := range []struct {
		name     string
		image    []byte
		digest   matcher.Digest
		upToDate bool
	}{
		{"nothing is wrong", image, container.Digest, true},
		{"an image of another layout", otherLayout, container.Digest, false},
		{"an image of other rules", otherRules.Section(matcher.SectionHot), container.Digest, false},
		{"another digest", image, matcher.Digest{}, false},
	} {
		parts[matcher.SectionHot-1] = matcher.Part{Stored: test.image, Decoded: test.image}
		forged, err := matcher.AppendContainer(nil, matcher.CodecStored, test.digest, parts)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("a.rulesc", forged, 0o666); err != nil {
			t.Fatal(err)
		}
		t.Log(test.name)
		if test.upToDate {
			build(statusUpToDate)
		} else {
			build(statusBuilt)
		}
		if now, err := os.ReadFile("a.rulesc"); err != nil || !bytes.Equal(now, whole) {
			t.Errorf("%s: the artifact is not what was built first (%v)", test.name, err)
		}
	}
}
