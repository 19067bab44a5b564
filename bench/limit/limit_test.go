package limit_test

import (
	"testing"

	"github.com/rulesc/rulesc/bench/limit"
	"github.com/rulesc/rulesc/internal/workload"
)

// TestRead holds that the limit reads each token that has to be looked at, whatever
// its length, and no other.
func TestRead(t *testing.T) {
	rules := workload.Rules(100)
	commands := workload.Commands(rules)
	looked := workload.Looked(rules, commands)
	l := limit.New(commands, looked)
	if !l.Read(0, len(commands)) {
		t.Fatal("a token is not that of its record")
	}
	for i, argv := range commands[:500] {
		for at, token := range argv {
			for _, change := range []int{0, len(token) - 1} {
				changed := []byte(token + "\x00\x00\x00\x00\x00\x00\x00\x00")
				changed[change] ^= 0x20
				argv[at] = string(changed)[:len(token)]
				if same := l.Read(i, i+1); same != (at >= looked[i]) {
					t.Errorf("token %d of %q, of which %d count, instead of %q: %v", at, argv, looked[i], token, same)
				}
			}
			argv[at] = token
		}
	}
}
