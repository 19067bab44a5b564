package rulesc_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rulesc/rulesc"

// mayImport says which packages of the project each folder may import, itself
// aside. A key covers the folders below it that have no key of their own; a
// value ending in "/..." covers a folder and all below it. Leaves under
// internal import nothing of the project.
var mayImport = map[string][]string{
	"ir":                 {"internal/caseless", "internal/shlex"},
	"ir/lint":            {"ir", "ir/analysis", "ir/diag", "internal/caseless", "internal/shlex"},
	"ir/analysis":        {"ir", "internal/caseless", "internal/shlex"},
	"ir/diag":            {"ir"},
	"layers":             {"ir", "ir/diag", "internal/tomldoc", "internal/wholefile", "internal/witness"},
	"compiler":           {"ir", "ir/diag", "matcher/...", "compiler/...", "internal/caseless", "internal/shlex"},
	"compiler/graph":     {"matcher", "internal/caseless", "internal/intern"},
	"compiler/dialect":   {},
	"matcher":            {"internal/caseless", "internal/crc32c", "internal/intern"},
	"matcher/digest":     {"matcher"},
	"runtime":            {"matcher/...", "internal/artifactfile", "internal/unpack"},
	"runtime/shell":      {"internal/shlex"},
	"runtime/shell/full": {"internal/shlex", "runtime", "runtime/shell"},
	"cmd/rulesc":         {"cmd/rulesc/internal/...", "internal/artifactfile", "internal/crc32c", "internal/filestate", "internal/ownfolder", "internal/unpack", "internal/unzstd", "ir/...", "layers", "compiler", "compiler/format", "matcher/...", "runtime/...", "internal/shlex", "internal/history", "internal/tomldoc", "internal/topk", "internal/wholefile", "internal/witness"},
	"internal/caseless":  {},
	"internal/crc32c":    {},
	"internal/casetree":  {},
	"internal/history":   {},
	"internal/intern":    {},
	"internal/shlex":     {},
	"internal/filestate": {},
	"internal/ownfolder": {},
	"internal/tomldoc":   {},
	"internal/topk":      {},
	"internal/unzstd":    {},
	"internal/workload":  {},

	// What runtime and cmd/rulesc share, and what reads; no leaves.
	"internal/artifactfile": {"matcher", "internal/ownfolder"},
	"internal/unpack":       {"internal/artifactfile", "matcher"},
	"internal/wholefile":    {"internal/filestate", "internal/witness"},
	"internal/witness":      {"internal/filestate"},
}

// foreign says which modules outside the standard library each folder may
// import directly; folders without an entry may import none.
var foreign = map[string][]string{
	"internal/tomldoc":   {"github.com/BurntSushi/toml"},
	"ir/diag":            {"golang.org/x/text/width"},
	"compiler":           {"github.com/klauspost/compress/huff0", "github.com/klauspost/compress/zstd", "go.starlark.net/..."},
	"compiler/dialect":   {"go.starlark.net/...", "golang.org/x/text/..."},
	"compiler/format":    {"github.com/bazelbuild/buildtools/build"},
	"internal/unpack":    {"github.com/klauspost/compress/zstd"},
	"runtime/shell/full": {"mvdan.cc/sh/v3/syntax"},
	"cmd/rulesc":         {"github.com/rogpeppe/go-internal/diff", "github.com/spf13/cobra", "github.com/spf13/pflag"},
}

// TestImports holds the arrows between packages.
func TestImports(t *testing.T) {
	for line := range strings.Lines(goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")) {
		imports := strings.Fields(line)
		folder, ok := strings.CutPrefix(imports[0], module+"/")
		if !ok || folder == "golden" || folder == "internal/caseless/gen" {
			continue
		}
		allowed, known := lookup(mayImport, folder)
		if !known {
			t.Errorf("%s has no entry in mayImport", folder)
		}
		outside, _ := lookup(foreign, folder)
		for _, path := range imports[1:] {
			if own, ok := strings.CutPrefix(path, module+"/"); ok {
				if !covered(allowed, own) {
					t.Errorf("%s must not import %s", folder, own)
				}
			} else if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") && !covered(outside, path) {
				t.Errorf("%s must not import %s", folder, path)
			}
		}
	}
}

// TestRuntimeBudget names everything outside the standard library that a
// harness links when it imports runtime.
func TestRuntimeBudget(t *testing.T) {
	budget := []string{
		module + "/internal/artifactfile",
		module + "/internal/caseless",
		module + "/internal/crc32c",
		module + "/internal/intern",
		module + "/internal/ownfolder",
		module + "/internal/unpack",
		module + "/matcher",
		module + "/matcher/digest",
		module + "/runtime",
		"github.com/klauspost/compress",
		"github.com/klauspost/compress/fse",
		"github.com/klauspost/compress/huff0",
		"github.com/klauspost/compress/internal/cpuinfo",
		"github.com/klauspost/compress/internal/le",
		"github.com/klauspost/compress/internal/regmask",
		"github.com/klauspost/compress/internal/snapref",
		"github.com/klauspost/compress/zstd",
		"github.com/klauspost/compress/zstd/internal/xxhash",
	}
	for _, path := range strings.Fields(goList(t, "-deps", "./runtime")) {
		if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") && !slices.Contains(budget, path) {
			t.Errorf("runtime pulls in %s", path)
		}
	}
}

// TestAheadBudget names everything that is set up before cmd/rulesc/internal/ahead, which
// answers before all else, and so has to import nothing that takes its time.
func TestAheadBudget(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("ahead answers on amd64 alone; elsewhere it may import what checksums take")
	}
	budget := []string{
		"cmp", "errors", "iter", "math", "math/bits", "math/rand/v2", "runtime", "slices", "strconv", "sync/atomic", "unicode/utf8", "unsafe",
		module + "/cmd/rulesc/internal/about",
		module + "/cmd/rulesc/internal/ahead",
		module + "/cmd/rulesc/internal/reply",
		module + "/cmd/rulesc/internal/seen",
		module + "/internal/caseless",
		module + "/internal/crc32c",
		module + "/internal/filestate",
		module + "/internal/intern",
		module + "/internal/unzstd",
		module + "/matcher",
	}
	for _, path := range strings.Fields(goList(t, "-deps", "./cmd/rulesc/internal/ahead")) {
		// The packages internal to the runtime are not of interest.
		if !strings.HasPrefix(path, "internal/") && !slices.Contains(budget, path) {
			t.Errorf("ahead pulls in %s", path)
		}
	}
}

// TestUnsafeIsNamed: who looks for code that needs a proof finds it by its file's name.
func TestUnsafeIsNamed(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			if spec.Path.Value == `"unsafe"` && !strings.Contains(filepath.Base(path), "unsafe") {
				t.Errorf("%s imports unsafe", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lookup(table map[string][]string, folder string) ([]string, bool) {
	for {
		if allowed, ok := table[folder]; ok {
			return allowed, true
		}
		slash := strings.LastIndexByte(folder, '/')
		if slash < 0 {
			return nil, false
		}
		folder = folder[:slash]
	}
}

func covered(allowed []string, path string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		if folder, ok := strings.CutSuffix(a, "/..."); ok {
			return path == folder || strings.HasPrefix(path, folder+"/")
		}
		return path == a
	})
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return string(out)
}
