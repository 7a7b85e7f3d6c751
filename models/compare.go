package models

// farthest is how far a provider may move all its times: the width of the world's zones.
const farthest = 14 * 60 // minutes

// comparison is what an answer has of the scans that are stored.
type comparison struct {
	known  map[string]bool // identities of the answer's scans that are no news, and of the stored ones
	shift  Moment          // by how much the provider has moved its times; zero when it has not
	newest Moment          // of the answer's scans that are known
}

// compare finds an answer's scans among the stored ones: by identity, and those that
// are stored under other words or another time. A stored scan that stands in the
// answer as it was is never taken for another one: only one that the answer has no
// more may have become one that is not stored, when it is of the same minute and
// differs in what is masked, or when all times moved by the same whole hours.
//
// Stored scans are signed anew, so that those of before an upgrade count too.
func compare(known, answer []Event) comparison {
	c := comparison{known: make(map[string]bool, len(known)+len(answer))}
	present := make(map[string]bool, len(answer))
	for _, e := range answer {
		present[e.Identity] = true
	}
	m := moves{}
	for _, e := range known {
		if e.Kind == Scan {
			e.Sign()
		}
		c.known[e.Identity] = true
		switch {
		case e.Kind != Scan:
		case present[e.Identity]:
			m.stay(e)
		default:
			m.vanished = append(m.vanished, e)
		}
	}
	for _, e := range answer {
		if !c.known[e.Identity] {
			m.unknown = append(m.unknown, e)
		}
	}
	if len(m.vanished) > 0 && len(m.unknown) > 0 {
		m.masked(&c)
		m.shifted(&c)
	}
	for _, e := range answer {
		if c.known[e.Identity] {
			c.newest = max(c.newest, e.At)
		}
	}
	return c
}

// moves are the scans that may be the same under another identity.
type moves struct {
	vanished, unknown []Event
	// Of the stored scans that stand in the answer as they were: the one that was
	// stored first, and the latest time; zero without any.
	first int64
	last  Moment
}

func (m *moves) stay(e Event) {
	if m.last == 0 || e.Seq < m.first {
		m.first = e.Seq
	}
	m.last = max(m.last, e.At)
}

// masked takes those for known that differ only in what is masked.
func (m *moves) masked(c *comparison) {
	var left []Event
	gone := map[int]bool{}
	for _, e := range m.unknown {
		i := m.twin(e)
		if i < 0 {
			left = append(left, e)
			continue
		}
		gone[i], c.known[e.Identity] = true, true
	}
	var vanished []Event
	for i, e := range m.vanished {
		if !gone[i] {
			vanished = append(vanished, e)
		}
	}
	m.unknown, m.vanished = left, vanished
}

// twin is the vanished scan of e's minute whose words are e's but for masks; -1 without one.
func (m *moves) twin(e Event) int {
	for i, v := range m.vanished {
		if e.At/minute == v.At/minute && words(e.Place) == words(v.Place) && (words(e.Text) == words(v.Text) || masksOf(e.Text, v.Text)) {
			return i
		}
	}
	return -1
}

// shifted takes those for known whose time is another one by the same whole hours,
// when most of what has vanished is there again by that.
func (m *moves) shifted(c *comparison) {
	vanished := map[string][]int{} // by words
	for i, v := range m.vanished {
		key := words(v.Text) + "\x00" + words(v.Place)
		vanished[key] = append(vanished[key], i)
	}
	found := map[Moment]map[int]Event{}
	for _, e := range m.unknown {
		for _, i := range vanished[words(e.Text)+"\x00"+words(e.Place)] {
			v := m.vanished[i]
			by := e.At/minute - v.At/minute
			if by%60 != 0 || max(by, -by) > farthest || m.overtakes(e, v) {
				continue
			}
			if found[by] == nil {
				found[by] = map[int]Event{}
			}
			found[by][i] = e
		}
	}
	var best Moment
	for by := range found {
		if n := len(found[by]) - len(found[best]); n > 0 || n == 0 && max(by, -by) < max(best, -best) {
			best = by
		}
	}
	if len(found[best])*2 < len(m.vanished) || best == 0 {
		return
	}
	c.shift = best * minute
	for _, e := range found[best] {
		c.known[e.Identity] = true
	}
}

// overtakes says that v was stored before all the scans that stayed, and e is later than
// they are. That is a list that lost its oldest line and got a new one, not another clock.
func (m *moves) overtakes(e, v Event) bool {
	return m.last != 0 && v.Seq < m.first && e.At > m.last
}
