package runtime_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

var update = flag.Bool("update", false, "write testdata/example.rulesc and the artifact of this format version anew")

func examplePolicy() *ir.Policy {
	force := rule(ir.Forbidden, 2, "git", "push", "--force")
	force.Justification = "rewrites history"
	return &ir.Policy{Rules: []ir.PrefixRule{rule(ir.Allow, 1, "git"), force}}
}

// TestUpdate writes the artifacts in testdata. Those of released versions of
// the format are never written again.
func TestUpdate(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	if err := compile(t, examplePolicy()).Write("testdata/example.rulesc", matcher.CodecZstd); err != nil {
		t.Fatal(err)
	}
	for _, codec := range codecs {
		if err := compile(t, samplePolicy()).Write("testdata/v2-"+codec.String()+".rulesc", codec); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOldArtifactsAreRefused opens artifacts of versions that are not read any more.
func TestOldArtifactsAreRefused(t *testing.T) {
	for _, codec := range codecs {
		path := "testdata/v1-" + codec.String() + ".rulesc"
		p, err := runtime.Open(path)
		if p != nil || !errors.Is(err, runtime.ErrVersion) || err.Error() != path+": header at offset 8: format version 1, only version 2 can be read" {
			t.Errorf("%v", err)
		}
	}
}

// TestOldArtifactsOpen opens an artifact of every version of the format that is read, and
// has it answer as the sample policy does.
func TestOldArtifactsOpen(t *testing.T) {
	paths, err := filepath.Glob("testdata/v2-*.rulesc")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%d artifacts, %v", len(paths), err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkUse(t, b); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		p, err := runtime.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		// The digest is a promise: people pin it.
		const digest = "bb3b51932d7f2227aafcf62948b85e3a5c4c33e5300ec27caf3e5d514ba558e8"
		if got := p.Digest().String(); got != digest {
			t.Errorf("%s: digest %s, want %s", path, got, digest)
		}
		if got := compile(t, samplePolicy()).Digest().String(); got != digest {
			t.Errorf("the policy compiles to digest %s, want %s", got, digest)
		}
	}
}
