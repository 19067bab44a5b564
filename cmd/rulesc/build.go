package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/ownfolder"
	"github.com/rulesc/rulesc/internal/witness"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

//go:embed starter.rules
var starterRules []byte

const starterLayer = "starter"

// A build is the flags of the build command.
type build struct {
	process
	discovery
	rules   []string
	output  string
	codec   codecFlag
	onError onErrorFlag
	starter bool
	format  outputFormat
	witness witness.Witness // of where layers were looked for
}

func buildCommand(p process) *cobra.Command {
	b := &build{process: p, codec: codecFlag(matcher.CodecZstd), onError: onErrorFail, format: formatText}
	cmd := &cobra.Command{
		Use:   "build [flags]",
		Short: "Compile rule files into an artifact",
		Long: `Build compiles the rule files of all layers that apply to the working
directory, or those named with --rules, into one artifact.

Nothing is written if any file is broken: everything that is wrong with all of
them is reported, and an old artifact stays as it was. With
--on-error=quarantine broken files are left out whole, the loss is recorded in
the artifact, and the exit code is 3. Managed rules are never left out.

The artifact replaces an old one, or a symbolic link in its place, and no other
file. One that already holds exactly these inputs is left alone. That is
remembered in the user's cache folder (~/.cache/rulesc, or the folder that the
environment variable RULESC_CACHE names), so that the next build reads nothing if
nothing has changed since. On Linux; files that somebody else could have written
there are not used.

With --format=json the output is one object: status ("built" or "up to date"),
and all that "rulesc verify --format=json" says of the artifact.`,
		Example: `  rulesc build
  rulesc build -o /var/lib/agent/policy.rulesc --on-error=quarantine
  rulesc build --rules base.rules --rules team.rules -o team.rulesc
  rulesc build --starter`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return b.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&b.output, "output", "o", "policy.rulesc", "write the artifact to this `file`")
	flags.StringArrayVarP(&b.rules, "rules", "r", nil, "compile this `file` instead of the layers; repeatable, lowest precedence first")
	flags.Var(&b.codec, "codec", "zstd for a small file, none for one that is matched in place")
	flags.Var(&b.onError, "on-error", "what a broken rule file does: fail the build, or quarantine")
	flags.BoolVar(&b.starter, "starter", false, "add a few sensible defaults as the lowest layer")
	b.discovery.addFlags(cmd)
	addFormat(cmd, &b.format)
	cmd.MarkFlagFilename("output", "rulesc")
	cmd.MarkFlagFilename("rules", "rules")
	cmd.RegisterFlagCompletionFunc("codec", cobra.FixedCompletions([]string{"zstd", "none"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("on-error", cobra.FixedCompletions([]string{string(onErrorFail), string(onErrorQuarantine)}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (b *build) run(ctx context.Context) error {
	began := time.Now()
	in, err := b.gather()
	if err != nil {
		return err
	}
	if err := b.warn(in.warnings); err != nil {
		return err
	}
	if b.output == "" || b.output == "-" {
		return usagef("--output needs the name of a file: no artifact is written to standard output")
	}
	output := b.inDir(b.output)
	if err := replaceable(output, matcher.Magic); err != nil { // it may be damaged, or of another version
		return fmt.Errorf("cannot write the artifact: %w", err)
	}
	meta := in.meta(b.settings())
	state := witness.State(output)
	if old := upToDate(output, meta, matcher.Codec(b.codec)); old != nil && in.whole() {
		var said strings.Builder
		b.stdout = io.MultiWriter(b.stdout, &said)
		if err := b.report(old, statusUpToDate); err != nil {
			return err
		}
		if r := b.record(in); r != nil {
			r.Artifact = filestate.Fact{Path: output, Kind: filestate.File, Exact: true, State: state}
			r.Output = said.String()
			b.remember(r, began)
		}
		return nil
	}
	var policy *ir.Policy
	var missing []source
	if b.onError == onErrorQuarantine {
		policy, missing, err = in.sound(ctx, compiler.Options{})
	} else {
		policy, err = in.evaluate(ctx, compiler.Options{})
	}
	if err != nil {
		return err
	}
	meta.Quarantined = quarantined(missing)
	artifact, err := compile(policy, meta)
	if err != nil {
		return err
	}
	if err := artifact.Write(output, matcher.Codec(b.codec)); err != nil {
		return fmt.Errorf("cannot write the artifact, what stood there is as it was: %s: %w", output, bare(err))
	}
	built, err := summarize(output)
	if err != nil {
		return err
	}
	return b.report(built, statusBuilt)
}

// record returns a record of what is known about the sources, nil if that is not all
// that counts, or something was said about them.
func (b *build) record(in *sources) *seen.Record {
	folder, err := syscall.Getwd()
	if err != nil || len(in.warnings) > 0 {
		return nil
	}
	r := &seen.Record{Start: seen.Start{Folder: folder, Args: b.args}, Facts: in.facts}
	if in.stack != nil {
		var ok bool
		if r.Facts, ok = b.witness.Facts(); !ok {
			return nil
		}
		for _, name := range seen.Variables {
			r.Env = append(r.Env, b.getenv(name))
		}
	}
	r.Facts = append(r.Facts, filestate.Fact{Path: self, Kind: filestate.File, Exact: true, State: witness.State(self)})
	return r
}

// self is the file of this program.
const self = "/proc/self/exe"

// remember keeps a record for the next build. If that cannot be done, the next one
// takes longer, and no more.
func (b *build) remember(r *seen.Record, began time.Time) {
	const kept = 64 // those written last
	folder := string(seen.AppendFolder(nil, b.getenv))
	if folder != "" && r.Settled(began.UnixNano()) && showChanges(append(slices.Clip(r.Facts), r.Artifact)) {
		_ = ownfolder.Write(folder, r.Start.Name(), r.Encode(), kept)
	}
}

// showChanges reports whether every change of what the facts say shows at once.
func showChanges(facts []filestate.Fact) bool {
	asked := make(map[uint64]bool) // about these devices
	for i := range facts {
		f := &facts[i]
		if f.Exact && asked[f.State.Device] {
			continue
		}
		if !witness.ShowsChanges(f.Path) {
			return false
		}
		if f.Exact {
			asked[f.State.Device] = true
		}
	}
	return true
}

// compile compiles a policy and finds out meanwhile what it decides.
func compile(policy *ir.Policy, meta matcher.Meta) (*compiler.Artifact, error) {
	if !isOrdinary(policy) {
		return compiler.Compile(policy, meta)
	}
	var semantic string
	var semanticErr error
	var fault any
	var digest sync.WaitGroup
	digest.Go(func() {
		defer func() { fault = recover() }()
		semantic, semanticErr = semanticDigest(policy)
	})
	artifact, err := compiler.Compile(policy, meta)
	digest.Wait()
	if fault != nil {
		panic(fault)
	}
	if err := cmp.Or(err, semanticErr); err != nil {
		return nil, err
	}
	meta.Options = append(meta.Options, matcher.Setting{Name: semanticOption, Value: semantic})
	return artifact.WithMeta(meta)
}

// gather reads everything that goes into the artifact.
func (b *build) gather() (*sources, error) {
	if len(b.rules) > 0 && b.discovery.used() {
		return nil, usagef("--home, --system-dir, --profile and --layer are about the layers; they exclude --rules")
	}
	var in *sources
	var err error
	if len(b.rules) > 0 {
		in = b.namedFiles(b.rules)
	} else if in, err = b.discoverKnowingly(); err != nil {
		return nil, err
	}
	if b.starter {
		in.addLowest(starterLayer, "starter.rules", starterRules)
	}
	return in, nil
}

// discoverKnowingly finds the layers, and keeps what there is to know about them.
func (b *build) discoverKnowingly() (*sources, error) {
	options, err := b.discovery.options(b.process)
	if err != nil {
		return nil, err
	}
	options.Witness = &b.witness
	return discoverWith(options)
}

// settings are the options that say what goes into an artifact, as its
// metadata keeps them.
func (b *build) settings() []matcher.Setting {
	return []matcher.Setting{{Name: "on-error", Value: string(b.onError)}}
}

// upToDate returns what the artifact at path holds if it was made of exactly
// the same inputs and decides, else nil. An artifact that lost files to
// quarantine is made anew, so that the loss is said again.
func upToDate(path string, want matcher.Meta, codec matcher.Codec) *summarized {
	old, err := summarize(path)
	if err != nil || old.container.Codec != codec || len(old.Meta.Quarantined) > 0 {
		return nil
	}
	meta := old.Meta
	meta.Options, _ = cutSemantic(meta.Options)
	if !reflect.DeepEqual(meta, want) {
		return nil
	}
	return old
}

const (
	statusBuilt    = "built"
	statusUpToDate = "up to date"
)

type buildJSON struct {
	Status string `json:"status"`
	*verified
}

// report says what went in and what came out.
func (b *build) report(a *summarized, status string) error {
	v := a.verified()
	if b.format == formatJSON {
		if err := writeJSON(b.stdout, buildJSON{status, v}); err != nil {
			return err
		}
	} else {
		var text strings.Builder
		fmt.Fprintf(&text, "%s: %s\n", v.Artifact, status)
		v.write(&text)
		if _, err := io.WriteString(b.stdout, text.String()); err != nil {
			return err
		}
	}
	if n := len(v.Quarantined); n > 0 {
		fmt.Fprintf(b.stderr, "rulesc: WARNING: %s broken and LEFT OUT; what they forbid is not forbidden\n", count(n, "rule file"))
		return &exitError{exitQuarantined}
	}
	return nil
}

// A codecFlag is what --codec takes.
type codecFlag matcher.Codec

func (c *codecFlag) String() string { return matcher.Codec(*c).String() }
func (c *codecFlag) Type() string   { return "zstd|none" }

func (c *codecFlag) Set(s string) error {
	for _, codec := range []matcher.Codec{matcher.CodecZstd, matcher.CodecStored} {
		if codec.String() == s {
			*c = codecFlag(codec)
			return nil
		}
	}
	return fmt.Errorf("unknown codec %q, want zstd or none", s)
}

// An onErrorFlag is what --on-error takes.
type onErrorFlag string

const (
	onErrorFail       onErrorFlag = "fail"
	onErrorQuarantine onErrorFlag = "quarantine"
)

func (f *onErrorFlag) String() string { return string(*f) }
func (f *onErrorFlag) Type() string   { return "fail|quarantine" }

func (f *onErrorFlag) Set(s string) error {
	switch v := onErrorFlag(s); v {
	case onErrorFail, onErrorQuarantine:
		*f = v
		return nil
	}
	return fmt.Errorf("unknown choice %q, want fail or quarantine", s)
}
