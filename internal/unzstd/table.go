package unzstd

import "math/bits"

// A table decodes symbols of a finite state entropy code: each state has a symbol, and
// says how many bits to read, and what to add to them, for the next.
type table struct {
	states [512]state
	bits   int // there are 1<<bits states
	ready  bool
}

type state struct {
	base   uint16
	symbol uint8
	bits   uint8
}

// read reads the description of a table, of up to 1<<maxBits states and symbols up to
// maxSymbol.
func (t *table) read(in *input, maxBits, maxSymbol int) {
	var counts [256]int16
	at := 0 // in bits
	next := func(n int) int {
		v := 0
		for i := range 4 {
			if k := at>>3 + i; k < len(in.rest) {
				v |= int(in.rest[k]) << (8 * i)
			}
		}
		v = v >> (at & 7) & (1<<n - 1)
		at += n
		return v
	}
	t.bits = 5 + next(4)
	if !in.need(t.bits <= maxBits) {
		return
	}
	n := 0
	for left := 1 << t.bits; left > 0; {
		if !in.need(n <= maxSymbol && at <= 8*len(in.rest)) {
			return
		}
		// A number of up to left+1, those below the threshold in one bit less.
		width := bits.Len(uint(left + 1))
		v := next(width)
		half := 1 << (width - 1)
		threshold := 2*half - 1 - (left + 1)
		if v&(half-1) < threshold {
			v &= half - 1
			at--
		} else if v >= half {
			v -= threshold
		}
		count := v - 1
		counts[n] = int16(count)
		n++
		if left -= max(count, -count); count == 0 {
			for more := 3; more == 3; {
				more = next(2)
				if n += more; !in.need(n <= maxSymbol+1) {
					return
				}
			}
		}
		if !in.need(left >= 0) {
			return
		}
	}
	in.take((at + 7) / 8)
	if in.ok {
		in.need(t.make(counts[:n]))
	}
}

// make makes the table from how many states each symbol has; -1 is one state that
// reads all bits.
func (t *table) make(counts []int16) bool {
	size := 1 << t.bits
	var next [256]uint16
	high := size
	for s, count := range counts {
		next[s] = uint16(count)
		if count == -1 {
			high--
			t.states[high].symbol = uint8(s)
			next[s] = 1
		}
	}
	at := 0
	for s, count := range counts {
		for ; count > 0; count-- {
			t.states[at].symbol = uint8(s)
			for {
				at = (at + size>>1 + size>>3 + 3) & (size - 1)
				if at < high {
					break
				}
			}
		}
	}
	if at != 0 {
		return false
	}
	for i := range t.states[:size] {
		st := &t.states[i]
		n := next[st.symbol]
		next[st.symbol]++
		st.bits = uint8(t.bits + 1 - bits.Len16(n))
		st.base = uint16(int(n)<<st.bits - size)
	}
	t.ready = true
	return true
}

// only makes a table of one state, which always has the same symbol.
func (t *table) only(symbol uint8) {
	t.bits, t.ready = 0, true
	t.states[0] = state{symbol: symbol}
}

// A tree decodes bytes of a Huffman code: as many bits as the longest code has lead to
// the byte and how many of them are its code.
type tree struct {
	codes [1 << maxCode]code
	bits  int // of the longest code; 0 if there is no tree
}

type code struct{ symbol, bits uint8 }

const maxCode = 11

// read reads the description of a tree: of each byte but the last of those that occur
// a weight, 0 if it does not occur.
func (t *tree) read(in *input, weigh *table) {
	var weights [256]uint8
	n := 0
	if head := in.number(1); head >= 128 {
		n = int(head) - 127
		for i, b := range in.take((n + 1) / 2) {
			weights[2*i], weights[2*i+1] = b>>4, b&15
		}
	} else {
		n = readWeights(&weights, in.take(int(head)), in, weigh)
	}
	if !in.ok {
		return
	}
	total := 0
	for _, w := range weights[:n] {
		if !in.need(w <= maxCode) {
			return
		}
		total += 1 << w >> 1
	}
	t.bits = bits.Len(uint(total))
	last := 1<<t.bits - total // a power of two
	if !in.need(total > 0 && t.bits <= maxCode && last&(last-1) == 0) {
		t.bits = 0
		return
	}
	weights[n] = uint8(bits.Len(uint(last)))
	at := 0
	for w := 1; w <= t.bits; w++ {
		for s, weight := range weights[:n+1] {
			if int(weight) != w {
				continue
			}
			for range 1 << w >> 1 {
				t.codes[at] = code{uint8(s), uint8(t.bits + 1 - w)}
				at++
			}
		}
	}
}

// readWeights reads weights that are themselves encoded: by two states that take turns,
// until there are no bits for another one.
func readWeights(weights *[256]uint8, encoded []byte, in *input, t *table) (n int) {
	part := input{encoded, in.ok}
	t.read(&part, 6, maxCode+1)
	r, ok := startBits(part.rest)
	if !in.need(part.ok && ok) {
		return 0
	}
	one, other := &t.states[r.read(t.bits)], &t.states[r.read(t.bits)]
	for {
		r.fill()
		if !in.need(n < 254 && !r.overrun()) {
			return 0
		}
		weights[n] = one.symbol
		n++
		to := int(one.base) + r.read(int(one.bits))
		if r.overrun() {
			weights[n] = other.symbol
			return n + 1
		}
		one, other = other, &t.states[to]
	}
}
