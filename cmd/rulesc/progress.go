package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// A progress shows, on a terminal, how far something has come that takes longer
// than a second. The nil progress shows nothing.
type progress struct {
	w     io.Writer
	start time.Time
	next  time.Time
	shown bool
}

// startProgress returns nil where standard error is no terminal.
func startProgress(p process) *progress {
	if f, ok := p.stderr.(*os.File); !ok || !isTerminal(f) {
		return nil
	}
	now := time.Now()
	return &progress{w: p.stderr, start: now, next: now.Add(time.Second)}
}

// show replaces the line, a few times a second. text is told for how long it has
// been going on.
func (p *progress) show(text func(since time.Duration) string) {
	if p == nil {
		return
	}
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(200*time.Millisecond), true
	fmt.Fprintf(p.w, "\r\x1b[K%s", text(now.Sub(p.start)))
}

// end takes the line away.
func (p *progress) end() {
	if p != nil && p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// waiting shows what takes so long, where nobody can say how far it has come.
// The line is gone after stop.
func (p process) waiting(what string) (stop func()) {
	shown := startProgress(p)
	if shown == nil {
		return func() {}
	}
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		defer shown.end()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				shown.show(func(since time.Duration) string { return fmt.Sprintf("%s … %d s", what, int(since.Seconds())) })
			}
		}
	}()
	return func() {
		close(done)
		<-gone
	}
}
