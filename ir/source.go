package ir

import (
	"strconv"
	"strings"
)

// A Source says where a rule was written.
type Source struct {
	// Layer is the name of the configuration layer ("user", "project",
	// "managed", …); "" for a file that was named by hand.
	Layer string

	// Position is where the call stands that made the rule.
	Position

	// Calls are the calls that led there, innermost first, when the rule was
	// made inside a function; nil for a rule made at the top level of a file.
	Calls []Frame
}

// A Position is a place in a text file.
type Position struct {
	// File is the file's name as a reader would write it: as given on the
	// command line, or with slashes and relative to the layer's folder. It
	// never holds a path that the user did not write.
	File string
	Line int // from 1; 0 if unknown
	Col  int // from 1, counted in characters (Unicode code points); 0 if unknown
}

// A Frame is one call on the way to a rule.
type Frame struct {
	Func string // the function that the call stands in; "<module>" at top level
	Position
}

// String returns "file:line:col", without the parts that are unknown.
func (p Position) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(p.Line))
		if p.Col > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(p.Col))
		}
	}
	return b.String()
}

// String returns "layer file:line:col", or just the position for a rule
// outside all layers.
func (s Source) String() string {
	if s.Layer == "" {
		return s.Position.String()
	}
	return s.Layer + " " + s.Position.String()
}
