//go:build purego || race || msan || asan || !(amd64 || arm64)

package matcher

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold.
func (m *Image) Decide(argv []string, at *Place) Verdict { return m.decide(argv, at) }

// follow returns the slot of the edge that a token has in a node of exact rules, 0 if
// it has none.
func (m *Image) follow(to ref, token string) uint64 { return m.followChecked(to, token) }

// through returns how many tokens of a command a tail of exact rules and the depth
// tokens before it cover, 0 if the tail does not match.
func (m *Image) through(tail uint32, command []string, depth int) int {
	return m.throughChecked(tail, command, depth)
}
