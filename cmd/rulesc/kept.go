package main

import (
	"crypto/sha256"
	"fmt"
	"unicode/utf8"
)

// What is kept of the commands of logs is bounded, whatever the size of the
// logs.
const (
	commandsKept = 1 << 16 // different commands
	keptBytes    = 1 << 10 // of a command
)

// A keptCommand is a command of a log, or what is left of a long one.
type keptCommand struct {
	argv []string // nil for a long one
	cut  string   // how that is shown
}

func keep(argv []string) keptCommand {
	if sizeOf(argv) <= keptBytes {
		return keptCommand{argv: argv}
	}
	line := shellLine(argv)
	cut := min(keptBytes, len(line)-1)
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	return keptCommand{cut: fmt.Sprintf("%s… (%d bytes)", line[:cut], len(line))}
}

// String returns the command as one would type it.
func (k keptCommand) String() string {
	if k.argv == nil {
		return k.cut
	}
	return shellLine(k.argv)
}

// commandKey appends what tells a command from others: its tokens, or the hash
// of a long one. Tokens are valid UTF-8, so that the byte 0xFF ends each.
func commandKey(dst []byte, argv []string) []byte {
	if sizeOf(argv) > keptBytes {
		h := sha256.New()
		for _, token := range argv {
			h.Write([]byte(token))
			h.Write([]byte{0xFF})
		}
		return h.Sum(dst)
	}
	for _, token := range argv {
		dst = append(append(dst, token...), 0xFF)
	}
	return dst
}

func sizeOf(argv []string) int {
	n := 0
	for _, token := range argv {
		n += len(token) + 1
	}
	return n
}
