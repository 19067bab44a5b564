package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// A flag that takes more than any text says of a wrong value what it takes, whatever
// the command, and nothing that only programmers understand.
func TestFlagsSayWhatTheyTake(t *testing.T) {
	tried := 0
	for _, c := range commands {
		c.make(process{}).Flags().VisitAll(func(flag *pflag.Flag) {
			kind := flag.Value.Type()
			if strings.HasPrefix(kind, "string") {
				return
			}
			tried++
			line := c.name + " --" + flag.Name + "=abc"
			out, errs, code := runHere(c.name, "--"+flag.Name+"=abc")
			if code != exitUsage && code != exitTrouble || out != "" {
				t.Errorf("%s: exit %d, %s", line, code, out)
			}
			said, _, _ := strings.Cut(errs, "\n")
			for _, word := range []string{"strconv", "parsing", "invalid argument", " flag"} {
				if strings.Contains(said, word) {
					t.Errorf("%s: %s", line, said)
				}
			}
			if said != "rulesc: option --"+flag.Name+" takes no value" &&
				!(strings.HasPrefix(said, "rulesc: --"+flag.Name+": ") && strings.Contains(said, `"abc"`)) {
				t.Errorf("%s: %s", line, said)
			}
		})
	}
	if tried < 30 {
		t.Errorf("only %d flags were tried", tried)
	}
}

func TestFlagErrors(t *testing.T) {
	const (
		count   = `, want a whole number from 1, such as 10`
		percent = `, want a number from 0 to 100, such as 90`
	)
	for line, want := range map[string]string{
		"replay --top=ten x":                     `--top: "ten" is no count` + count,
		"replay --top=-1 x":                      `--top: "-1" is no count` + count,
		"replay --top=1.5 x":                     `--top: "1.5" is no count` + count,
		"replay --top=99999999999999999999 x":    `--top: "99999999999999999999" is no count` + count,
		"replay --top= x":                        `--top: "" is no count` + count,
		"suggest --least=0 x":                    `--least: "0" is no count` + count,
		"suggest --most 0x10 x":                  `--most: "0x10" is no count` + count,
		"test --min-coverage=abc":                `--min-coverage: "abc" is no percentage` + percent,
		"test --min-coverage=NaN":                `--min-coverage: "NaN" is no percentage` + percent,
		"test --min-coverage=-0.1":               `--min-coverage: "-0.1" is no percentage` + percent,
		"test --min-coverage 90%":                `--min-coverage: "90%" is no percentage` + percent,
		"test --cover=maybe":                     `--cover: "maybe" is neither true nor false`,
		"test -v=2":                              `--verbose: "2" is neither true nor false`,
		"build --codec=gzip":                     `--codec: unknown codec "gzip", want zstd or none`,
		"check --format=xml --artifact x.rulesc": `--format: unknown format "xml", want text or json`,
		"check --pretty=no":                      `option --pretty takes no value`,
		"build --codec":                          `option --codec needs a value`,
		"build -o":                               `option --output needs a value`,
		"build --outptu=x":                       `unknown option --outptu`,
		"build -x":                               `unknown option -x`,
		"fmt -lx":                                `unknown option -x`,
		"fmt -xl":                                `unknown option -x in -xl`,
		"build --=x":                             `--=x is no option`,
	} {
		out, errs, code := runHere(strings.Fields(line)...)
		if want := "rulesc: " + want + "\nhint: see 'rulesc help' or the command's --help\n"; errs != want || out != "" || code != exitUsage {
			t.Errorf("%s: exit %d, %s%s\nwant %s", line, code, out, errs, want)
		}
	}
}
