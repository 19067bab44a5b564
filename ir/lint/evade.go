package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A rule that forbids or asks is evaded by another spelling of the same command
// that gets a weaker answer. For each such rule that decides anything, the command
// that it decides alone is written in the other ways that spelling.go knows, and
// the policy is asked about each. So
//
//	git              allow
//	git push --force forbidden
//
// is evaded by `git -C . push --force` and by `git push origin --force`, which are
// allowed, until somebody forbids more, asks about `git push`, or allows less.
//
// Being allowed is worse than having no rule, where the caller's fallback, mostly
// a question or a sandbox, is the answer: the first is a warning (RS012), the
// second a note (RS013), and one for a program is enough.
//
// The cost is a few look-ups for each rule that forbids or asks. A program with
// more than triedRules of them is not tried to the end; RS099 says so.

const triedRules = 2000

// An evasion is the rules of one program, in one file, that one kind of spelling
// evades.
type evasion struct {
	layer, file, program, kind string
	open                       bool // no rule matches the other spelling, or one that asks
}

type evaded struct {
	Finding
	from []string   // the witness of the first rule
	more [][]string // other spellings of it
	by   int        // the rule that decides the witness, -1
}

func (c *checker) evaded() {
	found := make(map[evasion]*evaded)
	var order []evasion
	tried := make(map[string]int)
	paths := c.pathsByName()
	for r := range c.policy.Rules {
		rule := &c.policy.Rules[r]
		if rule.Decision <= ir.Allow || c.live[r] < 0 {
			continue
		}
		command := c.dead.Live[c.live[r]].Witness
		program := programName(rule.Pattern.Program())
		if tried[program]++; tried[program] > triedRules {
			continue
		}
		spellings := slices.Concat(withOption(command), reordered(command))
		if !c.isHid[r] { // else RS014 has said it
			spellings = append(spellings, c.otherPaths(command, paths)...)
		}
		seen := make(map[evasion]bool)
		for _, s := range spellings {
			by := c.judge.Decider(s.command)
			answer := ir.None
			if by >= 0 {
				answer = c.policy.Rules[by].Decision
			}
			if answer >= rule.Decision || answer != ir.Allow && rule.Decision != ir.Forbidden {
				continue
			}
			key := evasion{rule.Source.Layer, rule.Source.File, program, s.kind, answer != ir.Allow}
			e := found[key]
			if e == nil {
				e = &evaded{from: command, by: by, Finding: Finding{Code: "RS012", Source: rule.Source, Witness: s.command}}
				if key.open {
					e.Code = "RS013"
				}
				found[key] = e
				order = append(order, key)
			}
			if !seen[key] {
				e.Rules = append(e.Rules, r)
				seen[key] = true
			} else if e.Rules[0] == r {
				e.more = append(e.more, s.command)
			}
		}
	}
	for _, key := range order {
		c.addEvaded(key, found[key])
	}
	for _, program := range slices.Sorted(maps.Keys(tried)) {
		if n := tried[program]; n > triedRules {
			c.add(Finding{
				Code:    "RS099",
				Message: fmt.Sprintf("%d rules on %s forbid or ask; only the first %d were tried with other spellings", n, program, triedRules),
			})
		}
	}
	c.wrapped()
}

func (c *checker) addEvaded(key evasion, e *evaded) {
	first := &c.policy.Rules[e.Rules[0]]
	weaker := answer(ir.None)
	if e.by >= 0 {
		by := &c.policy.Rules[e.by]
		if weaker = answer(by.Decision); key.open {
			weaker = "only " + weaker
		}
		e.Related = append(e.Related, Related{by.Decision.String() + " by", by.Source, by.String()})
	}
	e.Message = fmt.Sprintf("`%s` %s, but `%s` %s: %s", line(e.from), answer(first.Decision), line(e.Witness), weaker, key.kind)
	if n := len(e.Rules) - 1; n > 0 {
		e.Message += fmt.Sprintf(" (so it is with %s on %s)", count(n, "more rule"), key.program)
	}
	if len(e.more) > 0 {
		lines := make([]string, len(e.more))
		for i, command := range e.more {
			lines[i] = "`" + line(command) + "`"
		}
		e.Hint = "also " + enumerate(lines)
	}
	c.add(e.Finding)
}

// pathsByName returns the paths that rules name a program by.
func (c *checker) pathsByName() map[string][]string {
	paths := make(map[string][]string)
	for i := range c.policy.Rules {
		program := c.policy.Rules[i].Pattern.Program()
		if strings.Contains(program, "/") {
			_, name := ir.CleanPath(program)
			if list := paths[name]; len(list) < 16 && !slices.Contains(list, program) {
				paths[name] = append(list, program)
			}
		}
	}
	return paths
}

// otherPaths writes the program by path, or by name where it is one.
func (c *checker) otherPaths(command []string, known map[string][]string) []spelling {
	if c.options.AsWritten {
		return nil
	}
	program := command[0]
	var list []spelling
	if strings.Contains(program, "/") {
		if _, name := ir.CleanPath(program); name != "" && strings.HasPrefix(program, "/") {
			list = append(list, spelling{byName, splice(command, 0, 1, name)})
		}
		return list
	}
	if _, listed := c.policy.HostPaths(program); !listed && len(known[program]) == 0 {
		return nil // every path stands for the name
	}
	for _, path := range known[program] {
		list = append(list, spelling{byPath, splice(command, 0, 1, path)})
	}
	for _, folder := range usualFolders {
		list = append(list, spelling{byPath, splice(command, 0, 1, folder+program)})
	}
	return list
}

// wrapped says once how rules that forbid are evaded by programs that run others.
// Those that are allowed are RS010's; here it is those that no rule speaks about.
func (c *checker) wrapped() {
	f := Finding{Code: "RS013"}
	var first []string
	for r := range c.policy.Rules {
		rule := &c.policy.Rules[r]
		if rule.Decision == ir.Forbidden && c.live[r] >= 0 && !isWrapper()[programName(rule.Pattern.Program())] {
			if first == nil {
				first = c.dead.Live[c.live[r]].Witness
				f.Source = rule.Source
			}
			f.Rules = append(f.Rules, r)
		}
	}
	if first == nil {
		return
	}
	var lines []string
	for _, s := range wrappedSpellings(first) {
		if c.judge.Decision(s.command) == ir.None {
			lines = append(lines, "`"+line(s.command)+"`")
			if f.Witness == nil {
				f.Witness = s.command
			}
		}
	}
	if f.Witness == nil {
		return
	}
	f.Severity = diag.Note
	f.Message = fmt.Sprintf("`%s` is forbidden, but no rule speaks about %s", line(first), enumerate(lines))
	if n := len(f.Rules) - 1; n > 0 {
		f.Message += fmt.Sprintf(" (so it is with %s)", count(n, "more rule"))
	}
	f.Hint = "ask about programs that run others: prefix_rule(pattern = [[\"bash\", \"env\", \"sh\", \"sudo\", \"xargs\"]], decision = \"prompt\")"
	c.add(f)
}

// wrappedSpellings lets programs that run others run the command.
func wrappedSpellings(command []string) []spelling {
	var list []spelling
	for _, words := range []string{"env X=1", "command", "nohup", "timeout 9", "sudo", "xargs"} {
		list = append(list, spelling{byWrapper, append(strings.Fields(words), command...)})
	}
	if text, ok := shlex.Join(command); ok {
		for _, shell := range []string{"sh", "bash"} {
			list = append(list, spelling{byWrapper, []string{shell, "-c", "exec " + text}})
		}
	}
	return list
}
