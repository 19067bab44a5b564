package dialect

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// The positions in our syntax trees are not lines and columns but numbers of
// places, counted in the order of the text, for two reasons. The compiler of
// go.starlark.net stores the way from each position to the next in steps of 16
// lines and 32 columns, so that a hostile file with long lines costs it
// gigabytes; places are dense. And a function can have a place of its own
// ([places.function]), by which errors in its arguments are told from errors at
// the same spot of the text.

type place struct {
	line, col int32 // from 1
	function  bool
}

type places struct {
	file string
	list []place
}

const placesPerLine = 32 // what one step of the compiler spans

// add makes a place of a line and column.
func (p *places) add(line, col int32) syntax.Position { return p.append(place{line: line, col: col}) }

// function makes another place of a position, that of a function. What fails
// there is the caller's.
func (p *places) function(pos syntax.Position) syntax.Position {
	at := p.at(pos)
	at.function = true
	return p.append(at)
}

func (p *places) append(at place) syntax.Position {
	n := int32(len(p.list))
	p.list = append(p.list, at)
	return syntax.MakePosition(&p.file, 1+n/placesPerLine, 1+n%placesPerLine)
}

// at returns the place of a position, or the zero place if it has none, as the
// positions of builtins.
func (p *places) at(pos syntax.Position) place {
	n := int((pos.Line-1)*placesPerLine + pos.Col - 1)
	if pos.Line < 1 || pos.Col < 1 || n >= len(p.list) {
		return place{}
	}
	return p.list[n]
}

func (p *places) errorf(kind Kind, pos syntax.Position, format string, args ...any) *Error {
	at := p.at(pos)
	return &Error{Kind: kind, File: p.file, Line: int(max(at.line, 1)), Col: int(max(at.col, 1)), Msg: fmt.Sprintf(format, args...)}
}

// A Frame is a place in a module: where an active call was made. Line and Col
// start at 1 and point at the first character of the call expression, not
// counting parentheses around it; Col counts characters.
type Frame struct {
	// Name is the function that was called.
	Name      string
	Line, Col int
}

// localKey is where a thread keeps the places of its module.
const localKey = "dialect.places"

// CallSite tells a builtin that [Exec] runs where it was called from: pos is the
// call of the builtin itself, and calls are the calls that led there, innermost
// first; empty at top level. It must be called with the thread that the builtin
// was given, while the builtin runs. The positions in thread.CallStack are of no
// use to others.
func CallSite(thread *starlark.Thread) (pos Frame, calls []Frame) {
	p, ok := thread.Local(localKey).(*places)
	if !ok {
		return Frame{}, nil
	}
	if thread.CallStackDepth() == 2 { // most calls are made at top level
		builtin, caller := thread.CallFrame(0), thread.CallFrame(1)
		if p.at(builtin.Pos).line == 0 {
			at := p.at(caller.Pos)
			return Frame{Name: builtin.Name, Line: int(at.line), Col: int(at.col)}, nil
		}
	}
	return p.site(thread.CallStack())
}

func (p *places) site(stack starlark.CallStack) (pos Frame, calls []Frame) {
	// A frame's name is that of the function which runs in it; that function was
	// called at the position of the frame below. A builtin calls others where it
	// was itself called. On top is the builtin that asks.
	at := func(i int) place {
		for i > 0 && p.at(stack[i].Pos).line == 0 {
			i--
		}
		return p.at(stack[i].Pos)
	}
	top := len(stack) - 1
	for i := top; i >= 0; i-- {
		if i == top && p.at(stack[i].Pos).line == 0 {
			continue
		}
		called := ""
		if i < top {
			called = stack[i+1].Name
		}
		calls = append(calls, Frame{Name: called, Line: int(at(i).line), Col: int(at(i).col)})
	}
	if len(calls) == 0 {
		return Frame{}, nil
	}
	return calls[0], calls[1:]
}
