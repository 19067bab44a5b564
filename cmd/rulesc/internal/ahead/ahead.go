// Package ahead answers "rulesc version", "rulesc check --artifact" as JSON, and "rulesc
// build" that finds nothing to do, ahead of everything else. See package early for the
// idea.
//
// What a short process costs are page faults: a hundred and fifty of them in a Go
// program that does nothing. Each package of the standard library that is set up has
// some, each new size of memory has two, and a stack that grows has a dozen. So this
// package and what it imports keep to those that need next to nothing themselves;
// package os is not among them, nor package syscall, and it asks the system itself,
// where that was done: on Linux with amd64. Its memory is laid out beforehand, and its
// code stands behind that of the runtime.
//
// Linked alone it has 5 to 15 page faults more than a program that does nothing. In
// rulesc it has 30 to 40: the runtime enters all tables of methods that the program
// has, looks at the description of each of their types, and through the list of all
// functions, before any package is set up.
package ahead
