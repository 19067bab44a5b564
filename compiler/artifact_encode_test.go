package compiler_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
)

// What the encoder makes of an artifact must not depend on what it did before,
// nor on what else it does.
func TestEncodeIsTheSameAlways(t *testing.T) {
	artifact := func(rules int) *compiler.Artifact {
		a, err := compiler.Compile(mustEvaluate(t, literalFiles(rules)...), matcher.Meta{Tool: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	encode := func(a *compiler.Artifact) []byte {
		b, err := a.Encode(matcher.CodecZstd)
		if err != nil {
			t.Error(err)
		}
		return b
	}
	list := []*compiler.Artifact{artifact(0), artifact(10), artifact(3000), artifact(500)}
	want := make([][]byte, len(list))
	for i, a := range list {
		want[i] = encode(a)
	}
	var work sync.WaitGroup
	for round := range 20 {
		for i, a := range list {
			work.Go(func() {
				if !bytes.Equal(encode(a), want[i]) {
					t.Errorf("artifact %d has other bytes in round %d", i, round)
				}
			})
		}
	}
	work.Wait()
}
