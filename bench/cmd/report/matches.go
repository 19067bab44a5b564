package main

// matches reports on the list of all rules that match, which decide measured.
func (r *report) matches() error {
	ours := r.matchNS["rulesc, stored"]
	times := divide(ours, r.ns["rulesc, stored"])
	r.section("Matches", "All rules that match a command, listed in memory of the caller.")
	t := bySize("", sizes)
	t.row("rulesc, times Decide", numbers(times)...)
	for _, name := range []string{"Go maps", "the reference's algorithm"} {
		t.row(name+", times rulesc", numbers(divide(r.matchNS[name], ours))...)
	}
	t.row("*rulesc, ns a command*", numbers(ours)...)
	t.row("*matches a command*", numbers(r.perCommand)...)
	r.add(t)
	r.atMost("Matches into the caller's memory, times Decide", []float64{4, 4, 4, 4}, times)
	r.atMost("Matches into the caller's memory, allocations", []float64{0, 0, 0, 0}, r.matchAllocs)
	return nil
}
