package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// takeOptions sets the flags that args start with and returns what follows
// them: the command to judge. It reads options as the reference does, because
// a command may look like options itself:
//   - the first argument that is no known option starts the command, and from
//     there on everything is a token;
//   - "--" ends the options once and is dropped;
//   - a value follows its option as the next argument or behind "="; a
//     one-letter option takes it only as the next argument, and a known option is
//     no value of another;
//   - an option without a value, and one that is not a list, is given once.
//
// An unknown option starts the command too, but only where a policy was named
// with --rules: elsewhere nobody relies on it, and a misspelt option would
// silently become part of the command.
func takeOptions(flags *pflag.FlagSet, args []string) (command []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		if arg == "--" {
			return args[1:], nil
		}
		flag, value, joined := lookupOption(flags, arg)
		if flag == nil {
			if rules := flags.Lookup("rules"); looksLikeOption(arg) && (rules == nil || !rules.Changed) {
				return nil, usagef("unknown option %s (put -- before a command that starts with a dash)", arg)
			}
			return args, nil
		}
		args = args[1:]
		if flag.Changed && !isList(flag) {
			return nil, usagef("option --%s is given twice", flag.Name)
		}
		if flag.NoOptDefVal != "" {
			if joined {
				return nil, usagef("option --%s takes no value", flag.Name)
			}
			value = flag.NoOptDefVal
		} else if !joined {
			if len(args) == 0 || args[0] == "--" || isOption(flags, args[0]) {
				return nil, usagef("option --%s needs a value", flag.Name)
			}
			value, args = args[0], args[1:]
		}
		if value == "" && !flag.Hidden {
			return nil, usagef("option --%s needs a value", flag.Name)
		}
		if err := flags.Set(flag.Name, value); err != nil {
			return nil, flagError(err)
		}
	}
	return nil, nil
}

// lookupOption returns the flag that arg names, and the value joined to it.
func lookupOption(flags *pflag.FlagSet, arg string) (flag *pflag.Flag, value string, joined bool) {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		name, value, joined = strings.Cut(name, "=")
		return flags.Lookup(name), value, joined
	}
	if len(arg) == 2 && arg[0] == '-' && arg[1] != '-' {
		return flags.ShorthandLookup(arg[1:]), "", false
	}
	return nil, "", false
}

func isOption(flags *pflag.FlagSet, arg string) bool {
	flag, _, _ := lookupOption(flags, arg)
	return flag != nil
}

func looksLikeOption(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

func isList(flag *pflag.Flag) bool {
	_, ok := flag.Value.(pflag.SliceValue)
	return ok
}

// completeOptions completes the values of options that takeOptions reads, which
// cobra does not parse.
func completeOptions(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	flags := cmd.Flags()
	for len(args) > 0 {
		flag, _, joined := lookupOption(flags, args[0])
		if flag == nil {
			return nil, cobra.ShellCompDirectiveDefault // the command to judge
		}
		args = args[1:]
		if flag.NoOptDefVal != "" || joined {
			continue
		}
		if len(args) == 0 {
			return completeValue(cmd, flag, word)
		}
		args = args[1:]
	}
	if flag, value, joined := lookupOption(flags, word); flag != nil && joined {
		return completeValue(cmd, flag, value) // the scripts of shells put the option before it
	}
	return nil, cobra.ShellCompDirectiveDefault
}

func completeValue(cmd *cobra.Command, flag *pflag.Flag, value string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if complete, ok := cmd.GetFlagCompletionFunc(flag.Name); ok {
		return complete(cmd, nil, value)
	}
	return nil, cobra.ShellCompDirectiveDefault
}
