package analysis

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// Two policies decide every command alike exactly when the functions from
// commands to answers are equal, so the digest is one of the function and not of
// how rules come to it. A function is an answer for the command that ends here,
// and for each next token the function behind it; it is written down, and hashed,
// from the ends of the longest rules up to the first token:
//
//	allow; push: <digest of what is behind push>; fetch: <…>
//
// All tokens that are not listed lead to "allow;" here, the rest. What has to be
// listed must not depend on the rules: git* means every spelling of git, and
//
//	git*: A              (a canonical rule)
//	git: A, Git: A, … gIT: A   (all eight spellings, one by one)
//
// are one function. So the entry of a class is what the majority of its spellings
// lead to, and the spellings that do not. A majority of more than half is the
// same for everybody; where there is none, all spellings are listed that are not
// as the rest. To know the majority the class need not be listed to the end:
// where e spellings are exceptions to what the others are, 2e+1 spellings are
// enough, and a class without a majority has no more than 2e.
//
// A first token that is a path is written in three steps, each the exceptions to
// the one before: what the program name leads to, what a clean path leads to, and
// what a token does that rules mention as it is written. There are infinitely many
// paths to a name and spellings of a path, so the general case of each step is
// the same for everybody. Classes of paths (from canonical rules on a path) are
// taken apart by what the step before gives them.
//
// Time and memory are those of walking the whole policy once, plus a hash of
// each different state.

// A Digest identifies what a policy decides.
type Digest [sha256.Size]byte

// String returns the digest in lower-case hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// SemanticDigest returns a digest of what a policy decides: two policies have
// equal digests exactly when [Diff], with the same options, finds no difference
// between them. It says nothing of which rules decide, nor of justifications
// and network rules.
//
// The error is ErrOverlap where the rules overlap too much; other errors say
// which rule is not one. A digest is stable: its input is written down in
// digest.go, and starts with a version.
func SemanticDigest(p *ir.Policy, o Options) (Digest, error) {
	if err := check(p); err != nil {
		return Digest{}, err
	}
	s := newSpace(o, index(p, allRules(p)))
	m, roots, err := newMachine(s, []*ir.Policy{p}, o, whole)
	if err != nil {
		return Digest{}, err
	}
	if err := m.run(); err != nil {
		return Digest{}, err
	}
	w := writer{machine: m, folds: make([]string, len(m.tokens)), members: make(map[string]*spellings)}
	for i, token := range m.tokens {
		w.folds[i] = caseless.Fold(token)
	}
	for d := range w.plain {
		w.plain[d] = sha256.Sum256([]byte{byte(d)})
	}
	w.states()
	w.buf = append(w.buf[:0], "rulesc semantic digest 1\n"...)
	if o.AsWritten {
		w.written(roots)
	} else {
		w.resolved(roots)
	}
	return sha256.Sum256(w.buf), nil
}

// A writer writes functions in their one form.
type writer struct {
	*machine
	folds   []string // by token
	members map[string]*spellings
	plain   [ir.Forbidden + 1]Digest // of functions that give one answer throughout
	digests []Digest                 // by state
	buf     []byte
}

// A value is what a token leads to.
type value struct {
	token string
	leads Digest
}

// states fills in the digests of all states.
func (w *writer) states() {
	w.digests = make([]Digest, len(w.machine.states))
	for _, level := range w.levels {
		for _, at := range level {
			w.digests[at] = w.state(&w.machine.states[at])
		}
	}
}

func (w *writer) state(s *state) Digest {
	answer := s.best[0].decision()
	rest := w.plain[answer]
	type entry struct {
		fold string
		arrow
	}
	var entries []entry
	for _, a := range w.arrows[s.arrows.from:s.arrows.to] {
		if a.symbol.isClass() {
			entries = append(entries, entry{w.alphabet.folds[a.symbol>>1], a})
		} else {
			entries = append(entries, entry{w.folds[a.symbol>>1], a})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.fold, b.fold) })
	w.buf = append(w.buf[:0], byte(answer))
	start := len(w.buf)
	for len(entries) > 0 {
		fold := entries[0].fold
		n := 0
		general := rest
		var named []value
		for ; n < len(entries) && entries[n].fold == fold; n++ {
			if a := entries[n].arrow; a.symbol.isClass() {
				general = w.digests[a.to]
			} else {
				named = append(named, value{w.tokens[a.symbol>>1], w.digests[a.to]})
			}
		}
		entries = entries[n:]
		w.class(fold, named, general, rest)
	}
	if len(w.buf) == start {
		return rest
	}
	return sha256.Sum256(w.buf)
}

// class writes the entry of a class, if it is not as the rest: named tokens, and
// general for all others.
func (w *writer) class(fold string, named []value, general, rest Digest) {
	exceptions := 0
	for _, v := range named {
		if v.leads != general {
			exceptions++
		}
	}
	if atLeast(fold, 2*exceptions+1) {
		w.entry(fold, named, general, rest)
		return
	}
	members := w.members[fold]
	if members == nil {
		members = newSpellings(fold)
		w.members[fold] = members
	}
	w.list(fold, named, general, rest, func(yield func(string) bool) {
		for i := 0; ; i++ {
			if token, ok := members.at(i); !ok || !yield(token) {
				return
			}
		}
	})
}

// list writes the entry of a class, or of a part of one, whose members all
// lists.
func (w *writer) list(fold string, named []value, general, rest Digest, all func(yield func(string) bool)) {
	leads := make(map[string]Digest)
	exceptions := 0
	for _, v := range named {
		leads[v.token] = v.leads
		if v.leads != general {
			exceptions++
		}
	}
	size := len(leads)
	for token := range all {
		if size > 2*exceptions {
			break
		}
		if _, known := leads[token]; !known {
			leads[token] = general
			size++
		}
	}
	if size > 2*exceptions {
		w.entry(fold, named, general, rest)
		return
	}
	// leads is the whole class.
	count := make(map[Digest]int)
	majority := rest
	listed := make([]value, 0, size)
	for token, d := range leads {
		listed = append(listed, value{token, d})
		if count[d]++; 2*count[d] > size {
			majority = d
		}
	}
	w.entry(fold, listed, majority, rest)
}

// entry writes what a class leads to, and the tokens that lead elsewhere.
// Where there is no majority, the rest stands for it.
func (w *writer) entry(fold string, named []value, majority, rest Digest) {
	named = slices.DeleteFunc(named, func(v value) bool { return v.leads == majority })
	if majority == rest && len(named) == 0 {
		return
	}
	slices.SortFunc(named, func(a, b value) int { return cmp.Compare(a.token, b.token) })
	w.text(fold)
	w.buf = append(w.buf, majority[:]...)
	w.number(len(named))
	for _, v := range named {
		w.text(v.token)
		w.buf = append(w.buf, v.leads[:]...)
	}
}

func (w *writer) text(s string) {
	w.number(len(s))
	w.buf = append(w.buf, s...)
}

func (w *writer) number(n int) { w.buf = binary.AppendUvarint(w.buf, uint64(n)) }

// A classPart is a class, or the paths of one kind in it.
type classPart struct{ fold, path, name, nameFold string }

func partOf(c *Class) classPart {
	if c.Within == nil {
		return classPart{fold: c.Fold}
	}
	return classPart{c.Fold, c.Within.Path, c.Within.Name, c.Within.Fold}
}

// first is what first tokens lead to, by the kind of their atom.
type first struct {
	tokens  map[string]Digest
	classes map[classPart]Digest
	paths   map[string]Digest // listed, clean
	names   map[string]Digest // of paths
	nameOf  map[string]Digest // by what names fold to that nothing mentions
}

func (w *writer) first(roots []int32) first {
	f := first{make(map[string]Digest), make(map[classPart]Digest), make(map[string]Digest), make(map[string]Digest), make(map[string]Digest)}
	for i, root := range roots {
		d := w.digests[root]
		switch set := &w.atoms[i].set; {
		case len(set.Tokens) > 0:
			f.tokens[set.Tokens[0]] = d
		case len(set.Classes) > 0:
			f.classes[partOf(&set.Classes[0])] = d
		case set.Paths[0].Path != "":
			f.paths[set.Paths[0].Path] = d
		case set.Paths[0].Name != "":
			f.names[set.Paths[0].Name] = d
		default:
			f.nameOf[set.Paths[0].Fold] = d
		}
	}
	return f
}

func or[K comparable](d map[K]Digest, key K, otherwise Digest) Digest {
	if found, ok := d[key]; ok {
		return found
	}
	return otherwise
}

// written writes first tokens that are compared as they are.
func (w *writer) written(roots []int32) {
	f := w.first(roots)
	w.words(f, w.exact, w.canonical)
}

// words writes first tokens that are no paths.
func (w *writer) words(f first, exact, canonical []string) {
	none := w.plain[ir.None]
	named := make(map[string][]value)
	for _, token := range exact {
		fold := caseless.Fold(token)
		named[fold] = append(named[fold], value{token, or(f.tokens, token, none)})
	}
	for _, fold := range canonical {
		if _, any := named[fold]; !any {
			named[fold] = nil
		}
	}
	for _, fold := range sortedKeys(named) {
		w.class(fold, named[fold], or(f.classes, classPart{fold: fold}, none), none)
	}
	w.text("")
}

// resolved writes first tokens where paths stand for names.
func (w *writer) resolved(roots []int32) {
	none := w.plain[ir.None]
	f := w.first(roots)
	isPath := func(token string) bool { return strings.Contains(token, "/") }
	w.words(f, slices.DeleteFunc(slices.Clone(w.exact), isPath), slices.DeleteFunc(slices.Clone(w.canonical), isPath))

	// Paths by name.
	named := make(map[string][]value)
	for name := range w.names {
		fold := caseless.Fold(name)
		named[fold] = append(named[fold], value{name, or(f.names, name, none)})
	}
	for fold := range f.nameOf {
		if _, any := named[fold]; !any {
			named[fold] = nil
		}
	}
	for _, fold := range sortedKeys(named) {
		w.class(fold, slices.Clone(named[fold]), or(f.nameOf, fold, none), none)
	}
	w.text("")

	// Paths that lead elsewhere than their names.
	byName := func(name, fold string) Digest {
		if w.names[name] {
			return or(f.names, name, none)
		}
		return or(f.nameOf, fold, none)
	}
	for _, path := range sortedKeys(w.paths) {
		name := nameOf(path)
		if d := or(f.paths, path, none); d != byName(name, caseless.Fold(name)) {
			w.text(path)
			w.buf = append(w.buf, d[:]...)
		}
	}
	w.text("")

	// Tokens that lead elsewhere than their paths.
	byPath := func(path, name, fold string) Digest {
		switch {
		case fold == "":
			return none
		case w.paths[path]:
			return or(f.paths, path, none)
		}
		return byName(name, fold)
	}
	tokens := make(map[string][]string)
	for _, token := range w.exact {
		if isPath(token) {
			fold := caseless.Fold(token)
			tokens[fold] = append(tokens[fold], token)
		}
	}
	for _, fold := range w.canonical {
		if _, any := tokens[fold]; isPath(fold) && !any {
			tokens[fold] = nil
		}
	}
	for _, fold := range sortedKeys(tokens) {
		// The class, cut into parts by where their paths lead.
		type block struct {
			named   []value
			parts   []Class
			general Digest
		}
		blocks := make(map[Digest]*block)
		at := func(rest Digest) *block {
			if blocks[rest] == nil {
				blocks[rest] = &block{general: rest}
			}
			return blocks[rest]
		}
		for _, token := range tokens[fold] {
			path, name := ir.CleanPath(token)
			b := at(byPath(path, name, caseless.Fold(name)))
			b.named = append(b.named, value{token, or(f.tokens, token, none)})
		}
		for _, c := range w.pathClass(fold) {
			rest := none
			if c.Within != nil {
				name, nameFold := c.Within.program()
				rest = byPath(c.Within.Path, name, nameFold)
			}
			general := rest
			if w.isClass[fold] {
				var any bool
				if general, any = f.classes[partOf(&c)]; !any {
					continue // all of it are exact tokens
				}
			}
			c.Except = tokens[fold]
			b := at(rest)
			b.parts = append(b.parts, c)
			b.general = general
		}
		rests := make([]Digest, 0, len(blocks))
		for rest := range blocks {
			rests = append(rests, rest)
		}
		slices.SortFunc(rests, func(a, b Digest) int { return bytes.Compare(a[:], b[:]) })
		for _, rest := range rests {
			b := blocks[rest]
			before := len(w.buf)
			w.buf = append(w.buf, rest[:]...)
			start := len(w.buf)
			w.list(fold, b.named, b.general, rest, func(yield func(string) bool) {
				for i := range b.parts {
					for token := range b.parts[i].all() {
						if !yield(token) {
							return
						}
					}
				}
			})
			if len(w.buf) == start {
				w.buf = w.buf[:before]
			}
		}
	}
}
