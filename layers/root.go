package layers

import (
	"path/filepath"
	"strings"
)

// projectRoot returns the nearest folder, from dir upwards, that holds one of
// the markers; dir itself without any. Source: LAYERS.md §2.
func (d disk) projectRoot(dir AbsPath, markers []string) AbsPath {
	for at, more := dir, true; more; at, more = at.parent() {
		for _, marker := range markers {
			path := at.resolve(marker)
			if marker == gitName && !d.isGitEntry(path) || !d.exists(path) {
				continue
			}
			return at
		}
	}
	return dir
}

const gitName = ".git"

// isGitEntry reports whether path is what a repository keeps in its root: a
// folder with a HEAD in it, or anything that is no folder.
func (d disk) isGitEntry(path AbsPath) bool {
	if d.isDir(path) {
		return d.exists(path.Join("HEAD"))
	}
	return d.exists(path)
}

// gitRoot returns the root of the repository that dir is in: for a linked
// worktree that of the main checkout. ok is false where trust must not follow
// from a repository.
func (d disk) gitRoot(dir AbsPath) (root AbsPath, ok bool) {
	for at, more := dir, true; more; at, more = at.parent() {
		entry := at.Join(gitName)
		if !d.isGitEntry(entry) {
			continue
		}
		if d.isDir(entry) {
			return at, true
		}
		return d.mainCheckout(at, entry)
	}
	return AbsPath{}, false
}

// mainCheckout returns the folder of the main checkout to which the linked
// worktree at tree belongs. The link must hold in both directions: anybody can
// write a .git file that names another's repository, but only the repository
// can name the worktree.
func (d disk) mainCheckout(tree, entry AbsPath) (AbsPath, bool) {
	line, ok := d.readLine(entry)
	if !ok {
		return AbsPath{}, false
	}
	name, ok := strings.CutPrefix(line, "gitdir:")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return AbsPath{}, false
	}
	store := tree.resolve(name)
	worktrees, _ := store.parent()
	if worktrees.Base() != "worktrees" {
		return AbsPath{}, false
	}
	back, ok := d.readLine(store.Join("gitdir"))
	if !ok || d.canonical(store.resolve(back)) != d.canonical(entry) {
		return AbsPath{}, false
	}
	shared, ok := d.readLine(store.Join("commondir"))
	if !ok {
		return AbsPath{}, false
	}
	common := store.resolve(shared)
	if owner, _ := worktrees.parent(); d.canonical(owner) != d.canonical(common) || common.Base() != gitName {
		return AbsPath{}, false
	}
	return common.parent()
}

// readLine returns the text of a small file without the blanks around it.
func (d disk) readLine(path AbsPath) (string, bool) {
	data, err := d.readFile(path, maxGitFile)
	text := strings.TrimSpace(string(data))
	_, _, bad := invalidUTF8(data)
	return text, err == nil && !bad && text != ""
}

// foldersBetween returns the folders from root down to dir, both included.
func foldersBetween(root, dir AbsPath) []AbsPath {
	var up []AbsPath
	for at, more := dir, true; more; at, more = at.parent() {
		up = append(up, at)
		if at == root {
			break
		}
	}
	down := make([]AbsPath, len(up))
	for i, f := range up {
		down[len(up)-1-i] = f
	}
	return down
}

// projectName returns the name of the layer of a folder in a project: a path
// from the root with slashes, so that it is the same on every machine.
func projectName(root, dir AbsPath) string {
	below, err := filepath.Rel(root.path, dir.path)
	if err != nil || below == "." {
		return "project"
	}
	return "project/" + filepath.ToSlash(below)
}
