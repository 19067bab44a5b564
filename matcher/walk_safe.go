//go:build purego || race || msan || asan || !(amd64 || arm64)

package matcher

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold.
func (m *Image) Decide(argv []string, at *Place) Verdict { return m.decide(argv, at) }
