package analysis

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// The compared space is all commands. There are infinitely many, but only so
// many that rules can tell apart, and the first token is where telling is
// intricate: it may be a name that rules mention, another spelling of one that
// canonical rules mention, or a path, which is compared as it is written first
// and, only where no rule matches so, by the name of the program and if the
// host_executable lists of both policies let it. With rules on git and
// /usr/bin/git, and a list for git that holds /usr/bin/git and /opt/git, first
// tokens are of these kinds:
//
//	git                                 rules on git
//	/usr/bin/git                        rules on /usr/bin/git, before rules on git
//	other spellings of /usr/bin/git     rules on git        (such as /usr//bin/git)
//	any spelling of /opt/git            rules on git
//	any other path to git               none: it is not in the list
//	all else                            none
//
// A space holds these kinds, as atoms: disjoint sets of first tokens, with the
// rules of each policy that speak about them. What follows the first token is
// the business of the machine. Rules of an atom are direct, or they stand behind
// the direct ones: an indirect rule has a say only if no direct rule matches.
// So direct rules outrank indirect ones, whatever they decide (see rank).
//
// The number of atoms is at most that of names and paths that are mentioned, and
// all are made in time proportional to it (tokens of rules on paths that are
// canonical aside, which are compared with each other).

// An Options value says which commands are compared.
type Options struct {
	// AsWritten leaves host-executable resolution out: a first token is compared
	// as it is written and never by the program name of a path.
	//
	// Without it, the answers are those of ir.Policy.Evaluate at the empty
	// ir.Place: paths count, relative ones too; "~" and the working folder, of
	// which policies cannot know, have no part in it.
	AsWritten bool

	// Steps bounds the work: how often an alternative of a rule may be looked at
	// and how much may be reported. 0 stands for 64 for each alternative in the
	// policies, and a million. At ordinary policies it takes two.
	Steps int
}

// A program is the rules of one policy that have one first token and compare it
// alike. Canonical rules on several spellings of a name are one program as long
// as no host list tells the spellings apart.
type program struct {
	name  string // the first token; "" for spellings without a host list
	rules []int  // indexes into Policy.Rules, ascending
}

// programs are the rules of one policy by first token, and its host lists.
type programs struct {
	exact     map[string]*program
	canonical map[string][]*program      // by what their names fold to
	hosts     map[string]map[string]bool // the last list of each name

	// written says that these rules are compared with first tokens as they are
	// written, whatever the space does.
	written bool
}

func index(p *ir.Policy, rules []int) *programs {
	s := &programs{exact: make(map[string]*program), canonical: make(map[string][]*program), hosts: make(map[string]map[string]bool)}
	for i := range p.Hosts {
		list := make(map[string]bool, len(p.Hosts[i].Paths))
		for _, path := range p.Hosts[i].Paths {
			if strings.HasPrefix(path, "/") {
				list[path] = true
			}
		}
		s.hosts[p.Hosts[i].Name] = list
	}
	type spelling struct{ fold, name string }
	classes := make(map[spelling]*program)
	for _, i := range rules {
		name := p.Rules[i].Pattern.Program()
		known := s.exact[name]
		if p.Rules[i].Canonical {
			of := spelling{fold: caseless.Fold(name)}
			if _, listed := s.hosts[name]; listed {
				of.name = name
			}
			if known = classes[of]; known == nil {
				known = &program{name: of.name}
				classes[of] = known
				s.canonical[of.fold] = append(s.canonical[of.fold], known)
			}
		} else if known == nil {
			known = &program{name: name}
			s.exact[name] = known
		}
		known.rules = append(known.rules, i)
	}
	return s
}

// admits reports whether path, "" for one that no list mentions, may stand for
// a program name.
func (s *programs) admits(name, path string) bool {
	list, listed := s.hosts[name]
	return !listed || list[path]
}

// A claim is a program's rules, for an atom.
type claim struct {
	*program
	direct bool
}

// direct returns the programs that match a first token as it is written. fold
// is what it folds to.
func (s *programs) direct(token, fold string) []claim {
	var claims []claim
	if p := s.exact[token]; p != nil {
		claims = append(claims, claim{p, true})
	}
	return append(claims, s.directClass(fold)...)
}

func (s *programs) directClass(fold string) []claim {
	var claims []claim
	for _, p := range s.canonical[fold] {
		claims = append(claims, claim{p, true})
	}
	return claims
}

// indirect returns the programs that match a path by name. name is "" for a
// name that nothing mentions but by its class, path "" for a path that no list
// mentions.
func (s *programs) indirect(name, fold, path string) []claim {
	if s.written || name != "" && !s.admits(name, path) {
		return nil
	}
	var claims []claim
	if p := s.exact[name]; p != nil && name != "" {
		claims = append(claims, claim{p, false})
	}
	for _, p := range s.canonical[fold] {
		if p.name == "" || p.name == name || s.admits(p.name, path) {
			claims = append(claims, claim{p, false})
		}
	}
	return claims
}

// An atom is a set of first tokens that no rule tells apart.
type atom struct {
	set    TokenSet   // one token, class or kind of paths
	claims [2][]claim // of each policy; a space of one policy leaves the other empty
}

// A space is the first tokens of all commands, as far as the rules of one or two
// policies tell them apart. Tokens in no atom have no answer.
type space struct {
	sides []*programs
	atoms []atom

	names     map[string]bool // that can be the name of a path
	canonical []string        // classes of canonical programs, sorted
	isClass   map[string]bool // the same
	paths     map[string]bool // in some list, absolute and clean
	exact     []string        // first tokens of exact rules, names before paths

	namesByFold map[string][]string // names, by class, each list sorted
	pathsByFold map[string][]string // paths, by what the name folds to, each list sorted
}

func newSpace(o Options, sides ...*programs) *space {
	s := &space{sides: sides, names: make(map[string]bool), isClass: make(map[string]bool), paths: make(map[string]bool)}
	tokens := make(map[string]bool)
	for _, side := range sides {
		for name := range side.exact {
			tokens[name] = true
			s.addName(name)
		}
		for fold, list := range side.canonical {
			s.isClass[fold] = true
			for _, p := range list {
				s.addName(p.name)
			}
		}
		for name, list := range side.hosts {
			s.addName(name)
			for path := range list {
				if clean, name := ir.CleanPath(path); clean == path && name != "" {
					s.paths[path] = true
				}
			}
		}
	}
	s.exact = sortedKeys(tokens)
	slices.SortStableFunc(s.exact, func(a, b string) int { // names first: they make the better examples
		return cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/"))
	})
	s.canonical = sortedKeys(s.isClass)
	if o.AsWritten {
		s.written()
	} else {
		s.resolved()
	}
	return s
}

// addName notes a name if a path can end in it.
func (s *space) addName(name string) {
	if name != "" && name != "." && name != ".." && !strings.Contains(name, "/") {
		s.names[name] = true
	}
}

func sortedKeys[V any](set map[string]V) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// add makes an atom unless no rule speaks about it.
func (s *space) add(a atom, claims func(side *programs) []claim) {
	none := true
	for i, side := range s.sides {
		a.claims[i] = claims(side)
		none = none && len(a.claims[i]) == 0
	}
	if !none {
		s.atoms = append(s.atoms, a)
	}
}

// written makes the atoms of first tokens that are compared as they are.
func (s *space) written() {
	exceptions := make(map[string][]string)
	for _, token := range s.exact {
		fold := caseless.Fold(token)
		exceptions[fold] = append(exceptions[fold], token)
		s.add(atom{set: TokenSet{Tokens: []string{token}}}, func(side *programs) []claim { return side.direct(token, fold) })
	}
	for _, fold := range s.canonical {
		s.addClass(Class{Fold: fold, Except: exceptions[fold]}, func(side *programs) []claim { return side.directClass(fold) })
	}
}

// addClass makes the atom of a class if there is a token in it.
func (s *space) addClass(c Class, claims func(side *programs) []claim) {
	for range c.all() {
		s.add(atom{set: TokenSet{Classes: []Class{c}}}, claims)
		return
	}
}

// resolved makes the atoms of all first tokens: names, and paths that stand for
// names.
func (s *space) resolved() {
	var (
		spelt       = make(map[string][]string) // exact tokens, by class
		listed      = make(map[string][]string) // exact tokens that are spellings of a listed path, by it
		loose       = make(map[string][]string) // other exact tokens that are paths, by name
		stray       = make(map[string][]string) // those whose name nothing mentions, by what it folds to
		pathFolds   = make(map[string][]string) // classes of canonical paths, by what the name folds to
		pathsByName = make(map[string][]string) // listed paths
	)
	s.namesByFold = make(map[string][]string)
	s.pathsByFold = make(map[string][]string)
	for _, fold := range s.canonical {
		if strings.Contains(fold, "/") {
			name := nameOf(fold)
			pathFolds[name] = append(pathFolds[name], fold)
		}
	}
	names := sortedKeys(s.names)
	for _, name := range names {
		fold := caseless.Fold(name)
		s.namesByFold[fold] = append(s.namesByFold[fold], name)
	}
	paths := sortedKeys(s.paths)
	for _, path := range paths {
		name := nameOf(path)
		pathsByName[name] = append(pathsByName[name], path)
		fold := caseless.Fold(name)
		s.pathsByFold[fold] = append(s.pathsByFold[fold], path)
	}

	for _, token := range s.exact {
		fold := caseless.Fold(token)
		spelt[fold] = append(spelt[fold], token)
		a := atom{set: TokenSet{Tokens: []string{token}}}
		if !strings.Contains(token, "/") {
			s.add(a, func(side *programs) []claim { return side.direct(token, fold) })
			continue
		}
		path, name := ir.CleanPath(token)
		switch {
		case name == "" || s.isClass[fold]:
		case s.paths[path]:
			listed[path] = append(listed[path], token)
		case s.names[name]:
			loose[name] = append(loose[name], token)
		default:
			stray[caseless.Fold(name)] = append(stray[caseless.Fold(name)], token)
		}
		s.add(a, func(side *programs) []claim {
			claims := side.direct(token, fold)
			if name != "" {
				claims = append(claims, side.indirect(name, caseless.Fold(name), path)...)
			}
			return claims
		})
	}
	for _, fold := range s.canonical {
		if strings.Contains(fold, "/") {
			s.addPathClass(fold, spelt[fold])
		} else {
			s.addClass(Class{Fold: fold, Except: spelt[fold]}, func(side *programs) []claim { return side.directClass(fold) })
		}
	}
	for _, path := range paths {
		name := nameOf(path)
		fold := caseless.Fold(name)
		p := Paths{Path: path, Except: listed[path]}
		for _, class := range pathFolds[fold] {
			if clean, _ := ir.CleanPath(class); clean == caseless.Fold(path) {
				p.ExceptFolds = append(p.ExceptFolds, class)
			}
		}
		a := atom{set: TokenSet{Paths: []Paths{p}}}
		s.add(a, func(side *programs) []claim { return side.indirect(name, fold, path) })
	}
	for _, name := range names {
		fold := caseless.Fold(name)
		p := Paths{Name: name, ExceptPaths: pathsByName[name], Except: loose[name], ExceptFolds: pathFolds[fold]}
		a := atom{set: TokenSet{Paths: []Paths{p}}}
		s.add(a, func(side *programs) []claim { return side.indirect(name, fold, "") })
	}
	for _, fold := range s.canonical {
		if strings.Contains(fold, "/") || fold == "" || fold == "." || fold == ".." {
			continue
		}
		p := Paths{Fold: fold, ExceptNames: s.namesByFold[fold], Except: stray[fold], ExceptFolds: pathFolds[fold]}
		for _, path := range s.pathsByFold[fold] {
			if !s.names[nameOf(path)] {
				p.ExceptPaths = append(p.ExceptPaths, path)
			}
		}
		if _, ok := p.example(); ok {
			a := atom{set: TokenSet{Paths: []Paths{p}}}
			s.add(a, func(side *programs) []claim { return side.indirect("", fold, "") })
		}
	}
}

// addPathClass makes the atoms of canonical rules that name a program by path.
// spelt are the exact tokens in the class.
func (s *space) addPathClass(fold string, spelt []string) {
	for _, c := range s.pathClass(fold) {
		for _, token := range spelt {
			if c.Within == nil || c.Within.Contains(token) {
				c.Except = append(c.Except, token)
			}
		}
		s.addClass(c, func(side *programs) []claim {
			claims := side.directClass(fold)
			if c.Within != nil {
				name, nameFold := c.Within.program()
				claims = append(claims, side.indirect(name, nameFold, c.Within.Path)...)
			}
			return claims
		})
	}
}

// pathClass cuts a class of paths into parts that are paths of one kind. Some of
// the parts may be empty.
func (s *space) pathClass(fold string) []Class {
	clean, nameFold := ir.CleanPath(fold)
	if nameFold == "" {
		return []Class{{Fold: fold}}
	}
	var parts []Class
	var listed []string
	for _, path := range s.pathsByFold[nameFold] {
		if caseless.Fold(path) == clean {
			listed = append(listed, path)
			parts = append(parts, Class{Fold: fold, Within: &Paths{Path: path}})
		}
	}
	for _, name := range s.namesByFold[nameFold] {
		parts = append(parts, Class{Fold: fold, Within: &Paths{Name: name, ExceptPaths: listed}})
	}
	return append(parts, Class{Fold: fold, Within: &Paths{Fold: nameFold, ExceptNames: s.namesByFold[nameFold], ExceptPaths: listed}})
}

// program returns the name that all paths of the set have, "" where they have
// several, and what it folds to.
func (p *Paths) program() (name, fold string) {
	switch {
	case p.Path != "":
		name = nameOf(p.Path)
	case p.Name != "":
		name = p.Name
	default:
		return "", p.Fold
	}
	return name, caseless.Fold(name)
}

func nameOf(path string) string {
	_, name := ir.CleanPath(path)
	return name
}
