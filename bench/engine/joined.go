package engine

import "github.com/rulesc/rulesc/ir"

// Engines for byte strings get a pattern as all its tokens, each ended by a
// zero byte, and look for the keys that a command's tokens begin with.

// appendJoined appends the tokens as one string.
func appendJoined(dst []byte, argv []string) []byte {
	for _, token := range argv {
		dst = append(dst, token...)
		dst = append(dst, 0)
	}
	return dst
}

// joined returns for each way through the alternatives of all patterns, as one
// string, the rule that decides among those with it.
func joined(p *ir.Policy) map[string]int32 {
	deciding := make(map[string]int32, len(p.Rules))
	for i := range p.Rules {
		ways := []string{""}
		for _, alternatives := range p.Rules[i].Pattern {
			var longer []string
			for _, way := range ways {
				for _, token := range alternatives {
					longer = append(longer, way+token+"\x00")
				}
			}
			ways = longer
		}
		for _, way := range ways {
			if rule, ok := deciding[way]; !ok || better(p, i, int(rule)) {
				deciding[way] = int32(i)
			}
		}
	}
	return deciding
}
