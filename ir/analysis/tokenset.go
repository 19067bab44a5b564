package analysis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
)

// A TokenSet is a set of tokens: all that its fields name. The zero value is
// the empty set. Sets that this package returns are sorted and name no token
// twice; they share memory and are not to be changed.
type TokenSet struct {
	Tokens  []string `json:"tokens,omitempty"`  // these
	Classes []Class  `json:"classes,omitempty"` // canonical classes
	Paths   []Paths  `json:"paths,omitempty"`   // programs called by path; in the first position alone
}

// A Class is the set of tokens that are caselessly equal to each other, less
// some.
type Class struct {
	Fold   string   `json:"fold"`             // what each of them folds to
	Except []string `json:"except,omitempty"` // these are not in the set

	// Within, if not nil, keeps only tokens that are also paths of this kind.
	// It is there only for rules that name a program by path and caselessly.
	Within *Paths `json:"within,omitempty"`
}

// Paths is a set of tokens with a slash in them, by the program that they name
// once they are clean (ir.CleanPath). Exactly one of Path, Name and Fold is set.
type Paths struct {
	Path string `json:"path,omitempty"` // spellings of this one path: itself, with "//", "/./" or "/x/../" in it, …
	Name string `json:"name,omitempty"` // all paths whose last component is Name
	Fold string `json:"fold,omitempty"` // all paths whose last component folds to this

	ExceptNames []string `json:"except_names,omitempty"` // with Fold: last components that are not meant
	ExceptPaths []string `json:"except_paths,omitempty"` // with Name or Fold: clean paths that are not meant
	Except      []string `json:"except,omitempty"`       // tokens that are not in the set
	ExceptFolds []string `json:"except_folds,omitempty"` // nor are those that fold to one of these
}

// IsEmpty reports whether the set names nothing.
func (s *TokenSet) IsEmpty() bool {
	return len(s.Tokens) == 0 && len(s.Classes) == 0 && len(s.Paths) == 0
}

// Contains reports whether token is in the set.
func (s *TokenSet) Contains(token string) bool {
	if _, found := slices.BinarySearch(s.Tokens, token); found {
		return true
	}
	for i := range s.Classes {
		if s.Classes[i].Contains(token) {
			return true
		}
	}
	for i := range s.Paths {
		if s.Paths[i].Contains(token) {
			return true
		}
	}
	return false
}

// Contains reports whether token is in the set.
func (c *Class) Contains(token string) bool {
	return caseless.Fold(token) == c.Fold && !slices.Contains(c.Except, token) && (c.Within == nil || c.Within.Contains(token))
}

// Contains reports whether token is in the set.
func (p *Paths) Contains(token string) bool {
	if !strings.Contains(token, "/") {
		return false
	}
	path, name := ir.CleanPath(token)
	switch {
	case name == "":
		return false
	case p.Path != "":
		if path != p.Path {
			return false
		}
	case p.Name != "":
		if name != p.Name {
			return false
		}
	case caseless.Fold(name) != p.Fold:
		return false
	}
	return !slices.Contains(p.ExceptNames, name) && !slices.Contains(p.ExceptPaths, path) && !slices.Contains(p.Except, token) &&
		(len(p.ExceptFolds) == 0 || !slices.Contains(p.ExceptFolds, caseless.Fold(token)))
}

// Examples returns a token of every part of the set: all of Tokens, one of each
// class and kind of paths. A set that this package returned has at least one.
func (s *TokenSet) Examples() []string {
	examples := slices.Clone(s.Tokens)
	for i := range s.Classes {
		for token := range s.Classes[i].all() {
			examples = append(examples, token)
			break
		}
	}
	for i := range s.Paths {
		if token, ok := s.Paths[i].example(); ok {
			examples = append(examples, token)
		}
	}
	return examples
}

// example returns the first of Examples.
func (s *TokenSet) example() string {
	if len(s.Tokens) > 0 {
		return s.Tokens[0]
	}
	return s.Examples()[0]
}

// all lists the tokens of the class.
func (c *Class) all() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if c.Within == nil {
			class := newSpellings(c.Fold)
			for i := 0; ; i++ {
				token, ok := class.at(i)
				if !ok || !slices.Contains(c.Except, token) && !yield(token) {
					return
				}
			}
		}
		c.eachPath(yield)
	}
}

// eachPath lists a class of paths. Slashes and dots have one spelling, so a
// path is spelt component by component; what Within asks of the clean path is
// settled before the spellings are combined, and what combinations it then
// still refuses are few, because they are named one by one.
func (c *Class) eachPath(yield func(string) bool) {
	parts := strings.Split(c.Fold, "/")
	kept := keptParts(parts)
	choices := make([]func(i int) (string, bool), len(parts))
	for i, part := range parts {
		choices[i] = newSpellings(part).at
	}
	fix := func(at int, token string) {
		choices[at] = func(i int) (string, bool) { return token, i == 0 }
	}
	switch {
	case len(kept) == 0:
		return
	case c.Within.Path != "":
		for i, part := range strings.Split(strings.TrimPrefix(c.Within.Path, "/"), "/") {
			fix(kept[i], part)
		}
	case c.Within.Name != "":
		fix(kept[len(kept)-1], c.Within.Name)
	}
	// What changes the clean path changes fastest.
	order := slices.Clone(kept)
	for i := range parts {
		if !slices.Contains(kept, i) {
			order = append(order, i)
		}
	}
	index := make([]int, len(parts))
	spelt := make([]string, len(parts))
	for i := range parts {
		spelt[i], _ = choices[i](0)
	}
	for {
		if token := strings.Join(spelt, "/"); c.Contains(token) && !yield(token) {
			return
		}
		digit := 0
		for ; digit < len(order); digit++ {
			i := order[digit]
			index[i]++
			next, more := choices[i](index[i])
			if more {
				spelt[i] = next
				break
			}
			index[i] = 0
			spelt[i], _ = choices[i](0)
		}
		if digit == len(order) {
			return
		}
	}
}

// keptParts returns the indexes of the components that cleaning a path keeps.
func keptParts(parts []string) []int {
	var kept []int
	for i, part := range parts {
		switch {
		case part == "" || part == ".":
		case part != "..":
			kept = append(kept, i)
		case len(kept) > 0 && parts[kept[len(kept)-1]] != "..":
			kept = kept[:len(kept)-1]
		case parts[0] != "":
			kept = append(kept, i)
		}
	}
	return kept
}

// example returns a token of the set. Only names can run out.
func (p *Paths) example() (string, bool) {
	if p.Path != "" {
		for dots := p.Path; ; dots = "/." + dots {
			if p.Contains(dots) {
				return dots, true
			}
		}
	}
	name := p.Name
	if name == "" {
		class := newSpellings(p.Fold)
		for i := 0; ; i++ {
			var ok bool
			if name, ok = class.at(i); !ok {
				return "", false
			}
			if !slices.Contains(p.ExceptNames, name) {
				break
			}
		}
	}
	for _, folder := range [...]string{"/usr/bin/", "/usr/local/bin/", "/bin/"} {
		if p.Contains(folder + name) {
			return folder + name, true
		}
	}
	for i := 0; ; i++ {
		if token := "/opt/" + strconv.Itoa(i) + "/" + name; p.Contains(token) {
			return token, true
		}
	}
}

// String returns the set as a person would write it: git, [push|fetch],
// [any case of push], [any path to git].
func (s TokenSet) String() string {
	var parts []string
	for _, token := range s.Tokens {
		parts = append(parts, quote(token))
	}
	for i := range s.Classes {
		c := &s.Classes[i]
		text := "any case of " + quote(c.Fold)
		if c.Within != nil {
			text += " that is " + c.Within.String()
		}
		parts = append(parts, text+except(c.Except))
	}
	for i := range s.Paths {
		parts = append(parts, s.Paths[i].String())
	}
	if len(parts) == 1 && len(s.Tokens) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, "|") + "]"
}

// String returns the set as a person would write it.
func (p Paths) String() string {
	text := ""
	switch {
	case p.Path != "":
		text = "any spelling of " + quote(p.Path)
	case p.Name != "":
		text = "any path to " + quote(p.Name)
	default:
		text = "any path to any case of " + quote(p.Fold)
	}
	return text + except(slices.Concat(p.ExceptNames, p.ExceptPaths, p.Except, p.ExceptFolds))
}

func except(tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	quoted := make([]string, len(tokens))
	for i, token := range tokens {
		quoted[i] = quote(token)
	}
	return " except " + strings.Join(quoted, ", ")
}

func quote(token string) string {
	if quoted, ok := shlex.Quote(token); ok {
		return quoted
	}
	return strconv.Quote(token) // no shell can write it
}

// union returns the union of disjoint sets, simplified: what one set leaves out
// and another names is no exception.
func union(sets []*TokenSet) TokenSet {
	if len(sets) == 1 {
		return *sets[0]
	}
	var u TokenSet
	for _, s := range sets {
		u.Tokens = append(u.Tokens, s.Tokens...)
		u.Classes = append(u.Classes, s.Classes...)
		u.Paths = append(u.Paths, s.Paths...)
	}
	u.Paths = joinPaths(u.Paths)
	if len(u.Classes)+len(u.Paths) > 0 {
		u.fillIn()
	}
	slices.Sort(u.Tokens)
	slices.SortFunc(u.Classes, func(a, b Class) int {
		return cmp.Or(cmp.Compare(a.Fold, b.Fold), strings.Compare(withinKey(a), withinKey(b)))
	})
	slices.SortFunc(u.Paths, func(a, b Paths) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Fold, b.Fold), cmp.Compare(a.Path, b.Path))
	})
	return u
}

func withinKey(c Class) string {
	if c.Within == nil {
		return ""
	}
	return c.Within.Path + "\x00" + c.Within.Name + "\x00" + c.Within.Fold
}

// joinPaths puts paths back into the sets that leave them out, and names into
// the classes that do.
func joinPaths(paths []Paths) []Paths {
	byPath := make(map[string]int)
	byName := make(map[string]int)
	for i := range paths {
		switch p := &paths[i]; {
		case p.Path != "":
			byPath[p.Path] = i
		case p.Name != "":
			byName[p.Name] = i
		}
	}
	gone := make([]bool, len(paths))
	absorb := func(p *Paths, left []string, where map[string]int) []string {
		return slices.DeleteFunc(slices.Clone(left), func(what string) bool {
			i, found := where[what]
			if !found || gone[i] {
				return false
			}
			gone[i] = true
			p.ExceptPaths = slices.Concat(p.ExceptPaths, paths[i].ExceptPaths)
			p.Except = slices.Concat(p.Except, paths[i].Except)
			p.ExceptFolds = slices.Concat(p.ExceptFolds, paths[i].ExceptFolds)
			return true
		})
	}
	for i := range paths {
		if paths[i].Fold != "" {
			paths[i].ExceptNames = absorb(&paths[i], paths[i].ExceptNames, byName)
		}
	}
	for i := range paths {
		if !gone[i] && paths[i].Path == "" {
			paths[i].ExceptPaths = absorb(&paths[i], paths[i].ExceptPaths, byPath)
		}
	}
	kept := paths[:0]
	for i := range paths {
		if gone[i] {
			continue
		}
		p := paths[i]
		for _, list := range []*[]string{&p.ExceptPaths, &p.Except, &p.ExceptFolds} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		kept = append(kept, p)
	}
	return kept
}

// fillIn takes tokens that another part of the set leaves out into that part.
func (s *TokenSet) fillIn() {
	named := make(map[string]bool, len(s.Tokens))
	for _, token := range s.Tokens {
		named[token] = true
	}
	taken := make(map[string]bool)
	fill := func(except []string) []string {
		return slices.DeleteFunc(slices.Clone(except), func(token string) bool {
			if !named[token] {
				return false
			}
			taken[token] = true
			return true
		})
	}
	for i := range s.Classes {
		s.Classes[i].Except = fill(s.Classes[i].Except)
	}
	for i := range s.Paths {
		s.Paths[i].Except = fill(s.Paths[i].Except)
	}
	if len(taken) > 0 {
		s.Tokens = slices.DeleteFunc(s.Tokens, func(token string) bool { return taken[token] })
	}
}
