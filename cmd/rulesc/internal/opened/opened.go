// Package opened opens artifacts of every codec for decisions, and answers "rulesc
// check --artifact" for them before main is set up: see package early.
package opened

import (
	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

func init() { early.Run(Early) }

// Early is an [early.Opener].
func Early(path string, place *ir.Place, cache string) (judge.Artifact, bool) {
	policy, err := Open(path, place, cache)
	return Artifact{policy}, err == nil
}

// Open opens an artifact for decisions. place is nil to compare first tokens as
// they are written. cache is the folder for what is unpacked, "" for none.
func Open(path string, place *ir.Place, cache string) (*runtime.Policy, error) {
	var options []runtime.Option
	if place == nil {
		options = append(options, runtime.WithoutHostResolution())
	} else {
		options = append(options, runtime.WithHome(place.Home), runtime.WithDir(place.Dir))
	}
	if cache != "" {
		options = append(options, runtime.WithCache(cache))
	}
	policy, err := runtime.Open(path, options...)
	if err != nil {
		return nil, err
	}
	// Opening looks at what decides. A file that is damaged anywhere gives no
	// decision here: who changed one part may have changed another.
	if err := policy.Verify(); err != nil {
		policy.Close()
		return nil, err
	}
	return policy, nil
}

// An Artifact is a policy as package judge asks it.
type Artifact struct{ *runtime.Policy }

// Deciding is a method of [judge.Artifact].
func (a Artifact) Deciding(commands [][]string) (matcher.Decision, int, int) {
	v := a.DecideAll(commands)
	return v.Decision, v.Rule, v.Command
}
