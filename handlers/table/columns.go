package table

import (
	"slices"
	"strings"
	"unicode"

	"waybill/tracking/recognise"
)

const (
	titlesWithin = 30  // rows: more does not stand over a table
	sampled      = 200 // rows by which columns without titles are told apart
)

// columns finds what stands where: by titles, else by what is in the columns.
func (g *grid) columns(names Names) columns {
	c := columns{header: -1, number: -1, carrier: -1, tailOnly: map[int]bool{}}
	header, roles := g.titles()
	c.header = header
	if header >= 0 {
		c.take(roles)
		if c.number = g.bestNumber(header, roles); c.number >= 0 {
			c.titled = true
			return c
		}
	}
	g.byContent(&c, names)
	return c
}

// titles is the row of titles: of the first rows the one with the most of them; -1
// when there is none.
func (g *grid) titles() (header int, roles []role) {
	header, most := -1, 0
	for i, r := range g.rows[:min(len(g.rows), titlesWithin)] {
		read := make([]role, len(r.cells))
		kinds := map[roleKind]bool{}
		for j, at := range r.cells {
			if read[j] = roleOf(at.text); read[j].kind != roleNone {
				kinds[read[j].kind] = true
			}
		}
		count := len(kinds)
		if kinds[roleNumber] {
			count += 2
		}
		if count > most {
			header, most, roles = i, count, read
		}
	}
	if most < 2 {
		return -1, nil // a single word such as 备注 is no row of titles
	}
	return header, roles
}

// take notes the columns of carriers, names and phones.
func (c *columns) take(roles []role) {
	ranked := func(kind roleKind) []int {
		var at []int
		for i, r := range roles {
			if r.kind == kind {
				at = append(at, i)
			}
		}
		slices.SortStableFunc(at, func(a, b int) int { return roles[a].rank - roles[b].rank })
		return at
	}
	if carriers := ranked(roleCarrier); len(carriers) > 0 {
		c.carrier = carriers[0]
	}
	c.names, c.tails = ranked(roleName), ranked(roleTail)
	for _, at := range c.tails {
		c.tailOnly[at] = roles[at].rank == 0
	}
}

// bestNumber is the column of numbers: the surest title, and of equal ones that with
// the most numbers below it; -1 without any.
func (g *grid) bestNumber(header int, roles []role) int {
	best, bestRank, bestCount := -1, 0, 0
	for at, r := range roles {
		if r.kind != roleNumber {
			continue
		}
		rank := 0
		if r.rank >= unsure {
			rank = r.rank
		}
		count, _ := g.count(header, at, isWaybill)
		if best < 0 || rank < bestRank && count > 0 || rank == bestRank && count > bestCount || bestCount == 0 && count > 0 {
			best, bestRank, bestCount = at, rank, count
		}
	}
	return best
}

// count is how many of a column's cells are something, of how many that are not empty.
func (g *grid) count(header, column int, is func(cell) bool) (count, all int) {
	for _, r := range g.rows[header+1 : min(len(g.rows), header+1+sampled)] {
		if at := r.at(column); at.text != "" {
			all++
			if is(at) {
				count++
			}
		}
	}
	return count, all
}

// isWaybill says that a cell has the shape of a carrier's waybill number, whole or as
// a spreadsheet shows it.
func isWaybill(at cell) bool {
	text := clean(at.text)
	if onlyDigits(at.raw) {
		text = at.raw
	}
	if scientific.MatchString(text) {
		return true
	}
	first := text
	if parts := parted.Split(text, 2); !thousands.MatchString(text) {
		first = parts[0]
	}
	n, ok := recognise.One(first)
	return ok && (len(n.Carriers) > 0 || n.Foreign != "")
}

// byContent finds the columns by what is in them: that with the most waybills, of those
// where at least every second cell is one.
func (g *grid) byContent(c *columns, names Names) {
	width := 0
	for _, r := range g.rows[:min(len(g.rows), sampled)] {
		width = max(width, len(r.cells))
	}
	share := func(column int, is func(cell) bool) int {
		n, all := g.count(c.header, column, is)
		if n == 0 || 2*n < all {
			return 0
		}
		return n
	}
	most := 0
	for at := range width {
		if n := share(at, isWaybill); n > most {
			c.number, most = at, n
		}
	}
	if c.number < 0 {
		return
	}
	for at := c.header + 1; at < len(g.rows) && !strings.ContainsAny(g.rows[at].at(c.number).text, "0123456789０１２３４５６７８９#"); at++ {
		c.header = at // titles that say nothing known
	}
	isName := func(at cell) bool { return strings.ContainsFunc(at.text, unicode.IsLetter) && !isWaybill(at) }
	isCarrier := func(at cell) bool { _, ok := names.Typed(at.text); return ok }
	for at := range width {
		switch {
		case at == c.number:
		case c.carrier < 0 && share(at, isCarrier) > 0:
			c.carrier = at
		case len(c.tails) == 0 && share(at, isPhone) > 0:
			c.tails = []int{at}
		case len(c.names) == 0 && at != c.carrier && share(at, isName) > 0:
			c.names = []int{at}
		}
	}
}
