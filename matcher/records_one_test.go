package matcher_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// oneRules has strings of one and of several bytes of length, alternatives,
// justifications and calls.
func oneRules() []matcher.RuleRecord {
	var rules []matcher.RuleRecord
	for i := range 40 {
		rule := matcher.RuleRecord{
			Pattern:  [][]string{{fmt.Sprint("program", i%7)}, {"a", fmt.Sprint("b", i), strings.Repeat("c", 50*i)}},
			Decision: matcher.Decision(1 + i%4),
			Source:   matcher.Source{Layer: "user", Position: matcher.Position{File: fmt.Sprint("f", i/9), Line: 1 + i*37%100, Col: 1 + i}},
		}
		if i%3 == 0 {
			rule.Justification = fmt.Sprint("because ", i)
		}
		if i%5 == 0 {
			rule.Canonical = true
			rule.Source.Calls = []matcher.Frame{{Func: "f", Position: matcher.Position{File: "g", Line: i, Col: 2}}, {Func: "h"}}
		}
		rules = append(rules, rule)
	}
	return rules
}

func TestReadRuling(t *testing.T) {
	rules := oneRules()
	b, err := matcher.AppendRules(nil, rules)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range rules {
		got, n, err := matcher.ReadRuling(b, i)
		if err != nil || n != len(rules) || got.Decision != want.Decision || string(got.Justification) != want.Justification {
			t.Errorf("rule %d of %d is %+v, %v\nwant %+v", i, n, got, err, want)
		}
	}
	for _, i := range []int{-1, len(rules)} {
		if rule, _, err := matcher.ReadRuling(b, i); !isFormatError(err) {
			t.Errorf("rule %d is %+v, %v", i, rule, err)
		}
	}
}

// FuzzReadRuling holds it to OpenRules, which validates everything: what that one
// takes is read the same, and nothing makes this one panic.
func FuzzReadRuling(f *testing.F) {
	for _, rules := range [][]matcher.RuleRecord{nil, oneRules()[:1], oneRules()} {
		b, err := matcher.AppendRules(nil, rules)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, 0)
		f.Add(b, len(rules)-1)
	}
	f.Add([]byte{2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1}, 0)
	f.Add([]byte{1, 0, 9, 9, 9}, 3)
	f.Fuzz(func(t *testing.T, b []byte, id int) {
		got, n, err := matcher.ReadRuling(b, id)
		if err != nil && !isFormatError(err) {
			t.Fatalf("error %v", err)
		}
		all, allErr := matcher.OpenRules(b)
		if allErr != nil {
			return
		}
		if n != all.Len() {
			t.Fatalf("%d rules, want %d", n, all.Len())
		}
		want, wantErr := all.At(id)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err == nil && (got.Decision != want.Decision || string(got.Justification) != want.Justification) {
			t.Fatalf("rule %+v, want %+v", got, want)
		}
	})
}

func TestReadRulingAllocatesNothing(t *testing.T) {
	b, err := matcher.AppendRules(nil, oneRules())
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(10, func() {
		if _, _, err := matcher.ReadRuling(b, 39); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
