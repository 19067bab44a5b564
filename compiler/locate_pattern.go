package compiler

// A Place is a part of a text: the offset of its first byte and of the byte
// behind its last.
type Place struct{ Start, End int }

// A CallPlaces is where a call of prefix_rule, and what it says of its pattern,
// stands in the text of a rule file.
type CallPlaces struct {
	Call Place

	// Pattern has the places of the alternatives, by position. It is nil where
	// the pattern is not written as a plain list of strings and lists of strings.
	Pattern [][]Place
}

// A Locator finds calls in the text of a rule file. It is fastest when it is
// asked in the order of the text, and not safe for concurrent use.
type Locator struct{ lines *lineTable }

// NewLocator returns a locator for a text.
func NewLocator(text string) *Locator { return &Locator{newLineTable(text)} }

// Call returns the places of the call that starts at a line and a column, which
// count from 1 and in characters; ok is false if there is none.
func (l *Locator) Call(line, col int) (places CallPlaces, ok bool) {
	text := l.lines.text
	call, ok := findCall(text, l.lines.offset(line, col))
	if !ok {
		return CallPlaces{}, false
	}
	places.Call = Place{call.start, call.end}
	for i, argument := range call.arguments {
		if argument.name == "pattern" || i == 0 && argument.name == "" {
			places.Pattern = patternPlaces(text, argument.span)
		}
	}
	return places, true
}

func patternPlaces(text string, at span) [][]Place {
	positions, ok := findElements(text[:at.end], at.start)
	if !ok {
		return nil
	}
	pattern := make([][]Place, 0, len(positions))
	for _, position := range positions {
		alternatives := []span{position}
		if text[position.start] == '[' {
			if alternatives, ok = findElements(text[:position.end], position.start); !ok {
				return nil
			}
		}
		var places []Place
		for _, a := range alternatives {
			places = append(places, Place{a.start, a.end})
		}
		pattern = append(pattern, places)
	}
	return pattern
}
