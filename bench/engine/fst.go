package engine

import (
	"bytes"
	"maps"
	"slices"

	"github.com/blevesearch/vellum"

	"github.com/rulesc/rulesc/ir"
)

var fstKind = Kind{
	Name:  "vellum FST",
	About: "blevesearch/vellum over joined tokens, alternatives multiplied out",
	Most:  all,
	New: func(w *Work, _ string) (Engine, error) {
		deciding := joined(w.Policy)
		var file bytes.Buffer
		builder, err := vellum.New(&file, nil)
		if err != nil {
			return nil, err
		}
		for _, key := range slices.Sorted(maps.Keys(deciding)) {
			if err := builder.Insert([]byte(key), uint64(deciding[key])); err != nil {
				return nil, err
			}
		}
		if err := builder.Close(); err != nil {
			return nil, err
		}
		e := &fst{policy: w.Policy, size: file.Len()}
		for i := range w.Policy.Rules {
			e.longest = max(e.longest, len(w.Policy.Rules[i].Pattern))
		}
		transducer, err := vellum.Load(file.Bytes())
		if err != nil {
			return nil, err
		}
		e.reader, err = transducer.Reader()
		return e, err
	},
}

type fst struct {
	policy  *ir.Policy
	reader  *vellum.Reader // which, unlike stepping through states, does not allocate
	size    int
	longest int // tokens of a pattern
	key     []byte
}

// Size returns the size of the transducer in bytes. It has no decisions in it,
// only the indexes of rules.
func (e *fst) Size() int { return e.size }

func (e *fst) Decide(argv []string) Answer {
	answer := None
	e.key = e.key[:0]
	for _, token := range argv[:min(len(argv), e.longest)] {
		e.key = append(append(e.key, token...), 0)
		rule, found, err := e.reader.Get(e.key)
		if err != nil {
			return Answer{Rule: Unknown}
		}
		if found {
			if d := e.policy.Rules[rule].Decision; d >= answer.Decision {
				answer = Answer{d, int(rule)}
			}
		}
	}
	return answer
}

func (e *fst) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
