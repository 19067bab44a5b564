package matcher

import (
	"cmp"
	"slices"
)

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold.
func (m *Image) Decide(argv []string, at *Place) Verdict {
	if len(argv) == 0 {
		return noVerdict
	}
	best := m.decide(argv[0], argv[1:], nil)
	if best.rule.decision() != None || at == nil || !at.on {
		return best.verdict()
	}
	p, name, ok := at.resolve(argv[0])
	if !ok || !m.admits(name, p) {
		return noVerdict
	}
	v := m.decide(name, argv[1:], &p).verdict()
	v.ByName = v.Decision != None
	return v
}

// DecideAll says what the rules say of several commands that run together,
// such as the parts of a shell script: the strictest decision over all of
// them. unmatched is how many of them no rule matched. The verdict is Allow only
// if that is none: where some are allowed and one has no rule, the caller's
// fallback speaks for that one and so for all, and nothing is decided.
func (m *Image) DecideAll(commands [][]string, at *Place) (v Verdict, unmatched int) {
	v = noVerdict
	for i, argv := range commands {
		one := m.Decide(argv, at)
		switch {
		case one.Decision == None:
			unmatched++
		case one.Decision > v.Decision || one.Decision == v.Decision && one.Tokens >= v.Tokens:
			v = one
			v.Command = int32(i)
		}
	}
	if v.Decision == Allow && unmatched > 0 {
		return noVerdict, unmatched
	}
	return v, unmatched
}

func (a answer) verdict() Verdict {
	if a.rule.decision() == None {
		return noVerdict
	}
	return Verdict{Decision: a.rule.decision(), Rule: int32(a.rule.index()), Tokens: int32(a.tokens)}
}

// decide returns the answer for a command as it stands. If the command's name
// stands for a path, rules under another spelling of it are only for paths that
// the list of that spelling, if there is one, admits.
func (m *Image) decide(name string, tokens []string, p *path) answer {
	var best answer
	k := m.hash.key(name)
	if slot := m.find(areaNodes, m.root, &k); slot != 0 {
		best = m.walk(ref(slot>>slotRef), tokens)
	}
	if m.count(areaClasses) == 0 {
		return best
	}
	first, end := m.spellings(name)
	for i := first; i < end; i++ {
		r := m.record(areaPrograms, i)
		same := string(m.name(r)) == name
		if !same && !m.admitsSpelling(r, p) {
			continue
		}
		a := m.walkFolded(ref(le32(r, programGraph)), tokens)
		a.other = !same
		if a.beats(best) {
			best = a
		}
	}
	return best
}

// spellings returns the programs of canonical rules on spellings of a name.
func (m *Image) spellings(name string) (first, end uint32) {
	slot := m.findFolded(areaClassNodes, m.classes, name, m.foldHash(name))
	if slot == 0 {
		return 0, 0
	}
	r := m.record(areaClasses, ref(slot>>slotRef).index())
	return le32(r, 0), le32(r, 0) + le32(r, 4)
}

// name returns the spelling that a program of canonical rules is for.
func (m *Image) name(program []byte) []byte {
	text := le32(program, programNameText)
	return m.areas[areaText][text : text+le32(program, programNameLen)]
}

// admitsSpelling reports whether a path, if there is one, may stand for the
// spelling that a program of canonical rules is for.
func (m *Image) admitsSpelling(program []byte, p *path) bool {
	host := le32(program, programHost)
	return p == nil || host == 0 || m.listed(host-1, *p)
}

// AppendMatches appends all rules that a command matches to dst: those on the
// command's own first token, then canonical rules on other spellings of it,
// both by rule id. It answers as Decide does about host resolution, and
// allocates only what dst has no room for.
func (m *Image) AppendMatches(dst []Match, argv []string, at *Place) []Match {
	if len(argv) == 0 {
		return dst
	}
	before := len(dst)
	dst = m.appendMatches(dst, argv[0], argv[1:], nil)
	if len(dst) > before || at == nil || !at.on {
		return dst
	}
	p, name, ok := at.resolve(argv[0])
	if !ok || !m.admits(name, p) {
		return dst
	}
	dst = m.appendMatches(dst, name, argv[1:], &p)
	for i := range dst[before:] {
		dst[before+i].ByName = true
	}
	return dst
}

func (m *Image) appendMatches(dst []Match, name string, tokens []string, p *path) []Match {
	before := len(dst)
	k := m.hash.key(name)
	if slot := m.find(areaNodes, m.root, &k); slot != 0 {
		t := tail{image: m, tokens: tokens}
		dst = m.appendProgram(dst, uint32(slot&(maxNumber-1))-1, &t)
	}
	if m.count(areaClasses) == 0 {
		return dst
	}
	t := tail{image: m, tokens: tokens, folded: true}
	first, end := m.spellings(name)
	for i := first; i < end; i++ {
		if string(m.name(m.record(areaPrograms, i))) == name {
			dst = m.appendProgram(dst, i, &t)
		}
	}
	sortByRule(dst[before:])
	before = len(dst)
	for i := first; i < end; i++ {
		r := m.record(areaPrograms, i)
		if string(m.name(r)) != name && m.admitsSpelling(r, p) {
			dst = m.appendProgram(dst, i, &t)
		}
	}
	sortByRule(dst[before:])
	return dst
}

func sortByRule(matches []Match) {
	slices.SortFunc(matches, func(a, b Match) int { return cmp.Compare(a.Rule, b.Rule) })
}

// appendProgram appends the rules of a program that a command with the given
// tail matches.
func (m *Image) appendProgram(dst []Match, program uint32, t *tail) []Match {
	r := m.record(areaPrograms, program)
	rules := le32(r, programRules)
	for i := range le32(r, programCount) {
		rule := m.record(areaRules, rules+i)
		if t.matches(rule) {
			dst = append(dst, Match{Rule: int32(le32(rule, ruleID)), Tokens: int32(le32(rule, ruleShape) & MaxPattern)})
		}
	}
	return dst
}
