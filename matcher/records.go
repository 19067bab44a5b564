package matcher

import (
	"iter"
	"math"
	"slices"

	"github.com/rulesc/rulesc/internal/intern"
)

// The cold sections say where rules come from. Nobody reads them while
// matching, most processes never read them at all, and who does wants one rule.
// So they are written for size and for access to single records:
//
//	strings   number | length of each | all their bytes
//	records   number | the records, one after the other
//
// Numbers are unsigned varints as encoding/binary writes them, in their
// shortest form. A string is written once and named by its number in the order
// of first use. A record's line is the difference to the line of the record
// before, zigzag-coded. So a record cannot be read without knowing where it
// begins and which line came before: [Records] learns both, for all records, in
// the one pass that validates the section, and keeps eight bytes a record.
//
// Strings are handed out as slices of one Go string that holds all of them:
// they stay valid when the section's memory is gone, and a hostile section that
// names one long string a million times costs a million headers, not copies.

// A Source says where a rule was written.
type Source struct {
	Layer string // the configuration layer's name; "" for a file named by hand
	Position
	Calls []Frame // the calls that led there, innermost first
}

// A Position is a place in a text file.
type Position struct {
	File string // as the user wrote it, or relative to the layer's folder
	Line int    // from 1; 0 if unknown
	Col  int    // from 1, in characters; 0 if unknown
}

// A Frame is one call on the way to a rule.
type Frame struct {
	Func string
	Position
}

// String returns "file:line:col", without the parts that are unknown.
func (p Position) String() string {
	switch {
	case p.Line <= 0:
		return p.File
	case p.Col <= 0:
		return sprintf("%s:%d", p.File, p.Line)
	}
	return sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// String returns "layer file:line:col", or just the position for a rule
// outside all layers.
func (s Source) String() string {
	if s.Layer == "" {
		return s.Position.String()
	}
	return s.Layer + " " + s.Position.String()
}

// minRecord is the least number of bytes that a record of any table takes.
const minRecord = 7

// maxTokens bounds the tokens of one rule, the paths of one host executable
// and the calls of one source.
const maxTokens = 1 << 20

// Records gives access to the records of a section, one at a time. It is safe
// for concurrent use. The bytes it was opened on must stay as they are while
// it is used; what it returns does not refer to them.
type Records[T any] struct {
	texts texts
	body  body
	marks []mark
	read  func(*recordReader) T
}

// A body is the part of a section behind its strings.
type body struct {
	section Section
	bytes   []byte
	start   int // where the body begins in the section
}

// A mark is what has to be known to read one record on its own.
type mark struct {
	at   uint32 // where the record begins in the body
	line uint32 // the line that its own is relative to
}

// Len returns the number of records.
func (t *Records[T]) Len() int { return len(t.marks) }

// At returns record i. It fails if there is none, or if somebody changed the
// section's bytes after it was opened.
func (t *Records[T]) At(i int) (T, error) {
	var none T
	if i < 0 || i >= len(t.marks) {
		return none, errorf("no record %d among %d in section %s", i, len(t.marks), t.body.section)
	}
	m := t.marks[i]
	r := recordReader{body: t.body, at: int(m.at), line: m.line, texts: t.texts}
	record := t.read(&r)
	if r.err != nil {
		return none, r.err
	}
	return record, nil
}

// All returns the records in order. It ends with the first error.
func (t *Records[T]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range t.Len() {
			record, err := t.At(i)
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// openTable validates a section, record by record.
func openTable[T any](section Section, b []byte, read func(*recordReader) T) (*Records[T], error) {
	r, err := openRecords(section, b)
	if err != nil {
		return nil, err
	}
	n := r.count(minRecord)
	marks := make([]mark, 0, n)
	for range n {
		marks = append(marks, mark{at: uint32(r.at), line: r.line})
		read(r)
		if r.err != nil {
			return nil, r.err
		}
	}
	if err := r.close(); err != nil {
		return nil, err
	}
	return &Records[T]{texts: r.texts, body: r.body, marks: marks, read: read}, nil
}

// appendTable appends the records that write writes, n of them.
func appendTable(dst []byte, section Section, n int, write func(w *recordWriter, i int)) ([]byte, error) {
	const ordinary = 16 // bytes of a record
	w := recordWriter{body: make([]byte, 0, ordinary*n)}
	w.uint(n)
	for i := range n {
		write(&w, i)
		if w.err != nil {
			return dst, errorf("section %s, record %d: %s", section, i, w.err)
		}
	}
	return w.finish(dst), nil
}

// texts are the strings of a section, n of them: with a table, or as they are in
// the section (see skipTexts).
type texts struct {
	n    int
	all  string
	ends []uint32 // where each string ends in all

	lengths, bytes []byte
}

func (t *texts) at(i uint64) (string, bool) {
	if t.lengths != nil {
		b, ok := t.find(i)
		return string(b), ok
	}
	if i >= uint64(len(t.ends)) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.all[start:t.ends[i]], true
}

// A recordWriter appends values; a [recordReader] reads the same values in the
// same order.
type recordWriter struct {
	texts   intern.Table
	lengths []byte
	text    []byte
	body    []byte
	layer   known // of the last source
	file    known // the same
	line    int   // the same
	err     error
}

// A known is a string whose number one need not look up.
type known struct {
	text string
	id   uint64
	set  bool
}

func (w *recordWriter) finish(dst []byte) []byte {
	dst = slices.Grow(dst, maxVarint+len(w.lengths)+len(w.text)+len(w.body))
	dst = appendUvarint(dst, uint64(w.texts.Len()))
	dst = append(dst, w.lengths...)
	dst = append(dst, w.text...)
	return append(dst, w.body...)
}

func (w *recordWriter) uint(n int) {
	if n < 0 || n > math.MaxInt32 {
		w.fail("%d is out of range", n)
		return
	}
	w.body = appendUvarint(w.body, uint64(n))
}

func (w *recordWriter) string(s string) {
	w.body = appendUvarint(w.body, w.id(s))
}

// again is string for what is mostly the same as the last time.
func (w *recordWriter) again(last *known, s string) {
	if !last.set || last.text != s {
		*last = known{s, w.id(s), true}
	}
	w.body = appendUvarint(w.body, last.id)
}

func (w *recordWriter) id(s string) uint64 {
	known := w.texts.Len()
	id := int(w.texts.Number(s))
	if id == known {
		w.lengths = appendUvarint(w.lengths, uint64(len(s)))
		w.text = append(w.text, s...)
	}
	return uint64(id)
}

func (w *recordWriter) strings(list []string) {
	if len(list) > maxTokens {
		w.fail("%d strings, the most is %d", len(list), maxTokens)
		return
	}
	w.uint(len(list))
	for _, s := range list {
		w.string(s)
	}
}

func (w *recordWriter) position(p Position) {
	w.string(p.File)
	w.uint(p.Line)
	w.uint(p.Col)
}

func (w *recordWriter) source(s Source) {
	if s.Line < 0 || s.Line > math.MaxInt32 || len(s.Calls) > maxTokens {
		w.fail("source %s with %d calls is out of range", s, len(s.Calls))
		return
	}
	w.again(&w.layer, s.Layer)
	w.again(&w.file, s.File)
	w.body = appendVarint(w.body, int64(s.Line-w.line))
	w.line = s.Line
	w.uint(s.Col)
	w.uint(len(s.Calls))
	for _, c := range s.Calls {
		w.string(c.Func)
		w.position(c.Position)
	}
}

func (w *recordWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = errorf(format, args...)
	}
}

// A recordReader reads values from a section that anybody may have written.
// After the first error every value is zero and every count is 0.
type recordReader struct {
	body
	texts texts
	at    int
	line  uint32 // of the last source
	err   error
}

// openRecords reads the strings of a section and returns a reader of the rest.
func openRecords(section Section, b []byte) (*recordReader, error) {
	r := &recordReader{body: body{section: section, bytes: b}}
	n := r.count(1)
	ends := make([]uint32, n)
	total := 0
	for i := range ends {
		at := r.at
		size := r.uint64()
		// Subtracting cannot wrap as adding can: total was checked before.
		if left := len(b) - r.at - total; r.err == nil && (left < 0 || size > uint64(left)) {
			r.failAt(at, "a string of %d bytes in a section of %d", size, len(b))
		}
		if r.err != nil {
			return nil, r.err
		}
		total += int(size)
		ends[i] = uint32(total)
	}
	if r.err != nil {
		return nil, r.err
	}
	// The last length was compared with what lies behind it, so the strings
	// are there.
	rest := r.at + total
	r.texts = texts{n: n, all: string(b[r.at:rest]), ends: ends}
	r.body = body{section: section, bytes: b[rest:], start: rest}
	r.at = 0
	return r, nil
}

// close reports whether everything could be read and nothing is left over.
func (r *recordReader) close() error {
	if r.err == nil && r.at != len(r.bytes) {
		r.fail("%d bytes are left over", len(r.bytes)-r.at)
	}
	return r.err
}

func (r *recordReader) fail(format string, args ...any) { r.failAt(r.at, format, args...) }

func (r *recordReader) failAt(at int, format string, args ...any) {
	if r.err == nil {
		r.err = damagedf(r.section, r.start+at, format, args...)
	}
}

func (r *recordReader) uint64() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := uvarint(r.bytes[r.at:])
	switch {
	case n == 0:
		r.fail("the section ends within a number")
		return 0
	case n < 0:
		r.fail("a number has more than 64 bits")
		return 0
	case n > 1 && r.bytes[r.at+n-1] == 0:
		r.fail("a number is not in its shortest form")
		return 0
	}
	r.at += n
	return v
}

func (r *recordReader) uint() int {
	at := r.at
	v := r.uint64()
	if v > math.MaxInt32 {
		r.failAt(at, "number %d is out of range", v)
		return 0
	}
	return int(v)
}

// count reads how many things follow, each of at least size bytes, so that
// memory for them is in proportion to the section.
func (r *recordReader) count(size int) int {
	at := r.at
	v := r.uint64()
	if r.err == nil && v > uint64((len(r.bytes)-r.at)/size) {
		r.failAt(at, "%d things in the %d bytes that are left", v, len(r.bytes)-r.at)
	}
	if r.err != nil {
		return 0
	}
	return int(v)
}

// tokens is count for what may not exceed maxTokens.
func (r *recordReader) tokens() int {
	at := r.at
	n := r.count(1)
	if n > maxTokens {
		r.failAt(at, "%d strings, the most is %d", n, maxTokens)
		return 0
	}
	return n
}

// text returns a string that is named at the given place.
func (r *recordReader) text(at int, id uint64) string {
	s, ok := r.texts.at(id)
	if !ok {
		r.failAt(at, "string %d of %d", id, r.texts.n)
	}
	return s
}

func (r *recordReader) string() string {
	at := r.at
	id := r.uint64()
	if r.err != nil {
		return ""
	}
	return r.text(at, id)
}

// strings returns nil for an empty list.
func (r *recordReader) strings() []string {
	n := r.tokens()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.string()
	}
	return list
}

func (r *recordReader) position() Position {
	return Position{File: r.string(), Line: r.uint(), Col: r.uint()}
}

func (r *recordReader) source() Source {
	var s Source
	s.Layer = r.string()
	s.File = r.string()
	s.Line = r.lineAfter()
	s.Col = r.uint()
	if n := r.tokens(); n > 0 {
		s.Calls = make([]Frame, n)
		for i := range s.Calls {
			s.Calls[i] = Frame{Func: r.string(), Position: r.position()}
		}
	}
	return s
}

// lineAfter reads a line that is written as the difference to the last one.
func (r *recordReader) lineAfter() int {
	at := r.at
	v := r.uint64()
	delta := int64(v >> 1)
	if v&1 != 0 {
		delta = ^delta
	}
	line := int64(r.line) + delta
	if r.err == nil && (delta < -math.MaxInt32 || delta > math.MaxInt32 || line < 0 || line > math.MaxInt32) {
		r.failAt(at, "line %d%+d is out of range", r.line, delta)
	}
	if r.err != nil {
		return 0
	}
	r.line = uint32(line)
	return int(line)
}
