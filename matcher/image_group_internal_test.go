package matcher

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRowWords: no row takes more words than RowWords says of a token, which reads two.
func TestRowWords(t *testing.T) {
	for _, test := range []struct{ rules, want int }{{1, 2}, {64, 2}, {65, 4}, {3000, 94}, {4096, 128}, {4097, 130}, {10000, 314}} {
		r := rand.New(rand.NewPCG(1, uint64(test.rules)))
		d := Draft{Rules: test.rules, Strictest: Answer{Allow, 0}, Tokens: []string{"p"}}
		for i := range 20 {
			d.Tokens = append(d.Tokens, fmt.Sprint("t", i))
		}
		program := Program{Token: 0}
		for i := range test.rules {
			rule := Rule{ID: uint32(i), Decision: Allow}
			for range r.IntN(4) {
				var alternatives []uint32
				for token := range uint32(20) {
					if r.IntN(1+r.IntN(200)) == 0 {
						alternatives = append(alternatives, token+1)
					}
				}
				rule.Tail = append(rule.Tail, append(alternatives, 20)[:max(1, len(alternatives))])
			}
			program.Group = append(program.Group, rule)
		}
		d.Programs = []Program{program, {Token: 1, Group: program.Group[:1]}}
		b, err := AppendImage(nil, &d)
		if err != nil {
			t.Fatal(err)
		}
		m, err := OpenImage(b)
		if err != nil {
			t.Fatal(err)
		}
		if m.RowWords() != test.want {
			t.Errorf("%d rules: up to %d words a token, want %d", test.rules, m.RowWords(), test.want)
		}
		longest, rows := uint32(0), 0
		for i := uint32(1); i < m.count(areaRows); rows++ {
			units := le32(m.record(areaRows, i), rowUnits)
			longest = max(longest, units)
			i += 1 + units
		}
		if most := (min(test.rules, blockRules) + 63) / 64; int(longest) > most || rows < min(test.rules, 20) {
			t.Errorf("%d rules: %d rows, the longest of %d words, more than %d", test.rules, rows, longest, most)
		}
	}
}
