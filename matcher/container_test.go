package matcher_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

// sampleParts are sections of unequal lengths, one of them a multiple of the
// alignment. "Compressed" ones are just shorter: the container does not look.
func sampleParts(codec matcher.Codec) [matcher.NumSections]matcher.Part {
	var parts [matcher.NumSections]matcher.Part
	for i, n := range []int{64, 1, 200, 63, 65} {
		decoded := bytes.Repeat([]byte{byte('a' + i)}, n)
		parts[i] = matcher.Part{Stored: decoded, Decoded: decoded}
		if codec == matcher.CodecZstd {
			parts[i].Stored = decoded[:(n+1)/2]
			if i == 0 {
				parts[i].Packed = 50
			}
		}
	}
	return parts
}

func sampleContainer(t testing.TB, codec matcher.Codec) []byte {
	t.Helper()
	b, err := matcher.AppendContainer(nil, codec, sampleDigest(codec), sampleParts(codec))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sampleDigest(codec matcher.Codec) matcher.Digest {
	parts := sampleParts(codec)
	return digest.Of(parts[1].Decoded, parts[2].Decoded, parts[3].Decoded)
}

// use does what a reader does: it opens b and asks for every section.
func use(b []byte) error {
	c, err := matcher.OpenContainer(b)
	if err != nil {
		return err
	}
	parts := sampleParts(c.Codec)
	for s := matcher.SectionHot; s <= matcher.SectionMeta; s++ {
		stored, err := c.Stored(s)
		if err != nil {
			return err
		}
		decoded := stored
		if c.Codec == matcher.CodecZstd {
			if !bytes.Equal(stored, parts[s-1].Stored) {
				return errors.New("damage went unnoticed")
			}
			decoded = parts[s-1].Decoded
		}
		if err := c.CheckDecoded(s, decoded); err != nil {
			return err
		}
		if !bytes.Equal(decoded, parts[s-1].Decoded) {
			return errors.New("damage went unnoticed")
		}
	}
	return c.CheckDigest(digest.Of(parts[1].Decoded, parts[2].Decoded, parts[3].Decoded))
}

func eachCodec(t *testing.T, test func(t *testing.T, codec matcher.Codec)) {
	for _, codec := range []matcher.Codec{matcher.CodecStored, matcher.CodecZstd} {
		t.Run(codec.String(), func(t *testing.T) { test(t, codec) })
	}
}

func TestContainerRoundTrip(t *testing.T) {
	eachCodec(t, func(t *testing.T, codec matcher.Codec) {
		b := sampleContainer(t, codec)
		if err := use(b); err != nil {
			t.Fatal(err)
		}
		if len(b)%matcher.SectionAlign != 0 {
			t.Errorf("the file has %d bytes", len(b))
		}
		c, err := matcher.OpenContainer(b)
		if err != nil {
			t.Fatal(err)
		}
		if c.Codec != codec || c.Digest != sampleDigest(codec) || c.Length != int64(len(b)) {
			t.Errorf("header %v %v %v", c.Codec, c.Digest, c.Length)
		}
		for i, part := range sampleParts(codec) {
			s := matcher.Section(i + 1)
			if c.StoredSize(s) != len(part.Stored) || c.DecodedSize(s) != len(part.Decoded) {
				t.Errorf("section %s: %d bytes, decoded %d", s, c.StoredSize(s), c.DecodedSize(s))
			}
			stored, err := c.Stored(s)
			if err != nil {
				t.Fatal(err)
			}
			if cap(stored) != len(stored) {
				t.Errorf("section %s can be appended to within the file", s)
			}
		}
		if h, err := matcher.ParseHeader(b[:matcher.HeaderSize]); err != nil || h != c.Header {
			t.Errorf("ParseHeader: %v, %v", h, err)
		}
	})
}

// What is behind the image is found where it was moved to, and checked there.
func TestMove(t *testing.T) {
	eachCodec(t, func(t *testing.T, codec matcher.Codec) {
		b := sampleContainer(t, codec)
		c, err := matcher.OpenContainer(b)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			moved := make([]byte, c.ColdSize())
			c.Move(moved)
			clear(b)
			parts := sampleParts(codec)
			for i, part := range parts[1:] {
				s := matcher.SectionRules + matcher.Section(i)
				stored, err := c.Stored(s)
				if err != nil || !bytes.Equal(stored, part.Stored) || cap(stored) != len(stored) {
					t.Errorf("section %s: %x with room for %d, want %x; error %v", s, stored, cap(stored), part.Stored, err)
				}
			}
			b = moved
		}
		b[0]++
		if _, err := c.Stored(matcher.SectionRules); !errors.Is(err, matcher.ErrDamaged) {
			t.Errorf("damage went unnoticed: %v", err)
		}
	})
}

func TestContainerAppendsAtAnAlignedOffset(t *testing.T) {
	alone := sampleContainer(t, matcher.CodecStored)
	before := bytes.Repeat([]byte{7}, matcher.SectionAlign)
	b, err := matcher.AppendContainer(before, matcher.CodecStored, sampleDigest(matcher.CodecStored), sampleParts(matcher.CodecStored))
	if err != nil || !bytes.Equal(b[:len(before)], before) || !bytes.Equal(b[len(before):], alone) {
		t.Errorf("appended to something, the artifact is another one (%v)", err)
	}
	if _, err := matcher.AppendContainer([]byte{1}, matcher.CodecStored, matcher.Digest{}, sampleParts(matcher.CodecStored)); err == nil {
		t.Error("an artifact can start anywhere")
	}
}

func TestContainerRefusesWhatItCannotHold(t *testing.T) {
	parts := sampleParts(matcher.CodecStored)
	parts[2] = matcher.Part{}
	if _, err := matcher.AppendContainer(nil, matcher.CodecStored, matcher.Digest{}, parts); err == nil {
		t.Error("an empty section was written")
	}
	parts[2].Stored = make([]byte, 16<<20+1)
	parts[2].Decoded = parts[2].Stored
	if _, err := matcher.AppendContainer(nil, matcher.CodecStored, matcher.Digest{}, parts); err == nil {
		t.Error("a section was written that is too large to be read")
	}
	if _, err := matcher.AppendContainer(nil, 2, matcher.Digest{}, sampleParts(matcher.CodecStored)); err == nil {
		t.Error("an unknown codec was written")
	}
}

func TestEveryPrefixOfAContainerIsRefused(t *testing.T) {
	eachCodec(t, func(t *testing.T, codec matcher.Codec) {
		b := sampleContainer(t, codec)
		for n := range b {
			if err := use(b[:n:n]); !isFormatError(err) {
				t.Fatalf("the first %d bytes of %d: %v", n, len(b), err)
			}
		}
	})
}

func TestEveryFlippedByteOfAContainerIsNoticed(t *testing.T) {
	eachCodec(t, func(t *testing.T, codec matcher.Codec) {
		b := sampleContainer(t, codec)
		for i := range b {
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				b[i] ^= flip
				if err := use(b); !isFormatError(err) {
					t.Fatalf("byte %d ^ %#x: %v", i, flip, err)
				}
				b[i] ^= flip
			}
		}
	})
}

func TestTrailingBytesAreRefused(t *testing.T) {
	for _, more := range []int{1, matcher.SectionAlign} {
		b := append(sampleContainer(t, matcher.CodecStored), make([]byte, more)...)
		if err := use(b); !errors.Is(err, matcher.ErrDamaged) {
			t.Errorf("%d bytes more: %v", more, err)
		}
	}
}

func isFormatError(err error) bool {
	var format *matcher.FormatError
	return errors.As(err, &format)
}

// TestHostileHeaders changes fields of the header and puts the checksum right,
// as somebody would who wants to be let in.
func TestHostileHeaders(t *testing.T) {
	const table, entry = 64, 40
	le := binary.LittleEndian
	tests := []struct {
		name   string
		change func(b []byte)
		kind   error
		want   string
	}{
		{"version 0", func(b []byte) { b[8] = 0 }, matcher.ErrVersion, "header at offset 8: format version 0, only version 2 can be read"},
		{"version 3 with another layout", func(b []byte) { clear(b[9:]); b[8] = 3 }, matcher.ErrVersion, "header at offset 8: format version 3, only version 2 can be read"},
		{"magic", func(b []byte) { b[0] = 'R' }, matcher.ErrNotArtifact, "not a rulesc artifact: it does not begin with the magic bytes"},
		{"codec", func(b []byte) { b[12] = 2 }, matcher.ErrDamaged, "header at offset 12: unknown codec 2"},
		{"flags", func(b []byte) { b[14] = 1 }, matcher.ErrDamaged, "header at offset 14: reserved byte is not zero"},
		{"length", func(b []byte) { le.PutUint64(b[16:], 1<<63) }, matcher.ErrDamaged, "header at offset 16: length 9223372036854775808, the sections end at 896"},
		{"no sections", func(b []byte) { le.PutUint32(b[24:], 0) }, matcher.ErrDamaged, "header at offset 24: 0 sections, there have to be 5"},
		{"kind", func(b []byte) { b[table] = 2 }, matcher.ErrDamaged, "header at offset 64: section of kind 2 where hot has to be"},
		{"kinds swapped", func(b []byte) { b[table+entry] = 3; b[table+2*entry] = 2 }, matcher.ErrDamaged, "header at offset 104: section of kind 3 where rules has to be"},
		{"overlap", func(b []byte) { le.PutUint64(b[table+entry+8:], 320) }, matcher.ErrDamaged, "header at offset 112: section rules at 320, it has to be at 384"},
		{"in the header", func(b []byte) { le.PutUint64(b[table+8:], 0) }, matcher.ErrDamaged, "header at offset 72: section hot at 0, it has to be at 320"},
		{"huge hot", func(b []byte) { le.PutUint64(b[table+16:], 1<<62); le.PutUint64(b[table+24:], 1<<62) }, matcher.ErrDamaged, "header at offset 80: section hot has 4611686018427387904 bytes, it may have 1 to 268435456"},
		{"wraps", func(b []byte) { le.PutUint64(b[table+16:], 1<<64-1) }, matcher.ErrDamaged, "header at offset 80: section hot has 18446744073709551615 bytes, it may have 1 to 268435456"},
		{"bomb", func(b []byte) { b[12] = 1; le.PutUint64(b[table+24:], 256<<20+1) }, matcher.ErrDamaged, "header at offset 88: section hot has 268435457 bytes when decoded, it may have 1 to 268435456"},
		{"empty", func(b []byte) { le.PutUint64(b[table+16:], 0) }, matcher.ErrDamaged, "header at offset 80: section hot has 0 bytes, it may have 1 to 268435456"},
		{"columns of a stored image", func(b []byte) { b[table+36] = 7 }, matcher.ErrDamaged, "header at offset 100: section hot has no columns, but 7 bytes of them"},
		{"columns of rules", func(b []byte) { b[table+entry+39] = 1 }, matcher.ErrDamaged, "header at offset 140: section rules has no columns, but 16777216 bytes of them"},
		{"no columns", func(b []byte) { b[12] = 1 }, matcher.ErrDamaged, "header at offset 100: section hot has 0 bytes of columns, it may have 1 to 268435456"},
		{"a bomb of columns", func(b []byte) { b[12] = 1; le.PutUint32(b[table+36:], 256<<20+1) }, matcher.ErrDamaged, "header at offset 100: section hot has 268435457 bytes of columns, it may have 1 to 268435456"},
		{"empty decoded", func(b []byte) { b[12] = 1; le.PutUint64(b[table+24:], 0) }, matcher.ErrDamaged, "header at offset 88: section hot has 0 bytes when decoded, it may have 1 to 268435456"},
		{"huge meta", func(b []byte) { le.PutUint64(b[table+4*entry+16:], 17<<20) }, matcher.ErrDamaged, "header at offset 240: section meta has 17825792 bytes, it may have 1 to 16777216"},
		{"stored differs from decoded", func(b []byte) { le.PutUint64(b[table+24:], 65) }, matcher.ErrDamaged, "header at offset 88: section hot has 65 bytes when decoded, but is stored with 64"},
		{"two checksums", func(b []byte) { b[table+32]++ }, matcher.ErrDamaged, "header at offset 96: section hot is stored, but has another checksum when decoded"},
		{"padding", func(b []byte) { b[319] = 1 }, matcher.ErrDamaged, "header at offset 319: padding is not zero"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := sampleContainer(t, matcher.CodecStored)
			test.change(b)
			sealHeader(b)
			c, err := matcher.OpenContainer(b)
			if c != nil || !errors.Is(err, test.kind) || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestPaddingBetweenSectionsIsZero(t *testing.T) {
	b := sampleContainer(t, matcher.CodecStored)
	b[320+64+1] = 1 // behind the one byte of the rules
	if _, err := matcher.OpenContainer(b); err == nil || err.Error() != "header at offset 385: padding is not zero" {
		t.Error(err)
	}
}

// sealHeader puts the header's checksum right, by the words of FORMAT.md.
func sealHeader(b []byte) {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	covered := append(bytes.Clone(b[:28]), b[32:320]...)
	binary.LittleEndian.PutUint32(b[28:], crc32.Checksum(covered, castagnoli))
}

func TestFormatErrorNamesTheFile(t *testing.T) {
	err := &matcher.FormatError{File: "policy.rulesc", Section: matcher.SectionHot, Offset: 123, Kind: matcher.ErrDamaged, Reason: "it is bent"}
	if got, want := err.Error(), "policy.rulesc: section hot at offset 123: it is bent"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	err = &matcher.FormatError{File: "x", Kind: matcher.ErrNotArtifact, Reason: "it is empty"}
	if got, want := err.Error(), "x: not a rulesc artifact: it is empty"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestContentDigest(t *testing.T) {
	// By hand: the words, and each section behind its length in eight bytes.
	sum := sha256.Sum256([]byte("rulesc policy 1\n" +
		"\x02\x00\x00\x00\x00\x00\x00\x00ab" +
		"\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x01\x00\x00\x00\x00\x00\x00\x00c"))
	got := digest.Of([]byte("ab"), nil, []byte("c"))
	if got.String() != hex.EncodeToString(sum[:]) {
		t.Errorf("got %s, want %x", got, sum)
	}
	// What moves from one section to the next makes another digest.
	if got == digest.Of([]byte("a"), []byte("b"), []byte("c")) {
		t.Error("sections run together")
	}
	c, err := matcher.OpenContainer(sampleContainer(t, matcher.CodecStored))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckDigest(digest.Of([]byte("other"), nil, nil)); !errors.Is(err, matcher.ErrDamaged) {
		t.Errorf("another policy has the digest of this one: %v", err)
	}
}

func TestNames(t *testing.T) {
	var got []string
	for s := range matcher.Section(matcher.NumSections + 2) {
		got = append(got, s.String())
	}
	got = append(got, matcher.CodecStored.String(), matcher.CodecZstd.String(), matcher.Codec(9).String())
	want := "header hot rules hosts networks meta Section(6) none zstd Codec(9)"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzContainer(f *testing.F) {
	for _, codec := range []matcher.Codec{matcher.CodecStored, matcher.CodecZstd} {
		b := sampleContainer(f, codec)
		f.Add(b)
		f.Add(b[:matcher.HeaderSize])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		if len(b) >= matcher.HeaderSize {
			sealHeader(b) // or nothing would ever get past the checksum
		}
		c, err := matcher.OpenContainer(b)
		if (err == nil) != (c != nil) {
			t.Fatalf("container %v and error %v", c, err)
		}
		if err != nil {
			if !isFormatError(err) {
				t.Fatalf("error of another type: %v", err)
			}
			return
		}
		var parts [matcher.NumSections]matcher.Part
		for i := range parts {
			s := matcher.Section(i + 1)
			stored, err := c.Stored(s)
			if err != nil {
				return
			}
			parts[i] = matcher.Part{Stored: stored, Decoded: stored}
			if c.Codec != matcher.CodecStored || c.CheckDecoded(s, stored) != nil {
				return
			}
		}
		// There is one way to write an artifact.
		again, err := matcher.AppendContainer(nil, c.Codec, c.Digest, parts)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again, it is another one (%v)", err)
		}
	})
}
