package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

func verifyCommand(p process) *cobra.Command {
	format := formatText
	cmd := &cobra.Command{
		Use:   "verify ARTIFACT",
		Short: "Prove that an artifact is whole, and show how it was made",
		Long: `Verify reads every byte of an artifact: the checksum of each section, the
digest, and every record. Then it compiles the rules that the artifact carries
once more and compares the result with the image that decisions are made from,
so that what explain and dump show is what decides.

It also shows the semantic digest, which two artifacts have in common exactly
when they decide every command alike.

With --format=json the output is one object: artifact, digest, semanticDigest
(null where rules overlap too much, and not computed by build for policies of
more than 10000 rules or 100000 alternatives), format, codec, bytes, sections
(name, stored, bytes), rules, hostExecutables, networkRules, tool, layers (name,
rules), files (layer, file, sha256, rules), quarantined (layer, file, reason),
options, notes.`,
		Example: "  rulesc verify policy.rulesc\n  rulesc verify --format=json policy.rulesc",
		Args:    oneArgument("an artifact"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := inspect(args[0])
			if err != nil {
				return err
			}
			if err := a.prove(); err != nil {
				return err
			}
			summary, err := summarizeBytes(a.path, a.bytes)
			if err != nil {
				return err
			}
			v := summary.verified()
			semantic, err := a.semantic()
			if err != nil {
				return err
			}
			v.setSemantic(semantic)
			if format == formatJSON {
				return writeJSON(p.stdout, v)
			}
			var text strings.Builder
			fmt.Fprintf(&text, "%s: whole, and its image is what its rules compile to\n", v.Artifact)
			v.write(&text)
			_, err = io.WriteString(p.stdout, text.String())
			return err
		},
	}
	addFormat(cmd, &format)
	return cmd
}

// A verified is what there is to say of an artifact that is whole: the JSON of
// build and verify.
type verified struct {
	Artifact    string            `json:"artifact"`
	Digest      string            `json:"digest"`
	Semantic    *string           `json:"semanticDigest"`
	Format      int               `json:"format"`
	Codec       string            `json:"codec"`
	Bytes       int               `json:"bytes"`
	Sections    []sectionJSON     `json:"sections"`
	Rules       int               `json:"rules"`
	Hosts       int               `json:"hostExecutables"`
	Networks    int               `json:"networkRules"`
	Tool        string            `json:"tool"`
	Layers      []layerJSON       `json:"layers"`
	Files       []fileJSON        `json:"files"`
	Quarantined []quarantineJSON  `json:"quarantined"`
	Options     map[string]string `json:"options"`
	Notes       []string          `json:"notes"`

	semantic string // as the metadata has it
}

type sectionJSON struct {
	Name   string `json:"name"`
	Stored int    `json:"stored"` // bytes in the file
	Bytes  int    `json:"bytes"`  // bytes after decompression
}

type layerJSON struct {
	Name  string `json:"name"`
	Rules int    `json:"rules"`
}

type fileJSON struct {
	Layer  string    `json:"layer,omitempty"`
	File   string    `json:"file"`
	SHA256 sha256Sum `json:"sha256"`
	Rules  int       `json:"rules"`
}

// A sha256Sum is written in hexadecimal.
type sha256Sum [sha256.Size]byte

func (s sha256Sum) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// short is enough of the sum for a table.
func (s sha256Sum) short() string { return "sha256 " + hex.EncodeToString(s[:6]) }

type quarantineJSON struct {
	Layer  string `json:"layer,omitempty"`
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// An inspected is an artifact that was read and found whole.
type inspected struct {
	path      string
	bytes     []byte
	container *matcher.Container
	policy    *ir.Policy
	meta      matcher.Meta
}

// inspect reads an artifact, every byte of it.
func inspect(path string) (*inspected, error) {
	b, err := readArtifact(path)
	if err != nil {
		return nil, err
	}
	return inspectBytes(path, b)
}

func inspectBytes(path string, b []byte) (*inspected, error) {
	a := &inspected{path: path, bytes: b}
	compiled, err := runtime.New(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer compiled.Close()
	if a.container, err = matcher.OpenContainer(b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if a.policy, a.meta, err = compiler.Decompile(b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// prove compiles the artifact's rules once more and compares the images.
func (a *inspected) prove() error {
	again, err := compiler.Compile(a.policy, a.meta)
	if err != nil {
		return fmt.Errorf("%s: %w", a.path, err)
	}
	hot, err := compiler.Image(a.bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", a.path, err)
	}
	if !bytes.Equal(hot, again.Section(matcher.SectionHot)) {
		return fmt.Errorf("%s: the image is not what rulesc %s makes of the rules beside it (it was built by %s); build it anew", a.path, toolVersion, a.meta.Tool)
	}
	return nil
}

// semantic computes the semantic digest and compares it with the one that the
// artifact says it has.
func (a *inspected) semantic() (string, error) {
	digest, err := semanticDigest(a.policy)
	if err != nil {
		return "", fmt.Errorf("%s: %w", a.path, err)
	}
	if _, said := cutSemantic(a.meta.Options); said != "" && said != digest {
		return "", fmt.Errorf("%s: its metadata gives the semantic digest %s, its rules have %s (it was built by %s); build it anew", a.path, said, digest, a.meta.Tool)
	}
	return digest, nil
}

// A summarized is an artifact whose checksums are right, without its rules.
type summarized struct {
	*compiler.Summary
	path      string
	bytes     int
	container *matcher.Container
}

func summarize(path string) (*summarized, error) {
	b, err := readArtifact(path)
	if err != nil {
		return nil, err
	}
	return summarizeBytes(path, b)
}

func summarizeBytes(path string, b []byte) (*summarized, error) {
	container, err := matcher.OpenContainer(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	summary, err := compiler.Summarize(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &summarized{summary, path, len(b), container}, nil
}

func (a *summarized) verified() *verified {
	v := &verified{
		Artifact: a.path,
		Digest:   a.container.Digest.String(),
		Format:   matcher.FormatVersion,
		Codec:    a.container.Codec.String(),
		Bytes:    a.bytes,
		Rules:    a.Prefixes, Hosts: a.Hosts, Networks: a.Networks,
		Tool:   a.Meta.Tool,
		Layers: []layerJSON{}, Files: make([]fileJSON, 0, len(a.Meta.Files)), Quarantined: []quarantineJSON{},
		Options: map[string]string{}, Notes: append([]string{}, a.Meta.Notes...),
	}
	for s := matcher.SectionHot; s <= matcher.NumSections; s++ {
		v.Sections = append(v.Sections, sectionJSON{s.String(), a.container.StoredSize(s), a.container.DecodedSize(s)})
	}
	inLayer := make(map[string]int)
	for origin, n := range a.Origins {
		inLayer[origin.Layer] += n
	}
	for _, l := range a.Meta.Layers {
		v.Layers = append(v.Layers, layerJSON{l.Name, inLayer[l.Name]})
	}
	for _, f := range a.Meta.Files {
		v.Files = append(v.Files, fileJSON{f.Layer, f.Name, sha256Sum(f.SHA256), a.Origins[matcher.Origin{Layer: f.Layer, File: f.Name}]})
	}
	for _, q := range a.Meta.Quarantined {
		v.Quarantined = append(v.Quarantined, quarantineJSON{q.Layer, q.Name, q.Reason})
	}
	options, semantic := cutSemantic(a.Meta.Options)
	for _, o := range options {
		v.Options[o.Name] = o.Value
	}
	v.setSemantic(semantic)
	return v
}

func (v *verified) setSemantic(digest string) {
	v.semantic, v.Semantic = digest, nil
	if digest != "" && digest != semanticUnknown {
		v.Semantic = &digest
	}
}

// write writes the table that build and verify show.
func (v *verified) write(b *strings.Builder) {
	writeTable(b, "  ", [][]string{
		{"digest", v.Digest},
		{"semantic", semanticLine(v.semantic)},
		{"size", fmt.Sprintf("%d bytes, codec %s, format %d", v.Bytes, v.Codec, v.Format)},
		{"holds", fmt.Sprintf("%s, %s, %s", count(v.Rules, "rule"), count(v.Hosts, "host executable"), count(v.Networks, "network rule"))},
		{"built by", v.Tool},
	})
	section := func(title string, rows [][]string) {
		if len(rows) > 0 {
			b.WriteString(title + "\n")
			writeTable(b, "  ", rows)
		}
	}
	rows := make([][]string, 0, len(v.Files))
	for _, f := range v.Files {
		rows = append(rows, []string{layerName(f.Layer), diag.Printable(f.File), count(f.Rules, "rule"), f.SHA256.short()})
	}
	section("made of", rows)
	rows = nil
	for _, q := range v.Quarantined {
		rows = append(rows, []string{layerName(q.Layer), diag.Printable(q.File), diag.Printable(q.Reason)})
	}
	section("LEFT OUT", rows)
	rows = nil
	for _, n := range v.Notes {
		rows = append(rows, []string{diag.Printable(n)})
	}
	section("notes", rows)
}

// count writes a number and what it counts.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// layerName names a layer in a table; files named by hand have none.
func layerName(name string) string {
	if name == "" {
		return "-"
	}
	return name
}
