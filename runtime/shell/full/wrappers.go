package full

import "strings"

// wrappers are the programs and builtins that run a command which their
// arguments hold. The sources are manual pages and help texts, with the version
// that was read. Where other versions have other options, the unknown option
// makes the command opaque.
//
// Programs that run commands as a part of some greater task (make, git, tar
// --to-command, awk, vim, docker) are not here: a rule has to judge them as
// what they are.
var wrappers = []wrapper{
	// Builtins of the shell.
	{name: "command", flags: "pvV", nothing: []string{"v", "V"}, source: "bash(1) 5.2, SHELL BUILTIN COMMANDS"},
	{name: "builtin", source: "bash(1) 5.2, SHELL BUILTIN COMMANDS"},
	{name: "exec", flags: "cl", values: "a", argv0: names("a"), source: "bash(1) 5.2, SHELL BUILTIN COMMANDS"},
	{name: "jobs", flags: "lnprsx", source: "bash(1) 5.2, SHELL BUILTIN COMMANDS (jobs -x)"},

	// Another environment, priority, time, place.
	{
		name: "env", flags: "i0v", values: "uCSPa", assigns: true,
		long:  names("ignore-environment null debug block-signal default-signal ignore-signal list-signal-handling"),
		longs: names("unset chdir split-string argv0"), argv0: names("a argv0"),
		source: "env(1), coreutils 9.1; -P from FreeBSD",
	},
	{name: "nice gnice", flags: "0123456789", values: "n", longs: names("adjustment"), source: "nice(1), coreutils 9.1"},
	{name: "nohup gnohup", source: "nohup(1), coreutils 9.1"},
	{
		name: "timeout gtimeout", flags: "vfp", values: "ks", operands: 1,
		long: names("preserve-status foreground verbose"), longs: names("kill-after signal"),
		source: "timeout(1), coreutils 9.1; -f -p from 9.5",
	},
	{name: "stdbuf gstdbuf", values: "ioe", longs: names("input output error"), source: "stdbuf(1), coreutils 9.1"},
	{
		name: "chroot", operands: 1, shell: true, long: names("skip-chdir"), longs: names("groups userspec"),
		source: "chroot(1), coreutils 9.1",
	},
	{name: "runcon", flags: "c", values: "turl", long: names("compute"), longs: names("type user role range"), operands: 1, vague: true, source: "runcon(1), coreutils 9.1"},
	{
		name: "time gtime", flags: "apqvl", values: "fo", long: names("append portability quiet verbose"), longs: names("format output"),
		source: "time(1), GNU time 1.9; -l from BSD. The reserved word is read by the grammar",
	},
	{name: "setsid", flags: "cfw", long: names("ctty fork wait"), source: "setsid(1), util-linux 2.38"},
	{
		name: "ionice", flags: "t", values: "cnpPu", long: names("ignore"), longs: names("class classdata pid pgid uid"),
		nothing: names("p P u pid pgid uid"), source: "ionice(1), util-linux 2.38",
	},
	{
		name: "taskset", flags: "apc", long: names("all-tasks pid cpu-list"), nothing: names("p pid"), operands: 1,
		source: "taskset(1), util-linux 2.38",
	},
	{
		name: "chrt", flags: "bdfiorRamvp", values: "TPD", operands: 1, vague: true,
		long:  names("batch deadline fifo idle other rr reset-on-fork all-tasks max pid verbose"),
		longs: names("sched-runtime sched-period sched-deadline"), nothing: names("p m pid max"),
		source: "chrt(1), util-linux 2.38; later versions have an optional priority",
	},
	{
		name: "prlimit", flags: "v", values: "po", attached: "cdefilmnqrstuxy", nothing: names("p pid"),
		long:  names("noheadings raw verbose core data nice fsize sigpending memlock rss nofile msgqueue rtprio stack cpu nproc as locks rttime"),
		longs: names("pid output"), vague: true, source: "prlimit(1), util-linux 2.38",
	},
	{name: "linux32 linux64 i386 i686 x86_64 uname26", flags: "BFILRSTXZ3v", shell: true, source: "setarch(8), util-linux 2.38"},
	{name: "setarch", flags: "BFILRSTXZ3v", operands: 1, vague: true, shell: true, source: "setarch(8), util-linux 2.38"},
	{
		name: "flock", flags: "sxeunoF", values: "wEc", operands: 1, scripts: names("c command"),
		long:  names("shared exclusive unlock nonblock nb close no-fork verbose"),
		longs: names("timeout wait conflict-exit-code command"), source: "flock(1), util-linux 2.38",
	},
	{
		name: "unshare", flags: "frc", attached: "muinpUCT", values: "RwSG", shell: true,
		long:  names("fork map-root-user map-current-user map-auto kill-child mount-proc keep-caps mount uts ipc net pid user cgroup time"),
		longs: names("map-user map-group map-users map-groups propagation setgroups root wd setuid setgid monotonic boottime"), source: "unshare(1), util-linux 2.38",
	},
	{
		name: "nsenter", flags: "aFZ", attached: "muinpUCTrw", values: "tSGW", shell: true,
		long:  names("all mount uts ipc net pid user cgroup time preserve-credentials root wd no-fork follow-context"),
		longs: names("target setuid setgid wdns"), source: "nsenter(1), util-linux 2.38",
	},
	{
		name: "setpriv", flags: "d", nothing: names("d dump"),
		long:  names("nnp no-new-privs clear-groups keep-groups init-groups reset-env dump"),
		longs: names("ambient-caps inh-caps bounding-set ruid euid rgid egid reuid regid groups securebits pdeathsig selinux-label apparmor-profile"), source: "setpriv(1), util-linux 2.38",
	},
	{
		name: "systemd-run", flags: "rdtPqGS", values: "HMuE", sets: names("E setenv"), shell: true,
		long:  names("no-ask-password user system scope slice-inherit no-block remain-after-exit wait send-sighup same-dir pty pipe quiet collect shell on-timezone-change on-clock-change"),
		longs: names("host machine unit description slice service-type uid gid nice working-directory setenv path-property socket-property on-active on-boot on-startup on-unit-active on-unit-inactive on-calendar timer-property"), source: "systemd-run(1), systemd 252",
	},
	{name: "dumb-init", flags: "cv", values: "r", source: "dumb-init --help, 1.2"},
	{name: "tini", flags: "svwgl", values: "pe", source: "tini -h, 0.19"},
	{
		name:  "ld.so ld-linux.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-linux-armhf.so.3 ld-musl-x86_64.so.1 ld-musl-aarch64.so.1",
		long:  names("list verify inhibit-cache list-tunables list-diagnostics help version"),
		longs: names("library-path glibc-hwcaps-prepend glibc-hwcaps-mask inhibit-rpath audit preload argv0"),
		argv0: names("argv0"), nothing: names("list verify list-tunables list-diagnostics help version"), source: "ld.so --help, glibc 2.36",
	},
	{name: "eatmydata catchsegv", source: "eatmydata(1), 130; catchsegv(1), glibc 2.36"},
	{name: "unbuffer", flags: "p", source: "unbuffer(1), expect 5.45"},
	{name: "gosu su-exec", operands: 1, source: "their own help texts"},
	{name: "sshpass", flags: "ev", values: "fdpP", source: "sshpass(1), 1.09"},
	{name: "ssh-agent", flags: "csDdk", values: "aEOPt", source: "ssh-agent(1), OpenSSH 9.2"},
	{name: "dbus-run-session", longs: names("config-file dbus-daemon"), source: "dbus-run-session(1), dbus 1.14"},
	{name: "systemd-inhibit", long: names("no-pager no-legend list"), longs: names("what who why mode"), nothing: names("list"), source: "systemd-inhibit(1), systemd 252"},
	{
		name: "fakeroot", flags: "u", values: "lisb", long: names("unknown-is-real"), longs: names("lib faked fd-base"), shell: true,
		source: "fakeroot(1), 1.31",
	},
	{
		name: "xvfb-run", flags: "al", values: "efnps", long: names("auto-servernum listen-tcp"),
		longs: names("error-file auth-file server-num xauth-protocol server-args"), source: "xvfb-run(1), xorg-server 21.1",
	},
	{name: "faketime", flags: "mf", long: names("exclude-monotonic"), operands: 1, source: "faketime(1), 0.9.10"},
	{name: "proxychains proxychains4", flags: "q", values: "f", source: "proxychains4, without arguments, 4.16"},
	{name: "torsocks torify", flags: "adiq", values: "upP", source: "torsocks(1), 2.4"},
	{name: "setuidgid envuidgid", operands: 1, source: "daemontools 0.76, setuidgid(8) and its kin"},
	{name: "envdir", operands: 1, vague: true, source: "daemontools 0.76, envdir(8). Files say what is in the environment"},
	{name: "setlock", flags: "nNxX", operands: 1, source: "daemontools 0.76, setlock(8)"},
	{name: "cgexec", values: "g", long: names("sticky"), source: "cgexec(1), libcgroup 2.0"},
	{name: "chronic", flags: "ve", source: "chronic(1), moreutils 0.67"},
	{name: "ifne", flags: "n", source: "ifne(1), moreutils 0.67"},
	{name: "pee", runs: scripts, source: "pee(1), moreutils 0.67. Its options are not listed here"},
	{name: "systemd-cat", values: "tp", longs: names("identifier priority stderr-priority level-prefix"), source: "systemd-cat(1), systemd 252"},
	{
		name:   "firejail valgrind numactl bwrap aa-exec rlwrap cpulimit",
		source: "firejail(1), 0.9.72; valgrind(1), 3.19; their own help texts. Their options are not listed here: with any, the command is opaque",
	},
	{name: "caffeinate", flags: "disum", values: "tw", source: "caffeinate(8), macOS 14"},
	{name: "arch", vague: true, source: "arch(1), macOS 14"},
	{
		name: "strace", flags: "cCdDfFiknNqrtTvwxyzZ", values: "abeEIoOpPsSuUX", sets: names("E"), pipes: "o", source: "strace(1), 6.1",
	},
	{name: "ltrace", flags: "bcCfiLrStT", values: "aAeFlnopsuwx", source: "ltrace(1), 0.7"},

	// Another user.
	{
		name: "sudo", flags: "AbBEHiKklnPSsVvNe", values: "aCcDgpRrTtUu", assigns: true, shell: true,
		long:    names("askpass background bell login remove-timestamp reset-timestamp list non-interactive preserve-groups preserve-env stdin shell validate set-home no-update edit"),
		longs:   names("auth-type close-from login-class chdir group prompt chroot role command-timeout type other-user user host"),
		nothing: names("l v V K e list validate remove-timestamp edit"), source: "sudo(8), 1.9.13",
	},
	{name: "doas", flags: "Lns", values: "aCu", nothing: names("L"), shell: true, source: "doas(1), OpenBSD 7.4"},
	{name: "run0", shell: true, source: "run0(1), systemd 256. Its options are not listed here: with any, the command is opaque"},
	{name: "pkexec", long: names("disable-internal-agent keep-cwd"), longs: names("user"), shell: true, source: "pkexec(1), polkit 122"},
	{
		name: "su", flags: "mplfP", values: "wgGcs", operands: 1, mixed: true, scripts: names("c command session-command"), shells: names("s shell"), runs: composed, shell: true,
		long:  names("preserve-environment login fast pty"),
		longs: names("whitelist-environment group supp-group command session-command shell"), source: "su(1), util-linux 2.38",
	},
	{
		name: "runuser", flags: "mplfP", values: "uwgGcs", operands: 1, vague: true, scripts: names("c command session-command"), shells: names("s shell"), shell: true,
		long:  names("preserve-environment login fast pty"),
		longs: names("user whitelist-environment group supp-group command session-command shell"), source: "runuser(1), util-linux 2.38",
	},

	{name: "sg", values: "c", operands: 1, mixed: true, scripts: names("c"), runs: joined, shell: true, source: "sg(1), shadow 4.13"},

	// Once for each of many things, or again and again.
	{
		name: "xargs gxargs", flags: "0oprtx", values: "adEILnPsJRS", attached: "eil", runs: appended,
		long:  names("null eof replace max-lines open-tty interactive no-run-if-empty show-limits verbose exit"),
		longs: names("arg-file delimiter max-args max-procs process-slot-var max-chars"), source: "xargs(1), findutils 4.9; -J -R -S from BSD",
	},
	{name: "find gfind", runs: clauses, replaced: "{}", scripts: names("-exec -execdir -ok -okdir"), source: "find(1), findutils 4.9"},
	{name: "fd fdfind", runs: clauses, clusters: true, replaced: "{", scripts: names("-x -X --exec --exec-batch"), source: "fd(1), 8.6"},
	{name: "parallel sem", runs: composed, source: "parallel(1), 20221122"},
	{
		name: "watch", flags: "bcegptwx", attached: "d", values: "qn", runs: joined, direct: names("x exec"),
		long:  names("beep color differences errexit chgexit precise no-title no-wrap exec"),
		longs: names("equexit interval"), source: "watch(1), procps 4.0",
	},
	{
		name: "hyperfine", flags: "i", values: "wmMrspcCnSu", runs: scripts,
		long:    names("ignore-failure show-output"),
		longs:   names("warmup min-runs max-runs runs setup prepare conclude cleanup style shell export-json export-markdown export-csv command-name time-unit"),
		scripts: names("s setup p prepare c cleanup C conclude"), shells: names("S shell"), source: "hyperfine(1), 1.18",
	},
	{name: "entr", flags: "acdnprz", attached: "s", runs: composed, source: "entr(1), 5.3"},

	// Another terminal, time or machine.
	{
		name: "script", flags: "aefq", values: "IOBTmcEo", attached: "t", operands: 1, mixed: true, scripts: names("c command"), runs: composed, shell: true,
		long:  names("append return flush force quiet timing"),
		longs: names("log-in log-out log-io log-timing logging-format command echo output-limit"), source: "script(1), util-linux 2.38",
	},
	{name: "tmux screen", runs: composed, source: "tmux(1), 3.3; screen(1), 4.9"},
	{name: "at batch", flags: "MlbvVmdrc", values: "qft", operands: 1 << 20, shell: true, nothing: names("l r d c"), files: names("f"), source: "at(1), 3.2"},
	{name: "start-stop-daemon daemonize", runs: composed, source: "start-stop-daemon(8), dpkg 1.21"},
	{
		name: "ssh", flags: "46AaCfGgKkMNnqsTtVvXxYy", values: "BbcDEeFIiJLlmOoPpQRSWw", operands: 1, mixed: true, runs: remote, settings: "o", files: names("F"), shell: true,
		source: "ssh(1), OpenSSH 9.2",
	},

	// Many programs in one.
	{name: "busybox toybox", source: "busybox(1), 1.35; toybox help"},
}

func names(list string) []string { return strings.Fields(list) }
