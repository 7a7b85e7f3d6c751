package recognise

import "strings"

// localPhone reads a phone of Hong Kong, Macao or Taiwan that begins at a place:
// +852 9123 4567, 0912-345-678. Eight digits, and masked ones, are a phone only
// behind their country's code or where words call them one.
func (r *reader) localPhone(at int) (p shown, ok bool) {
	start := at
	for _, code := range [...]string{"+852", "+853", "+886", "852-", "853-", "886-"} {
		if rest, found := strings.CutPrefix(r.plain[at:], code); found {
			start = at + len(code) + len(rest) - len(strings.TrimLeft(rest, " -"))
			break
		}
	}
	p = r.shown(start)
	first := r.byteAt(start)
	if p.masks == 0 && p.total == 10 && strings.HasPrefix(r.plain[start:], "09") {
		return p, true
	}
	known := start > at
	if !known {
		_, _, known = r.tailLabel(at)
	}
	switch {
	case !known:
	case p.masks > 0:
		return p, p.trail == 4 && p.lead <= 4 && p.masks >= 2 && p.letters == 0
	case p.total == 8:
		return p, first >= '4'
	case p.total == 9:
		return p, first == '9' && start > at
	}
	return p, false
}
