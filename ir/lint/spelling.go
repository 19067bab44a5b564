package lint

import "strings"

// The table of other spellings for commands that programs take for the same.

// globalOptions are options that a program takes before its subcommand, so that a
// rule on the subcommand does not see it. Each is an option as it may stand there,
// with its value. The source of each is the program's manual or --help.
var globalOptions = map[string][]string{
	"git":           {"-C .", "-c a.b=c", "--no-pager", "--git-dir=.git"},
	"hg":            {"-R .", "--config a.b=c"},
	"svn":           {"--non-interactive"},
	"docker":        {"--context default", "--debug"},
	"podman":        {"--log-level error"},
	"kubectl":       {"-n default", "--context=x"},
	"helm":          {"-n default", "--debug"},
	"terraform":     {"-chdir=."},
	"tofu":          {"-chdir=."},
	"aws":           {"--profile x", "--region x"},
	"gcloud":        {"--project x", "--quiet"},
	"npm":           {"--prefix .", "--silent"},
	"pnpm":          {"-C .", "--silent"},
	"yarn":          {"--cwd ."},
	"cargo":         {"+stable", "-q"},
	"go":            {"-C ."},
	"uv":            {"--directory .", "-q"},
	"poetry":        {"-C .", "-q"},
	"pip":           {"-q"},
	"pip3":          {"-q"},
	"make":          {"-C .", "-s"},
	"apt":           {"-y"},
	"apt-get":       {"-y"},
	"systemctl":     {"--no-pager"},
	"journalctl":    {"--no-pager"},
	"tmux":          {"-L x"},
	"bazel":         {"--output_base=/tmp/x"},
	"gradle":        {"-q"},
	"./gradlew":     {"-q"},
	"mvn":           {"-q"},
	"flyctl":        {"--verbose"},
	"fly":           {"--verbose"},
	"bq":            {"--project_id=x"},
	"gpg":           {"--batch"},
	"defaults":      {"-currentHost"},
	"chezmoi":       {"-v"},
	"supervisorctl": {"-c x"},
}

// permuting are programs that take options behind other arguments as well, each
// with an argument to put before them. Those of GNU do by getopt(3), git by
// gitcli(7), the others by their libraries for options (cobra, click, nopt).
var permuting = map[string]string{
	"git": "HEAD", "git push": "origin", "git fetch": "origin", "git pull": "origin", "git clean": ".", "git add": ".",
	"rm": "x", "cp": "x", "mv": "x", "ln": "x", "ls": "x", "chmod": "777", "chown": "root", "rsync": "x", "tar": "x",
	"gh": "x", "docker": "x", "kubectl": "x", "helm": "x", "npm": "x", "pnpm": "x", "pip": "x", "cargo": "x", "gcloud": "x", "aws": "x",
}

// clustering are programs that take one-letter options in one word or apart, in
// any order: by getopt(3) and git's parse-options.
var clustering = words("rm cp mv ln ls chmod chown chgrp mkdir git tar grep sed sort du df kill")

// usualFolders are where programs are found; on many systems some of them are the
// same folder.
var usualFolders = []string{"/usr/bin/", "/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"}

// A spelling is another way to write a command.
type spelling struct {
	kind    string
	command []string
}

// Kinds of spellings.
const (
	byOption  = "an option before the subcommand"
	byOrder   = "the option behind another argument"
	byCluster = "the options in another order, or apart"
	byPath    = "the program by path"
	byName    = "the program by name"
	byWrapper = "another program that runs it"
)

// withOption puts each global option before the subcommand.
func withOption(command []string) []spelling {
	if len(command) < 2 || strings.HasPrefix(command[1], "-") || strings.HasPrefix(command[1], "+") {
		return nil
	}
	var list []spelling
	for _, option := range optionsOf(command[0]) {
		list = append(list, spelling{byOption, splice(command, 1, 1, strings.Fields(option)...)})
	}
	return list
}

func optionsOf(program string) []string {
	if options := globalOptions[program]; options != nil {
		return options
	}
	return globalOptions[programName(program)]
}

// reordered puts an argument before the options that a prefix ends in, and takes
// the first cluster of options apart.
func reordered(command []string) []spelling {
	name := programName(command[0])
	var list []spelling
	first := len(command)
	for first > 1 && len(command[first-1]) > 1 && command[first-1][0] == '-' && command[first-1] != "--" {
		first--
	}
	argument, ok := permuting[name]
	if len(command) > 1 {
		if special, known := permuting[name+" "+command[1]]; known {
			argument = special
		}
	}
	// Without a subcommand before the options it is the argument that would be one.
	subcommand := strings.Contains(" git gh docker kubectl helm npm pnpm pip cargo gcloud aws ", " "+name+" ")
	if ok && first < len(command) && (first > 1 || !subcommand) {
		list = append(list, spelling{byOrder, splice(command, first, first, argument)})
	}
	if !clustering[name] {
		return list
	}
	for i, word := range command[1:] {
		if !isCluster(word) {
			continue
		}
		letters := strings.Split(word[1:], "")
		turned, apart := "-", []string{}
		for k, l := range letters {
			turned += letters[len(letters)-1-k]
			apart = append(apart, "-"+l)
		}
		list = append(list, spelling{byCluster, splice(command, i+1, i+2, turned)}, spelling{byCluster, splice(command, i+1, i+2, apart...)})
		break
	}
	return list
}

// isCluster reports whether a word is a few one-letter options, none twice.
func isCluster(word string) bool {
	if len(word) < 3 || len(word) > 6 || word[0] != '-' {
		return false
	}
	for i, c := range []byte(word[1:]) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') || strings.IndexByte(word[i+2:], c) >= 0 {
			return false
		}
	}
	return true
}

// splice returns the command with words in the place of command[from:to].
func splice(command []string, from, to int, words ...string) []string {
	list := append([]string{}, command[:from]...)
	list = append(list, words...)
	return append(list, command[to:]...)
}
