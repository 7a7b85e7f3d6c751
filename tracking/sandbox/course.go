package sandbox

import (
	"hash/fnv"
	"time"

	"waybill/models"
)

// course is a number's journey as it stands, with what lies ahead.
type course struct {
	view
	over bool      // nothing more will happen
	next time.Time // of the next scan; zero when there will be none
	goal string    // the city where it goes
}

// ages are longer than every plot.
const ages = 10 * 365 * 24 * time.Hour

// course looks at a number's journey, which starts if it never was asked about.
func (s *Sandbox) course(number string) course {
	c := course{view: view{Status: models.Pending}}
	if s.scenarios[number].refusal != "" {
		return c
	}
	now := s.Now()
	j := journey{number: number, plot: s.scenarios[number].plot, seed: s.Seed}
	all := j.scans(s.memory.start(number, now), now.Add(ages), s.Speed)
	for i, scan := range all {
		if scan.Status == models.OutForDelivery {
			c.goal = scan.City
		}
		if c.Scans == nil && !scan.At.After(now) {
			c.Scans, c.Status = all[i:], scan.Status
		}
	}
	if ahead := len(all) - len(c.Scans); ahead > 0 {
		c.next = all[ahead-1].At
	}
	c.over = c.next.IsZero() && c.Status.Done()
	return c
}

// truth is who carries a number when a vendor is told that somebody does.
// False: it is not that one.
func (s *Sandbox) truth(number string, said models.Carrier) (models.Carrier, bool) {
	carrier, fits := s.carries(number, said)
	if !fits {
		carrier, _ = s.carries(number, "")
	}
	if c := s.scenarios[number].company; c != "" && fits {
		carrier = c
	}
	return carrier, fits
}

// odd says whether a vendor answers about a number in shapes that he is known
// for, though his documents show others: one number in eight, and a scenario.
func (s *Sandbox) odd(number string) bool {
	if c, ok := s.scenarios[number]; ok {
		return c.odd
	}
	return toss(number, 8) == 0
}

// toss picks a side of a die by a number, always the same.
func toss(number string, sides uint32) uint32 {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(number)) // a hash takes everything
	return sum.Sum32() % sides
}
