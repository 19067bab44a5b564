//go:build unix

package full_test

import (
	"flag"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rulesc/rulesc/runtime/shell/full"
)

var soup = flag.Duration("soup", 0, "how long to run random scripts under bash")

// ingredients are tokens whose random sequences are often scripts, and often
// just not, which is where parsers differ.
var ingredients = strings.Split(strings.ReplaceAll(`a |b |c |git | | |;|;|&|&&| \|\| | \| |(|)|( |) |{ |; }|}|
|
|$(|$(|)|)|"|"|'|'|\|`+"`|`|"+`$|${x|${x:-|}|}|$((|))|((|[[ |]]|[ |]|<|>|>>|>f|<<E
|<<'E'
|E
|
E
|<<-E
|<<< |2>&1|&>|<(|>(|#| #|!|! |if |; then |; else |; fi|while false|; do |; done|for i in |case x in |x) |;;|esac|
f() |f|x=|x=1 |$x|x=a;|export |local |declare |time |coproc |eval |exec |command |env |trap |bash -c |sh -c |
{a,b}|{1..2}|*|?|~|=|:|,|@|%|$'|$"|\n|\'|\"|\\|`+"\\`"+`|\$|--|-x|1|0|function f |select i in |until |; fi|elif |then |do |in |
>& |1>& |'$(a)'|"${x-|${x#|${x/a/|time -- |coproc x=1 |exec -a b |env x-y=1 |[[ a -eq |[ "$x" |local x=|declare -a x=|
printf -v |read |$((x|x[|x=(|${x[|<<<|<(a |>(b |;;& |;& |x) |(x) |\x24(a)|'\''|\  |\t|$"|&>>|>||<>|{x}>`, `\|`, "\x00"), "|")

// TestSoup runs random scripts under bash and sh, for as long as -soup says, and holds
// what ran against what was read.
func TestSoup(t *testing.T) {
	if *soup == 0 {
		t.Skip("runs with -soup=1m")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	s := newStage(t)
	var counts tally
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for end := time.Now().Add(*soup); time.Now().Before(end); {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			if random.IntN(3) == 0 {
				b.WriteString([]string{"a ", "b ", "c;", "a\n"}[random.IntN(4)])
			}
			b.WriteString(strings.ReplaceAll(ingredients[random.IntN(len(ingredients))], "\x00", "|"))
		}
		script := b.String()
		shell := []string{"bash", "sh"}[random.IntN(2)]
		read := full.Read([]string{shell, "-c", script})
		check(t, read)
		if len(read.Opaque) > 0 || len(read.Commands) == 0 && random.IntN(8) > 0 {
			continue // nothing can be missed
		}
		for _, argv := range counts.judge(read, s.run(t, shell, script)) {
			t.Errorf("%s: %q\nran %q\nread %s", shell, script, argv, describe(read))
		}
	}
	t.Logf("%d scripts started %d programs", counts.scripts, counts.programs)
}

// TestWrapperSoup does the same with wrappers that are installed everywhere, and
// random options.
func TestWrapperSoup(t *testing.T) {
	if *soup == 0 {
		t.Skip("runs with -soup=1m")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	wrappers := strings.Fields(`env nice nohup timeout stdbuf setsid time ionice taskset flock linux64 setarch chrt prlimit setpriv
		script xargs find command exec builtin eval trap bash sh`)
	options := strings.Fields(`-n -n5 5 -- - -i A=1 -u x --foreground -k1 -s KILL -c 'a_b' -I{} {} -S -0 +5 --adjustment=3 -o f -e -p
		1 0x1 -f -w -x -v -E -a --unset=x --split-string=b_c -L -d, -t -q -r -l -m -P2 -exec -execdir ; + \; . -name tool
		-5 --5 --signal=KILL -iS -vS -Sa -i{} -n1 --max-args=1 --replace --replace={} -I % -pv -V -cl -la -o-L -oL -iL -e0
		--output=L x86_64 linux32 -R -b -T 0 -nnp --nnp --nofile=5 --nofile --fork --wait -qc -ac --command --command=a
		--return 2>/dev/null b c a -euc -lc -o pipefail +e --norc -O extglob --login`)
	s := newStage(t)
	s.patience = time.Second
	var counts tally
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for end := time.Now().Add(*soup); time.Now().Before(end); {
		var words []string
		for range 1 + random.IntN(2) {
			words = append(words, wrappers[random.IntN(len(wrappers))])
			for range random.IntN(4) {
				words = append(words, strings.ReplaceAll(options[random.IntN(len(options))], "_", " "))
			}
		}
		script := strings.Join(words, " ") + " a b " + []string{"< /dev/null", "<<< 'x y'"}[random.IntN(2)]
		read := full.Parse(script)
		if len(read.Opaque) > 0 {
			continue // nothing can be missed
		}
		for _, argv := range counts.judge(read, s.run(t, "bash", script)) {
			t.Errorf("%s\nran %q\nread %s", script, argv, describe(read))
		}
	}
	t.Logf("%d scripts started %d programs", counts.scripts, counts.programs)
}
