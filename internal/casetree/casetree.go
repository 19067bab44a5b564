// Package casetree reads the recorded decisions of the reference that are made
// of whole trees of files, and lays the trees out in a folder. It is for
// tests.
package casetree

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// rootMark stands for the root folder in every text of a case.
const rootMark = "{{ROOT}}"

// A Case is one recorded decision: a tree, a command, and what the reference
// decided. Its texts hold {{ROOT}} where a full path is needed; see [Expand].
type Case struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	Topic string `json:"topic"`
	About string `json:"about"`

	Files          map[string]string `json:"files"`
	FilesB64       map[string][]byte `json:"files_b64"`
	Dirs           []string          `json:"dirs"`
	Symlinks       map[string]string `json:"symlinks"`
	FIFOs          []string          `json:"fifos"`
	Modes          map[string]string `json:"modes"`
	ExecBits       []string          `json:"exec_bits"`
	Cwd            string            `json:"cwd"`
	CodexHome      string            `json:"codex_home"`
	UnsetCodexHome bool              `json:"unset_codex_home"`
	Trusted        *bool             `json:"trusted"`

	Driver         string          `json:"driver"` // "exec" or "app-server"
	Args           []string        `json:"args"`
	Sandbox        string          `json:"sandbox"`
	ApprovalPolicy json.RawMessage `json:"approval_policy"` // a string or an object
	Tool           string          `json:"tool"`
	Command        json.RawMessage `json:"command"`
	Argv           []string        `json:"argv"`

	Observed Observed `json:"observed"`
}

// Observed is what the reference did.
type Observed struct {
	Outcome           string            `json:"outcome"` // "allow", "prompt", "forbidden" or "startup-error"
	Reason            *string           `json:"reason"`
	ReasonNote        string            `json:"reason_note"`
	BypassSandbox     *bool             `json:"bypass_sandbox"`
	StartupWarning    *string           `json:"startup_warning"`
	ProposedAmendment []string          `json:"proposed_amendment"`
	ApprovalKind      string            `json:"approval_kind"`
	Rewritten         map[string]string `json:"rewritten"`
	Lowered           [][]string        `json:"lowered"`
	LoweredNote       json.RawMessage   `json:"lowered_note"`
}

// Read returns the cases of a file with one JSON object a line.
func Read(file string) ([]Case, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var cases []Case
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		cases = append(cases, c)
	}
	return cases, lines.Err()
}

// Expand puts root in the place of {{ROOT}}.
func Expand(text, root string) string { return strings.ReplaceAll(text, rootMark, root) }

// Fold is the inverse of [Expand].
func Fold(text, root string) string { return strings.ReplaceAll(text, root, rootMark) }

// System returns the folder that stands for /etc/codex.
func (c *Case) System(root string) string { return filepath.Join(root, "etc") }

// Home returns the folder that CODEX_HOME names, "" if it is not set.
func (c *Case) Home(root string) string {
	if c.UnsetCodexHome {
		return ""
	}
	if c.CodexHome != "" {
		return filepath.Join(root, c.CodexHome)
	}
	return filepath.Join(root, "home")
}

// WorkDir returns the session's working folder.
func (c *Case) WorkDir(root string) string { return filepath.Join(root, c.Cwd) }

// Getenv looks up the environment that the case was recorded in.
func (c *Case) Getenv(root string) func(string) string {
	return func(name string) string {
		switch name {
		case "HOME":
			return filepath.Join(root, "user")
		case "CODEX_HOME":
			return c.Home(root)
		default:
			return ""
		}
	}
}

// Write lays the case's tree out in root, an existing empty folder with
// symbolic links resolved. Modes are set last; [Case.Restore] takes them back,
// so that the tree can be removed.
func (c *Case) Write(root string) error {
	w := writer{root: root}
	for _, dir := range append([]string{"home", "user", "project"}, c.Dirs...) {
		w.mkdir(dir)
	}
	for name, text := range c.Files {
		w.write(name, []byte(Expand(text, root)))
	}
	for name, data := range c.FilesB64 {
		w.write(name, data)
	}
	for name, target := range c.Symlinks {
		w.mkdir(filepath.Dir(name))
		w.note(os.Symlink(Expand(target, root), w.path(name)))
	}
	// Behind the links: both may lead through one.
	w.mkdir(c.Cwd)
	if c.Trusted != nil {
		level := map[bool]string{true: "trusted", false: "untrusted"}[*c.Trusted]
		w.append(c.userConfig(), fmt.Sprintf("\n[projects.%q]\ntrust_level = %q\n", filepath.Join(root, "project"), level))
	}
	for _, name := range c.FIFOs {
		w.mkdir(filepath.Dir(name))
		w.note(mkfifo(w.path(name)))
	}
	for _, name := range c.ExecBits {
		w.note(os.Chmod(w.path(name), 0o755))
	}
	for name, mode := range c.Modes {
		bits, err := strconv.ParseUint(mode, 8, 12)
		w.note(err)
		w.note(os.Chmod(w.path(name), os.FileMode(bits)))
	}
	return w.err
}

func (c *Case) userConfig() string {
	home := c.CodexHome
	switch {
	case c.UnsetCodexHome:
		home = "user/.codex"
	case home == "":
		home = "home"
	}
	return filepath.Join(home, "config.toml")
}

// Restore makes everything in the tree readable and removable again.
func (c *Case) Restore(root string) error {
	for name := range c.Modes {
		if err := os.Chmod(filepath.Join(root, name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// A writer keeps the first error.
type writer struct {
	root string
	err  error
}

func (w *writer) path(name string) string { return filepath.Join(w.root, name) }

func (w *writer) note(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) mkdir(name string) { w.note(os.MkdirAll(w.path(name), 0o755)) }

func (w *writer) write(name string, data []byte) {
	w.mkdir(filepath.Dir(name))
	w.note(os.WriteFile(w.path(name), data, 0o644))
}

func (w *writer) append(name, text string) {
	w.mkdir(filepath.Dir(name))
	f, err := os.OpenFile(w.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		w.note(err)
		return
	}
	_, err = f.WriteString(text)
	w.note(err)
	w.note(f.Close())
}
