package runtime

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A Live is the policy of a file that is replaced now and then. It is safe for
// concurrent use, and starts no goroutine of its own: [Live.Watch] is one that
// the caller runs.
type Live struct {
	path    string
	options []Option

	// current is the policy that answers. Readers load it once a call; Reload
	// makes a new one and stores it. The old one is not closed: whoever holds
	// it may go on using it, and its memory is given back when nobody does.
	current atomic.Pointer[Policy]

	err atomic.Pointer[error] // why the file of now is not in use, nil if it is

	mu     sync.Mutex  // held while reloading
	seen   fs.FileInfo // the file that current or err is about; nil: look again
	closed bool
}

// Follow opens the artifact at path and keeps the path, to open it again when
// the file was replaced. It fails as [Open] does: there is no policy to keep.
func Follow(path string, options ...Option) (*Live, error) {
	p, info, err := openInfo(path, options)
	if err != nil {
		return nil, err
	}
	l := &Live{path: path, options: options, seen: info}
	l.current.Store(p)
	return l, nil
}

// Policy returns the policy as it is now. It stays the same, and may be used,
// for as long as the caller holds it. Rule ids mean nothing in another policy:
// who wants to explain a verdict asks the policy that gave it. It is closed by
// [Live.Close] if it is still the current one; the caller leaves it open.
func (l *Live) Policy() *Policy { return l.current.Load() }

// Decide is [Policy.Decide] of the policy as it is now.
func (l *Live) Decide(argv []string) Verdict { return l.current.Load().Decide(argv) }

// DecideAll is [Policy.DecideAll] of the policy as it is now.
func (l *Live) DecideAll(commands [][]string) Joint {
	return l.current.Load().DecideAll(commands)
}

// DecideOpen is [Policy.DecideOpen] of the policy as it is now.
func (l *Live) DecideOpen(prefix []string) Verdict {
	return l.current.Load().DecideOpen(prefix)
}

// Err returns why the last file that was found at the path is not in use, nil
// if it is. While there is an error, the policy before it goes on answering.
func (l *Live) Err() error {
	if err := l.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Reload opens the file again, whether it seems to have changed or not, and
// puts it in the place of the current policy. If that fails, or ctx is done
// before the exchange, the current policy stays. The error is that of [Open],
// and [Live.Err] repeats it, or that of ctx, or [ErrClosed].
func (l *Live) Reload(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reload(ctx)
}

func (l *Live) reload(ctx context.Context) error {
	if l.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p, info, err := openInfo(l.path, l.options)
	if ctxErr := ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if err != nil {
		// A file that is bad stays so until it is replaced. What the file
		// system says may pass, so the file is looked at again.
		l.seen = nil
		var format *FormatError
		if errors.As(err, &format) {
			l.seen = info
		}
		l.err.Store(&err)
		return err
	}
	l.seen = info
	l.err.Store(nil)
	l.current.Store(p)
	return nil
}

// Watch looks at the file in the given interval and reloads it when it was
// replaced, until ctx is done or the Live is closed. It returns ctx's error or
// ErrClosed. An interval below 10 milliseconds counts as that.
//
// After each exchange that it makes it calls report with nil, and with the
// error when a file cannot be used; once for each such file, or for each change
// of the error. report may be nil, and is called on Watch's goroutine.
func (l *Live) Watch(ctx context.Context, interval time.Duration, report func(error)) error {
	if report == nil {
		report = func(error) {}
	}
	ticker := time.NewTicker(max(interval, 10*time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		before := l.Err()
		reloaded, err := l.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrClosed):
			return err
		case reloaded && (err == nil || before == nil || err.Error() != before.Error() || l.settled()):
			report(err)
		}
	}
}

// poll reloads the file if it is not the one that was seen last.
func (l *Live) poll(ctx context.Context) (reloaded bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false, ErrClosed
	}
	if info, err := os.Stat(l.path); err == nil && l.seen != nil && same(info, l.seen) {
		return false, nil
	}
	return true, l.reload(ctx)
}

// settled reports whether the file is known, so that a poll reloads it only
// when it was replaced.
func (l *Live) settled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen != nil
}

// same reports whether two looks at the path saw the same file.
func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && changed(a) == changed(b)
}

// Close closes the current policy: from now on the Live answers Forbidden, and
// Reload fails with ErrClosed. Policies handed out before the last exchange go
// on. Closing again is fine. The error is always nil.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return l.current.Load().Close()
}
