package matcher

// Of tokens there are lengths, and the text of short ones; that of long ones is in an
// area of its own, from its beginning, in the order of the tokens. The rest of their
// records follows. Record 0 has a length of 0.

// longByte is the length of a token whose length is the next one of columnLong, in 4 bytes.
const longByte = 0xff

// shortEnd is how many zeros there are behind the text of short tokens, so that 16 bytes
// can be read wherever one begins.
const shortEnd = 16

// alternatives restores the second words of records of tokens. The first ones are, until
// the tails are restored, what a token is there as an alternative: its number and its tag.
func (u *unpacker) alternatives() error {
	m := &u.image
	records, texts := m.areas[areaTokens], m.areas[areaText]
	if err := u.has(columnLengths, len(records)/tokenSize); err != nil {
		return err
	}
	short, longs := u.columns[columnShort], u.columns[columnLong]
	at, text := 0, 0 // in the texts of short tokens, and of long ones
	for i, length := range u.columns[columnLengths] {
		n := int(length)
		r := records[tokenSize*int(uint32(i)):][:tokenSize]
		hash := uint64(0)
		if n <= maxInline {
			if at+n+shortEnd > len(short) {
				return u.bad(columnShort, "it ends within token %d", i)
			}
			masks := &keyMasks[n]
			last := le64(short, at+8)&masks.last | uint64(n)<<keyLength
			hash = m.hash.of(le64(short, at)&masks.first, last)
			put64(r[tokenLast:], last)
			at += n
		} else {
			if n == longByte {
				if len(longs) < 4 {
					return u.bad(columnLong, "it ends before token %d", i)
				}
				n, longs = int(le32(longs, 0)%(1<<tokenLenBit)), longs[4:]
			}
			if n <= maxInline || n > len(texts)-text {
				return u.bad(columnLengths, "token %d has %d bytes, and there are %d", i, n, len(texts)-text)
			}
			hash = m.hash.ofLong(texts[text : text+n])
			put64(r[tokenLast:], longLength(n)<<tokenLenBit|uint64(text))
			text += n
		}
		put32(r[tokenFirst:], uint32(hash)&m.tags|uint32(i))
	}
	if len(records) > 0 {
		put32(records, 0)
	}
	if len(longs) > 0 {
		return u.bad(columnLong, "%d bytes are of no token", len(longs))
	}
	if err := u.has(columnShort, at+shortEnd); err != nil {
		return err
	}
	if nonZero(short[at:]) >= 0 {
		return u.bad(columnShort, "behind its %d bytes are others", at)
	}
	return nil
}

// tokens restores the first words.
func (u *unpacker) tokens() {
	records, texts, short := u.image.areas[areaTokens], u.image.areas[areaText], u.columns[columnShort]
	for i, n := range u.columns[columnLengths] {
		r := records[tokenSize*int(uint32(i)):][:tokenSize]
		if n <= maxInline {
			put64(r[tokenFirst:], le64(short, 0)&keyMasks[n].first)
			short = short[n:]
		} else {
			text, _ := long(le64(r, tokenLast))
			put64(r[tokenFirst:], le64(texts, int(text)))
		}
	}
	if len(records) > 0 {
		put64(records[tokenLast:], tokenNone<<keyLength)
	}
}
