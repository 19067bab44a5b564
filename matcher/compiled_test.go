//go:build !(purego || race || msan || asan) && (amd64 || arm64)

package matcher_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCompiledAsMeant asks the compiler about the functions that every token goes
// through: the small ones are inlined, and the walk that is proved by comment
// checks no bounds.
func TestCompiledAsMeant(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m -d=ssa/check_bce", ".").CombinedOutput()
	if err != nil {
		t.Skipf("go build: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "can inline") {
		t.Fatalf("the compiler does not say what it inlines:\n%s", out)
	}
	for _, function := range []string{
		"tokenAt", "isReadable", "shortWords", "(*Image).hashWords", "(*Image).edge", "(*Image).isShort", "load64", "load32",
		"le64", "fold64", "ref.bucket", "displaced", "(*Image).kept", "(*Image).mark", "tailBehind", "(*Image).tokenRecord",
	} {
		if !strings.Contains(string(out), "can inline "+function+"\n") {
			t.Errorf("%s is not inlined", function)
		}
	}
	unchecked := map[string]map[int]string{
		"walk_unsafe.go": linesOf(t, "walk_unsafe.go", "Decide", "decideOn", "follow", "longEdge", "fastTail", "longAlternative", "shortWords", "longWords", "edge", "isShort", "isLong"),
		"decide.go":      linesOf(t, "decide.go", "decideRest", "verdictOf"),
	}
	for _, found := range regexp.MustCompile(`(\w+\.go):(\d+):\d+: Found Is\w*InBounds`).FindAllStringSubmatch(string(out), -1) {
		line, _ := strconv.Atoi(found[2])
		if function := unchecked[found[1]][line]; function != "" {
			t.Errorf("%s checks bounds: %s", function, found[0])
		}
	}
}

// linesOf returns in which of the functions each line of a file is.
func linesOf(t *testing.T, file string, functions ...string) map[int]string {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[int]string)
	for _, name := range functions {
		before := len(lines)
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
				for line := files.Position(f.Pos()).Line; line <= files.Position(f.End()).Line; line++ {
					lines[line] = name
				}
			}
		}
		if len(lines) == before {
			t.Errorf("%s has no function %s", file, name)
		}
	}
	return lines
}
