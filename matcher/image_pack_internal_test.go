package matcher

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPacking packs nodes of many sizes and holds what look-ups rely on: every item
// has a slot of its own, and a token has the same slot under no two displacements.
func TestPacking(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	tests := []struct {
		name  string
		nodes []int // how many items
		empty int   // of 100 slots at most
	}{
		{"nothing", []int{0}, 100},
		{"one", []int{1}, 50},
		{"a few", []int{3, 1, 2}, 50},
		{"chains", slices.Repeat([]int{1}, 1000), 10},
		{"pairs", slices.Repeat([]int{2}, 1000), 10},
		{"one large node", []int{20000}, 5},
		{"a policy", slices.Concat([]int{2000, 500, 300, 100, 100}, slices.Repeat([]int{1, 2, 3, 5, 8, 13, 40}, 100)), 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p packing
			for _, n := range test.nodes {
				p.least += n
			}
			at := uint32(7)
			for _, n := range test.nodes {
				items := make([]item, n)
				for i := range items {
					items[i] = item{hash: r.Uint64(), slot: 1}
				}
				class, ok := p.add(items, at)
				if !ok {
					t.Fatalf("no class for a node of %d items", n)
				}
				at += 1 << class
			}
			slots := max(1, len(p.items))
			displacements, ok := p.displacements(slots)
			for ; !ok; displacements, ok = p.displacements(slots) {
				slots++
			}
			if err := checkPacking(&p, displacements, slots, at); err != nil {
				t.Error(err)
			}
			if empty := slots - len(p.items); 100*empty > test.empty*slots {
				t.Errorf("%d of %d slots are empty", empty, slots)
			}
		})
	}
}

func checkPacking(p *packing, displacements []uint32, slots int, end uint32) error {
	taken := make(map[uint32]bool)
	words := make(map[uint32]bool)
	var used []uint32
	for i, b := range p.buckets {
		if b.at < 7 || b.at >= end || words[b.at] {
			return fmt.Errorf("the displacement of bucket %d has index %d", i, b.at)
		}
		words[b.at] = true
		if b.count == 0 {
			if displacements[i] != 0 {
				return fmt.Errorf("bucket %d has no items, but displacement %d", i, displacements[i])
			}
			continue
		}
		used = append(used, displacements[i])
		for _, item := range p.items[b.first : b.first+b.count] {
			slot := displaced(item.hash, displacements[i], uint32(slots))
			if slot >= uint32(slots) || taken[slot] {
				return fmt.Errorf("bucket %d: slot %d is taken, or is none of %d", i, slot, slots)
			}
			taken[slot] = true
		}
	}
	if len(taken) != len(p.items) || len(words) != int(end-7) {
		return fmt.Errorf("%d slots and %d displacements are in use, of %d items and %d displacements", len(taken), len(words), len(p.items), end-7)
	}
	slices.Sort(used)
	last := uint64(0) // the displacement of buckets without items
	for _, d := range used {
		if (uint64(d)-last)*uint64(slots) < 1<<32 && slots > 1 {
			return fmt.Errorf("displacements %d and %d are less than a slot apart, of %d", last, d, slots)
		}
		last = uint64(d)
	}
	return nil
}

// TestPackingRefuses has hashes that no number of buckets tells apart.
func TestPackingRefuses(t *testing.T) {
	var p packing
	if _, ok := p.add([]item{{hash: 5}, {hash: 1<<40 | 6}}, 0); ok {
		t.Error("two hashes with the same beginning and end got slots")
	}
}

// TestNodesStaySmall has nodes that are alone in their area, where two hashes are
// easily too much alike: few are refused, to be tried with another seed, and the others
// take few bytes.
func TestNodesStaySmall(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const nodes = 3000
	refused, most := 0, 0.0
	for range nodes {
		n := 1 + r.IntN(300)
		items := make([]item, n)
		for i := range items {
			items[i].hash = r.Uint64()
		}
		var p packing
		class, ok := p.add(items, 0)
		if !ok {
			refused++
			continue
		}
		size := 4<<class + 8*max(p.least, n)
		if size > enoughBytes*(n+enoughMore) {
			t.Errorf("%d items take %d bytes", n, size)
		}
		most = max(most, float64(size)/float64(n))
	}
	t.Logf("%d of %d nodes refused, at most %.0f bytes an item", refused, nodes, most)
	if refused > nodes/50 {
		t.Errorf("%d of %d nodes were refused", refused, nodes)
	}
}

// TestAnotherSeed: an encoder that is told that hashes are too much alike tries again.
func TestAnotherSeed(t *testing.T) {
	// Under seed 0 the hashes of these are too much alike for two edges of a node.
	a, b := alikeTokens(t)
	d := &Draft{Rules: 2, Strictest: Answer{Allow, 0}, Tokens: []string{a, b}, Programs: []Program{{Token: 0, Graph: Leaf(Allow, 0)}, {Token: 1, Graph: Leaf(Allow, 1)}}}
	image, err := AppendImage(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	m, err := OpenImage(image)
	if err != nil {
		t.Fatal(err)
	}
	if m.hash.seed == 0 || len(image) > 20_000 {
		t.Errorf("seed %d, %d bytes", m.hash.seed, len(image))
	}
	if v := m.Decide([]string{b}, nil); v.Rule != 1 {
		t.Errorf("%+v", v)
	}
}

// alikeTokens searches two tokens whose hashes under seed 0 begin with the same 12 bits
// and are hardly apart in the last 32.
func alikeTokens(t *testing.T) (a, b string) {
	h := newHashing(0, 0)
	seen := make(map[uint64]string)
	for i := range 1 << 22 {
		token := fmt.Sprint(i)
		k := h.key(token)
		alike := k.hash>>52<<32 | uint64(uint32(k.hash)>>6)
		if other := seen[alike]; other != "" {
			return other, token
		}
		seen[alike] = token
	}
	t.Fatal("no such tokens")
	return "", ""
}

// TestNodesDoNotMix asks each of many nodes for tokens of the others.
func TestNodesDoNotMix(t *testing.T) {
	const nodes, tokens = 300, 200
	r := rand.New(rand.NewPCG(2, 2))
	e := encoder{draft: new(Draft)}
	hashes := make([]uint64, tokens)
	for i := range hashes {
		hashes[i] = r.Uint64()
	}
	refs := make([]ref, nodes)
	has := make([]map[int]bool, nodes)
	for i := range refs {
		has[i] = make(map[int]bool)
		var items []item
		for n := r.IntN(30); len(items) < n; {
			if token := r.IntN(tokens); !has[i][token] {
				has[i][token] = true
				items = append(items, item{hashes[token], slotOf(uint32(token)+1, leafRef(kindRule, uint32(i)))})
			}
		}
		var err error
		if refs[i], err = e.node(areaNodes, 0, items); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.place(areaNodes); err != nil {
		t.Fatal(err)
	}
	m := &Image{areas: e.areas}
	for i, node := range refs {
		for token, hash := range hashes {
			slot := m.slot(areaNodes, node, hash)
			if found := tokenOf(slot) == uint32(token)+1; found != has[i][token] {
				t.Fatalf("node %d, token %d: found is %v", i, token, found)
			} else if found && refOf(slot).value() != uint32(i) {
				t.Fatalf("node %d, token %d: found the edge of node %d", i, token, refOf(slot).value())
			}
		}
	}
}
