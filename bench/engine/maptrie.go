package engine

import (
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// mapsKind is a trie of Go maps, what one writes in an afternoon: a node for
// each way through the alternatives of a pattern, a map from token to node in
// each.
var mapsKind = Kind{
	Name:  "Go maps",
	About: "trie with a Go map in each node, alternatives multiplied out",
	Most:  all,
	New: func(w *Work, _ string) (Engine, error) {
		return newMapTrie(w.Policy), nil
	},
}

type mapTrie struct {
	root  mapNode
	found []int
}

type mapNode struct {
	next     map[string]*mapNode
	rule     int32 // that decides among those that end here, -1 if none does
	decision ir.Decision
	rules    []int32 // that end here
}

func newMapTrie(p *ir.Policy) *mapTrie {
	e := &mapTrie{root: mapNode{rule: -1}}
	for i := range p.Rules {
		e.root.insert(p, int32(i), p.Rules[i].Pattern)
	}
	return e
}

func (n *mapNode) insert(p *ir.Policy, rule int32, rest ir.Pattern) {
	if len(rest) == 0 {
		n.rules = append(n.rules, rule)
		if better(p, int(rule), int(n.rule)) {
			n.rule, n.decision = rule, p.Rules[rule].Decision
		}
		return
	}
	if n.next == nil {
		n.next = make(map[string]*mapNode)
	}
	for _, token := range rest[0] {
		child := n.next[token]
		if child == nil {
			child = &mapNode{rule: -1}
			n.next[token] = child
		}
		child.insert(p, rule, rest[1:])
	}
}

func (e *mapTrie) Decide(argv []string) Answer {
	answer := None
	n := &e.root
	for _, token := range argv {
		n = n.next[token]
		if n == nil {
			break
		}
		// Among the equally strict the longer decides, which is this one.
		if n.rule >= 0 && n.decision >= answer.Decision {
			answer = Answer{n.decision, int(n.rule)}
		}
	}
	return answer
}

func (e *mapTrie) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}

func (e *mapTrie) AppendMatches(dst []int, argv []string) []int {
	n := &e.root
	for _, token := range argv {
		n = n.next[token]
		if n == nil {
			break
		}
		for _, rule := range n.rules {
			dst = append(dst, int(rule))
		}
	}
	slices.Sort(dst)
	return dst
}

func (e *mapTrie) RunMatches(commands [][]string) (n int) {
	for _, argv := range commands {
		e.found = e.AppendMatches(e.found[:0], argv)
		n += len(e.found)
	}
	return n
}
