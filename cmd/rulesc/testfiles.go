package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/layers"
)

// tableExt is how the names of test tables end.
const tableExt = "_test.toml"

// A tested is rules and the names of the test tables beside them.
type tested struct {
	sources  *sources
	artifact *operand // in place of sources, which then are none
	tables   []string
	layers   []string // names that tables may use; nil where rules have no layers
}

// gather finds the rules and their test tables.
func (t *tester) gather(ctx context.Context, args []string) (*tested, error) {
	if len(args) == 0 {
		return t.gatherLayers()
	}
	if t.discovery.used() {
		return nil, usagef("--home, --system-dir, --profile and --layer are about the layers; they exclude files and folders")
	}
	var rules, artifacts, tables, beside []string // beside: tables that were named themselves
	for _, arg := range args {
		name := t.inDir(arg)
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", arg, bare(err))
		case info.IsDir():
			inside, err := filesIn(name, isRuleFile)
			if err != nil {
				return nil, err
			}
			rules = append(rules, inside...)
			if inside, err = filesIn(name, isTable); err != nil {
				return nil, err
			}
			tables = append(tables, inside...)
		case isTable(name):
			tables = append(tables, name)
			beside = append(beside, name)
		default:
			if filepath.Ext(name) == artifactExt {
				artifacts = append(artifacts, name)
			} else {
				rules = append(rules, name)
			}
			if table := strings.TrimSuffix(name, filepath.Ext(name)) + tableExt; isRegular(table) {
				tables = append(tables, table)
			}
		}
	}
	if len(artifacts) > 0 {
		if len(artifacts)+len(rules) > 1 {
			return nil, usagef("an artifact is tested alone, with the tables that are named beside it")
		}
		return testedArtifact(ctx, artifacts[0], once(tables))
	}
	if len(rules) == 0 {
		for _, table := range beside {
			inside, err := filesIn(filepath.Dir(table), isRuleFile)
			if err != nil {
				return nil, err
			}
			rules = append(rules, inside...)
		}
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("%s: no *.rules files there", strings.Join(args, ", "))
	}
	sources := new(discovery).namedFiles(once(rules))
	return &tested{sources: sources, tables: once(tables)}, nil
}

// testedArtifact is the rules in an artifact.
func testedArtifact(ctx context.Context, name string, tables []string) (*tested, error) {
	artifact, err := readOperand(ctx, name)
	if err != nil {
		return nil, err
	}
	found := &tested{sources: new(sources), artifact: artifact, tables: tables}
	for _, l := range artifact.meta.Layers {
		found.layers = append(found.layers, l.Name)
	}
	return found, nil
}

// gatherLayers finds the rules of all layers, and the tables in the folders of
// their rules.
func (t *tester) gatherLayers() (*tested, error) {
	in, err := t.discover(t.process)
	if err != nil {
		return nil, err
	}
	found := &tested{sources: in}
	for _, l := range in.stack.Layers {
		found.layers = append(found.layers, l.Name)
		if l.State != layers.Active || l.Kind == layers.Managed {
			continue
		}
		tables, err := filesIn(l.RulesDir().String(), isTable)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		found.tables = append(found.tables, tables...)
	}
	return found, nil
}

func isTable(name string) bool { return strings.HasSuffix(name, tableExt) }

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// filesIn returns the regular files of a folder whose names are wanted, by the
// bytes of their names.
func filesIn(dir string, wanted func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && wanted(e.Name()) {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names, nil
}

// once returns the names without repetitions.
func once(names []string) []string {
	seen := make(map[string]bool)
	var list []string
	for _, name := range names {
		if clean := filepath.Clean(name); !seen[clean] {
			seen[clean] = true
			list = append(list, name)
		}
	}
	return list
}
