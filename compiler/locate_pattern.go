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

	// Positions has the place of each position of Pattern, brackets included.
	Positions []Place

	// Parameters are those that the call gives arguments for. Open says that there
	// may be more: arguments behind * or **.
	Parameters []string
	Open       bool
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
		parameter := argument.name
		if parameter == "" && text[argument.start] == '*' {
			places.Open = true
			continue
		}
		if parameter == "" && i < len(prefixRuleSignature.parameters) {
			parameter = prefixRuleSignature.parameters[i].name
		}
		places.Parameters = append(places.Parameters, parameter)
		if parameter == "pattern" {
			places.Positions, places.Pattern = patternPlaces(text, argument.span)
		}
	}
	return places, true
}

func patternPlaces(text string, at span) (positions []Place, pattern [][]Place) {
	elements, ok := findElements(text[:at.end], at.start)
	if !ok {
		return nil, nil
	}
	positions = make([]Place, 0, len(elements))
	pattern = make([][]Place, 0, len(elements))
	for _, position := range elements {
		alternatives := []span{position}
		if text[position.start] == '[' {
			if alternatives, ok = findElements(text[:position.end], position.start); !ok {
				return nil, nil
			}
		}
		var places []Place
		for _, a := range alternatives {
			places = append(places, Place{a.start, a.end})
		}
		positions = append(positions, Place{position.start, position.end})
		pattern = append(pattern, places)
	}
	return positions, pattern
}
