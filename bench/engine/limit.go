package engine

import (
	"math/bits"

	"github.com/rulesc/rulesc/ir"
)

// The limit is what reading argv exactly costs, and nothing else: for each
// token that has to be looked at both its end words are loaded in one go,
// hashed by one multiplication of 64 by 64 bits, and compared with a record
// that lies beside the last one. No search and no call. It knows the stream,
// so it is a floor to measure from, not something to use.
var limitKind = Kind{
	Name:  "limit",
	About: "what reading the tokens that count costs, all answers known beforehand",
	Most:  all,
	New: func(w *Work, _ string) (Engine, error) {
		e := new(limit)
		for i, argv := range w.Commands {
			for _, token := range argv[:w.Looked[i]] {
				first, last := ends(token)
				e.records = append(e.records, record{hash: mix(first, last, len(token)), more: true})
			}
			end := &e.records[len(e.records)-1]
			end.more = false
			end.decision, end.rule = w.Answers[i].Decision, int32(w.Answers[i].Rule)
		}
		return e, nil
	},
}

type limit struct {
	records []record // of all tokens that have to be looked at, in their order
	at      int      // record of the command that Decide is asked about
}

type record struct {
	hash     uint64
	rule     int32
	decision ir.Decision
	more     bool // the next token has to be looked at, too
}

// Decide wants the commands of the stream in their order, over and over.
func (e *limit) Decide(argv []string) Answer {
	for _, token := range argv {
		first, last := ends(token)
		r := e.records[e.at]
		e.at = (e.at + 1) % len(e.records)
		if mix(first, last, len(token)) != r.hash {
			break
		}
		if !r.more {
			return Answer{r.decision, int(r.rule)}
		}
	}
	return Answer{Rule: Unknown}
}

// Run wants a beginning of the stream.
func (e *limit) Run(commands [][]string) (sum int) {
	records := e.records
	at := 0
	for _, argv := range commands {
		for i := range argv {
			first, last := ends(argv[i])
			r := &records[at]
			at++
			if mix(first, last, len(argv[i])) != r.hash {
				return -1
			}
			if !r.more {
				sum += int(r.decision)
				break
			}
		}
	}
	return sum
}

func mix(first, last uint64, length int) uint64 {
	hi, lo := bits.Mul64(first^0x9e3779b97f4a7c15, last^uint64(length)^0x243f6a8885a308d3)
	return hi ^ lo
}
