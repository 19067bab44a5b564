package matcher

// A RuleRecord is what an artifact keeps of a prefix rule beside the image. It is
// enough to write the rule again.
type RuleRecord struct {
	// Pattern holds the alternatives of each position; there is at least one
	// position, and at least one alternative in each.
	Pattern       [][]string
	Decision      Decision
	Justification string // "" if none
	Canonical     bool   // tokens compare under canonical caseless matching
	Source        Source
}

// The parts of a rule's first number.
const (
	ruleDecision  = 0b00_111
	ruleCanonical = 0b01_000
	ruleJustified = 0b10_000
)

// AppendRules appends the rules section.
//
// A rule is a number with its decision and flags, the number of positions, the
// positions, the justification if the flag says so, and the source. A position
// is a number: twice a string's number if there is one alternative, otherwise
// twice the number of alternatives plus one, and then their strings.
func AppendRules(dst []byte, rules []RuleRecord) ([]byte, error) {
	return AppendRulesFunc(dst, len(rules), func(i int) RuleRecord { return rules[i] })
}

// AppendRulesFunc is [AppendRules] for n rules of which rule returns each one,
// in order: records of a large policy need not all be there at once.
func AppendRulesFunc(dst []byte, n int, rule func(i int) RuleRecord) ([]byte, error) {
	return appendTable(dst, SectionRules, n, func(w *recordWriter, i int) {
		record := rule(i)
		w.rule(&record)
	})
}

// OpenRules validates a rules section. Errors are of type [*FormatError].
func OpenRules(b []byte) (*Records[RuleRecord], error) {
	return openTable(SectionRules, b, (*recordReader).rule)
}

func (w *recordWriter) rule(rule *RuleRecord) {
	head := w.decision(rule.Decision)
	if rule.Canonical {
		head |= ruleCanonical
	}
	if rule.Justification != "" {
		head |= ruleJustified
	}
	w.uint(head)
	if len(rule.Pattern) == 0 {
		w.fail("the pattern is empty")
	}
	w.uint(len(rule.Pattern))
	tokens := 0
	for _, alternatives := range rule.Pattern {
		tokens += len(alternatives)
		switch n := len(alternatives); n {
		case 0:
			w.fail("a position without alternatives")
		case 1:
			w.uint(int(w.id(alternatives[0])) << 1)
		default:
			w.uint(n<<1 | 1)
			for _, a := range alternatives {
				w.string(a)
			}
		}
	}
	if tokens > maxTokens {
		w.fail("the pattern has %d tokens, the most is %d", tokens, maxTokens)
	}
	if rule.Justification != "" {
		w.string(rule.Justification)
	}
	w.source(rule.Source)
}

func (r *recordReader) rule() RuleRecord {
	var rule RuleRecord
	head := r.uint()
	rule.Decision = r.decision(head & ruleDecision)
	rule.Canonical = head&ruleCanonical != 0
	if head&^(ruleDecision|ruleCanonical|ruleJustified) != 0 {
		r.fail("flags %#x are unknown", head)
	}
	n := r.tokens()
	if r.err == nil && n == 0 {
		r.fail("the pattern is empty")
	}
	rule.Pattern = make([][]string, n)
	left := maxTokens
	for i := range rule.Pattern {
		rule.Pattern[i] = r.alternatives(&left)
		if r.err != nil {
			return rule
		}
	}
	if head&ruleJustified != 0 {
		rule.Justification = r.string()
		if r.err == nil && rule.Justification == "" {
			r.fail("the justification is empty")
		}
	}
	rule.Source = r.source()
	return rule
}

func (r *recordReader) alternatives(left *int) []string {
	at := r.at
	head := r.uint64()
	if r.err != nil {
		return nil
	}
	if head&1 == 0 {
		*left--
		if *left < 0 {
			r.fail("the pattern has more than %d tokens", maxTokens)
		}
		return []string{r.text(at, head>>1)}
	}
	n := head >> 1
	if n < 2 || n > uint64(len(r.bytes)-r.at) || n > uint64(*left) {
		r.failAt(at, "%d alternatives in the %d bytes that are left", n, len(r.bytes)-r.at)
		return nil
	}
	*left -= int(n)
	list := make([]string, n)
	for i := range list {
		list[i] = r.string()
	}
	return list
}

// decision checks a decision before it is written.
func (w *recordWriter) decision(d Decision) int {
	if d < Allow || d > Forbidden {
		w.fail("a rule cannot have decision %d", uint8(d))
	}
	return int(d)
}

func (r *recordReader) decision(n int) Decision {
	if d := Decision(n); r.err != nil || (Allow <= d && d <= Forbidden) {
		return d
	}
	r.fail("a rule cannot have decision %d", n)
	return None
}
