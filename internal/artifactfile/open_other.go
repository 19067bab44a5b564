//go:build !linux

package artifactfile

func open(path string) (Memory, error) {
	m, _, err := OpenInfo(path)
	return m, err
}
