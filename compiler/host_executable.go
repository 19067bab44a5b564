package compiler

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/ir"
)

var hostExecutableSignature = signature{"host_executable", []parameter{
	{"name", "str", true},
	{"paths", "list", true},
}}

// hostExecutable declares the paths that may stand for a program name.
func (m *module) hostExecutable(thread *starlark.Thread, args starlark.Tuple, named []starlark.Tuple) *problem {
	values, p := hostExecutableSignature.bind(args, named)
	if p != nil {
		return p
	}
	name := text(values[0], "")
	if p := checkHostName(name); p != nil {
		return p
	}
	list := values[1].(*starlark.List)
	if p := m.keep(int64(list.Len())); p != nil {
		return p
	}
	var paths []string
	for i := range list.Len() {
		path, ok := starlark.AsString(list.Index(i))
		if !ok {
			return invalidHost("paths must be strings (got %s)", typeName(list.Index(i)))
		}
		if p := m.read(path); p != nil {
			return p
		}
		clean, p := hostPath(name, path)
		if p != nil {
			return p
		}
		paths = append(paths, clean)
	}
	return m.addHostExecutable(name, paths, siteOf(thread))
}

// addHostExecutable adds an entry whose name and paths have been checked.
func (m *module) addHostExecutable(name string, paths []string, site callSite) *problem {
	if p := m.keep(1); p != nil {
		return p
	}
	if len(m.hosts) == m.limits.Rules {
		return &problem{codeLimit, fmt.Sprintf("more than %d host executables", m.limits.Rules), ""}
	}
	m.hosts = append(m.hosts, ir.HostExecutable{Name: name, Paths: paths, Source: m.source(site)})
	return nil
}

func invalidHost(format string, args ...any) *problem {
	return &problem{codeRule, "invalid rule: host_executable " + fmt.Sprintf(format, args...), ""}
}

func checkHostName(name string) *problem {
	switch {
	case name == "":
		return invalidHost("name cannot be empty")
	case strings.Contains(name, "/") || name == "." || name == "..":
		_, base := ir.CleanPath(name)
		p := invalidHost("name must be a bare executable name (got %s)", name)
		if base != "" && base != "." {
			p.hint = fmt.Sprintf("the name is %q; its full path belongs into paths", base)
		}
		return p
	}
	return nil
}

// hostPath returns a path for a name as rules keep it.
func hostPath(name, path string) (string, *problem) {
	if !strings.HasPrefix(path, "/") {
		p := invalidHost("paths must be absolute (got %s)", path)
		if strings.HasPrefix(path, "~") {
			return "", p.orHint("~ is not expanded here: write the home folder out")
		}
		return "", p.orHint("start it with /")
	}
	if lastComponent(path) != name {
		return "", invalidHost("path `%s` must have basename `%s`", path, name).orHint("declare the other name with a host_executable of its own")
	}
	clean, _ := ir.CleanPath(path)
	return clean, nil
}

// lastComponent returns the name that a path ends in as it is written, before
// any cleaning: trailing slashes and "." do not count, and a path that ends in
// ".." has none.
func lastComponent(path string) string {
	for {
		trimmed := strings.TrimRight(path, "/")
		if trimmed != "." && !strings.HasSuffix(trimmed, "/.") {
			path = trimmed
			break
		}
		path = strings.TrimSuffix(trimmed, ".")
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == ".." {
		return ""
	}
	return name
}
