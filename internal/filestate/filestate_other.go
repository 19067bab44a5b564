//go:build !linux

package filestate

// Of knows no states here.
func Of(string) (s State, ok bool) { return State{}, false }

// OfDescriptor knows none either.
func OfDescriptor(int) (s State, ok bool) { return State{}, false }
