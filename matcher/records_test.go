package matcher_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/matcher"
)

func at(layer, file string, line, col int, calls ...matcher.Frame) matcher.Source {
	return matcher.Source{Layer: layer, Position: matcher.Position{File: file, Line: line, Col: col}, Calls: calls}
}

func frame(function, file string, line, col int) matcher.Frame {
	return matcher.Frame{Func: function, Position: matcher.Position{File: file, Line: line, Col: col}}
}

var sampleRules = []matcher.RuleRecord{
	{
		Pattern:  [][]string{{"git"}, {"status", "log"}},
		Decision: matcher.Allow,
		Source:   at("user", "default.rules", 7, 1),
	},
	{
		Pattern:       [][]string{{"rm"}},
		Decision:      matcher.Forbidden,
		Justification: "never",
		Canonical:     true,
		Source:        at("project", "a.rules", 3, 5, frame("deny", "a.rules", 9, 1), frame("<module>", "a.rules", 12, 1)),
	},
	{
		Pattern:       [][]string{{""}, {"\x00\xff", "é"}, {"x"}},
		Decision:      matcher.PromptUser,
		Justification: " ",
		Source:        at("", "", 0, 0),
	},
	{
		Pattern:  [][]string{{"x"}},
		Decision: matcher.Prompt,
		Source:   at("", "big", math.MaxInt32, math.MaxInt32),
	},
}

var sampleHosts = []matcher.HostRecord{
	{Name: "git", Paths: []string{"/usr/bin/git", "/opt/git"}, Source: at("user", "default.rules", 1, 1)},
	{Name: "git", Source: at("project", "a.rules", 400, 1)},
}

var sampleNetworks = []matcher.NetworkRecord{
	{Host: "example.com", Protocol: "https", Decision: matcher.Allow, Source: at("user", "n.rules", 2, 1)},
	{Host: "example.org", Protocol: "socks5_udp", Decision: matcher.Forbidden, Justification: "no", Source: at("user", "n.rules", 1, 1)},
}

var sampleMeta = matcher.Meta{
	Tool:        "rulesc 1.0",
	Layers:      []matcher.Layer{{Name: "user", Folder: "~/.codex"}, {Name: "project"}},
	Files:       []matcher.File{{Layer: "user", Name: "default.rules", SHA256: sha256.Sum256([]byte("x"))}},
	Quarantined: []matcher.Quarantine{{Layer: "project", Name: "b.rules", Reason: "b.rules:1:1: error"}},
	Options:     []matcher.Setting{{Name: "strict", Value: "yes"}},
	Notes:       []string{"a note", ""},
}

// A codec is a section's pair of functions, whatever its records are.
type recordCodec struct {
	name   string
	encode func() ([]byte, error)       // the sample
	empty  func() ([]byte, error)       // no records
	check  func([]byte) error           // that b holds the sample
	again  func([]byte) ([]byte, error) // decodes and encodes
}

func tableCodec[T any](
	name string, sample []T,
	encode func([]byte, []T) ([]byte, error),
	open func([]byte) (*matcher.Records[T], error),
) recordCodec {
	all := func(b []byte) ([]T, error) {
		table, err := open(b)
		if err != nil {
			return nil, err
		}
		list := make([]T, 0, table.Len())
		for r, err := range table.All() {
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
		return list, nil
	}
	return recordCodec{
		name:   name,
		encode: func() ([]byte, error) { return encode(nil, sample) },
		empty:  func() ([]byte, error) { return encode(nil, nil) },
		check: func(b []byte) error {
			got, err := all(b)
			if err == nil && !reflect.DeepEqual(got, sample) {
				return errors.New(cmp.Diff(sample, got))
			}
			return err
		},
		again: func(b []byte) ([]byte, error) {
			list, err := all(b)
			if err != nil {
				return nil, err
			}
			return encode(nil, list)
		},
	}
}

var recordCodecs = []recordCodec{
	tableCodec("rules", sampleRules, matcher.AppendRules, matcher.OpenRules),
	tableCodec("hosts", sampleHosts, matcher.AppendHosts, matcher.OpenHosts),
	tableCodec("networks", sampleNetworks, matcher.AppendNetworks, matcher.OpenNetworks),
	{
		name:   "meta",
		encode: func() ([]byte, error) { return matcher.AppendMeta(nil, &sampleMeta) },
		empty:  func() ([]byte, error) { return matcher.AppendMeta(nil, &matcher.Meta{}) },
		check: func(b []byte) error {
			got, err := matcher.ParseMeta(b)
			if err == nil && !reflect.DeepEqual(got, sampleMeta) {
				return errors.New(cmp.Diff(sampleMeta, got))
			}
			return err
		},
		again: func(b []byte) ([]byte, error) {
			m, err := matcher.ParseMeta(b)
			if err != nil {
				return nil, err
			}
			return matcher.AppendMeta(nil, &m)
		},
	},
}

func eachRecordCodec(t *testing.T, test func(t *testing.T, c recordCodec, sample []byte)) {
	for _, c := range recordCodecs {
		t.Run(c.name, func(t *testing.T) {
			b, err := c.encode()
			if err != nil {
				t.Fatal(err)
			}
			test(t, c, b)
		})
	}
}

func TestRecordsRoundTrip(t *testing.T) {
	eachRecordCodec(t, func(t *testing.T, c recordCodec, b []byte) {
		if err := c.check(b); err != nil {
			t.Error(err)
		}
		empty, err := c.empty()
		if err != nil || len(empty) == 0 {
			t.Fatalf("no records: %x, %v", empty, err)
		}
		if again, err := c.again(empty); err != nil || !bytes.Equal(again, empty) {
			t.Errorf("no records: %x becomes %x, %v", empty, again, err)
		}
	})
}

func TestEveryPrefixOfRecordsIsRefused(t *testing.T) {
	eachRecordCodec(t, func(t *testing.T, c recordCodec, b []byte) {
		for n := range b {
			if err := c.check(b[:n:n]); !isFormatError(err) {
				t.Fatalf("the first %d bytes of %d: %v", n, len(b), err)
			}
		}
	})
}

func TestBytesBehindRecordsAreRefused(t *testing.T) {
	eachRecordCodec(t, func(t *testing.T, c recordCodec, b []byte) {
		err := c.check(append(b, 0))
		if !isFormatError(err) || !strings.HasSuffix(err.Error(), ": 1 bytes are left over") {
			t.Error(err)
		}
	})
}

// TestChangedRecordsNeverPanic is about what somebody writes on purpose: the
// container's checksum is right, the records are not.
func TestChangedRecordsNeverPanic(t *testing.T) {
	eachRecordCodec(t, func(t *testing.T, c recordCodec, b []byte) {
		for i := range b {
			old := b[i]
			for v := range 256 {
				b[i] = byte(v)
				if _, err := c.again(b); err != nil && !isFormatError(err) {
					t.Fatalf("byte %d set to %#x: %v", i, v, err)
				}
			}
			b[i] = old
		}
	})
}

func TestHostileRecords(t *testing.T) {
	open := func(b string) error { _, err := matcher.OpenRules([]byte(b)); return err }
	huge := "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" // 1<<64 - 1
	tests := []struct {
		name, bytes, want string
	}{
		{"nothing", "", "section rules at offset 0: the section ends within a number"},
		{"many strings", huge, "section rules at offset 0: 18446744073709551615 things in the 0 bytes that are left"},
		{"long string", "\x01" + huge, "section rules at offset 1: a string of 18446744073709551615 bytes in a section of 11"},
		{"strings that wrap", "\x02\x02" + huge + "abcdef", "section rules at offset 2: a string of 18446744073709551615 bytes in a section of 18"},
		{"strings that overlap lengths", "\x03\x02\x00\x00a", "section rules at offset 3: a string of 0 bytes in a section of 5"},
		{"number of 65 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "section rules at offset 0: a number has more than 64 bits"},
		{"long form", "\x80\x00", "section rules at offset 0: a number is not in its shortest form"},
		{"many records", "\x00\x02" + strings.Repeat("\x00", 13), "section rules at offset 1: 2 things in the 13 bytes that are left"},
		{"no decision", "\x01\x01a\x01\x00\x01\x00\x00\x00\x00\x00\x00", "section rules at offset 5: a rule cannot have decision 0"},
		{"decision 5", "\x01\x01a\x01\x05\x01\x00\x00\x00\x00\x00\x00", "section rules at offset 5: a rule cannot have decision 5"},
		{"flag", "\x01\x01a\x01\x21\x01\x00\x00\x00\x00\x00\x00", "section rules at offset 5: flags 0x21 are unknown"},
		{"no pattern", "\x01\x01a\x01\x01\x00\x00\x00\x00\x00\x00\x00", "section rules at offset 6: the pattern is empty"},
		{"no alternatives", "\x01\x01a\x01\x01\x01\x01\x00\x00\x00\x00\x00", "section rules at offset 6: 0 alternatives in the 5 bytes that are left"},
		{"one alternative, long form", "\x01\x01a\x01\x01\x01\x03\x00\x00\x00\x00\x00\x00", "section rules at offset 6: 1 alternatives in the 6 bytes that are left"},
		{"many alternatives", "\x01\x01a\x01\x01\x01\x0f\x00\x00\x00\x00\x00\x00", "section rules at offset 6: 7 alternatives in the 6 bytes that are left"},
		{"string out of range", "\x01\x01a\x01\x01\x01\x02\x00\x00\x00\x00\x00", "section rules at offset 6: string 1 of 1"},
		{"empty justification", "\x02\x01\x00a\x01\x11\x01\x00\x01\x00\x00\x00\x00\x00", "section rules at offset 9: the justification is empty"},
		{"line before the first", "\x01\x01a\x01\x01\x01\x00\x00\x00\x01\x00\x00", "section rules at offset 9: line 0-1 is out of range"},
		{"line that wraps", "\x01\x01a\x01\x01\x01\x00\x00\x00" + huge + "\x00\x00", "section rules at offset 9: line 0-9223372036854775808 is out of range"},
		{"column", "\x01\x01a\x01\x01\x01\x00\x00\x00\x00\x80\x80\x80\x80\x08\x00", "section rules at offset 10: number 2147483648 is out of range"},
		{"calls", "\x01\x01a\x01\x01\x01\x00\x00\x00\x00\x00\x01", "section rules at offset 11: 1 things in the 0 bytes that are left"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := open(test.bytes); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	// The one rule that the changed ones are made from.
	if err := open("\x01\x01a\x01\x01\x01\x00\x00\x00\x00\x00\x00"); err != nil {
		t.Error(err)
	}
}

func TestWritersRefuseWhatReadersWould(t *testing.T) {
	rule := func(change func(*matcher.RuleRecord)) error {
		r := sampleRules[1]
		change(&r)
		_, err := matcher.AppendRules(nil, []matcher.RuleRecord{sampleRules[0], r})
		return err
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"decision", rule(func(r *matcher.RuleRecord) { r.Decision = matcher.None }), "a rule cannot have decision 0"},
		{"decision", rule(func(r *matcher.RuleRecord) { r.Decision = 5 }), "a rule cannot have decision 5"},
		{"pattern", rule(func(r *matcher.RuleRecord) { r.Pattern = nil }), "the pattern is empty"},
		{"position", rule(func(r *matcher.RuleRecord) { r.Pattern = [][]string{{}} }), "a position without alternatives"},
		{"tokens", rule(func(r *matcher.RuleRecord) { r.Pattern = [][]string{slices.Repeat([]string{"a"}, 1<<20+1)} }), "the pattern has 1048577 tokens, the most is 1048576"},
		{"line", rule(func(r *matcher.RuleRecord) { r.Source.Line = -1; r.Source.Calls = nil }), "source project a.rules with 0 calls is out of range"},
		{"column", rule(func(r *matcher.RuleRecord) { r.Source.Col = -7 }), "-7 is out of range"},
		{"calls", rule(func(r *matcher.RuleRecord) { r.Source.Calls = make([]matcher.Frame, 1<<20+1) }), "source project a.rules:3:5 with 1048577 calls is out of range"},
	}
	for _, test := range tests {
		if want := "section rules, record 1: " + test.want; test.err == nil || test.err.Error() != want {
			t.Errorf("%s: got %v, want %s", test.name, test.err, want)
		}
	}
	if _, err := matcher.AppendHosts(nil, []matcher.HostRecord{{Paths: make([]string, 1<<20+1)}}); err == nil {
		t.Error("a host has too many paths")
	}
	if _, err := matcher.AppendNetworks(nil, []matcher.NetworkRecord{{}}); err == nil {
		t.Error("a network has no decision")
	}
}

func TestTableAt(t *testing.T) {
	b, err := matcher.AppendRules([]byte("before"), sampleRules)
	if err != nil {
		t.Fatal(err)
	}
	table, err := matcher.OpenRules(b[len("before"):])
	if err != nil {
		t.Fatal(err)
	}
	for i := table.Len() - 1; i >= 0; i-- { // backwards: lines are differences
		if got, err := table.At(i); err != nil || !reflect.DeepEqual(got, sampleRules[i]) {
			t.Errorf("rule %d: %v, %v", i, got, err)
		}
	}
	for _, i := range []int{-1, table.Len(), math.MaxInt, math.MinInt} {
		if _, err := table.At(i); err == nil {
			t.Errorf("there is a rule %d", i)
		}
	}
	// What was handed out stays, and the table survives, when somebody writes
	// to a mapped file.
	first, err := table.At(0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] = 0xff
	}
	if !reflect.DeepEqual(first, sampleRules[0]) {
		t.Error("a rule changed with the section's bytes")
	}
	if _, err := table.At(1); !errors.Is(err, matcher.ErrDamaged) {
		t.Errorf("a rule of changed bytes: %v", err)
	}
	for _, err := range table.All() {
		if err == nil {
			t.Error("rules of changed bytes")
		}
	}
}

func TestStringsAreWrittenOnce(t *testing.T) {
	long := strings.Repeat("long", 100)
	var rules []matcher.RuleRecord
	for range 50 {
		rules = append(rules, matcher.RuleRecord{Pattern: [][]string{{long}}, Decision: matcher.Allow, Justification: long})
	}
	b, err := matcher.AppendRules(nil, rules)
	if err != nil || bytes.Count(b, []byte(long)) != 1 {
		t.Errorf("%d copies (%v)", bytes.Count(b, []byte(long)), err)
	}
}

// Counting agrees with reading, and with anything else it ends.
func FuzzCountOrigins(f *testing.F) {
	for _, rules := range [][]matcher.RuleRecord{nil, sampleRules, append(sampleRules, sampleRules...)} {
		b, err := matcher.AppendRules(nil, rules)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0, 1, 1, 1, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := matcher.CountOrigins(b)
		records, wrong := matcher.OpenRules(b)
		if wrong != nil {
			return
		}
		want := make(map[matcher.Origin]int)
		for r := range records.All() {
			want[matcher.Origin{Layer: r.Source.Layer, File: r.Source.File}]++
		}
		if n, err := matcher.CountRecords(matcher.SectionRules, b); err != nil || n != records.Len() {
			t.Errorf("%d records (%v), want %d", n, err, records.Len())
		}
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("counted %v (%v), want %v", got, err, want)
		}
	})
}

func FuzzRules(f *testing.F)    { fuzzRecords(f, recordCodecs[0]) }
func FuzzHosts(f *testing.F)    { fuzzRecords(f, recordCodecs[1]) }
func FuzzNetworks(f *testing.F) { fuzzRecords(f, recordCodecs[2]) }
func FuzzMeta(f *testing.F)     { fuzzRecords(f, recordCodecs[3]) }

func fuzzRecords(f *testing.F, c recordCodec) {
	b, err := c.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	empty, err := c.empty()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(empty)
	f.Fuzz(func(t *testing.T, b []byte) {
		once, err := c.again(b)
		if err != nil {
			if !isFormatError(err) {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			return
		}
		twice, err := c.again(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("written twice, records differ (%v)\n%x\n%x", err, once, twice)
		}
	})
}
