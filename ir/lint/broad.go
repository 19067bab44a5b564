package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rulesc/rulesc/ir"
)

// RunsAnything reports whether an allow rule for a prefix lets a command run
// anything, and shows commands that it would allow.
func RunsAnything(prefix []string) (examples [][]string, yes bool) {
	t := broadTool(prefix)
	if t == nil || t.breadth != anything {
		return nil, false
	}
	return t.commands(prefix), true
}

// IsBroad reports whether an allow rule for a prefix is broader than it looks, in
// any way that the table knows. why says what the prefix does.
func IsBroad(prefix []string) (why string, yes bool) {
	t := broadTool(prefix)
	if t == nil {
		return "", false
	}
	return t.why, true
}

// Wrapped returns the command that a prefix makes a program such as env or xargs
// run, as far as the prefix names it; nil if the program runs no other.
func Wrapped(prefix []string) []string {
	if len(prefix) == 0 {
		return nil
	}
	return wrapped(programName(prefix[0]), prefix[1:])
}

// toolsByName is the table by the first words of the prefixes.
var toolsByName = sync.OnceValue(func() map[string][]*tool {
	byName := make(map[string][]*tool)
	add := func(t tool) {
		name, _, _ := strings.Cut(t.prefix, " ")
		byName[name] = append(byName[name], &t)
	}
	for _, t := range tools {
		add(t)
	}
	for _, w := range wrappers {
		_, rest, _ := strings.Cut(w.example, " ")
		add(tool{w.name, anything, "runs any command", strings.TrimSpace(rest + " id"), w.source})
	}
	for _, r := range runners {
		add(tool{r.prefix, anything, "runs any command", "id", r.source})
	}
	return byName
})

var isWrapper = sync.OnceValue(func() map[string]bool {
	set := make(map[string]bool)
	for _, w := range wrappers {
		set[w.name] = true
	}
	return set
})

func words(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// broadTool returns the entry of the table that a prefix comes down to, nil if it
// names enough.
func broadTool(prefix []string) *tool {
	if len(prefix) == 0 {
		return nil
	}
	name := programName(prefix[0])
	list := toolsByName()[name]
	if len(list) == 0 {
		name = strings.TrimRight(name, "0123456789.-")
		list = toolsByName()[name]
	}
	if rest := wrapped(name, prefix[1:]); len(rest) > 0 {
		if t := broadTool(rest); t != nil {
			return t
		}
	}
	var best *tool
	for _, t := range list {
		needed := strings.Fields(t.prefix)[1:]
		rest := prefix[1:]
		if len(rest) < len(needed) || !begins(rest, needed) {
			continue
		}
		rest = rest[len(needed):]
		if isWrapper()[name] {
			rest = wrapped(name, rest)
		}
		if name == "ssh" && len(rest) > 0 && !isOption(rest[len(rest)-1]) {
			rest = rest[:len(rest)-1] // the host
		}
		if onlyOptions(rest) && (best == nil || len(t.prefix) > len(best.prefix)) {
			best = t
		}
	}
	return best
}

// commands returns the examples behind a prefix. Where it ends in an option that
// examples start with, they go on from there; behind another option of an
// interpreter anything may follow.
func (t *tool) commands(prefix []string) [][]string {
	last := prefix[len(prefix)-1]
	open := len(prefix) > 1 && isOption(last)
	var list [][]string
	for example := range strings.SplitSeq(t.examples, ";") {
		rest := strings.Fields(example)
		if i := strings.IndexByte(example, '\''); i >= 0 { // one quoted word at the end
			rest = append(strings.Fields(example[:i]), strings.Trim(example[i:], "'"))
		}
		switch {
		case open && rest[0] == last:
			rest = rest[1:]
		case open && t.breadth == anything:
			continue
		}
		list = append(list, slices.Concat(prefix, rest))
	}
	if list == nil {
		list = append(list, slices.Concat(prefix, []string{"x"}))
	}
	return list
}

// takesValue are options of wrappers whose value is the next word.
var takesValue = words("-u -g -k -I -L -P --user --group --signal")

// wrapped returns the command that a wrapper or runner runs: what follows its
// options, variables and numbers. nil if the program is neither.
func wrapped(name string, args []string) []string {
	if !isWrapper()[name] {
		for _, r := range runners {
			needed := strings.Fields(r.prefix)
			if needed[0] == name && len(args) >= len(needed)-1 && begins(args, needed[1:]) {
				args = args[len(needed)-1:]
				for len(args) > 0 && isOption(args[0]) {
					args = args[1:]
				}
				return args
			}
		}
		return nil
	}
	for len(args) > 0 {
		word := args[0]
		if !isOption(word) && !strings.Contains(word, "=") && strings.Trim(word, "0123456789.smhd") != "" {
			break
		}
		args = args[1:]
		if takesValue[word] && len(args) > 0 {
			args = args[1:]
		}
	}
	return args
}

// programName returns the name by which the tables know a program.
func programName(word string) string {
	name := path.Base(strings.ReplaceAll(word, `\`, "/"))
	return strings.TrimSuffix(strings.ToLower(name), ".exe")
}

func begins(list, with []string) bool {
	for i, word := range with {
		if list[i] != word {
			return false
		}
	}
	return true
}

// onlyOptions reports whether anything may still follow a list of words.
func onlyOptions(list []string) bool {
	for _, word := range list {
		if !isOption(word) || harmless[word] {
			return false
		}
	}
	return true
}

// isOption also takes the options of cmd.exe, which look like "/c", and "-",
// which stands for the input.
func isOption(word string) bool {
	return strings.HasPrefix(word, "-") || len(word) == 2 && word[0] == '/'
}

// broadAllows looks for rules that allow more than they seem to. A rule is asked
// about with each choice of its alternatives, and counts as broad by those
// commands of the table that the policy, with everything that is stricter in it,
// does allow.
func (c *checker) broadAllows() {
	const choices = 256
	for i := range c.sites {
		s := &c.sites[i]
		found := make(map[breadth]*Finding)
		var programs map[breadth][]string
		for _, r := range s.rules {
			rule := &c.policy.Rules[r]
			if rule.Decision != ir.Allow || c.isDead[r] || len(toolsByName()[programName(rule.Pattern.Program())]) == 0 && !versioned(rule.Pattern.Program()) {
				continue
			}
			eachChoice(rule.Pattern, choices, func(prefix []string) bool {
				t := broadTool(prefix)
				if t == nil {
					return true
				}
				example := c.allowed(t.commands(prefix))
				if example == nil {
					return true
				}
				if programs == nil {
					programs = make(map[breadth][]string)
				}
				text := line(prefix)
				f := found[t.breadth]
				if f == nil {
					f = &Finding{
						Code: map[breadth]string{anything: "RS010", harm: "RS011"}[t.breadth], Source: s.source, Witness: example,
						Message: fmt.Sprintf("allows `%s`, which %s: `%s`", text, t.why, line(example)),
						Hint:    "name more of the command, or ask: decision = \"prompt\"",
					}
					found[t.breadth] = f
				}
				if len(f.Rules) == 0 || f.Rules[len(f.Rules)-1] != r {
					f.Rules = append(f.Rules, r)
				}
				programs[t.breadth] = append(programs[t.breadth], "`"+text+"`")
				return true
			})
		}
		for _, b := range []breadth{anything, harm} {
			if f := found[b]; f != nil {
				if more := programs[b][1:]; len(more) > 0 {
					f.Message += "; so do " + enumerate(more)
				}
				c.add(*f)
			}
		}
	}
}

func versioned(program string) bool {
	name := programName(program)
	return len(toolsByName()[strings.TrimRight(name, "0123456789.-")]) > 0
}

// allowed returns the first of the commands that the policy allows, nil if none.
func (c *checker) allowed(commands [][]string) []string {
	for _, command := range commands {
		if c.judge.Decision(command) == ir.Allow {
			return command
		}
	}
	return nil
}
