package main

import (
	"context"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
)

// A selection is the flags that say which policy to ask, and how a command is
// read before it is asked about.
type selection struct {
	process
	discovery
	rules    []string
	artifact string
	resolve  bool
	shell    shellReading // unset: as the reference reads, off for policies named by hand
}

const selectionHelp = `The policy is the one of all layers that apply to the working directory, or
that of the rule files named with --rules, or of the artifact named with
--artifact. A policy that is named by hand is asked about the command as it is
written: --resolve-host-executables has it look further. The layers always do,
as the reference does when it runs a command.

If the environment variable RULESC_CACHE names a folder, a compressed artifact
is unpacked into it once, and is from then on as fast to open as a stored one.
The folder has to belong to the user alone (mode 0700); it is made if it is not
there.

Everything from the first word that is no option on is the command; put --
before a command that starts with a dash.`

// addPolicyFlags adds the flags that say which policy to ask.
func (s *selection) addPolicyFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&s.rules, "rules", "r", nil, "ask the rules of this `file`; repeatable, lowest precedence first")
	flags.StringVar(&s.artifact, "artifact", "", "ask this compiled `file`")
	s.discovery.addFlags(cmd)
}

func (s *selection) addFlags(cmd *cobra.Command) {
	s.addPolicyFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&s.resolve, "resolve-host-executables", false, "try a program's path by its name too, if a host_executable rule lets it stand for it")
	addShell(cmd, &s.shell)
	if cmd.DisableFlagParsing {
		cmd.ValidArgsFunction = completeOptions
	}
}

// named reports whether the policy was named by hand.
func (s *selection) named() bool { return len(s.rules) > 0 || s.artifact != "" }

// load gets the selected policy.
func (s *selection) load(ctx context.Context) (*subject, error) {
	if len(s.rules) > 0 && s.artifact != "" {
		return nil, usagef("--rules and --artifact exclude each other")
	}
	if s.named() && s.discovery.used() {
		return nil, usagef("--home, --system-dir, --profile and --layer are about the layers; they exclude --rules and --artifact")
	}
	place, err := s.place()
	if err != nil {
		return nil, err
	}
	if s.shell == shellUnset && s.named() {
		s.shell = shellOff
	} else if s.shell == shellUnset {
		s.shell = shellReference
	}
	subject := &subject{
		place: place,
		shell: s.shell,
		path:  func(ir.Source) string { return "" },
	}
	switch {
	case s.artifact != "":
		subject.artifact = s.inDir(s.artifact)
		subject.compiled, err = openArtifact(subject.artifact, place, s.getenv("RULESC_CACHE"))
	default:
		in := s.namedFiles(s.rules)
		if len(s.rules) == 0 {
			if in, err = s.discover(s.process); err != nil {
				return nil, err
			}
		}
		subject.policy, err = in.evaluate(ctx, compiler.Options{Place: s.userPlace()})
		subject.path, subject.warnings = in.path, in.warnings
	}
	if err != nil {
		return nil, err
	}
	return subject, nil
}

// loadRules gets the selected policy and all of its rules, and shows its warnings.
// The caller closes the subject, unless there is an error.
func (s *selection) loadRules(ctx context.Context) (*subject, *ir.Policy, error) {
	subject, err := s.load(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = s.warn(subject.warnings)
	if err == nil {
		var policy *ir.Policy
		if policy, err = subject.rules(); err == nil {
			return subject, policy, nil
		}
	}
	subject.close()
	return nil, nil, err
}

// place returns how program paths are resolved, nil for not at all. The layers
// are asked as the reference asks them when it runs a command: without folders
// to start from.
func (s *selection) place() (*ir.Place, error) {
	switch {
	case !s.named():
		return &ir.Place{}, nil
	case s.resolve:
		place := s.userPlace()
		return &place, nil
	}
	return nil, nil
}

// userPlace is where the user stands: the home folder, and the working
// directory.
func (s *selection) userPlace() ir.Place {
	var place ir.Place
	if dir, err := filepath.Abs(s.inDir(".")); err == nil {
		place.Dir = dir
	}
	place.Home = s.getenv("HOME")
	if place.Home == "" {
		if account, err := user.Current(); err == nil {
			place.Home = account.HomeDir
		}
	}
	if place.Home != "" && !filepath.IsAbs(place.Home) {
		place.Home = filepath.Join(place.Dir, place.Home)
	}
	return place
}
