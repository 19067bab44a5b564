package matcher_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

var updateImage = flag.Bool("update-image", false, "rewrite testdata/image.golden and image.dot.golden")

// describedText has each kind of record once or twice, so that the golden file
// can be read.
const describedText = `
	git = allow
	git push|fetch = prompt
	git push -f|--force-with-lease=refs/heads/main = forbidden
	ls = allow
	~Tar -x|--extract = prompt
	~tar = allow
	host tar /bin/tar /opt/tar
`

func TestDescribe(t *testing.T) {
	image := compileText(t, describedText)
	for file, write := range map[string]func(*bytes.Buffer) error{
		"testdata/image.golden":     func(b *bytes.Buffer) error { return matcher.Describe(b, image) },
		"testdata/image.dot.golden": func(b *bytes.Buffer) error { return matcher.Dot(b, image) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		if *updateImage {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Errorf("%s differs; the image's layout has changed. Read the difference, raise the version, then run with -update-image\n%s", file, got.String())
		}
	}
}

// TestDescribeCoversEveryByte: the hex in the output is the image, whole and in
// order.
func TestDescribeCoversEveryByte(t *testing.T) {
	for _, image := range sampleImages(t) {
		var out bytes.Buffer
		if err := matcher.Describe(&out, image); err != nil {
			t.Fatal(err)
		}
		var got []byte
		for line := range strings.Lines(out.String()) {
			if len(line) < 12 || line[8] != ' ' {
				continue
			}
			b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(line[10:min(34, len(line))]), " ", ""))
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			got = append(got, b...)
		}
		if !bytes.Equal(got, image) {
			t.Errorf("%d bytes described, the image has %d", len(got), len(image))
		}
	}
}

func TestDotDrawsGroups(t *testing.T) {
	var out bytes.Buffer
	if err := matcher.Dot(&out, sampleImages(t)[2]); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`start -> group0 [label="\"overlap\""]`, `group0 [label="group of 12 rules"]`, `label="\"TAR\"", style=dashed`, `"\"push\""`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the drawing has no %s:\n%s", want, out.String())
		}
	}
}

func TestDescribeRefusesWhatIsNoImage(t *testing.T) {
	for _, err := range []error{matcher.Describe(new(bytes.Buffer), []byte("x")), matcher.Dot(new(bytes.Buffer), nil)} {
		if !errors.Is(err, matcher.ErrDamaged) {
			t.Errorf("error is %v", err)
		}
	}
}
