package lint

import (
	"strings"

	"github.com/rulesc/rulesc/ir/diag"
)

// A Code is a kind of finding. What a code means never changes; codes that go
// out of use are not given to something else.
type Code struct {
	ID       string        // "RS001"
	Severity diag.Severity // mostly; a finding can be more or less
	Title    string        // in a few words
	Text     string        // the explanation: paragraphs of plain text
}

// Lookup returns the code with an ID, in whatever case it is written.
func Lookup(id string) (Code, bool) {
	for _, c := range Codes {
		if strings.EqualFold(c.ID, id) {
			return c, true
		}
	}
	return Code{}, false
}

var severities = func() map[string]diag.Severity {
	m := make(map[string]diag.Severity)
	for _, c := range Codes {
		m[c.ID] = c.Severity
	}
	return m
}()

// Codes are all kinds of findings, by ID.
var Codes = []Code{
	{"RS001", diag.Warning, "rule that never decides", `
All rules that match a command count, and the strictest decides. This rule is
covered: whatever it matches, rules that are as strict or stricter match too.
Without it every command has the answer that it has; vet has computed that, for
all commands, and compared the semantic digests with and without all such rules.

    prefix_rule(pattern = ["git"], decision = "prompt")
    prefix_rule(pattern = ["git", "push"], decision = "prompt")    # RS001

Remove it, or, if it should decide, make it stricter than what covers it. A rule
that says allow can never make an exception from a prompt: narrow the prompt
instead.

Where the rule's justification is the one that people read, because of equally
strict rules the longest names the reason, the finding is a note.`},
	{"RS002", diag.Warning, "rule that repeats another", `
The same pattern with the same decision stands before, perhaps in another order
of its alternatives. "rulesc vet --fix" removes the later one if nothing is lost
with it: no justification of its own and no examples.`},
	{"RS003", diag.Warning, "alternative that decides nothing", `
One of the words in a list of alternatives adds no command whose answer this
rule decides: it is in the list twice, or other rules give the answer to all
commands with it.

    prefix_rule(pattern = ["git", "stash", ["drop", "pop"]], decision = "prompt")
    prefix_rule(pattern = ["git", "stash", "drop"], decision = "forbidden")

Here "drop" in the first rule is dead. "rulesc vet --fix" takes such words out.`},
	{"RS004", diag.Warning, "allow that a higher layer always overrides", `
Layers do not override each other: the strictest decision of all counts. This
rule allows commands that stricter rules of a higher layer, or of the managed
requirements, match without exception. It has no effect, and its author should
know: the commands are asked about, or forbidden, all the same.`},
	{"RS005", diag.Note, "rule that decides nothing alone, but cannot go with others", `
Rules on a path take the place of rules on the program's name for calls by that
path. This rule decides no command now, but a dead rule on a path stands before
it: without both, some command would get another answer. Remove the rule on the
path first and run vet again.`},
	{"RS010", diag.Warning, "allow that lets a command run anything", `
The rule allows an interpreter, a shell, a program that runs other programs, or a
runner of packages and project scripts, and does not say what it may run. Every
other rule can be got around with it:

    prefix_rule(pattern = ["python3"])         # allows python3 -c '…'
    prefix_rule(pattern = ["env"])             # allows env git push --force
    prefix_rule(pattern = ["npm", "run"])      # allows whatever package.json says

Name more of the command (["python3", "-m", "pytest"], ["npm", "run", "test"]),
or let the rule ask. The reference deletes the worst of such rules from the
user's default.rules, where it had once written them itself. A rule is only
reported as long as a command that does harm is allowed in the end: with
stricter rules on all of the table's examples there is no finding.`},
	{"RS011", diag.Warning, "allow of a program of which a part does harm", `
The rule allows a program with all its subcommands and options. Some of them
throw work away, write outside of the project, publish, or run other programs,
which is easily overlooked:

    prefix_rule(pattern = ["git"])             # allows git push --force
    prefix_rule(pattern = ["find"])            # allows find . -delete
    prefix_rule(pattern = ["rg"])              # allows rg --pre COMMAND

Allow the subcommands that are meant, or add stricter rules for the others. The
finding shows an example that the policy as a whole does allow.`},
	{"RS012", diag.Warning, "rule that another spelling evades", `
A rule matches words from the first one on, so a command that means the same and
is written otherwise may not match. The finding shows one that is allowed:

    prefix_rule(pattern = ["git"])
    prefix_rule(pattern = ["git", "push", "--force"], decision = "forbidden")

    git -C . push --force        an option before the subcommand
    git push origin --force      the option behind another argument
    /bin/git push --force        a path that host_executable does not list

There is no pattern for "anywhere". Ask about the whole subcommand (git push),
allow less (not all of git), and forbid the spellings that matter. A
host_executable list only ever takes rules away from paths: a list for a program
that is forbidden makes the rule weaker, not stronger.`},
	{"RS013", diag.Note, "rule that another spelling evades, unless the fallback stops it", `
As RS012, but the other spelling is not allowed by a rule: no rule matches it, or
one that asks. The caller's fallback decides, which in most harnesses is a
question or a sandbox. Whether that is enough depends on the harness.`},
	{"RS014", diag.Error, "rule that another layer hides from calls by path", `
A call by path (/opt/tool push) is judged by the rules on that path. Only if none
of them matches, the rules on the program's name are asked, and those only if no
host_executable list for the name leaves the path out. So a rule on a path, or a
list, in one layer can undo what another layer forbids, even a managed one:

    managed   pattern = [{token = "tool"}], decision = "forbidden"
    project   prefix_rule(pattern = ["/opt/tool"], decision = "allow")

    /opt/tool push        is allowed

This is how the reference decides. The administrator can name the paths in rules
as well; the user or project should not have such a rule or list.

It is an error where a forbidden command is loosened, a warning where one is that
would be asked about.`},
	{"RS020", diag.Warning, "token with several words in it", `
A token is compared with one word of a command. ["git push"] matches a program
whose name is "git push", with the blank in it; what was meant is ["git", "push"].
Words that can be quoted (texts behind an option, scripts behind "sh -c") are not
reported.`},
	{"RS021", diag.Warning, "token that looks like a glob or a regular expression", `
Tokens are compared as they are. ["npm", "run", "*"] matches "npm run *" with a
star, and nothing else. Since a rule matches whatever follows its pattern, most
stars at the end can just go: ["npm", "run"]. Otherwise name the words:
["npm", "run", ["build", "test"]].`},
	{"RS030", diag.Note, "forbidden without a justification", `
When a command is forbidden the justification is what the agent, or the person,
gets to read. Without one it will be tried in another way. Say what to do
instead: justification = "use make release, which signs the tag".`},
	{"RS031", diag.Note, "rule without examples", `
match and not_match hold commands that the rules of a call must, or must not,
match. They are checked whenever the rules are read, so that a later change
cannot quietly take the meaning away, and they tell a reader what is meant.`},
	{"RS040", diag.Warning, "host_executable that no rule uses", `
A host_executable list says which paths stand for a program's name in rules. No
rule is about this name, so the list does nothing. The name may be misspelt.`},
	{"RS041", diag.Warning, "host_executable that replaces another", `
Of several lists for one name the last counts, alone: layers from the lowest to
the highest, files by name, calls in order. Lists are not joined. Paths of the
earlier list that are not in this one do not stand for the name any more, and
rules on the name, also those that forbid, do not see calls by them.`},
	{"RS050", diag.Warning, "network rule on what is no host", `
The host of a network rule is compared with the host that a connection is made
to: a name in lower case, or an IP address. This is neither, so the rule never
counts.`},
	{"RS051", diag.Warning, "network rule that a later one replaces", `
Of several network rules for one host the last one counts, whatever their
protocols are. This one says something else and never counts.`},
	{"RS090", diag.Warning, "suppression that is not one", `
A comment suppresses findings of a call when it stands in it, behind it on its
last line, or on the lines right above it:

    # rulesc:ignore RS010: the build image has nothing worth protecting
    prefix_rule(pattern = ["make"])

It needs one or more known codes, separated by commas, and a reason behind the
colon.`},
	{"RS091", diag.Warning, "suppression that suppresses nothing", `
There is no finding with this code at this place (any more). Remove the comment,
so that it does not hide the next one.`},
	{"RS099", diag.Warning, "not looked at to the end", `
Looking at all rules exactly would take too long: they overlap in too many ways,
or there are very many of one kind. What the finding names was left out; nothing
was guessed. All else was looked at.`},
}
