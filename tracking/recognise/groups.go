package recognise

import "strings"

// mostGroups is how many groups a number is ever written in: one for each
// character where it was spelled out.
const mostGroups = 24

// groups is a number written in groups, as far as it has been read.
type groups struct {
	starts [mostGroups]int
	ends   [mostGroups]int
	n      int
}

func (g *groups) add(start, end int) {
	g.starts[g.n], g.ends[g.n] = start, end
	g.n++
}

// size is how many characters the first n groups have.
func (g *groups) size(n int) int {
	size := 0
	for i := range n {
		size += g.ends[i] - g.starts[i]
	}
	return size
}

// join reads a number written in groups with single blanks or dashes between,
// from its first group on: the longest that fits a rule whole while no group
// alone is a number. It returns where the number ends; 0 when there is none.
func (r *reader) join(start, end int) (whole string, found rule, to int) {
	if start < r.urlEnd || !r.goesOn(end) || r.follows(start) {
		return "", rule{}, 0
	}
	g := r.groups(start, end)
	for n := g.n; n > 1; n-- {
		if g.size(n) < shortest {
			break
		}
		whole = r.whole(&g, n)
		found, ok := ruleFor(whole)
		if ok && r.joins(&g, n, found) {
			return whole, found, g.ends[n-1]
		}
	}
	return "", rule{}, 0
}

// goesOn says that a single blank or dash and another group follow.
func (r *reader) goesOn(end int) bool {
	c := r.byteAt(end)
	return (c == ' ' || c == '-') && isAlnum(r.byteAt(end+1))
}

// follows says that digits stand before a first group without letters: it is not the first.
func (r *reader) follows(start int) bool {
	c := r.byteAt(start - 1)
	return isDigit(r.text[start]) && (c == '-' || c == '.' || c == '+' || c == ':' && isDigit(r.byteAt(start-2)) || c == ' ' && isDigit(r.byteAt(start-2)))
}

// groups collects what is written like the groups of one number.
func (r *reader) groups(start, end int) groups {
	var g groups
	g.add(start, end)
	for g.n < mostGroups && r.goesOn(end) && end-start-g.n < longest {
		next := end + 1
		end = runEnd(r.text, next)
		g.add(next, end)
	}
	return g
}

// whole is the first n groups in one piece.
func (r *reader) whole(g *groups, n int) string {
	var buffer [64]byte
	whole := buffer[:0]
	for i := range n {
		whole = append(whole, r.text[g.starts[i]:g.ends[i]]...)
	}
	return string(whole)
}

// joins says whether the first n groups may be read as one number.
func (r *reader) joins(g *groups, n int, found rule) bool {
	if r.isPiece(g.starts[0], g.ends[n-1]) || !r.sameSeparator(g, n) {
		return false
	}
	first := r.text[g.starts[0]:g.ends[0]]
	if n == 2 && countDigits(first) == 0 && found.weight == marked {
		return true // "SF 1000000000015": the letters say whose it is
	}
	for i := range n {
		if r.alone(r.text[g.starts[i]:g.ends[i]]) {
			return false
		}
	}
	switch {
	case found.weight == marked:
		return r.ending(g, n)
	case found.weight == claimed || isClock(r.whole(g, n)):
		return false
	}
	return r.complete(g, n) && (r.digitGroups(g, n, found.sure) || r.said(g.starts[0]) == saidWaybill)
}

// alone says that a group is a number, or a phone, by itself.
func (r *reader) alone(group string) bool {
	found, ok := ruleFor(group)
	return ok && found.weight > claimed || isPhone(group)
}

// sameSeparator: blanks or dashes, not both; letters in front may be set off otherwise.
func (r *reader) sameSeparator(g *groups, n int) bool {
	from := 0
	if countDigits(r.text[g.starts[0]:g.ends[0]]) == 0 {
		from = 1
	}
	for i := from; i < n-1; i++ {
		if r.text[g.ends[i]] != r.text[g.ends[from]] {
			return false
		}
	}
	return true
}

// ending refuses a single digit behind a long group: "SF100000000001 5" is a
// number with a digit missing, and five of something.
func (r *reader) ending(g *groups, n int) bool {
	last, before := g.ends[n-1]-g.starts[n-1], g.ends[n-2]-g.starts[n-2]
	return last > 1 || before <= 5
}

// complete says that digits end with the n-th group; four more may be its tail.
func (r *reader) complete(g *groups, n int) bool {
	end := g.ends[n-1]
	if r.byteAt(end) == ':' || r.byteAt(end) == '.' && isDigit(r.byteAt(end+1)) {
		return false
	}
	if n == g.n || !isDigits(r.text[g.starts[n]:g.ends[n]]) {
		return n < mostGroups
	}
	_, next := r.tail(end)
	return next > end
}

// digitGroups: groups without any letter have at least three digits, but for
// the last one. Where more than one carrier's rule fits they are all alike.
func (r *reader) digitGroups(g *groups, n int, sure bool) bool {
	size := g.ends[0] - g.starts[0]
	for i := range n - 1 {
		width := g.ends[i] - g.starts[i]
		if width < 3 || !sure && width != size {
			return false
		}
	}
	last := g.ends[n-1] - g.starts[n-1]
	return sure || n > 2 && last <= size
}

// broken reads a number that a line's end has broken in two: the rest of it is
// all that the next line holds, and the whole fits a rule as its first part does
// not. It returns where the number ends; 0 when it is not broken.
func (r *reader) broken(start, end int, said saying) (whole string, found rule, to int) {
	at := end + len(r.text[end:]) - len(strings.TrimLeft(r.text[end:], " \r"))
	if r.byteAt(at) != '\n' || said > saidParcel || start < r.urlEnd {
		return "", rule{}, 0
	}
	at++
	to = runEnd(r.text, at)
	rest, _, _ := strings.Cut(r.text[to:min(len(r.text), to+16)], "\n")
	if to-at < 2 || !isDigits(r.text[at:to]) || strings.TrimSpace(rest) != "" {
		return "", rule{}, 0
	}
	whole = r.text[start:end] + r.text[at:to]
	found, ok := ruleFor(whole)
	switch {
	case !ok || found.weight == claimed, isPhone(r.text[at:to]), isClock(whole):
	case found.weight == marked, said == saidWaybill, found.sure && r.standsAlone(start, end):
		return whole, found, to
	}
	return "", rule{}, 0
}
