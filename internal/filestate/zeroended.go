//go:build !linux || !amd64

package filestate

// OfZeroEnded is [Of] for a path with a zero byte behind it.
func OfZeroEnded(path []byte) (s State, ok bool) {
	for i, c := range path {
		if c == 0 {
			return Of(string(path[:i]))
		}
	}
	return State{}, false
}
