package workload_test

import (
	"testing"
	"unsafe"

	"github.com/rulesc/rulesc/internal/workload"
)

// TestCommandsLieInOneText holds what those rely on who read words behind the
// tokens.
func TestCommandsLieInOneText(t *testing.T) {
	commands := workload.Commands(workload.Rules(100))
	next := unsafe.Pointer(unsafe.StringData(commands[0][0]))
	for _, argv := range commands {
		for _, token := range argv {
			if unsafe.Pointer(unsafe.StringData(token)) != next {
				t.Fatalf("%q of %q is somewhere else", token, argv)
			}
			next = unsafe.Add(next, len(token)+1)
		}
	}
	if behind := unsafe.String((*byte)(unsafe.Add(next, -1)), 8); behind != "\x00\x00\x00\x00\x00\x00\x00\x00" {
		t.Errorf("behind the last token: %q", behind)
	}
}
