package seen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/internal/filestate"
)

// What might change again without a trace is not worth keeping.
func TestSettled(t *testing.T) {
	const now, hour, second = int64(1e18) + 1, int64(time.Hour), int64(time.Second)
	state := func(changed int64) filestate.State { return filestate.State{Inode: 1, Modified: 1, Changed: changed} }
	for _, test := range []struct {
		name   string
		change func(r *seen.Record)
		want   bool
	}{
		{"quiet files", func(*seen.Record) {}, true},
		{"a file that changed a second ago", func(r *seen.Record) { r.Facts[1].State.Changed = now - second }, false},
		{"a file that was written a second ago", func(r *seen.Record) { r.Facts[1].State.Modified = now - second }, false},
		{"a file without a state", func(r *seen.Record) { r.Facts[0].State = filestate.State{} }, false},
		{"a file that changed on the second", func(r *seen.Record) { r.Facts[0].State.Changed = now - hour - 1 }, false},
		{"a file that changed on the hundredth", func(r *seen.Record) { r.Facts[0].State.Changed = now - hour - 1 - second/100 }, false},
		{"a file that was written on the second", func(r *seen.Record) { r.Facts[0].State.Modified = now - hour - 1 }, true},
		{"a file that needs none", func(r *seen.Record) { r.Facts[0] = filestate.Fact{Kind: filestate.File} }, true},
		{"nothing", func(r *seen.Record) { r.Facts[0] = filestate.Fact{} }, true},
		{"an artifact that was just written", func(r *seen.Record) { r.Artifact.State.Modified = now - second }, false},
		{"an artifact that changed on the second", func(r *seen.Record) { r.Artifact.State.Changed = now - hour - 1 }, false},
		{"an artifact without a state", func(r *seen.Record) { r.Artifact.State = filestate.State{} }, false},
		{"an artifact of any state", func(r *seen.Record) { r.Artifact.Exact = false }, false},
	} {
		r := &seen.Record{
			Artifact: filestate.Fact{Kind: filestate.File, Exact: true, State: state(now - hour)},
			Facts: []filestate.Fact{
				{Kind: filestate.File, Exact: true, State: state(now - hour)},
				{Kind: filestate.Folder, Exact: true, State: state(now - 3*second)},
			},
		}
		test.change(r)
		if got := r.Settled(now); got != test.want {
			t.Errorf("%s: settled: %v", test.name, got)
		}
	}
}

func TestFolder(t *testing.T) {
	for env, want := range map[string]string{
		"":                                  "",
		"HOME=/home/ann":                    "/home/ann/.cache/rulesc",
		"HOME=ann":                          "",
		"HOME=/home/ann XDG_CACHE_HOME=/c":  "/c/rulesc",
		"HOME=/home/ann XDG_CACHE_HOME=c":   "/home/ann/.cache/rulesc",
		"XDG_CACHE_HOME=/c RULESC_CACHE=/d": "/d",
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(env) {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value
				}
			}
			return ""
		}
		if got := string(seen.AppendFolder(nil, getenv)); got != want {
			t.Errorf("with %q records are in %q, want %q", env, got, want)
		}
	}
}
