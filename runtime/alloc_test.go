package runtime_test

import (
	"fmt"
	goruntime "runtime"
	"runtime/metrics"
	"testing"

	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// TestOpenAllocates counts what opening allocates: the policy, the view that it
// refers to, the file's name for the system, a set of bits to check the image; and
// if the file is compressed, what is noted of a block of memory and of a spare one.
func TestOpenAllocates(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("package os opens the file, and allocates more")
	}
	for codec, most := range map[matcher.Codec]float64{matcher.CodecStored: 4, matcher.CodecZstd: 6} {
		path := write(t, manyRules(1000), codec)
		got := testing.AllocsPerRun(50, func() {
			p, err := runtime.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			p.Decide([]string{"git", "status"})
			_ = p.Close()
		})
		if got > most {
			t.Errorf("%s: opening and asking allocates %v times, the most is %v", codec, got, most)
		}
	}
}

// TestOpenPoliciesAreNotOnTheHeap holds many policies and looks at what they add
// to the Go heap: a few hundred bytes each, however many rules are in them, so
// that there is next to nothing for the garbage collector to scan.
func TestOpenPoliciesAreNotOnTheHeap(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("not every platform has other memory")
	}
	const most = 4 << 10 // bytes on the heap for a policy of 10,000 rules
	for _, codec := range codecs {
		policies := int64(1000)
		if codec == matcher.CodecZstd || testing.Short() {
			policies = 100 // each that is compressed has memory of its own, outside the heap
		}
		t.Run(fmt.Sprint(codec), func(t *testing.T) {
			path := write(t, manyRules(10000), codec)
			open := func() *runtime.Policy {
				p, err := runtime.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				p.Decide([]string{"git", "status"})
				return p
			}
			open() // what the first one makes for all
			before, scannable := heap()
			held := make([]*runtime.Policy, policies)
			for i := range held {
				held[i] = open()
			}
			after, scannableAfter := heap()
			each := (int64(after) - int64(before)) / policies
			eachScannable := (int64(scannableAfter) - int64(scannable)) / policies
			t.Logf("%s: a policy of 10,000 rules adds %d bytes to the heap, %d of them to scan", codec, each, eachScannable)
			if each > most {
				t.Errorf("%s: each policy adds %d bytes to the heap, the most is %d", codec, each, most)
			}
			if eachScannable > most {
				t.Errorf("%s: each policy adds %d bytes to scan, the most is %d", codec, eachScannable, most)
			}
			goruntime.KeepAlive(held)
		})
	}
}

// heap returns the bytes that are in use on the Go heap, and those of them that
// a collection scans.
func heap() (used, scannable uint64) {
	// Two collections empty the pools, the second sweeps what the first found.
	for range 3 {
		goruntime.GC()
	}
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/scan/heap:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}
