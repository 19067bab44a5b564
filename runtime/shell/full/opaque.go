package full

// An Opaque is a place of a script where something may run that cannot be
// known before it runs.
type Opaque struct {
	Reason Reason
	Span   Span
	Via    []Step // as in Command
}

// A Reason says why a part of a script is opaque.
type Reason uint8

const (
	NotText        Reason = iota // holds NUL, or is not UTF-8
	TooLong                      // longer than MaxScript, or nested texts are in sum
	TooDeep                      // nested too deeply to be parsed in bounded memory
	NotParsed                    // no grammar that is known here
	OtherShell                   // a shell whose grammar is not known here
	CarriageEnd                  // holds carriage returns, which shells and parsers take differently
	Pattern                      // an extended glob, which some settings make a command
	ProgramName                  // $CMD args
	EvaluatedText                // eval "$x", trap "$x" EXIT
	ScriptFile                   // source f, bash f, bash --rcfile f
	StandardInput                // bash reads commands from its input, or a command may read what is left of them
	AliasNames                   // alias or expand_aliases changes what names mean
	ShellOption                  // set -k and others that change how words are read
	ShellVariable                // BASH_ENV, PS4 and others whose value is run
	Arithmetic                   // the value of a variable is evaluated: a[$(cmd)]
	Indirection                  // ${!name}, ${name@P}, declare -n
	BuiltinText                  // an argument that a builtin may evaluate: printf -v 'a[$(cmd)]'
	BuiltinCode                  // enable -f, hash -p: names get a new meaning
	WrapperOptions               // what a wrapper runs is not certain: unknown option or word
	Composed                     // a wrapper makes a script out of words that it changes: parallel
	OtherMachine                 // ssh: what the remote shell makes of it
	Failed                       // a mistake of the parser or of this package
)

func (r Reason) String() string {
	return [...]string{
		"not text", "too long", "nested too deeply", "not parsed", "another shell's grammar",
		"carriage return", "extended glob", "unknown program", "evaluated text", "script file",
		"script on standard input", "alias", "shell option", "shell variable",
		"arithmetic on text", "indirect expansion", "text evaluated by a builtin",
		"redefined builtin", "unknown wrapper option", "composed command", "other machine", "could not be read",
	}[r]
}
