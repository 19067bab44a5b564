package full

import (
	"cmp"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxFrames bounds the stack of the parser, which descends recursively and
// would otherwise run out of stack, which no program survives. One parenthesis
// takes about ten frames.
const maxFrames = 4000

var errTooDeep = errors.New("nested too deeply")

// parse returns the statements of script up to the first error.
func parse(script string, lang syntax.LangVariant) (stmts []*syntax.Stmt, err error) {
	input := &shallow{rest: script}
	parser := syntax.NewParser(syntax.Variant(lang))
	// The loop runs to its end: the parser goes on after an error inside a
	// here-document, and must not be left then.
	for stmt, problem := range parser.StmtsSeq(input) {
		if problem != nil || err != nil {
			err = cmp.Or(err, problem)
			continue
		}
		stmts = append(stmts, stmt)
	}
	if input.tooDeep {
		err = errTooDeep
	}
	return stmts, err
}

// shallow hands a script to the parser in small pieces, and looks at the depth
// of the stack before each: the parser asks for more from wherever in its
// recursion it needs it. So the stack is bounded whatever the grammar nests,
// without a second lexer that would have to agree with the parser's.
type shallow struct {
	rest    string
	tooDeep bool
}

const piece = 256

func (s *shallow) Read(b []byte) (int, error) {
	if s.rest == "" {
		return 0, io.EOF
	}
	var frame [1]uintptr
	if s.tooDeep || runtime.Callers(maxFrames, frame[:]) > 0 {
		s.tooDeep = true
		return 0, errTooDeep
	}
	n := copy(b[:min(len(b), piece)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// otherWords are reserved words, modifiers and builtins of zsh and ksh that bash
// takes for commands, and those with which ksh evaluates what it reads: in
// `read x; test x -eq 1` the input is an expression. Sources: zshmisc(1),
// zshbuiltins(1), 5.9; ksh(1), 93u+m.
var otherWords = strings.Fields(`read select setopt unsetopt repeat nocorrect noglob - foreach end always namespace function autoload zmodload
	zcompile sched emulate vared zle zargs zstyle hist r builtin`)

// separators are what parts words in a script that isPlain looks at.
const separators = " \n;|&'"

// isPlain reports whether script holds nothing but words, quotes and the
// separators that mean the same in all shells that Read knows.
func isPlain(script string) bool {
	for word := range strings.FieldsFuncSeq(script, func(c rune) bool { return strings.ContainsRune(separators, c) }) {
		if slices.Contains(otherWords, word) {
			return false
		}
	}
	return strings.IndexFunc(script, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune(separators+"_-+./:,@", r))
	}) < 0 && !strings.Contains(script, "|&") && !strings.Contains(script, "&|")
}

// commentJoinsLines reports whether a comment may end in a backslash. To the shell
// the next line is another command, to the parser its words are those of the
// command before the comment.
func commentJoinsLines(script string) bool {
	for line := range strings.Lines(script) {
		if !strings.HasSuffix(line, "\\\n") {
			continue
		}
		for i := range len(line) {
			if line[i] == '#' && (i == 0 || strings.IndexByte(" \t;&|()<>`", line[i-1]) >= 0) {
				return true
			}
		}
	}
	return false
}
