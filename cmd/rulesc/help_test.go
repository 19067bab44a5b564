package main

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every key of a command's JSON output is described in its help.
func TestHelpDescribesKeys(t *testing.T) {
	for _, test := range []struct {
		command string
		output  any
	}{
		{"build", buildJSON{}},
		{"diff", diffJSON{}},
		{"explain", explanationJSON{}},
		{"forbid", amended{}},
		{"layers", stackJSON{}},
		{"prove", proofJSON{}},
		{"replay", replayJSON{}},
		{"suggest", suggestJSON{}},
		{"test", testJSON{}},
		{"verify", verified{}},
		{"vet", vetJSON{}},
	} {
		var help string
		for _, c := range commands {
			if c.name == test.command {
				help = c.make(process{}).Long
			}
		}
		// Said of one command for another.
		help = strings.ReplaceAll(help, `all that "rulesc verify --format=json" says`, verifyCommand(process{}).Long)
		help = strings.ReplaceAll(help, "as in replay", replayCommand(process{}).Long)
		for _, key := range keysOf(reflect.TypeOf(test.output), nil, nil) {
			if !regexp.MustCompile(`\b` + key + `\b`).MatchString(help) {
				t.Errorf("the help of %s does not speak of %q", test.command, key)
			}
		}
	}
	var keys map[string]any
	out, _, _ := runHere("version", "--format=json")
	if err := json.Unmarshal([]byte(out), &keys); err != nil {
		t.Fatal(err)
	}
	help := versionCommand(process{}).Long
	for key := range keys {
		if !regexp.MustCompile(`\b` + key + `\b`).MatchString(help) {
			t.Errorf("the help of version does not speak of %q", key)
		}
	}
}

// keysOf returns the keys of a type's JSON form and of all within it. What a place and a
// message are made of is the same for all commands.
func keysOf(of reflect.Type, within []reflect.Type, keys []string) []string {
	if of.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || of.Implements(reflect.TypeFor[json.Marshaler]()) {
		return keys
	}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(of.Elem(), within, keys)
	case reflect.Struct:
		for _, outer := range within {
			if outer == of {
				return keys
			}
		}
		within = append(within[:len(within):len(within)], of)
		for i := range of.NumField() {
			field := of.Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !field.IsExported() && !field.Anonymous || key == "-" {
				continue
			}
			if key != "" {
				keys = append(keys, key)
			}
			if place := reflect.TypeFor[positionJSON](); field.Anonymous || field.Type != place && field.Type != reflect.PointerTo(place) {
				keys = keysOf(field.Type, within, keys)
			}
		}
	}
	return keys
}
