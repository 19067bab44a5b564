package matcher

import "runtime"

// DecideAll says what the rules say of several commands that run together,
// such as the parts of a shell script: the strictest decision over all of
// them. unmatched is how many of them no rule matched. The verdict is Allow only
// if that is none: where some are allowed and one has no rule, the caller's
// fallback speaks for that one and so for all, and nothing is decided. command is
// the index of the command that the deciding rule matched, 0 if there is none.
func (m *Image) DecideAll(commands [][]string, at *Place) (v Verdict, command, unmatched int) {
	v = noVerdict
	for i, argv := range commands {
		one := m.Decide(argv, at)
		switch {
		case one.Decision == None:
			unmatched++
		case one.Decision > v.Decision || one.Decision == v.Decision && one.Tokens >= v.Tokens:
			v, command = one, i
		}
	}
	if v.Decision == Allow && unmatched > 0 {
		return noVerdict, 0, unmatched
	}
	return v, command, unmatched
}

// kept returns a verdict that reading the image led to. Until then the image is
// reachable.
func (m *Image) kept(v Verdict) Verdict {
	runtime.KeepAlive(m)
	return v
}

// decide is Decide in full, in code that needs no proof.
func (m *Image) decide(argv []string, at *Place) Verdict {
	if len(argv) == 0 {
		return noVerdict
	}
	best := m.walk(argv[0], argv)
	if m.canonical {
		best = m.decideCanonical(best, argv[0], argv, nil)
	}
	if best.decision == None {
		return m.decideNone(argv, at)
	}
	return best.verdict()
}

// decideRest is Decide after a step that led to a tail or a group. Like verdictOf it is
// shared by the builds, which differ in how they read memory.
func (m *Image) decideRest(argv []string, at *Place, s step) Verdict {
	to := ref(s.slot)
	if to.kind() == kindGroup {
		return m.decide(argv, at)
	}
	switch n := m.fastTail(to.value(), argv, s.depth); {
	case n > 0:
		return Verdict{
			Decision: Decision(to.kind() &^ kindTail),
			Rule:     int(m.areaWord32(areaTails, tailWord*int(to.value())) & (tailHead - 1)),
			Tokens:   n,
		}
	case n == unsure:
		return m.decide(argv, at)
	}
	if s.answer == 0 {
		return m.decideNone(argv, at)
	}
	return m.verdictOf(s)
}

// unsure is returned for a tail on which only code that needs no proof can decide.
const unsure = -1

// verdictOf returns the verdict of a walk that came to an answer. Whether that is a
// mark no processor can guess, so it is a mask.
func (m *Image) verdictOf(s step) Verdict {
	inMark := -((s.answer/uint64(refNode) | s.answer/kindMarks) & 1)
	mark := m.areaWord64(areaDisplacements, int(4*(s.answer>>valueBit-markWords)&inMark))
	answer := s.answer&^inMark | mark&inMark
	return Verdict{Decision: Decision(answer & kindMask), Rule: int(answer >> valueBit), Tokens: s.tokens}
}

// decideNone is Decide for a command that no rule matches as it is.
func (m *Image) decideNone(argv []string, at *Place) Verdict {
	if at == nil || !at.on || len(argv) == 0 || !at.isPath(argv[0]) {
		return noVerdict
	}
	return m.decideByName(argv, at)
}

// decideByName answers for the program that a command's first token is a path
// of.
func (m *Image) decideByName(argv []string, at *Place) Verdict {
	p, name, ok := at.resolve(argv[0])
	if !ok || !m.admits(name, p) {
		return noVerdict
	}
	best := m.walk(name, argv)
	if m.canonical {
		best = m.decideCanonical(best, name, argv, &p)
	}
	v := best.verdict()
	v.ByName = v.Decision != None
	return v
}

// decideCanonical returns the better one of best and the answer of the
// canonical rules. If the command's name stands for a path, rules under another
// spelling of it are only for paths that the list of that spelling, if there is
// one, admits.
func (m *Image) decideCanonical(best answer, name string, command []string, p *path) answer {
	first, end := m.spellings(name)
	for i := first; i < end; i++ {
		r := m.record(areaSpellings, i)
		same := string(m.spellingName(r)) == name
		if !same && !m.admitsSpelling(r, p) {
			continue
		}
		a := m.walkFolded(ref(le64(r, spellingGraph)), command)
		a.other = !same
		if a.beats(best) {
			best = a
		}
	}
	return best
}
