package analysis

// Distance returns the number of single-character insertions, deletions,
// substitutions and swaps of neighbours that turn a into b (optimal string
// alignment). Words that differ in length by more than 8, or are longer than
// 64 characters, count as far apart: their distance is the longer one's length.
func Distance(a, b string) int {
	const longest, slack = 64, 8
	ra, rb := []rune(a), []rune(b)
	if len(ra) < len(rb) {
		ra, rb = rb, ra
	}
	if len(ra) > longest || len(ra)-len(rb) > slack {
		return len(ra)
	}
	// rows of the table, two back, one back and the current one
	var two, one, row [longest + 1]int
	for j := range len(rb) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		for j := 1; j <= len(rb); j++ {
			change := 1
			if ra[i-1] == rb[j-1] {
				change = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+change)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(rb)]
}
