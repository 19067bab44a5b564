package full

import (
	"sort"
	"strings"
)

// A source is a script that is being read: the outermost text, or a nested one
// that was put together from words of an outer source.
type source struct {
	text  string
	outer *source // nil: text is Script.Text
	runs  []run   // where the bytes of text stand in outer; nil: not known exactly
	whole Span    // the place in outer of all of text
}

// A run says that text[at:], up to the next run, stands at outer[from:].
type run struct{ at, from int }

// span turns a range of bytes of s into one of Script.Text.
func (s *source) span(start, end int) Span {
	for ; s.outer != nil; s = s.outer {
		switch {
		case s.runs == nil:
			start, end = s.whole.Start, s.whole.End
		case start < end:
			start, end = s.place(start), s.place(end-1)+1
		default:
			start = s.place(start)
			end = start
		}
	}
	start = min(start, len(s.text))
	return Span{start, max(start, min(end, len(s.text)))}
}

func (s *source) place(offset int) int {
	i := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].at > offset })
	r := s.runs[max(i-1, 0)]
	return r.from + offset - r.at
}

// nested returns the script that the words make when a builtin such as `eval`
// joins them by spaces, and whether all of it is known.
func (p place) nested(words []word) (*source, bool) {
	s := &source{outer: p.src, runs: []run{}}
	if len(words) > 0 {
		s.whole = Span{words[0].start, words[len(words)-1].end}
	}
	var text strings.Builder
	for i, w := range words {
		if !w.known {
			return s, false
		}
		if i > 0 {
			text.WriteByte(' ')
		}
		if w.runs == nil && w.text != "" {
			s.runs = nil
		}
		if s.runs != nil {
			for _, r := range w.runs {
				s.runs = append(s.runs, run{text.Len() + r.at, r.from})
			}
		}
		text.WriteString(w.text)
	}
	s.text = text.String()
	if len(s.runs) == 0 {
		s.runs = nil
	}
	return s, true
}
