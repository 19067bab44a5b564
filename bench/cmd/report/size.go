package main

import (
	"os"

	"github.com/rulesc/rulesc/matcher"
)

// sized is bytes a rule, by size as in sizes.
type sized struct {
	text                 []float64
	storedHot, storedAll []float64
	zstdHot, zstdAll     []float64
}

func (r *report) size() error {
	for _, n := range sizes {
		each := func(bytes int) float64 { return float64(bytes) / float64(n) }
		text := 0
		for _, file := range r.work(n).Files() {
			text += len(file)
		}
		r.text = append(r.text, each(text))
		for _, codec := range codecs {
			path, err := r.artifact(n, codec)
			if err != nil {
				return err
			}
			file, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			header, err := matcher.ParseHeader(file)
			if err != nil {
				return err
			}
			hot := each(header.StoredSize(matcher.SectionHot))
			if codec == matcher.CodecStored {
				r.storedHot, r.storedAll = append(r.storedHot, hot), append(r.storedAll, each(len(file)))
			} else {
				r.zstdHot, r.zstdAll = append(r.zstdHot, hot), append(r.zstdAll, each(len(file)))
			}
		}
	}
	r.section("Size", `Bytes a rule. The hot section is what decisions need; the whole artifact also has
every rule as it was written, with its place. The transducer of vellum has no
decisions in it. Go heap is what an engine holds when it is ready.`)
	t := bySize("bytes a rule", sizes)
	t.row("rule file", numbers(r.text)...)
	t.row("stored, hot section", numbers(r.storedHot)...)
	t.row("stored, whole artifact", numbers(r.storedAll)...)
	t.row("zstd, hot section", numbers(r.zstdHot)...)
	t.row("zstd, whole artifact", numbers(r.zstdAll)...)
	t.row("vellum FST", numbers(r.eachRule(r.fst))...)
	for _, name := range heapShown {
		t.row(name+", Go heap", numbers(r.eachRule(r.held[name]))...)
	}
	r.add(t)
	r.atMost("stored hot section, bytes a rule", []float64{none, none, 60, 35}, r.storedHot)
	r.atMost("zstd hot section, bytes a rule", []float64{none, none, 18, 11}, r.zstdHot)
	return nil
}

// heapShown are the engines whose memory is compared.
var heapShown = []string{"rulesc, stored", "the reference's algorithm", "Go maps", "immutable radix tree", "cedar-go", "OPA"}

func (r *report) eachRule(bytes []float64) []float64 {
	list := make([]float64, len(bytes))
	for i := range bytes {
		list[i] = bytes[i] / float64(sizes[i])
	}
	return list
}
