package compiler

import "strings"

// What else tools that change rule files ask of a text.

// Text returns what stands at a place.
func (l *Locator) Text(p Place) string { return l.lines.text[p.Start:p.End] }

// Position returns the line and the column of an offset.
func (l *Locator) Position(offset int) (line, col int) { return l.lines.position(offset) }

// Line returns the place of a line of the text, its end included. There is nothing
// where the text has no such line.
func (l *Locator) Line(line int) Place {
	starts := l.lines.starts
	switch {
	case line < 1 || line > len(starts):
		return Place{}
	case line == len(starts):
		return Place{starts[line-1], len(l.lines.text)}
	}
	return Place{starts[line-1], starts[line]}
}

// Comments returns the comments in a part of the text, each from # to the end of
// its line. The part starts outside of strings.
func (l *Locator) Comments(in Place) []Place {
	text := l.lines.text
	var list []Place
	for i := in.Start; i < in.End; {
		switch c := text[i]; c {
		case '#':
			end := len(text)
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				end = i + n
			}
			list = append(list, Place{i, i + len(strings.TrimRight(text[i:end], "\r"))})
			i = end
		case '"', '\'':
			if end, ok := stringEnd(text, i, false); ok {
				i = end
			} else {
				i++
			}
		default:
			i++
		}
	}
	return list
}

// All is the place of the whole text.
func (l *Locator) All() Place { return Place{0, len(l.lines.text)} }
