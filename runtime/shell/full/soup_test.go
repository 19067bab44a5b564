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

// TestSoup runs random scripts under bash, for as long as -soup says, and holds
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
		read := full.Parse(script)
		check(t, read)
		if len(read.Opaque) > 0 || len(read.Commands) == 0 && random.IntN(8) > 0 {
			continue // nothing can be missed
		}
		for _, argv := range counts.judge(read, s.run(t, "bash", script)) {
			t.Errorf("%q\nran %q\nread %s", script, argv, describe(read))
		}
	}
	t.Logf("%d scripts started %d programs", counts.scripts, counts.programs)
}
