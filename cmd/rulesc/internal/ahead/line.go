package ahead

import "unicode/utf8"

// A Check is a command line of "rulesc check --artifact".
type Check struct {
	Artifact string
	Resolve  bool
	Shell    bool // scripts are taken apart as the reference does
	Pretty   bool
	ExitCode bool
	Text     bool
	Argv     []string
}

// An option is a flag that an artifact is asked with. Each may be given once.
type option uint8

const (
	optArtifact option = 1 << iota
	optFormat
	optShell
	optResolve
	optPretty
	optExitCode
)

func optionOf(name string) option {
	switch name {
	case "--artifact":
		return optArtifact
	case "--format":
		return optFormat
	case "--shell":
		return optShell
	case "--resolve-host-executables":
		return optResolve
	case "--pretty":
		return optPretty
	case "--exit-code":
		return optExitCode
	}
	return 0
}

// Parse reads the arguments behind "check". It gives up on everything but the options
// above, and on whatever main would refuse.
func (c *Check) Parse(args []string) bool {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return false
		}
	}
	var seen option
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0] != "--" {
		name, value, joined := cut(args[0])
		args = args[1:]
		o := optionOf(name)
		if o == 0 || seen&o != 0 {
			return false
		}
		seen |= o
		if o >= optResolve {
			if joined {
				return false
			}
			continue
		}
		if !joined {
			if len(args) == 0 {
				return false
			}
			value, args = args[0], args[1:]
		}
		if !c.set(o, value, joined) {
			return false
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	c.Resolve, c.Pretty, c.ExitCode = seen&optResolve != 0, seen&optPretty != 0, seen&optExitCode != 0
	c.Argv = args
	return c.Artifact != "" && len(args) > 0
}

// set takes an option's value, if it is one that main takes, too. joined says that the
// value is behind a "=".
func (c *Check) set(o option, value string, joined bool) bool {
	switch {
	case o == optArtifact:
		c.Artifact = value
		return value != "" && (joined || value[0] != '-')
	case o == optFormat && (value == "json" || value == "text"):
		c.Text = value == "text"
		return true
	case o == optShell && (value == "off" || value == "reference"):
		c.Shell = value == "reference"
		return true
	}
	return false
}

// cut cuts an argument at its first "=", if it has one.
func cut(arg string) (name, value string, joined bool) {
	for i := range len(arg) {
		if arg[i] == '=' {
			return arg[:i], arg[i+1:], true
		}
	}
	return arg, "", false
}
