package plot_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/bench/plot"
)

func picture(lines ...plot.Line) string {
	tick := func(v float64) string { return fmt.Sprint(v) }
	return plot.LogLog{Title: "a < b & c", Lines: lines, XTick: tick, YTick: tick}.SVG()
}

func TestPictureIsXML(t *testing.T) {
	svg := picture(plot.Line{Name: "one <\"& two", Points: []plot.Point{{1, 1}, {1000, 250}}})
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
}

// TestPoints holds places that were worked out by hand: the plot begins at 64
// and 72 and ends at 650 and 482.
func TestPoints(t *testing.T) {
	svg := picture(plot.Line{Name: "x", Points: []plot.Point{{10, 1}, {100, 10}, {1000, 100}}})
	if want := `d="M64.0 482.0L357.0 277.0L650.0 72.0"`; !strings.Contains(svg, want) {
		t.Errorf("no %s in\n%s", want, svg)
	}
}

// TestNamesStandApart holds that names of lines with the same end do not cover
// each other, and stay in the picture.
func TestNamesStandApart(t *testing.T) {
	var lines []plot.Line
	for i := range 12 {
		lines = append(lines, plot.Line{Name: fmt.Sprint("name", i), Points: []plot.Point{{1, 1}, {10, 1 + float64(i)/100}}})
	}
	lines = append(lines, plot.Line{Name: "high", Points: []plot.Point{{1, 100}}})
	seen := make(map[float64]string)
	for _, m := range regexp.MustCompile(`y="([0-9.]+)">(name[0-9]+)<`).FindAllStringSubmatch(picture(lines...), -1) {
		y, _ := strconv.ParseFloat(m[1], 64)
		if y < 0 || y > 540 {
			t.Errorf("%s stands at %v, outside", m[2], y)
		}
		for other, name := range seen {
			if y-other < 15 && other-y < 15 {
				t.Errorf("%s and %s stand at %v and %v", m[2], name, y, other)
			}
		}
		seen[y] = m[2]
	}
	if len(seen) != 12 {
		t.Errorf("%d names, want 12", len(seen))
	}
}
