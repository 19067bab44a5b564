package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What is kept of the commands of logs is bounded, whatever the size of the
// logs.
const (
	commandsKept = 1 << 15 // different commands
	keptBytes    = 1 << 9  // of a command
)

// commandKey appends what tells a command from others: its tokens, or the hash
// of a long one. Tokens are valid UTF-8, so that the byte 0xFF ends each, and
// 0xFE stands before a hash.
func commandKey(dst []byte, argv []string) []byte {
	if sizeOf(argv) > keptBytes {
		h := sha256.New()
		for _, token := range argv {
			h.Write([]byte(token))
			h.Write([]byte{0xFF})
		}
		return h.Sum(append(dst, 0xFE))
	}
	for _, token := range argv {
		dst = append(append(dst, token...), 0xFF)
	}
	return dst
}

// keyTokens returns the tokens of a key, none for that of a long command.
func keyTokens(key string) []string {
	tokens, ok := strings.CutSuffix(key, "\xFF")
	if !ok || key[0] == 0xFE {
		return nil
	}
	return strings.Split(tokens, "\xFF")
}

// cutLong returns how a long command is shown, "" for one that is kept whole.
func cutLong(argv []string) string {
	if sizeOf(argv) <= keptBytes {
		return ""
	}
	line := shellLine(argv)
	cut := min(keptBytes, len(line)-1)
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", line[:cut], len(line))
}

// shownKey shows a command as one would type it.
func shownKey(key, cut string) string {
	if cut != "" {
		return cut
	}
	return shellLine(keyTokens(key))
}

// sizeOf is the length of a command's key, unless it is a long one.
func sizeOf(argv []string) int {
	n := 0
	for _, token := range argv {
		n += len(token) + 1
	}
	return n
}
