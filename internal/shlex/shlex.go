// Package shlex cuts a line into words and writes words as a line, in the way of a POSIX shell that expands nothing.
//
// It is exact to the byte in what policies can observe of it: [Split] reads the string form of `match` and `not_match`
// examples, and [Join] writes the commands that error messages and refusals quote. Both follow the Rust crate shlex 1.3,
// which the reference implementation uses; the recorded cases of the reference decide where a shell would differ.
//
// Words are bytes: text that is not UTF-8 goes through both ways unchanged. Every NUL-free list of words comes back from
// Split(Join(words)) as it was; the empty list is the empty line. Join quotes more than Split
// alone would need (braces, exclamation marks, carets), as its model does for the sake of real shells.
package shlex
