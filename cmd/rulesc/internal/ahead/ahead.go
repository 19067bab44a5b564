// Package ahead answers "rulesc version", and "rulesc check --artifact" as JSON, ahead
// of everything else. See package early for the idea.
//
// What a short process costs are page faults: a hundred and fifty of them in a Go
// program that does nothing. Each package of the standard library that is set up has
// some, each new size of memory has two, and a stack that grows has a dozen. So this
// package and what it imports keep to those that need next to nothing themselves;
// package os is not among them, nor package syscall, and it asks the system itself,
// where that was done: on Linux with amd64. Its memory is laid out beforehand, and its
// code stands behind that of the runtime.
package ahead
