package policytest

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

// Text is escaped as package encoding/xml does it.
func TestXMLText(t *testing.T) {
	texts := []string{"", "a \xff\xc3 b", "git \"push\" && rm -rf '<x>'\r\n\tx"}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r < 0x300 || r >= 0xd700 && r < 0xe010 || r&0xfff0 == 0xfff0 {
			texts = append(texts, string(r))
		}
	}
	for _, text := range texts {
		var got xmlWriter
		var want strings.Builder
		got.text(text)
		if err := xml.EscapeText(&want, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%q is written %q, want %q", text, got.String(), want.String())
		}
	}
}
