package layers

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/internal/witness"
	"github.com/rulesc/rulesc/ir/diag"
)

// Options say where to look. The zero value asks for what the reference does
// when it is started without arguments.
type Options struct {
	SystemDir string // default "/etc/codex"

	// Home is the user's configuration folder, which must exist. Default:
	// $CODEX_HOME, which must exist too, else .codex in $HOME, which need not.
	Home string

	// WorkDir is where the project is looked for, upwards. It is taken as it is
	// written: a symbolic link in it is a folder of its own. Default: the working
	// folder of the process, with links resolved.
	WorkDir string

	Folder  string // name of the folder in projects; default ".codex"
	Profile string // also read NAME.config.toml of the user's folder; default none

	// Overrides are configuration values of the form dotted.key=value, as after
	// the reference's flag -c.
	Overrides []string

	// Extra are layers named by hand, lowest precedence first. They stand above
	// the project's layers and below the managed rules.
	Extra []Named

	// IgnoreRules leaves out the rules of the user and of projects, read or
	// broken. What an administrator or an extra layer says still counts.
	IgnoreRules bool

	// IgnoreUserConfig leaves out the user's config.toml and profile, and with
	// them the trust that they give. The user's rules still count.
	IgnoreUserConfig bool

	// Trust treats the project as trusted unless it is marked as untrusted, which
	// is then an error.
	Trust bool

	// Getenv looks up environment variables; default os.Getenv.
	Getenv func(string) string

	// Witness is told everything that is seen of the file system, by [Stack.RuleFiles]
	// too. Beside that, the folder and the environment of the process count: HOME,
	// CODEX_HOME and, for relative paths, PWD. Default: nobody is told.
	Witness *witness.Witness
}

// A Named is a layer named by hand.
type Named struct {
	Name string // a plain word, and not the name of another layer
	Dir  string // a folder with a rules folder in it, or with rules files
}

const (
	defaultSystemDir = "/etc/codex"
	defaultFolder    = ".codex"
	configName       = "config.toml"
	managedConfig    = "managed_config.toml"
)

// Discover finds the layers and reads the configuration that decides which of
// them count. It reads no rules files.
//
// An error is an [*Error] with everything that is wrong, as far as the search
// could go on in spite of it.
func Discover(opts Options) (*Stack, error) {
	d := &discovery{opts: opts, disk: disk{opts.Witness}}
	d.stack.disk = d.disk
	d.places()
	if d.failed() {
		return nil, asError(d.problems)
	}
	d.readConfigs()
	if d.failed() {
		return nil, asError(d.problems)
	}
	d.stack.Root = d.projectRoot(d.workDir, d.config.markers)
	d.trust()
	d.projectLayers()
	d.extraLayers()
	if d.failed() {
		return nil, asError(d.problems)
	}
	d.assemble()
	return &d.stack, nil
}

// A discovery is the state of one call of Discover.
type discovery struct {
	opts Options
	disk
	problems []Problem

	system, home, workDir AbsPath
	folder                string

	config  config
	gitRoot AbsPath // none if there is no repository to take trust from

	hasRequirements bool
	project, extra  []Layer
	stack           Stack
}

func (d *discovery) failed() bool { return len(d.problems) > 0 }

func (d *discovery) fail(problems ...Problem) { d.problems = append(d.problems, problems...) }

// optionProblem is a problem of what was asked for.
func optionProblem(stage Stage, message, text string) Problem {
	return Problem{
		Diagnostic: diag.Diagnostic{Severity: diag.Error, Code: "option", Message: message},
		Stage:      stage,
		Text:       text,
	}
}

// places finds the folders to start from.
func (d *discovery) places() {
	d.folder = d.opts.Folder
	if d.folder == "" {
		d.folder = defaultFolder
	}
	if d.folder != filepath.Base(d.folder) || d.folder == "." || d.folder == ".." {
		text := fmt.Sprintf("%q is not the name of a folder", d.folder)
		d.fail(optionProblem(StageLayers, text, text))
	}
	if d.opts.Profile != "" && !isPlainName(d.opts.Profile) {
		text := fmt.Sprintf("invalid --profile value `%s`; pass a plain name such as `work`", d.opts.Profile)
		d.fail(optionProblem(StageLayers, text, text))
	}
	system := d.opts.SystemDir
	if system == "" {
		system = defaultSystemDir
	}
	d.system = d.abs(StageLayers, system)
	d.findWorkDir()
	d.findHome()
}

// isPlainName reports whether a name has letters and digits of ASCII, "_" and
// "-", and nothing else.
func isPlainName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
	})
}

func (d *discovery) abs(stage Stage, path string) AbsPath {
	if !filepath.IsAbs(path) {
		// The working folder goes by this name only for as long as it leads there.
		d.witness.Links(os.Getenv("PWD"))
	}
	abs, err := Abs(path)
	if err != nil {
		text := fmt.Sprintf("cannot tell where %q is: %s", path, reason(err))
		d.fail(optionProblem(stage, text, text))
	}
	return abs
}

func (d *discovery) findWorkDir() {
	if d.opts.WorkDir == "" {
		d.workDir = d.canonical(d.abs(StageLayers, "."))
	} else {
		d.workDir = d.abs(StageLayers, d.opts.WorkDir)
	}
	if info, err := d.witness.Stat(d.workDir.path); err != nil {
		d.fail(fileProblem(StageLayers, "option", d.workDir, "the working folder cannot be used: "+reason(err), reason(err)))
	} else if !info.IsDir() {
		d.fail(fileProblem(StageLayers, "option", d.workDir, "the working folder is not a folder", reason(notDirectory)))
	}
}

func (d *discovery) getenv(name string) string {
	if d.opts.Getenv == nil {
		return os.Getenv(name)
	}
	return d.opts.Getenv(name)
}

func (d *discovery) findHome() {
	written := d.opts.Home
	if written == "" {
		written = d.getenv("CODEX_HOME")
	}
	if written == "" {
		user := d.getenv("HOME")
		if user == "" && d.opts.Getenv == nil {
			user, _ = os.UserHomeDir()
		}
		if user == "" {
			d.fail(optionProblem(StageHome, "neither CODEX_HOME nor HOME says where the user's configuration is", "Could not find home directory"))
			return
		}
		d.home = d.abs(StageHome, user).Join(defaultFolder)
		return
	}
	home := d.abs(StageHome, written)
	fail := func(what string) {
		d.fail(fileProblem(StageHome, "home", home, "the user's configuration folder "+what,
			fmt.Sprintf("CODEX_HOME points to %s, but that path %s", rustQuote(written), what)))
	}
	switch info, err := d.witness.Stat(home.path); {
	case isAbsent(err):
		fail("does not exist")
	case err != nil:
		fail("cannot be read: " + reason(err))
	case !info.IsDir():
		fail("is not a directory")
	default:
		// The reference resolves links here, and shows the result in messages.
		d.home = d.canonical(home)
	}
}

// readConfigs reads all configuration but that of projects. The order is that
// in which the reference notices problems (seen).
func (d *discovery) readConfigs() {
	var configs []configFile
	read := func(label string, path AbsPath) {
		doc, problem := d.readConfig(path)
		if problem != nil {
			d.fail(*problem)
		} else if doc != nil {
			configs = append(configs, configFile{label: label, doc: doc})
		}
	}
	read("legacy managed_config.toml", d.system.Join(managedConfig))
	last := configs
	for i := range last {
		last[i].covered = true
	}
	configs = nil

	managed, found, shape, meaning := d.readRequirements(d.system.Join(requirementsName))
	d.hasRequirements = found
	d.stack.managed = managed.rules
	d.stack.managedText = managed.text
	d.stack.ignored = managed.ignored
	d.fail(shape...)

	read("system", d.system.Join(configName))
	if !d.opts.IgnoreUserConfig {
		read("user", d.home.Join(configName))
		if d.opts.Profile != "" {
			read("user", d.home.Join(d.opts.Profile+"."+configName))
		}
	}
	d.fail(meaning...)
	for _, argument := range d.opts.Overrides {
		table, err := override(argument)
		if err != nil {
			d.fail(optionProblem(StageConfig, err.Error(), err.Error()))
			continue
		}
		configs = append(configs, configFile{label: "command line", doc: &document{Document: &tomldoc.Document{Table: table}}, covered: true})
	}
	configs = append(configs, last...)
	if d.failed() {
		return
	}
	var problems []Problem
	d.config, problems = mergeConfig(configs)
	d.fail(problems...)
	for _, c := range configs {
		d.noteIgnored(c)
	}
}

func (d *discovery) noteIgnored(c configFile) {
	if c.doc.file.IsZero() {
		return
	}
	if setting, ok := ignoredRules(c); ok {
		d.stack.ignored = append(d.stack.ignored, setting)
	}
}

// trust finds the repository that trust may come from, and heeds the wish to
// trust the project.
func (d *discovery) trust() {
	d.gitRoot, _ = d.disk.gitRoot(d.workDir)
	if !d.opts.Trust {
		return
	}
	if level, key := d.level(d.workDir); level == untrusted {
		text := fmt.Sprintf("%s is marked as untrusted. Update its trust setting first.", key)
		d.fail(fileProblem(StageTrust, "untrusted", d.workDir.resolve(key), "this folder is marked as untrusted, which asking for trust does not change", text))
		return
	}
	target := d.stack.Root
	if !d.gitRoot.IsZero() {
		target = d.gitRoot
	}
	d.config.trust[d.canonical(target).path] = trusted
}

const (
	trusted   = "trusted"
	untrusted = "untrusted"
)

// level returns how a folder of the project is trusted, "" if nobody said, and
// the key that says so. The first of these that has an entry counts: the
// folder, the project's root, the root of the repository; each by its
// canonical path, then as it is written. Source: LAYERS.md §2.
func (d *discovery) level(dir AbsPath) (level, key string) {
	for _, folder := range []AbsPath{dir, d.stack.Root, d.gitRoot} {
		if folder.IsZero() {
			continue
		}
		for _, key := range []string{d.canonical(folder).path, folder.path} {
			if level := d.config.trust[key]; level != "" {
				return level, key
			}
		}
	}
	return "", ""
}

// projectLayers finds the layers of the project, from its root down.
func (d *discovery) projectLayers() {
	for _, dir := range foldersBetween(d.stack.Root, d.workDir) {
		folder := dir.Join(d.folder)
		if !d.isDir(folder) {
			continue
		}
		layer := Layer{Kind: Project, Name: projectName(d.stack.Root, dir), Dir: folder, State: Active}
		if folder == d.home || d.canonical(folder) == d.canonical(d.home) {
			layer.State, layer.Why = Disabled, "it is the user's configuration folder, which counts as that"
			d.project = append(d.project, layer)
			continue
		}
		d.distrust(&layer, dir)
		d.projectConfig(layer)
		if d.opts.IgnoreRules {
			layer.State, layer.Why = Disabled, ignoredWhy
		}
		d.project = append(d.project, layer)
	}
}

const ignoredWhy = "rules of the user and of projects are left out on request"

// distrust disables the layer of a folder that is not trusted.
func (d *discovery) distrust(layer *Layer, dir AbsPath) {
	level, key := d.level(dir)
	if level == trusted {
		return
	}
	config := d.home.Join(configName)
	layer.State, layer.Untrusted = Disabled, true
	if level == untrusted {
		layer.Why = "the project is marked as untrusted"
		layer.Mend = fmt.Sprintf("if you trust it, set trust_level = \"trusted\" under [projects.%s], for example in %s", strconv.Quote(key), config)
		return
	}
	layer.Why = "nobody said whether the project is trusted"
	layer.Mend = fmt.Sprintf("if you trust it, add [projects.%s] with trust_level = \"trusted\" to %s", strconv.Quote(d.canonical(d.stack.Root).path), config)
}

// projectConfig looks for mistakes in a project's own configuration. It
// decides nothing: a project cannot say where it starts nor that it is trusted.
func (d *discovery) projectConfig(layer Layer) {
	doc, problem := d.readProjectConfig(layer.Dir.Join(configName))
	if problem != nil && (problem.Code == "read" || !layer.Untrusted) {
		d.fail(*problem)
	}
	if doc == nil || layer.Untrusted {
		return
	}
	file := configFile{label: "project", doc: doc, covered: true}
	_, mistakes := decodeConfig(doc.Table, doc)
	for _, m := range mistakes {
		m.noted = ""
		d.fail(mistakeProblem(file, m))
	}
	d.noteIgnored(file)
}

// extraLayers checks the layers that were named by hand. What was asked for by
// name must be there.
func (d *discovery) extraLayers() {
	taken := []string{string(System), string(User), string(Project), string(Managed)}
	for _, named := range d.opts.Extra {
		layer := Layer{Kind: Extra, Name: named.Name, State: Active, Dir: d.abs(StageLayers, named.Dir)}
		message := ""
		switch {
		case !isPlainName(named.Name):
			message = fmt.Sprintf("layer name %q is not a plain word", named.Name)
		case slices.Contains(taken, named.Name):
			message = fmt.Sprintf("layer name %q is taken", named.Name)
		case !layer.Dir.IsZero() && !d.isDir(layer.Dir):
			message = fmt.Sprintf("the folder of layer %q does not exist", named.Name)
		case !layer.Dir.IsZero() && !d.exists(layer.Dir.Join(rulesFolder)):
			if names, _, err := d.ruleNames(layer.Dir); err != nil || len(names) == 0 {
				message = fmt.Sprintf("the folder of layer %q has neither a folder %q nor rules files in it", named.Name, rulesFolder)
			}
			layer.flat = true
		}
		if message != "" {
			d.fail(fileProblem(StageLayers, "layer", layer.Dir, message, message))
		}
		taken = append(taken, named.Name)
		d.extra = append(d.extra, layer)
	}
}

// assemble puts the layers in order.
func (d *discovery) assemble() {
	system := Layer{Kind: System, Name: string(System), Dir: d.system, State: Active}
	if d.isMissing(d.system) {
		system.State = Absent
	}
	user := Layer{Kind: User, Name: string(User), Dir: d.home, State: Active}
	if d.isMissing(d.home) {
		user.State = Absent
	} else if d.opts.IgnoreRules {
		user.State, user.Why = Disabled, ignoredWhy
	}
	managed := Layer{Kind: Managed, Name: managedName, Dir: d.system, State: Active}
	if !d.hasRequirements {
		managed.State = Absent
	}
	d.stack.Layers = slices.Concat([]Layer{system, user}, d.project, d.extra, []Layer{managed})
}
