package engine

import (
	"path/filepath"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

var storedKind = Kind{
	Name:  "rulesc, stored",
	About: "artifact of codec none, matched in the mapped file",
	Most:  all,
	New:   compiled(matcher.CodecStored),
}

var zstdKind = Kind{
	Name:  "rulesc, zstd",
	About: "artifact of codec zstd, decoded when it is opened",
	Most:  all,
	New:   compiled(matcher.CodecZstd),
}

type rulesc struct {
	policy  *rulesrt.Policy
	matches []rulesrt.Match
}

func compiled(codec matcher.Codec) func(*Work, string) (Engine, error) {
	return func(w *Work, dir string) (Engine, error) {
		artifact, err := compiler.Compile(w.Policy, matcher.Meta{})
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, codec.String()+".rulesc")
		if err := artifact.Write(path, codec); err != nil {
			return nil, err
		}
		policy, err := rulesrt.Open(path)
		if err != nil {
			return nil, err
		}
		return &rulesc{policy: policy}, nil
	}
}

func (e *rulesc) Decide(argv []string) Answer {
	v := e.policy.Decide(argv)
	return Answer{ir.Decision(v.Decision), v.Rule}
}

func (e *rulesc) Run(commands [][]string) (sum int) {
	policy := e.policy
	for _, argv := range commands {
		sum += int(policy.Decide(argv).Decision)
	}
	return sum
}

func (e *rulesc) AppendMatches(dst []int, argv []string) []int {
	for _, m := range e.policy.Matches(argv) {
		dst = append(dst, int(m.Rule))
	}
	return dst
}

func (e *rulesc) RunMatches(commands [][]string) (n int) {
	matches := e.matches
	for _, argv := range commands {
		matches = e.policy.AppendMatches(matches[:0], argv)
		n += len(matches)
	}
	e.matches = matches
	return n
}
