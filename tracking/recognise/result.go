package recognise

import "slices"

// refuse notes why a run is no number, and returns where to go on.
func (r *reader) refuse(end int, why Reason, said saying) int {
	r.last, r.lastWas = end, said
	if !slices.Contains(r.out.Refused, why) {
		r.out.Refused = append(r.out.Refused, why)
	}
	return end
}

// keep adds a number unless it is there already, and returns its index; -1 when there is no room.
func (r *reader) keep(n Number) int {
	for i := range r.out.Numbers {
		if known := &r.out.Numbers[i]; known.Number == n.Number {
			known.Tail = firstOf(known.Tail, n.Tail)
			return i
		}
	}
	if len(r.out.Numbers) < MaxNumbers {
		r.out.Numbers = append(r.out.Numbers, n)
		return len(r.out.Numbers) - 1
	}
	if r.beyond == nil {
		r.beyond = map[string]bool{}
	}
	r.beyond[n.Number] = true
	r.out.More = len(r.beyond)
	return -1
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
