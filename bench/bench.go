// Package bench measures rulesc beside what else could answer for a command
// policy: same rules, same commands, answers compared before anything is timed.
// It is a module of its own, so that the dependencies of other engines stay out
// of ours.
//
//	go run ./cmd/report -quick   # tables and pictures: RESULTS.md, decide.svg, size.svg
//	go test -bench . -count 10   # the same work as Go benchmarks, for benchstat
//
// The report is the better instrument on a machine that does other things, see
// package measure. The benchmarks are there to compare two versions of rulesc.
package bench
