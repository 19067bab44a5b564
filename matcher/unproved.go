package matcher

// An Unproved is an image of which nothing but the header was looked at. It is for a
// process that asks once: [OpenImage] looks at all of an image, so that every decision
// can do without; here the one decision does not, and looks where it goes.
//
// An image that is whole, as one knows from its checksum, gives the answer that it gives
// after OpenImage. One that somebody forged may give any answer, as it may after
// OpenImage, or none.
type Unproved struct{ image Image }

// Open looks at the header. The image aliases b. Errors are *FormatError.
func (u *Unproved) Open(b []byte) error { return u.image.openHeader(b) }

// Rules is [Image.Rules].
func (u *Unproved) Rules() int { return u.image.Rules() }

// Ask returns what [Image.Decide] does, and appends what [Image.AppendMatches] does, both
// without host resolution. ok is false if this is no image.
func (u *Unproved) Ask(dst []Match, argv []string) (v Verdict, matches []Match, ok bool) {
	if len(argv) == 0 {
		return noVerdict, dst, true
	}
	defer func() {
		if recover() != nil {
			v, matches, ok = noVerdict, dst, false // a place in the image that there is not
		}
	}()
	// Code that needs no proof: it checks all bounds, and each step of a walk takes a
	// token or goes on within an area.
	m := &u.image
	v = m.decide(argv, nil)
	if v.Decision > Forbidden || v.Rule >= m.Rules() {
		return noVerdict, dst, false
	}
	matches = m.appendMatches(dst, argv[0], argv, nil)
	for _, match := range matches[len(dst):] {
		if match.Rule < 0 || int(match.Rule) >= m.Rules() || int(match.Tokens) > len(argv) {
			return noVerdict, dst, false
		}
	}
	return v, matches, true
}
