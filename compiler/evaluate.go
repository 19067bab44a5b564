package compiler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A File is a rule file that somebody has already read.
type File struct {
	// Layer is the configuration layer that the file belongs to; "" for a file
	// that was named by hand. It is kept as the provenance of rules.
	Layer string
	// Name is what the provenance of rules calls the file: as given by hand, or
	// relative to the layer's folder. "" stands for Path.
	Name string
	// Path is what diagnostics call the file: a name that the user can open. ""
	// stands for Name.
	Path string
	// Text is the file's content. It is only read.
	Text []byte
}

func (f *File) name() string {
	if f.Name == "" {
		return f.Path
	}
	return f.Name
}

func (f *File) path() string {
	if f.Path == "" {
		return f.Name
	}
	return f.Path
}

// Options says how to evaluate. The zero value is a good choice: default
// limits, and results that do not depend on the machine.
type Options struct {
	Limits Limits

	// Place is where the program paths of examples are looked at from:
	// match = ["~/git"] or ["./git"] holds for a rule on git only if no
	// host_executable forbids that path. The reference takes the user's home
	// folder and the working directory. In the zero value such a path still
	// names a program, but is in no host_executable list.
	Place ir.Place
}

// Evaluate runs rule files, lowest precedence first, and returns the policy
// that they define together.
//
// Where anything is wrong the error is a [diag.List] of everything that is
// wrong with all files, in the order of the files; its first element is what
// the reference reports. A broken call does not keep the rest of its file from
// being looked at. An example that does not hold is reported where it stands,
// as called from (Calls[0]) the call that it belongs to. Codes are "parse", "eval", "decision", "pattern",
// "example-syntax", "example-unmatched", "example-matched", "rule", "limit",
// "internal" (a fault of ours) and "other". When ctx ends first, the error is
// ctx's.
func Evaluate(ctx context.Context, files []File, options Options) (*ir.Policy, error) {
	modules, err := run(ctx, files, options)
	if err != nil {
		return nil, err
	}
	var problems diag.List
	var total counts
	known := make(hostTable)
	for _, m := range modules {
		m.fit(&total)
		if len(m.problems) > 0 {
			known = nil // and stays so: an entry may be missing
		}
		known.add(m.hosts)
		if err := m.checkExamples(ctx, known); err != nil {
			return nil, err
		}
		problems = append(problems, m.problems...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return merge(modules), nil
}

// A Broken is a rule file that [EvaluateSound] left out.
type Broken struct {
	File     int // index into the files that were given
	Problems diag.List
}

// EvaluateSound is like [Evaluate] but leaves out each file that is broken in
// itself or whose examples do not hold, whole, and returns the policy of the
// others. A file that was left out counts for nothing: neither its rules nor
// its host executables. The error is nil unless ctx ended first.
//
// A rule that is missing may have been one that forbids. Who uses the policy
// must say so, and decide what it means.
func EvaluateSound(ctx context.Context, files []File, options Options) (*ir.Policy, []Broken, error) {
	modules, err := run(ctx, files, options)
	if err != nil {
		return nil, nil, err
	}
	var broken []Broken
	var sound []*module
	var total counts
	known := make(hostTable)
	for i, m := range modules {
		before := total
		m.fit(&total)
		if len(m.problems) == 0 {
			own := maps.Clone(known)
			own.add(m.hosts)
			if err := m.checkExamples(ctx, own); err != nil {
				return nil, nil, err
			}
		}
		if len(m.problems) > 0 {
			broken = append(broken, Broken{File: i, Problems: m.problems})
			total = before
			continue
		}
		known.add(m.hosts)
		sound = append(sound, m)
	}
	return merge(sound), broken, nil
}

// A module is one rule file while it is evaluated, and what came out of it.
type module struct {
	file    *File
	limits  Limits
	place   ir.Place
	sources map[int]ir.Source // by line; nil unless the file is a policy's canonical text

	part    []ir.PrefixRule // where rules are to be, see partRules
	planned int             // how many of them

	rules    []ir.PrefixRule
	hosts    []ir.HostExecutable
	networks []ir.NetworkRule
	examples []examples
	tokens   slab[string]   // of patterns
	lists    slab[[]string] // positions of patterns
	strings  int64          // kept so far
	text     int            // bytes read so far

	problems   diag.List
	complaints map[complaint]bool // the builtins' part of problems
	complained int                // how often they complained
	flooded    bool               // evaluation was stopped: too many of them

	lineTable *lineTable // of the file's text; made when first asked for
}

// run evaluates every file by itself, several at a time. Examples are not
// looked at yet: they depend on the host executables of earlier files.
func run(ctx context.Context, files []File, options Options) ([]*module, error) {
	limits := options.Limits.withDefaults()
	modules := make([]*module, len(files))
	total := 0
	for i := range files {
		m := &module{file: &files[i], limits: limits, place: options.Place}
		modules[i] = m
		if total += len(m.file.Text); total > limits.Bytes {
			m.problems = append(m.problems, m.about(codeLimit, fmt.Sprintf("all rule files together are longer than %d bytes", limits.Bytes), ""))
		}
	}
	partRules(modules, limits.Rules)
	var workers sync.WaitGroup
	next := make(chan *module)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for m := range next {
				m.run(ctx)
			}
		})
	}
	for _, m := range modules {
		if len(m.problems) == 0 && ctx.Err() == nil {
			next <- m
		}
	}
	close(next)
	workers.Wait()
	return modules, ctx.Err()
}

// run evaluates the file. What is wrong is in m.problems afterwards.
func (m *module) run(ctx context.Context) {
	defer func() {
		if fault := recover(); fault != nil {
			m.problems = append(m.problems, m.about(codeInternal, fmt.Sprintf("rulesc failed on this file: %v", fault), "please report this, with the file"))
		}
	}()
	if !utf8.Valid(m.file.Text) {
		m.problems = append(m.problems, m.notUTF8())
		return
	}
	text := string(m.file.Text)
	if m.file.Layer == "" && ir.IsText(text) {
		sources, err := ir.TextSources(text)
		if err != nil {
			m.problems = append(m.problems, m.about(codeOther, err.Error(), "remove its first line to make it an ordinary rule file"))
			return
		}
		m.sources = sources
	}
	if m.readLiterals(ctx, text) {
		return
	}
	m.interpret(ctx, text)
}

// interpret runs the file as a program.
func (m *module) interpret(ctx context.Context, text string) {
	builtins := starlark.StringDict{}
	for name, builtin := range map[string]builtin{
		"prefix_rule":     m.prefixRule,
		"host_executable": m.hostExecutable,
		"network_rule":    m.networkRule,
	} {
		builtins[name] = m.builtin(name, builtin)
	}
	err := dialect.Exec(ctx, m.file.name(), text, builtins, m.limits.Module)
	var failures dialect.Errors
	switch {
	case err == nil || m.flooded:
	case errors.As(err, &failures):
		for _, e := range failures {
			m.problems = append(m.problems, m.ofDialect(e))
		}
	default:
		m.problems = append(m.problems, m.about(codeInternal, err.Error(), ""))
	}
}

// counts are numbers of rules.
type counts struct{ prefixes, hosts, networks int }

// fit adds the module's rules to those before them, and checks that they are
// within the limits together.
func (m *module) fit(total *counts) {
	total.prefixes += len(m.rules)
	total.hosts += len(m.hosts)
	total.networks += len(m.networks)
	most := m.limits.Rules
	for _, kind := range []struct {
		name  string
		count int
	}{
		{"prefix rules", total.prefixes},
		{"host executables", total.hosts},
		{"network rules", total.networks},
	} {
		if kind.count > most {
			m.problems = append(m.problems, m.about(codeLimit, fmt.Sprintf("more than %d %s in all files together", most, kind.name), ""))
		}
	}
}

// merge makes one policy of the modules' rules, which it takes from them.
func merge(modules []*module) *ir.Policy {
	return &ir.Policy{
		Rules:    joinRules(modules),
		Hosts:    concat(modules, func(m *module) *[]ir.HostExecutable { return &m.hosts }),
		Networks: concat(modules, func(m *module) *[]ir.NetworkRule { return &m.networks }),
	}
}

// partRules gives each module a part of one list, for as many rules as there are
// calls at the beginning of a line of the file. Most files are nothing but such
// calls, and their rules are where joinRules wants them. Where loops, functions and
// lists of programs make more rules than calls, they get a list of their own.
func partRules(modules []*module, most int) {
	total := 0
	for _, m := range modules {
		text := m.file.Text
		m.planned = bytes.Count(text, []byte("\nprefix_rule"))
		if bytes.HasPrefix(text, []byte("prefix_rule")) {
			m.planned++
		}
		m.planned = min(m.planned, most-total)
		total += m.planned
	}
	list := make([]ir.PrefixRule, 0, total)
	for _, m := range modules {
		m.part = list
		m.rules = list[:0:m.planned]
		list = list[m.planned:m.planned]
	}
}

// joinRules returns the modules' rules in one list. If none has more than planned,
// that is the one whose parts they were given: no rule moves but to close gaps.
func joinRules(modules []*module) []ir.PrefixRule {
	total := 0
	for _, m := range modules {
		if total += len(m.rules); len(m.rules) > m.planned {
			return concat(modules, func(m *module) *[]ir.PrefixRule { return &m.rules })
		}
	}
	if total == 0 {
		return nil
	}
	joined := modules[0].part
	for _, m := range modules {
		joined = append(joined, m.rules...)
	}
	return slices.Clip(joined)
}

// concat takes a list from each module and joins them. A list that is the only
// one stays where it is.
func concat[T any](modules []*module, list func(*module) *[]T) []T {
	var only []T
	total := 0
	for _, m := range modules {
		if l := *list(m); len(l) > 0 {
			only = l
			total += len(l)
		}
	}
	if len(only) == total {
		return slices.Clip(only)
	}
	all := make([]T, 0, total)
	for _, m := range modules {
		l := list(m)
		all = append(all, *l...)
		*l = nil // memory that somebody else can use meanwhile
	}
	return all
}
