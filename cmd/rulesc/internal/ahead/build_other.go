//go:build !linux || !amd64

package ahead

// Builds says that a build that is up to date is answered here.
const Builds = false
