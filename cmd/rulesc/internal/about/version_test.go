package about

import (
	"strconv"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

func TestFormatVersion(t *testing.T) {
	if want := strconv.Itoa(matcher.FormatVersion); formatVersion != want {
		t.Errorf("the format version is %s, matcher has %s", formatVersion, want)
	}
}
