// Package limit is what reading argv exactly costs, and nothing else: for each
// token that has to be looked at both its end words are loaded in one go,
// hashed by one multiplication of 64 by 64 bits, and compared with a record
// that lies beside the last one. No search, no call, and no branch that depends
// on how long a token is. It knows the commands, so it is a floor to measure
// from, not something to use.
package limit

// A Limit is commands and what is known of them.
type Limit struct {
	commands [][]string
	looked   []int
	begin    []int    // by command, which record is that of its first token
	records  []record // of all tokens that have to be looked at, in their order
	hash     uint64   // follows from all hashes, so that these are not left out
}

type record struct{ first, last uint64 }

// New returns the limit of commands of which the first looked tokens have to be
// looked at. Behind each token there must be 8 bytes that may be read; those of
// package workload are such.
func New(commands [][]string, looked []int) *Limit {
	l := &Limit{commands: commands, looked: looked}
	for i, argv := range commands {
		l.begin = append(l.begin, len(l.records))
		for _, token := range argv[:looked[i]] {
			first, last := endWords(token)
			l.records = append(l.records, record{first, last})
		}
	}
	return l
}
