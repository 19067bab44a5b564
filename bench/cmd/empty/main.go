// Empty does nothing: what a process costs before it does anything.
package main

func main() {}
