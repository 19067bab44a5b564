package matcher

// What can be said of a command of which only the beginning is known, such as one
// whose other arguments a shell script takes from a variable: the strictest that
// any rule says of any command with this beginning. Nothing has to be searched for
// it. A node whose answer can still change says which of the rules behind it comes
// first; where it cannot change, or the walk ended, it is what it is.

// An open is what is known of all commands with one beginning.
type open struct {
	own       answer // of the command that is nothing but the beginning
	strictest answer // of the others; tokens is as far as the beginning goes
}

// or returns what two sets of rules that both count say.
func (o open) or(p open) open {
	if p.own.beats(o.own) {
		o.own = p.own
	}
	if p.strictest.decision > o.strictest.decision {
		o.strictest = p.strictest
	}
	return o
}

// DecideOpen says what the rules say of a command that begins with the tokens of
// prefix, whatever follows them, if anything does. An empty prefix is any command.
//
// The verdict is the strictest decision that a command with this beginning gets,
// if that is not just Allow, by a rule that gives it; Tokens is how many tokens of
// the prefix that rule covers. It is Allow, by the rule that decides of the prefix
// itself, if that allows it: then everything that begins so is allowed. Otherwise
// there is no decision: some commands may be allowed, and none is forbidden.
//
// at is as for Decide. If no rule matches the prefix itself as it is written, rules
// that match as written and rules that match by name count alike, so that where a
// command matches both kinds, the verdict may be stricter than any command gets.
//
// DecideOpen costs what Decide costs, however many rules or commands there are
// behind the prefix, and does not allocate, lock or panic.
func (m *Image) DecideOpen(prefix []string, at *Place) Verdict {
	if len(prefix) == 0 {
		o := open{strictest: answer{decision: Decision(m.strictest >> headDecision), rule: m.strictest & (maxRules - 1)}}
		return o.verdict()
	}
	written := m.open(prefix[0], prefix, nil)
	if written.own.decision != None || at == nil || !at.on {
		return written.verdict()
	}
	p, name, ok := at.resolve(prefix[0])
	if !ok || !m.admits(name, p) {
		return written.verdict()
	}
	named := m.open(name, prefix, &p)
	byName := named.own.decision >= written.strictest.decision || named.strictest.decision > written.strictest.decision
	v := written.or(named).verdict()
	v.ByName = v.Decision != None && byName
	return v
}

func (o open) verdict() Verdict {
	strictest := o.own
	if o.strictest.decision > strictest.decision {
		strictest = o.strictest
	}
	if strictest.decision <= Allow {
		strictest = o.own
	}
	return strictest.verdict()
}

// open returns what the rules on a name say of commands that begin with it and the
// tokens of prefix behind its first. p is as for decideCanonical.
func (m *Image) open(name string, prefix []string, p *path) (all open) {
	w := openWalk{image: m, prefix: prefix}
	k := m.hash.key(name)
	if slot := m.find(areaNodes, m.root, &k); slot != 0 {
		all = w.from(refOf(slot))
	}
	if !m.canonical {
		return all
	}
	w.folded = true
	first, end := m.spellings(name)
	for i := first; i < end; i++ {
		r := m.record(areaSpellings, i)
		same := string(m.spellingName(r)) == name
		if !same && !m.admitsSpelling(r, p) {
			continue
		}
		o := w.from(ref(le64(r, spellingGraph)))
		o.own.other = !same
		all = all.or(o)
	}
	return all
}

// An openWalk is a walk of the tokens behind the first of a command's beginning.
type openWalk struct {
	image  *Image
	prefix []string
	folded bool
}

// from walks on from where the first token led.
func (w *openWalk) from(to ref) (o open) {
	m, nodes := w.image, areaNodes
	if w.folded {
		nodes = areaFoldNodes
	}
	for depth := 1; ; depth++ {
		if to&refAnswer != 0 {
			o.own = m.answer(nodes, to, depth)
		}
		switch {
		case to.inPlace():
			return w.leaf(o, to, depth)
		case to&refOn == 0:
			return o
		case depth >= len(w.prefix):
			behind := m.mark(nodes, to.behindAt())
			o.strictest = answer{decision: Decision(behind.kind() - kindBehind), rule: behind.value(), tokens: uint32(depth)}
			return o
		}
		slot := uint64(0)
		if token := w.prefix[depth]; w.folded {
			slot = m.findFolded(nodes, to, token, m.foldHash(token))
		} else {
			k := m.hash.key(token)
			slot = m.find(nodes, to, &k)
		}
		if slot == 0 {
			return o
		}
		to = refOf(slot)
	}
}

// leaf adds what a tail or a group says, behind so many tokens.
func (w *openWalk) leaf(o open, to ref, depth int) open {
	m := w.image
	switch kind := to.kind(); {
	case kind == kindGroup:
		g := groupWalk{image: m, tokens: w.prefix[depth:], folded: w.folded}
		o.own, o.strictest = g.decide(to.value()), g.strictest(to.value())
		return o
	case !isTail(kind):
		return o
	}
	tails := areaTails
	tokens, whole := 0, false
	if w.folded {
		tails = areaFoldTails
		tokens, whole = m.tailFolded(to.value(), w.prefix, depth)
	} else {
		tokens, whole = m.tail(to.value(), w.prefix, depth)
	}
	switch {
	case whole:
		o.own = m.tailAnswer(tails, to, tokens)
	case tokens >= 0:
		o.strictest = m.tailAnswer(tails, to, tokens)
	}
	return o
}
