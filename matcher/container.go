package matcher

import (
	"errors"
	"slices"

	"github.com/rulesc/rulesc/internal/crc32c"
)

// The container is the file around the image: a header of fixed size and five
// sections. FORMAT.md has the layout in tables; what follows is why it is so.
//
// Everything in a file is covered by something that is checked before it is
// used, so that damage is found instead of decided upon:
//
//	header and section table    header checksum      when the file is opened
//	padding between sections    has to be zero       when the file is opened
//	length of the file          in the header        when the file is opened
//	stored bytes of a section   CRC-32C              when the section is first used
//	decoded bytes of a section  CRC-32C              after decompression
//
// The checksums are CRC-32C: it is certain to find any damage within four
// consecutive bytes and misses one in four thousand million of all else, and
// costs a twentieth of a SHA-256, which would be most of the time it takes to
// open a stored artifact. A checksum is no signature: who can write the file
// can write the policy. The content digest, which people compare and pin, is a
// SHA-256; Open leaves it alone and whoever wants it proved asks for
// [Container.CheckDigest].

// FormatVersion is the version of the artifact format that this package writes
// and the only one that it reads.
const FormatVersion = 2

// MaxFileSize bounds the size of an artifact, in bytes.
const MaxFileSize = 1 << 30

// maxSize bounds the stored and the decoded size of each section, in bytes. It
// is what keeps a hostile file from asking for more memory.
var maxSize = [NumSections]int{
	SectionHot - 1:      256 << 20,
	SectionRules - 1:    256 << 20,
	SectionHosts - 1:    16 << 20,
	SectionNetworks - 1: 16 << 20,
	SectionMeta - 1:     16 << 20,
}

// HeaderSize is the size in bytes of the header with its section table, and
// the place of the first section.
const HeaderSize = 320

// SectionAlign is what the offset of every section and the size of the file
// are a multiple of.
const SectionAlign = 64

// Magic is what every artifact begins with.
const Magic = "\x89RULESC\n"

// Offsets in the header.
const (
	headerVersion  = 8
	headerCodec    = 12
	headerReserved = 13
	headerLength   = 16
	headerSections = 24
	headerSum      = 28
	headerDigest   = 32
	headerTable    = 64

	entryKind       = 0
	entryStoredSum  = 4
	entryOffset     = 8
	entryStored     = 16
	entryDecoded    = 24
	entryDecodedSum = 32
	entryPacked     = 36
	entrySize       = 40

	headerEnd = headerTable + NumSections*entrySize // zero from here to HeaderSize
)

// A Codec says how the sections of an artifact are stored.
type Codec uint8

// The codecs. The numbers are those of the header.
const (
	CodecStored Codec = 0 // as they are: matching walks the mapped file in place
	CodecZstd   Codec = 1 // each section is one zstd frame, that of SectionHot its columns, see UnpackImage
)

// String returns the codec's name as the command line spells it.
func (c Codec) String() string {
	switch c {
	case CodecStored:
		return "none"
	case CodecZstd:
		return "zstd"
	}
	return sprintf("Codec(%d)", uint8(c))
}

// A Section is a part of an artifact.
type Section uint8

// The sections, in the order in which they are stored. The numbers are those
// of the section table.
const (
	SectionHot      Section = 1 // the image, see OpenImage
	SectionRules    Section = 2 // see AppendRules
	SectionHosts    Section = 3 // see AppendHosts
	SectionNetworks Section = 4 // see AppendNetworks
	SectionMeta     Section = 5 // see AppendMeta

	NumSections = 5
)

// String returns the section's name as errors give it.
func (s Section) String() string {
	switch s {
	case 0:
		return "header"
	case SectionHot:
		return "hot"
	case SectionRules:
		return "rules"
	case SectionHosts:
		return "hosts"
	case SectionNetworks:
		return "networks"
	case SectionMeta:
		return "meta"
	}
	return sprintf("Section(%d)", uint8(s))
}

// What is wrong with an artifact, for errors.Is.
var (
	ErrNotArtifact = errors.New("not a rulesc artifact")
	ErrVersion     = errors.New("artifact of another format version")
	ErrDamaged     = errors.New("damaged artifact")
)

// A FormatError says what is wrong with an artifact and where.
type FormatError struct {
	File    string  // the artifact's name; "" if it has none
	Section Section // 0 for the header and what lies between sections

	// Offset counts bytes from the beginning of the section as it is after
	// decompression, or of the file if Section is 0.
	Offset int64

	Kind   error  // ErrNotArtifact, ErrVersion or ErrDamaged
	Reason string // what was found, and what was expected
}

// Error returns "file: section hot at offset 123: reason".
func (e *FormatError) Error() string {
	where := "header"
	if e.Section != 0 {
		where = "section " + e.Section.String()
	}
	text := sprintf("%s at offset %d: %s", where, e.Offset, e.Reason)
	if e.Kind == ErrNotArtifact {
		text = e.Kind.Error() + ": " + e.Reason
	}
	if e.File != "" {
		text = e.File + ": " + text
	}
	return text
}

// Unwrap returns e.Kind.
func (e *FormatError) Unwrap() error { return e.Kind }

func damagedf(s Section, offset int, format string, args ...any) error {
	return &FormatError{Section: s, Offset: int64(offset), Kind: ErrDamaged, Reason: sprintf(format, args...)}
}

// A Digest identifies what a policy means: equal digests mean equal decisions,
// rule texts and provenance, whatever the codec, the machine and the tool's
// version.
type Digest [sha256Size]byte

const sha256Size = 32

// String returns the digest in lower-case hexadecimal.
func (d Digest) String() string { return sprintf("%x", d[:]) }

// A Part is the content of a section, for [AppendContainer].
type Part struct {
	Stored  []byte // as it is written to the file
	Decoded []byte // the same as Stored under CodecStored

	// Packed is how many bytes of columns Stored decompresses to if it is the image's, and
	// otherwise 0.
	Packed int
}

// AppendContainer appends an artifact with the given sections to dst, which
// has to be empty or end on a multiple of SectionAlign. Parts are in the order
// of the sections, SectionHot first. The result depends on nothing but the arguments.
func AppendContainer(dst []byte, codec Codec, digest Digest, parts [NumSections]Part) ([]byte, error) {
	if codec > CodecZstd {
		return dst, errorf("no codec has number %d", uint8(codec))
	}
	start := len(dst)
	if start%SectionAlign != 0 {
		return dst, errorf("an artifact cannot start at offset %d", start)
	}
	var header [HeaderSize]byte
	copy(header[:], Magic)
	put32(header[headerVersion:], FormatVersion)
	header[headerCodec] = byte(codec)
	put32(header[headerSections:], NumSections)
	copy(header[headerDigest:], digest[:])

	size := HeaderSize
	for _, part := range parts {
		size += len(part.Stored) + SectionAlign
	}
	out := append(slices.Grow(dst, size), header[:]...)
	for i, part := range parts {
		section := Section(i + 1)
		if n := max(len(part.Stored), len(part.Decoded), part.Packed); n > maxSize[i] {
			return dst, errorf("section %s has %d bytes, the most is %d", section, n, maxSize[i])
		}
		if len(part.Stored) == 0 || len(part.Decoded) == 0 {
			return dst, errorf("section %s is empty", section)
		}
		if part.Packed > 0 != isColumns(codec, section) {
			return dst, errorf("section %s has %d bytes of columns", section, part.Packed)
		}
		entry := header[headerTable+i*entrySize:][:entrySize]
		put32(entry[entryKind:], uint32(section))
		put32(entry[entryStoredSum:], crc32c.Checksum(part.Stored))
		put64(entry[entryOffset:], uint64(len(out)-start))
		put64(entry[entryStored:], uint64(len(part.Stored)))
		put64(entry[entryDecoded:], uint64(len(part.Decoded)))
		put32(entry[entryDecodedSum:], crc32c.Checksum(part.Decoded))
		put32(entry[entryPacked:], uint32(part.Packed))
		out = append(out, part.Stored...)
		out = append(out, make([]byte, padding(len(out)))...)
	}
	put64(header[headerLength:], uint64(len(out)-start))
	put32(header[headerSum:], headerChecksum(header[:]))
	copy(out[start:], header[:])
	return out, nil
}

// isColumns reports whether a section is stored as the columns of an image.
func isColumns(codec Codec, section Section) bool { return codec == CodecZstd && section == SectionHot }

// A Header is what the first HeaderSize bytes of an artifact say.
type Header struct {
	Codec  Codec
	Digest Digest
	Length int64 // of the whole file, in bytes

	table [NumSections]entry
}

// An entry is a line of the section table, checked: the section lies within
// the file and no size exceeds maxSize.
type entry struct {
	offset, stored, decoded, packed int
	storedSum, decodedSum           uint32
}

// DecodedSize returns the size of a section after decompression, in bytes.
func (h *Header) DecodedSize(s Section) int { return h.table[s-1].decoded }

// PackedSize returns how many bytes of columns a compressed artifact has of its image.
func (h *Header) PackedSize() int { return h.table[SectionHot-1].packed }

// StoredSize returns the size of a section in the file, in bytes.
func (h *Header) StoredSize(s Section) int { return h.table[s-1].stored }

// ParseHeader reads the header of an artifact from the beginning of b and
// checks all that can be checked without the rest of the file. Of b it reads
// no more than HeaderSize bytes and keeps none. Errors are of type
// [*FormatError].
func ParseHeader(b []byte) (Header, error) {
	// The version comes before everything else: another version may have
	// another layout from here on, and another checksum.
	if len(b) < headerCodec || string(b[:len(Magic)]) != Magic {
		reason := "it does not begin with the magic bytes"
		if len(b) == 0 {
			reason = "it is empty"
		}
		return Header{}, &FormatError{Kind: ErrNotArtifact, Reason: reason}
	}
	if v := le32(b, headerVersion); v != FormatVersion {
		return Header{}, &FormatError{
			Offset: headerVersion,
			Kind:   ErrVersion,
			Reason: sprintf("format version %d, only version %d can be read", v, FormatVersion),
		}
	}
	if len(b) < HeaderSize {
		return Header{}, damagedf(0, len(b), "the file ends here, the header has %d bytes", HeaderSize)
	}
	b = b[:HeaderSize:HeaderSize]
	if stated, found := le32(b, headerSum), headerChecksum(b); stated != found {
		return Header{}, damagedf(0, headerSum, "checksum %08x, the header's bytes have %08x", stated, found)
	}
	h := Header{Codec: Codec(b[headerCodec]), Digest: Digest(b[headerDigest:headerTable])}
	if h.Codec > CodecZstd {
		return Header{}, damagedf(0, headerCodec, "unknown codec %d", uint8(h.Codec))
	}
	if i := nonZero(b[headerReserved:headerLength]); i >= 0 {
		return Header{}, damagedf(0, headerReserved+i, "reserved byte is not zero")
	}
	if n := le32(b, headerSections); n != NumSections {
		return Header{}, damagedf(0, headerSections, "%d sections, there have to be %d", n, NumSections)
	}
	if i := nonZero(b[headerEnd:]); i >= 0 {
		return Header{}, damagedf(0, headerEnd+i, "padding is not zero")
	}
	at := uint64(HeaderSize)
	for i := range h.table {
		place := headerTable + i*entrySize
		e := b[place:][:entrySize]
		section := Section(i + 1)
		stored, decoded, packed := le64(e, entryStored), le64(e, entryDecoded), uint64(le32(e, entryPacked))
		h.table[i].storedSum, h.table[i].decodedSum = le32(e, entryStoredSum), le32(e, entryDecodedSum)
		switch {
		case le32(e, entryKind) != uint32(section):
			return Header{}, damagedf(0, place+entryKind, "section of kind %d where %s has to be", le32(e, entryKind), section)
		case le64(e, entryOffset) != at:
			return Header{}, damagedf(0, place+entryOffset, "section %s at %d, it has to be at %d", section, le64(e, entryOffset), at)
		case stored == 0 || stored > uint64(maxSize[i]):
			return Header{}, damagedf(0, place+entryStored, "section %s has %d bytes, it may have 1 to %d", section, stored, maxSize[i])
		case decoded == 0 || decoded > uint64(maxSize[i]):
			return Header{}, damagedf(0, place+entryDecoded, "section %s has %d bytes when decoded, it may have 1 to %d", section, decoded, maxSize[i])
		case h.Codec == CodecStored && stored != decoded:
			return Header{}, damagedf(0, place+entryDecoded, "section %s has %d bytes when decoded, but is stored with %d", section, decoded, stored)
		case h.Codec == CodecStored && h.table[i].storedSum != h.table[i].decodedSum:
			return Header{}, damagedf(0, place+entryDecodedSum, "section %s is stored, but has another checksum when decoded", section)
		case isColumns(h.Codec, section) && (packed == 0 || packed > uint64(maxSize[i])):
			return Header{}, damagedf(0, place+entryPacked, "section %s has %d bytes of columns, it may have 1 to %d", section, packed, maxSize[i])
		case !isColumns(h.Codec, section) && packed != 0:
			return Header{}, damagedf(0, place+entryPacked, "section %s has no columns, but %d bytes of them", section, packed)
		}
		// No overflow: all of maxSize is less than MaxFileSize.
		h.table[i].offset, h.table[i].stored, h.table[i].decoded, h.table[i].packed = int(at), int(stored), int(decoded), int(packed)
		at += stored
		at += uint64(padding(int(at)))
	}
	if n := le64(b, headerLength); n != at {
		return Header{}, damagedf(0, headerLength, "length %d, the sections end at %d", n, at)
	}
	h.Length = int64(at)
	return h, nil
}

// A Container is an artifact of which the header has been checked. It is a
// view: the bytes it was opened on must stay as they are while it is used.
// It is safe for concurrent use.
type Container struct {
	Header
	bytes []byte // of the file, from start on
	start int    // 0, or where the cold sections begin
}

// OpenContainer checks the header of an artifact and everything else that
// belongs to no section; sections are checked when they are asked for. Errors
// are of type [*FormatError].
func OpenContainer(b []byte) (*Container, error) {
	c := new(Container)
	if err := c.Open(b); err != nil {
		return nil, err
	}
	return c, nil
}

// Open is [OpenContainer] for a container that is a part of something else. After
// an error c is as it was.
func (c *Container) Open(b []byte) error {
	h, err := ParseHeader(b)
	if err != nil {
		return err
	}
	if int64(len(b)) != h.Length {
		return damagedf(0, headerLength, "length %d, the file has %d bytes", h.Length, len(b))
	}
	for i, e := range h.table {
		end, next := e.offset+e.stored, len(b)
		if i+1 < len(h.table) {
			next = h.table[i+1].offset
		}
		if j := nonZero(b[end:next]); j >= 0 {
			return damagedf(0, end+j, "padding is not zero")
		}
	}
	*c = Container{Header: h, bytes: b}
	return nil
}

// Stored returns a section as it is in the file, which is a slice of the bytes
// that the container was opened on, after it has checked it. Under
// CodecStored that is all; otherwise the caller decodes it to DecodedSize bytes, the
// image by way of PackedSize bytes of columns, and hands these to [Container.CheckDecoded].
func (c *Container) Stored(s Section) ([]byte, error) {
	e := c.table[s-1]
	at := e.offset - c.start
	b := c.bytes[at : at+e.stored : at+e.stored]
	if sum := crc32c.Checksum(b); sum != e.storedSum {
		return nil, damagedf(s, 0, "its %d stored bytes have checksum %08x, the section table has %08x", e.stored, sum, e.storedSum)
	}
	return b, nil
}

// ColdSize returns how many bytes of the file lie behind the image.
func (c *Container) ColdSize() int { return len(c.bytes) + c.start - c.table[SectionRules-1].offset }

// Move copies the sections behind the image to dst, which has ColdSize bytes, and has c
// read them there. The image can no longer be asked for: of the bytes that c was
// opened on nothing is needed any more.
func (c *Container) Move(dst []byte) {
	start := c.table[SectionRules-1].offset
	copy(dst, c.bytes[start-c.start:])
	c.bytes, c.start = dst, start
}

// CheckDecoded reports whether a section was decoded to what it was made from.
func (c *Container) CheckDecoded(s Section, decoded []byte) error {
	e := c.table[s-1]
	if len(decoded) != e.decoded {
		return damagedf(s, 0, "it decodes to %d bytes, the section table has %d", len(decoded), e.decoded)
	}
	if sum := crc32c.Checksum(decoded); sum != e.decodedSum {
		return damagedf(s, 0, "its %d decoded bytes have checksum %08x, the section table has %08x", e.decoded, sum, e.decodedSum)
	}
	return nil
}

// CheckDigest reports whether the digest in the header is the one that was found,
// which package matcher/digest makes of the decoded sections.
func (c *Container) CheckDigest(found Digest) error {
	if found != c.Digest {
		return damagedf(0, headerDigest, "content digest %s, the sections have %s", c.Digest, found)
	}
	return nil
}

// headerChecksum is the checksum of a header, over all of it but the checksum.
func headerChecksum(header []byte) uint32 {
	return crc32c.Update(crc32c.Checksum(header[:headerSum]), header[headerSum+4:HeaderSize])
}

// padding returns the number of bytes from offset n to the next place where a
// section may start.
func padding(n int) int { return -n & (SectionAlign - 1) }

// nonZero returns the index of the first byte that is not zero, -1 if all are.
func nonZero(b []byte) int {
	for i, c := range b {
		if c != 0 {
			return i
		}
	}
	return -1
}
