package compiler_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
)

// BenchmarkEvaluate measures the front end on files of nothing but literal
// calls, and on the same rules computed by loops.
func BenchmarkEvaluate(b *testing.B) {
	for _, kind := range []struct {
		name  string
		files func(rules int) []compiler.File
	}{
		{"literal", literalFiles},
		{"computed", computedFiles},
	} {
		for _, n := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/rules=%d", kind.name, n), func(b *testing.B) {
				files := kind.files(n)
				b.ReportAllocs()
				for b.Loop() {
					p := mustEvaluate(b, files...)
					if len(p.Rules) != n {
						b.Fatalf("%d rules, want %d", len(p.Rules), n)
					}
				}
				perRule(b, n, 0)
			})
		}
	}
}

// BenchmarkBuild measures the whole way from source text to an artifact.
func BenchmarkBuild(b *testing.B) {
	for _, codec := range []matcher.Codec{matcher.CodecStored, matcher.CodecZstd} {
		for _, n := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/rules=%d", codec, n), func(b *testing.B) {
				files := literalFiles(n)
				size := 0
				b.ReportAllocs()
				for b.Loop() {
					a, err := compiler.Compile(mustEvaluate(b, files...), matcher.Meta{})
					if err != nil {
						b.Fatal(err)
					}
					encoded, err := a.Encode(codec)
					if err != nil {
						b.Fatal(err)
					}
					size = len(encoded)
				}
				perRule(b, n, size)
			})
		}
	}
}

// BenchmarkStarlark is what go.starlark.net alone takes for the computed files of
// [BenchmarkEvaluate], with builtins that do nothing: the part of evaluation
// that is not ours.
func BenchmarkStarlark(b *testing.B) {
	none := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return starlark.None, nil
	}
	env := starlark.StringDict{"prefix_rule": starlark.NewBuiltin("prefix_rule", none)}
	options := &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true, Recursion: true}
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("computed/rules=%d", n), func(b *testing.B) {
			files := computedFiles(n)
			b.ReportAllocs()
			for b.Loop() {
				for _, f := range files {
					if _, err := starlark.ExecFileOptions(options, new(starlark.Thread), f.Name, f.Text, env); err != nil {
						b.Fatal(err)
					}
				}
			}
			perRule(b, n, 0)
		})
	}
}

func perRule(b *testing.B, rules, size int) {
	b.ReportMetric(float64(rules)*float64(b.N)/b.Elapsed().Seconds(), "rules/s")
	if size > 0 {
		b.ReportMetric(float64(size)/float64(rules), "B/rule")
	}
}

// filesOf cuts statements into files of a few megabytes.
func filesOf(statements []string) []compiler.File {
	var files []compiler.File
	var text strings.Builder
	for i, s := range statements {
		text.WriteString(s)
		if text.Len() > 3<<20 || i == len(statements)-1 {
			files = append(files, file(fmt.Sprintf("%d.rules", len(files)), text.String()))
			text.Reset()
		}
	}
	return files
}

// literalFiles writes rules as people and tools do: programs by Zipf's law, one
// to five positions, a quarter of those behind the first with two to eight
// alternatives, decisions 60/25/15, every tenth with a reason and an example.
func literalFiles(rules int) []compiler.File {
	r := rand.New(rand.NewPCG(1, uint64(rules)))
	zipf := rand.NewZipf(r, 1.1, 1, uint64(max(10, rules/20)))
	var statements []string
	for i := range rules {
		var s strings.Builder
		program := fmt.Sprintf("program%d", zipf.Uint64())
		fmt.Fprintf(&s, "prefix_rule(\n    pattern = [%q", program)
		example := program
		for range r.IntN(5) {
			token := func() string { return fmt.Sprintf("token%d", int(math.Pow(r.Float64(), 3)*float64(rules))) }
			first := token()
			example += " " + first
			if r.IntN(4) > 0 {
				fmt.Fprintf(&s, ", %q", first)
				continue
			}
			fmt.Fprintf(&s, ", [%q", first)
			for range 1 + r.IntN(7) {
				fmt.Fprintf(&s, ", %q", token())
			}
			s.WriteString("]")
		}
		s.WriteString("],\n")
		decision := "allow"
		if n := r.IntN(100); n >= 85 {
			decision = "forbidden"
		} else if n >= 60 {
			decision = "prompt"
		}
		fmt.Fprintf(&s, "    decision = %q,\n", decision)
		if i%10 == 0 {
			fmt.Fprintf(&s, "    justification = \"the team agreed on this, see ticket %d\",\n    match = [%q],\n", i, example)
		}
		s.WriteString(")\n")
		statements = append(statements, s.String())
	}
	return filesOf(statements)
}

// computedFiles makes rules in loops, ten at a time.
func computedFiles(rules int) []compiler.File {
	var statements []string
	for i := range rules / 10 {
		statements = append(statements, fmt.Sprintf("for verb in [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\"]:\n    prefix_rule(pattern = [\"program%d\", verb, [\"x\", \"y\"]], decision = \"prompt\", match = [\"program%d \" + verb + \" x\"])\n", i, i))
	}
	return filesOf(statements)
}
