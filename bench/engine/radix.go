package engine

import (
	"maps"
	"slices"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

var radixKind = Kind{
	Name:  "immutable radix tree",
	About: "hashicorp/go-immutable-radix over joined tokens, alternatives multiplied out",
	Most:  all,
	New: func(w *Work, _ string) (Engine, error) {
		deciding := joined(w.Policy)
		txn := iradix.New[Answer]().Txn()
		for _, key := range slices.Sorted(maps.Keys(deciding)) {
			rule := deciding[key]
			txn.Insert([]byte(key), Answer{w.Policy.Rules[rule].Decision, int(rule)})
		}
		e := &radix{root: txn.Commit().Root()}
		e.visit = func(_ []byte, a Answer) bool {
			if a.Decision >= e.answer.Decision { // what comes is longer
				e.answer = a
			}
			return false
		}
		return e, nil
	},
}

type radix struct {
	root   *iradix.Node[Answer]
	visit  iradix.WalkFn[Answer]
	answer Answer
	key    []byte
}

func (e *radix) Decide(argv []string) Answer {
	e.key = appendJoined(e.key[:0], argv)
	e.answer = None
	e.root.WalkPath(e.key, e.visit)
	return e.answer
}

func (e *radix) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
