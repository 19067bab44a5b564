// Package compiler turns rule files into policies, and policies into compiled
// artifacts.
//
// The front end is [Evaluate]: it runs rule files, which are Starlark, and
// returns the [ir.Policy] that they define, or everything that is wrong with
// them. [EvaluateSound] does the same but leaves out files that are broken.
// Nothing else of the project runs rule files.
//
// The language is that of the execpolicy of codex-cli 0.169.0: the same files
// are accepted, with the same meaning. It has three builtins:
//
//	prefix_rule(pattern, decision = "allow", match = [], not_match = [],
//	            justification = …, canonical_matching = False)
//	host_executable(name, paths)
//	network_rule(host, protocol, decision, justification = …)
//
// Evaluating reads no file, no clock, no environment and no network. The
// result depends on the arguments alone, not on the number of processors.
// All functions may be called from several goroutines at once.
package compiler
