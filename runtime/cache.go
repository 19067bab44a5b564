package runtime

import (
	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/matcher"
)

// cachedView opens a compressed artifact by way of the cache, nil if that does
// not work or has no use. It leaves file as it is, and says nothing of errors:
// who opens the artifact without a cache finds what is wrong with it.
func cachedView(file artifactfile.Memory, name string, s settings) *view {
	header, err := matcher.ParseHeader(file.Bytes)
	if err != nil || header.Codec == matcher.CodecStored {
		return nil
	}
	if v := viewInCache(file, name, s); v != nil {
		return v
	}
	unpacked, err := decompress(file, name)
	if err != nil || artifactfile.Keep(s.cache, file.Bytes, unpacked) != nil {
		return nil
	}
	return viewInCache(file, name, s)
}

func viewInCache(file artifactfile.Memory, name string, s settings) *view {
	m, ok := artifactfile.Cached(s.cache, file.Bytes)
	if !ok {
		return nil
	}
	v := &view{name: name}
	if v.open(m) != nil {
		v.release()
		return nil
	}
	return v
}

// decompress returns a compressed artifact as it is without compression. All of its
// sections are decoded and checked.
func decompress(file artifactfile.Memory, name string) ([]byte, error) {
	v := &view{name: name}
	if err := v.container.Open(file.Bytes); err != nil {
		return nil, err
	}
	var parts [matcher.NumSections]matcher.Part
	for i := range parts {
		b, m, err := v.section(matcher.Section(i + 1))
		if err != nil {
			return nil, err
		}
		defer m.Release()
		parts[i] = matcher.Part{Stored: b, Decoded: b}
	}
	return matcher.AppendContainer(nil, matcher.CodecStored, v.container.Digest, parts)
}
