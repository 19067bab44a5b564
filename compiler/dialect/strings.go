package dialect

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Strings are sequences of characters: all offsets and lengths that rule files
// see count characters. A method is charged for its result, and its time for the
// size of the string.

func stringMethod(min, max int, fn func(c *call, s string) (starlark.Value, error)) native {
	return native{min: min, max: max, fn: func(c *call) (starlark.Value, error) {
		s := string(c.recv.(starlark.String))
		if err := c.tick(len(s) / 64); err != nil {
			return nil, err
		}
		return fn(c, s)
	}}
}

var stringMethods = map[string]native{
	"capitalize": mapping(func(s string) string { return titled(s, false) }),
	"title":      mapping(func(s string) string { return titled(s, true) }),
	"lower":      mapping(func(s string) string { return cases.Lower(language.Und).String(s) }),
	"upper":      mapping(func(s string) string { return cases.Upper(language.Und).String(s) }),

	"isalnum": predicate(func(s string) bool { return each(s, isAlnum) }),
	"isalpha": predicate(func(s string) bool { return each(s, isAlpha) }),
	"isdigit": predicate(func(s string) bool { return each(s, unicode.IsNumber) }),
	"isspace": predicate(func(s string) bool { return each(s, unicode.IsSpace) }),
	"islower": predicate(func(s string) bool { return strings.ContainsFunc(s, isLower) && !strings.ContainsFunc(s, isUpper) }),
	"isupper": predicate(func(s string) bool { return strings.ContainsFunc(s, isUpper) && !strings.ContainsFunc(s, isLower) }),
	"istitle": predicate(isTitle),

	"elems": stringMethod(0, 0, func(c *call, s string) (starlark.Value, error) { return &iterator{text: s}, nil }),
	"codepoints": stringMethod(0, 0, func(c *call, s string) (starlark.Value, error) {
		return &iterator{text: s, codepoints: true}, nil
	}),

	"find":   find(strings.Index, false),
	"index":  find(strings.Index, true),
	"rfind":  find(strings.LastIndex, false),
	"rindex": find(strings.LastIndex, true),
	"count": stringMethod(1, 3, func(c *call, s string) (starlark.Value, error) {
		sub, err := c.str(0, "needle")
		if err != nil {
			return nil, err
		}
		part, _, ok, err := c.window(s)
		if err != nil || !ok {
			return starlark.MakeInt(0), err
		}
		return starlark.MakeInt(strings.Count(part, sub)), nil
	}),
	"startswith": affix("prefix", strings.HasPrefix),
	"endswith":   affix("suffix", strings.HasSuffix),
	"removeprefix": stringMethod(1, 1, func(c *call, s string) (starlark.Value, error) {
		p, err := c.str(0, "prefix")
		return starlark.String(strings.TrimPrefix(s, p)), err
	}),
	"removesuffix": stringMethod(1, 1, func(c *call, s string) (starlark.Value, error) {
		p, err := c.str(0, "suffix")
		return starlark.String(strings.TrimSuffix(s, p)), err
	}),
	"strip":  strip(strings.TrimFunc),
	"lstrip": strip(strings.TrimLeftFunc),
	"rstrip": strip(strings.TrimRightFunc),

	"partition":  partition(strings.Index, false),
	"rpartition": partition(strings.LastIndex, true),
	"split":      split(splitBlank, splitSeparator, mergeRight),
	"rsplit":     split(rsplitBlank, rsplitSeparator, mergeLeft),
	"splitlines": stringMethod(0, 1, func(c *call, s string) (starlark.Value, error) {
		keep := starlark.False
		if len(c.args) > 0 {
			var ok bool
			if keep, ok = c.args[0].(starlark.Bool); !ok {
				return nil, wrongType("keepends", "bool", c.args[0])
			}
		}
		return c.strings(splitLines(s, bool(keep)))
	}),
	"join":    stringMethod(1, 1, join),
	"replace": stringMethod(2, 3, replace),
	"format":  {min: 0, max: -1, named: true, fn: format},
}

var bytesMethods = map[string]native{
	"elems": {fn: func(c *call) (starlark.Value, error) {
		b := c.recv.(bytesValue)
		if err := c.charge(len(b) * 2 * valueSize); err != nil {
			return nil, err
		}
		elems := make(starlark.Tuple, len(b))
		for i := range elems {
			elems[i] = b[i : i+1]
		}
		return elems, nil
	}},
}

// growth bounds how many times longer a string gets by a change of case.
const growth = 3

func mapping(f func(string) string) native {
	return stringMethod(0, 0, func(c *call, s string) (starlark.Value, error) {
		if err := c.charge(growth * len(s)); err != nil {
			return nil, err
		}
		return starlark.String(f(s)), nil
	})
}

func predicate(f func(string) bool) native {
	return stringMethod(0, 0, func(c *call, s string) (starlark.Value, error) {
		return starlark.Bool(f(s)), c.tick(len(s) / 8)
	})
}

// each reports whether f holds for every character of s, of which there must be
// one.
func each(s string, f func(rune) bool) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !f(c) })
}

func isAlpha(c rune) bool {
	return unicode.IsLetter(c) || unicode.Is(unicode.Nl, c) || unicode.Is(unicode.Other_Alphabetic, c)
}
func isAlnum(c rune) bool { return isAlpha(c) || unicode.IsNumber(c) }
func isLower(c rune) bool { return unicode.IsLower(c) || unicode.Is(unicode.Other_Lowercase, c) }
func isUpper(c rune) bool { return unicode.IsUpper(c) || unicode.Is(unicode.Other_Uppercase, c) }

func isTitle(s string) bool {
	start, some := true, false
	for _, c := range s {
		switch {
		case !isAlpha(c):
			start = true
			continue
		case start && isLower(c), !start && isUpper(c):
			return false
		}
		start, some = false, true
	}
	return some
}

// titled maps the first letter of the text, or of every word, to upper case and
// the others to lower case, each by itself.
func titled(s string, words bool) string {
	var b strings.Builder
	upper, lower := cases.Upper(language.Und), cases.Lower(language.Und)
	start := true
	for _, c := range s {
		if start {
			b.WriteString(upper.String(string(c)))
		} else {
			b.WriteString(lower.String(string(c)))
		}
		start = words && !isAlpha(c)
	}
	return b.String()
}

// window returns the part of s between the characters that arguments 1 and 2
// give, and the number of characters before it. ok is false if there is none.
func (c *call) window(s string) (part string, before int, ok bool, err error) {
	lo, err := c.optionalInt(1, "start", 0)
	if err != nil {
		return "", 0, false, err
	}
	hi, err := c.optionalInt(2, "end", math.MaxInt32)
	if err != nil {
		return "", 0, false, err
	}
	if lo == 0 && hi == math.MaxInt32 {
		return s, 0, true, nil
	}
	n := utf8.RuneCountInString(s)
	clip := func(i int) int {
		if i < 0 {
			return max(i+n, 0)
		}
		return min(i, n)
	}
	if lo > n {
		return "", 0, false, nil
	}
	lo, hi = clip(lo), clip(hi)
	if lo > hi {
		return "", 0, false, nil
	}
	return take(s[runeOffset(s, lo):], hi-lo), lo, true, nil
}

func find(index func(s, sub string) int, must bool) native {
	return stringMethod(1, 3, func(c *call, s string) (starlark.Value, error) {
		sub, err := c.str(0, "needle")
		if err != nil {
			return nil, err
		}
		part, before, ok, err := c.window(s)
		if err != nil {
			return nil, err
		}
		if ok {
			if i := index(part, sub); i >= 0 {
				return starlark.MakeInt(before + utf8.RuneCountInString(part[:i])), nil
			}
		}
		if must {
			return nil, refuse("Substring '%s' not found in '%s'", take(sub, maxShown), take(s, maxShown))
		}
		return starlark.MakeInt(-1), nil
	})
}

func affix(param string, has func(s, affix string) bool) native {
	return stringMethod(1, 3, func(c *call, s string) (starlark.Value, error) {
		list, ok := c.args[0].(starlark.Tuple)
		if !ok {
			list = c.args[:1]
		}
		for _, a := range list {
			if _, ok := a.(starlark.String); !ok {
				return nil, wrongType(param, "str | tuple[str, ...]", c.args[0])
			}
		}
		part, _, ok, err := c.window(s)
		if err != nil || !ok {
			return starlark.False, err
		}
		if err := c.tick(len(list)); err != nil {
			return nil, err
		}
		for _, a := range list {
			if has(part, string(a.(starlark.String))) {
				return starlark.True, nil
			}
		}
		return starlark.False, nil
	})
}

func strip(trim func(string, func(rune) bool) string) native {
	return stringMethod(0, 1, func(c *call, s string) (starlark.Value, error) {
		in := unicode.IsSpace
		if len(c.args) > 0 {
			chars, err := c.str(0, "chars")
			if err != nil {
				return nil, err
			}
			set := map[rune]bool{}
			for _, r := range chars {
				set[r] = true
			}
			if err := c.charge(len(chars) * valueSize); err != nil {
				return nil, err
			}
			in = func(r rune) bool { return set[r] }
		}
		return starlark.String(trim(s, in)), nil
	})
}

// partition makes a tuple of what is before, of, and behind the separator; where
// it is absent, s is first, or with last last.
func partition(index func(s, sep string) int, last bool) native {
	return stringMethod(1, 1, func(c *call, s string) (starlark.Value, error) {
		sep, err := c.str(0, "needle")
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, refuse("Empty separator cannot be used for partitioning")
		}
		parts := []string{s, "", ""}
		if i := index(s, sep); i >= 0 {
			parts = []string{s[:i], sep, s[i+len(sep):]}
		} else if last {
			parts = []string{"", "", s}
		}
		t := make(starlark.Tuple, 3)
		for i, p := range parts {
			t[i] = starlark.String(p)
		}
		return t, nil
	})
}

// strings makes a list of parts of a string.
func (c *call) strings(parts []string) (starlark.Value, error) {
	elems := make([]starlark.Value, len(parts))
	for i, p := range parts {
		elems[i] = starlark.String(p)
	}
	return c.list(elems)
}

// split splits at blanks or at a separator, at most n times; n < 0 stands for
// any number.
func split(blank func(s string, n int) []string, separator func(s, sep string, n int) []string, merge func(parts []string, n int) []string) native {
	return stringMethod(0, 2, func(c *call, s string) (starlark.Value, error) {
		n, err := c.optionalInt(1, "maxsplit", -1)
		if err != nil {
			return nil, err
		}
		// A string of n bytes has up to n parts.
		if err := c.charge(len(s) * valueSize); err != nil {
			return nil, err
		}
		if len(c.args) == 0 || c.args[0] == starlark.None {
			return c.strings(blank(s, n))
		}
		sep, ok := starlark.AsString(c.args[0])
		if !ok {
			return nil, wrongType("sep", "None | str", c.args[0])
		}
		if sep != "" {
			return c.strings(separator(s, sep, n))
		}
		// Nothing is between all characters, and around them.
		parts := []string{""}
		if s != "" {
			parts = append(parts, strings.Split(s, "")...)
		}
		parts = append(parts, "")
		if n >= 0 && n < len(parts)-1 {
			parts = merge(parts, n)
		}
		return c.strings(parts)
	})
}

// mergeRight joins all parts behind the first n.
func mergeRight(parts []string, n int) []string {
	return append(parts[:n:n], strings.Join(parts[n:], ""))
}

// mergeLeft joins all parts before the last n.
func mergeLeft(parts []string, n int) []string {
	k := len(parts) - n
	return append([]string{strings.Join(parts[:k], "")}, parts[k:]...)
}

func splitSeparator(s, sep string, n int) []string {
	if n < 0 {
		return strings.Split(s, sep)
	}
	return strings.SplitN(s, sep, n+1)
}

func rsplitSeparator(s, sep string, n int) []string {
	if n < 0 {
		return strings.Split(s, sep)
	}
	var parts []string
	for ; n > 0; n-- {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(sep):])
		s = s[:i]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return parts
}

func splitBlank(s string, n int) []string {
	var parts []string
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return parts
		}
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 || len(parts) == n {
			return append(parts, s)
		}
		parts = append(parts, s[:end])
		s = s[end:]
	}
}

func rsplitBlank(s string, n int) []string {
	var parts []string
	for {
		s = strings.TrimRightFunc(s, unicode.IsSpace)
		if s == "" {
			break
		}
		i := strings.LastIndexFunc(s, unicode.IsSpace)
		if i < 0 || len(parts) == n {
			parts = append(parts, s)
			break
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		parts = append(parts, s[i+width:])
		s = s[:i]
	}
	slices.Reverse(parts)
	return parts
}

func splitLines(s string, keep bool) []string {
	var lines []string
	for s != "" {
		i := strings.IndexAny(s, "\r\n")
		if i < 0 {
			return append(lines, s)
		}
		next := i + 1
		if strings.HasPrefix(s[i:], "\r\n") {
			next++
		}
		if keep {
			i = next
		}
		lines = append(lines, s[:i])
		s = s[next:]
	}
	return lines
}

func join(c *call, sep string) (starlark.Value, error) {
	elems, err := c.collect(c.args[0])
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(elems))
	for i, e := range elems {
		s, ok := starlark.AsString(e)
		if !ok {
			return nil, wrongType("to_join", "str", e)
		}
		parts[i] = s
		if err := c.charge(len(s) + len(sep)); err != nil {
			return nil, err
		}
	}
	return starlark.String(strings.Join(parts, sep)), nil
}

func replace(c *call, s string) (starlark.Value, error) {
	old, err := c.str(0, "old")
	if err != nil {
		return nil, err
	}
	new, err := c.str(1, "new")
	if err != nil {
		return nil, err
	}
	n, err := c.int(2, "count", math.MaxInt32)
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, refuse("Replace final argument was negative '%d'", n)
	}
	n = min(n, strings.Count(s, old))
	if len(new) > 0 && n > int(c.limits.Memory)/len(new) {
		return nil, errMemory
	}
	if err := c.charge(len(s) + n*len(new)); err != nil {
		return nil, err
	}
	return starlark.String(strings.Replace(s, old, new, n)), nil
}
