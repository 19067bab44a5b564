// Package plot draws lines over two logarithmic axes as SVG. Each line has its
// name beside its end instead of a legend, and colours follow the reader's
// light or dark theme.
package plot

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A LogLog is a picture. All coordinates are positive.
type LogLog struct {
	Title string
	About string // a line below the title
	Lines []Line

	// XTick and YTick write the numbers at the axes, powers of ten.
	XTick, YTick func(float64) string
	XLabel       string // what XTick counts
}

// A Line is what one candidate measured. Points are ascending in X; there is
// at least one.
type Line struct {
	Name   string
	Points []Point
	Style  Style
}

// A Point is one measurement.
type Point struct{ X, Y float64 }

// A Style says what kind of candidate a line is.
type Style int

// The styles.
const (
	Ours   Style = iota // strong
	Floor               // dashed
	Plain               // what one would write by hand
	Engine              // what one would take from a shelf
)

var styleNames = [...]string{Ours: "ours", Floor: "floor", Plain: "plain", Engine: "engine"}

// The picture, in pixels. Names stand in the right margin.
const (
	width, height            = 900, 540
	left, right, top, bottom = 64, 250, 72, 58
	lineHeight               = 17
)

const style = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 }
.soft { fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.lead { stroke: #818b98; stroke-width: 1; stroke-dasharray: 1 3; fill: none }
.ours, .floor, .plain, .engine { fill: none; stroke-width: 2; stroke-linejoin: round }
.ours { stroke: #0969da; stroke-width: 3.5 } .tours { fill: #0969da; font-weight: 600 } .dours { fill: #0969da }
.floor { stroke: #59636e; stroke-dasharray: 6 4 } .tfloor { fill: #59636e } .dfloor { fill: #59636e }
.plain { stroke: #1a7f37 } .tplain { fill: #1a7f37 } .dplain { fill: #1a7f37 }
.engine { stroke: #bc4c00 } .tengine { fill: #bc4c00 } .dengine { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .soft { fill: #9198a1 } .grid { stroke: #3d444d } .lead { stroke: #656c76 }
.ours { stroke: #4493f8 } .tours, .dours { fill: #4493f8 }
.floor { stroke: #9198a1 } .tfloor, .dfloor { fill: #9198a1 }
.plain { stroke: #3fb950 } .tplain, .dplain { fill: #3fb950 }
.engine { stroke: #db6d28 } .tengine, .dengine { fill: #db6d28 }
}
</style>
`

// SVG returns the picture.
func (p LogLog) SVG() string {
	x, y := p.axes()
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%[1]d\" height=\"%d\" role=\"img\">\n", width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", html.EscapeString(p.Title), style)
	text := func(class, anchor string, atX, atY float64, s string) {
		fmt.Fprintf(&b, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, anchor, atX, atY, html.EscapeString(s))
	}
	text("title", "start", left, 28, p.Title)
	text("soft", "start", left, 50, p.About)
	for _, v := range x.decades() {
		fmt.Fprintf(&b, "<path class=\"grid\" d=\"M%.1f %d V%d\"/>\n", x.at(v), top, height-bottom)
		text("soft", "middle", x.at(v), height-bottom+20, p.XTick(v))
	}
	for _, v := range y.decades() {
		fmt.Fprintf(&b, "<path class=\"grid\" d=\"M%d %.1f H%d\"/>\n", left, y.at(v), width-right)
		text("soft", "end", left-8, y.at(v)+4, p.YTick(v))
	}
	text("soft", "middle", (x.from+x.upTo)/2, height-bottom+44, p.XLabel)
	names := p.places(x, y)
	// What matters most is drawn last, on top.
	for i := len(p.Lines) - 1; i >= 0; i-- {
		line := p.Lines[i]
		name := styleNames[line.Style]
		b.WriteString("<path class=\"" + name + "\" d=\"")
		for j, point := range line.Points {
			command := 'L'
			if j == 0 {
				command = 'M'
			}
			fmt.Fprintf(&b, "%c%.1f %.1f", command, x.at(point.X), y.at(point.Y))
		}
		b.WriteString("\"/>\n")
		for _, point := range line.Points {
			fmt.Fprintf(&b, "<circle class=\"d%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", name, x.at(point.X), y.at(point.Y))
		}
		end := line.Points[len(line.Points)-1]
		fmt.Fprintf(&b, "<path class=\"lead\" d=\"M%.1f %.1fL%d %.1f\"/>\n", x.at(end.X)+5, y.at(end.Y), width-right+16, names[i]-4)
		text("t"+name, "start", width-right+20, names[i], line.Name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// places returns for each line the height at which its name stands: beside its
// end, but no two on top of each other.
func (p LogLog) places(x, y axis) []float64 {
	order := make([]int, len(p.Lines))
	ends := make([]float64, len(p.Lines))
	for i, line := range p.Lines {
		order[i] = i
		ends[i] = y.at(line.Points[len(line.Points)-1].Y) + 4
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(ends[i], ends[j]) })
	// Downwards each name yields to the one above it, and then upwards to the
	// one below, so that none leaves the picture.
	for k := 1; k < len(order); k++ {
		ends[order[k]] = max(ends[order[k]], ends[order[k-1]]+lineHeight)
	}
	limit := float64(height - 8)
	for k := len(order) - 1; k >= 0; k-- {
		ends[order[k]] = min(ends[order[k]], limit)
		limit = ends[order[k]] - lineHeight
	}
	return ends
}

// An axis maps the logarithm of numbers to pixels.
type axis struct {
	low, high  float64 // logarithms
	from, upTo float64 // pixels
}

func (a axis) at(v float64) float64 {
	return a.from + (math.Log10(v)-a.low)/(a.high-a.low)*(a.upTo-a.from)
}

// decades returns the powers of ten on the axis.
func (a axis) decades() []float64 {
	var list []float64
	for e := math.Ceil(a.low); e <= a.high; e++ {
		list = append(list, math.Pow(10, e))
	}
	return list
}

// axes returns axes of whole decades around all points.
func (p LogLog) axes() (x, y axis) {
	x = axis{math.Inf(1), math.Inf(-1), left, width - right}
	y = axis{math.Inf(1), math.Inf(-1), height - bottom, top}
	for _, line := range p.Lines {
		for _, point := range line.Points {
			x.low, x.high = min(x.low, math.Log10(point.X)), max(x.high, math.Log10(point.X))
			y.low, y.high = min(y.low, math.Log10(point.Y)), max(y.high, math.Log10(point.Y))
		}
	}
	y.low, y.high = math.Floor(y.low), math.Ceil(y.high)
	if x.high == x.low {
		x.high++
	}
	if y.high == y.low {
		y.high++
	}
	return x, y
}
