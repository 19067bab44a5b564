package runtime_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// A file that is copied together with its times may be as long as the one before it,
// as old, and in the place on the disk that was free again.
func TestWatchSeesAFileOfTheSameSizeAndTime(t *testing.T) {
	path := write(t, onlyRule(ir.Allow), matcher.CodecStored)
	other, err := os.ReadFile(write(t, onlyRule(ir.Forbidden), matcher.CodecStored))
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if before.Size() != int64(len(other)) {
		t.Fatalf("%d and %d bytes", before.Size(), len(other))
	}
	live, err := runtime.Follow(path, runtime.WithoutMapping())
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	time.Sleep(20 * time.Millisecond) // more than a tick of the file system's clock
	if err := os.WriteFile(path, other, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_ = live.Watch(ctx, 0, func(error) { cancel() })
	if got := live.Decide(x).Decision; got != runtime.Forbidden {
		t.Errorf("%v", got)
	}
}
