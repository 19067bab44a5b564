package matcher_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// recordsOf returns where an area of an image begins, by its index in the header, and how
// many records it has.
func recordsOf(image []byte, area int) (at, n int) {
	entry := image[64+8*area:]
	return int(binary.LittleEndian.Uint32(entry)), int(binary.LittleEndian.Uint32(entry[4:]))
}

// TestForgedCycle: where an edge leads back to its own node a command of any length walks
// on, but does not match the rules there again and again.
func TestForgedCycle(t *testing.T) {
	rules, _ := rulesOf("a = allow\na = prompt\na a = allow\na a = prompt\na a b = allow\na a c = forbidden")
	b := compile(t, rules, nil)
	at, n := recordsOf(b, 1)
	var refs []uint64
	for i := range n {
		if slot := binary.LittleEndian.Uint64(b[at+8*i:]); slot>>10&(1<<22-1) == 1 {
			refs = append(refs, slot)
		}
	}
	if len(refs) != 2 {
		t.Fatalf("%d edges of a", len(refs))
	}
	cycles := false
	for _, to := range refs {
		forged := slices.Clone(b)
		for i := range n {
			if slot := forged[at+8*i:]; binary.LittleEndian.Uint64(slot)>>10&(1<<22-1) == 1 {
				binary.LittleEndian.PutUint64(slot, to)
			}
		}
		m := openImage(t, forged)
		argv := slices.Repeat([]string{"a"}, 1000)
		cycles = cycles || m.Decide(argv, nil).Tokens == len(argv)
		if found := m.AppendMatches(nil, argv, nil); len(found) > 2*len(rules) {
			t.Errorf("%d matches of %d rules", len(found), len(rules))
		}
		var u matcher.Unproved
		if err := u.Open(forged); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := u.Ask(nil, argv); len(found) > 2*len(rules) {
			t.Errorf("unproved: %d matches of %d rules", len(found), len(rules))
		}
	}
	if !cycles {
		t.Error("no edge leads back")
	}
}

// TestForgedTail: a position of a tail cannot have more tokens than are tried one by one.
func TestForgedTail(t *testing.T) {
	rules, _ := rulesOf("a z b|c|d|e|f|g|h|i end = allow\na x = prompt")
	b := compile(t, rules, nil)
	openImage(t, b)
	at, n := recordsOf(b, 3)
	if n != 1+8+1+1 {
		t.Fatalf("%d words of tails", n)
	}
	b[at+3*8+2] |= 1 << 6 // the last alternative says that there is one more
	if _, err := matcher.OpenImage(b); err == nil || !strings.Contains(err.Error(), "more than 8 alternatives") {
		t.Errorf("OpenImage = %v", err)
	}
}
