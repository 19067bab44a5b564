package compiler

import "github.com/rulesc/rulesc/compiler/dialect"

// Limits bounds what rule files may use, so that a hostile or runaway file is
// an error, not a hang. A zero field stands for its default, which is far above
// what people write.
type Limits struct {
	// Module bounds the evaluation of each file; see [dialect.DefaultLimits].
	// Files of nothing but calls with literal arguments are not evaluated but
	// read, and bounded by the other limits alone.
	Module dialect.Limits

	// Bytes bounds the size of all files together. Default: 64 MiB.
	Bytes int
	// Rules bounds the prefix rules, network rules and host executables, each
	// for itself, of all files together. Default: 1,048,576.
	Rules int
	// Positions bounds the positions of one pattern. Default: 1,048,576.
	Positions int
	// Alternatives bounds the alternatives of one position. Default: 1,048,576.
	Alternatives int
	// Strings bounds the strings that one file's rules, examples and paths hold
	// together; a pattern counts anew for each alternative in its first
	// position. Default: 4,194,304.
	Strings int
	// Text bounds the bytes of all strings that one file's calls are given; one
	// that is given twice counts twice. Default: 256 MiB.
	Text int
	// Comparisons bounds what it takes to check the examples of one file: each
	// example costs 1 and its pair with each rule on its program 1 more, and 1
	// for every 16 bytes that are compared. Default: 268,435,456.
	Comparisons int
}

func (l Limits) withDefaults() Limits {
	for _, field := range []struct {
		limit    *int
		standard int
	}{
		{&l.Bytes, 64 << 20},
		{&l.Rules, 1 << 20},
		{&l.Positions, 1 << 20},
		{&l.Alternatives, 1 << 20},
		{&l.Strings, 4 << 20},
		{&l.Text, 256 << 20},
		{&l.Comparisons, 256 << 20},
	} {
		if *field.limit == 0 {
			*field.limit = field.standard
		}
	}
	return l
}
