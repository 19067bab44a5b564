package runtime_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	goruntime "runtime"
	"sync"
	"testing"
	"time"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// onlyRule is a policy of one rule, on the command "x".
func onlyRule(d ir.Decision) *ir.Policy {
	return &ir.Policy{Rules: []ir.PrefixRule{rule(d, 1, "x")}}
}

func replace(t testing.TB, path string, d ir.Decision, codec matcher.Codec) {
	t.Helper()
	if err := compile(t, onlyRule(d)).Write(path, codec); err != nil {
		t.Fatal(err)
	}
}

// spoil puts a bad file in the place of path, by renaming as a writer would.
func spoil(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".tmp", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		t.Fatal(err)
	}
}

var x = []string{"x"}

func follow(t testing.TB, d ir.Decision) (live *runtime.Live, path string) {
	t.Helper()
	path = write(t, onlyRule(d), matcher.CodecStored)
	live, err := runtime.Follow(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = live.Close() })
	return live, path
}

func TestFollowNeedsAPolicy(t *testing.T) {
	if live, err := runtime.Follow(t.TempDir() + "/missing"); live != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, %v", live, err)
	}
}

func TestReload(t *testing.T) {
	ctx := t.Context()
	live, path := follow(t, ir.Allow)
	first := live.Policy()

	replace(t, path, ir.Forbidden, matcher.CodecZstd)
	if got := live.Decide(x).Decision; got != runtime.Allow {
		t.Errorf("before Reload: %v", got)
	}
	if err := live.Reload(ctx); err != nil || live.Err() != nil {
		t.Errorf("%v, %v", err, live.Err())
	}
	if got := live.Decide(x).Decision; got != runtime.Forbidden {
		t.Errorf("after Reload: %v", got)
	}
	if got := live.DecideAll([][]string{x, {"y"}}); got.Decision != runtime.Forbidden || got.Unmatched != 1 {
		t.Errorf("after Reload: %+v", got)
	}
	if got := live.DecideOpen(x).Decision; got != runtime.Forbidden {
		t.Errorf("after Reload: %v", got)
	}
	if got := first.Decide(x).Decision; got != runtime.Allow {
		t.Errorf("the policy before: %v", got)
	}

	spoil(t, path, "no artifact")
	if err := live.Reload(ctx); !errors.Is(err, runtime.ErrNotArtifact) || live.Err() != err {
		t.Errorf("a bad file: %v, %v", err, live.Err())
	}
	if got := live.Decide(x).Decision; got != runtime.Forbidden {
		t.Errorf("after a bad file: %v", got)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := live.Reload(ctx); !errors.Is(err, fs.ErrNotExist) || live.Err() != err {
		t.Errorf("no file: %v, %v", err, live.Err())
	}
	if got := live.Decide(x).Decision; got != runtime.Forbidden {
		t.Errorf("without a file: %v", got)
	}

	replace(t, path, ir.Prompt, matcher.CodecStored)
	if err := live.Reload(ctx); err != nil || live.Err() != nil {
		t.Errorf("%v, %v", err, live.Err())
	}
	if got := live.Decide(x).Decision; got != runtime.Prompt {
		t.Errorf("in the end: %v", got)
	}

	canceled, cancel := context.WithCancel(ctx)
	cancel()
	replace(t, path, ir.Allow, matcher.CodecStored)
	if err := live.Reload(canceled); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := live.Decide(x).Decision; got != runtime.Prompt {
		t.Errorf("after a canceled Reload: %v", got)
	}
}

func TestLiveAfterClose(t *testing.T) {
	live, path := follow(t, ir.Allow)
	for range 2 {
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	}
	replace(t, path, ir.Allow, matcher.CodecStored)
	if err := live.Reload(t.Context()); !errors.Is(err, runtime.ErrClosed) {
		t.Error(err)
	}
	if err := live.Watch(t.Context(), time.Millisecond, nil); !errors.Is(err, runtime.ErrClosed) {
		t.Error(err)
	}
	if got := live.Decide(x); got.Decision != runtime.Forbidden || got.Rule != -1 {
		t.Errorf("%+v", got)
	}
}

func TestWatch(t *testing.T) {
	live, path := follow(t, ir.Allow)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reports := make(chan error)
	done := make(chan error)
	go func() {
		done <- live.Watch(ctx, time.Millisecond, func(err error) { reports <- err })
	}()

	replace(t, path, ir.Forbidden, matcher.CodecZstd)
	if err := <-reports; err != nil {
		t.Error(err)
	}
	if got := live.Decide(x).Decision; got != runtime.Forbidden {
		t.Errorf("%v", got)
	}
	spoil(t, path, "no artifact")
	if err := <-reports; !errors.Is(err, runtime.ErrNotArtifact) {
		t.Error(err)
	}
	// The bad file is reported once: what comes next is about the next file.
	replace(t, path, ir.Prompt, matcher.CodecZstd)
	if err := <-reports; err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := <-reports; !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if got := live.Decide(x).Decision; got != runtime.Prompt {
		t.Errorf("%v", got)
	}
	replace(t, path, ir.Allow, matcher.CodecStored)
	if err := <-reports; err != nil || live.Err() != nil {
		t.Errorf("%v, %v", err, live.Err())
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWatchLeavesAFileThatStaysTheSame(t *testing.T) {
	live, _ := follow(t, ir.Allow)
	before := live.Policy()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := live.Watch(ctx, time.Millisecond, func(err error) { t.Errorf("reported: %v", err) })
	if !errors.Is(err, context.DeadlineExceeded) || live.Policy() != before {
		t.Errorf("%v; the policy is another one: %v", err, live.Policy() != before)
	}
}

// TestLiveUnderRace has readers, a writer of good and bad files and the garbage
// collector at work at once. Each answer is that of one of the policies, and
// its rule is that policy's.
func TestLiveUnderRace(t *testing.T) {
	live, path := follow(t, ir.Allow)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = live.Watch(ctx, time.Millisecond, nil) })
	for range 4 {
		all.Go(func() {
			for ctx.Err() == nil {
				p := live.Policy()
				v := p.Decide(x)
				if v.Rule != 0 {
					t.Errorf("%+v", v)
					return
				}
				if r, err := p.Rule(v.Rule); err != nil || r.Decision != v.Decision {
					t.Errorf("%v, %v", r, err)
					return
				}
				_ = live.Err()
			}
		})
	}
	for i := range 30 {
		switch i % 3 {
		case 0:
			replace(t, path, ir.Forbidden, matcher.CodecStored)
		case 1:
			replace(t, path, ir.Prompt, matcher.CodecZstd)
		case 2:
			spoil(t, path, "no artifact")
		}
		_ = live.Reload(ctx)
		goruntime.GC()
	}
	cancel()
	all.Wait()
}
