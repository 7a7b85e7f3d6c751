package sandbox

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"waybill/models"
)

// Scan is one line of a journey.
type Scan struct {
	At     time.Time
	Status models.Status
	City   string
	Text   string
}

// journey is all that decides what happens to a number, once it is known when
// it was first asked about.
type journey struct {
	number    string
	itinerary itinerary
	seed      uint64
}

// scans is what has happened by now, newest first. It depends on nothing but
// its arguments: the same question has the same answer.
func (j journey) scans(start, now time.Time, speed float64) []Scan {
	random := j.random()
	tell := j.itinerary
	if tell == nil {
		tell = anyItinerary(random)
	}
	c := partiesOf(random)
	var scans []Scan
	for _, l := range tell(c) {
		at := start.Add(time.Duration(l.hours * c.pace / speed * float64(time.Hour))).Truncate(time.Second)
		if at.After(now) {
			break
		}
		scans = append(scans, Scan{at, l.status, l.city, l.text})
	}
	slices.Reverse(scans)
	return scans
}

func (j journey) random() *rand.Rand {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(j.number)) // a hash takes everything
	return rand.New(rand.NewPCG(sum.Sum64(), j.seed))
}

// anyItinerary is what happens to a number that is no scenario: mostly nothing special.
func anyItinerary(random *rand.Rand) itinerary {
	switch random.IntN(16) {
	case 0, 1:
		return pickup
	case 2:
		return failed
	}
	return plain
}

// view is what an API can say of a number now.
type view struct {
	Scans  []Scan
	Status models.Status
}

// view looks at a number's journey, which starts if it never was asked about.
func (s *Sandbox) view(number string) view {
	now := s.Now()
	j := journey{number: number, itinerary: s.scenarios[number].itinerary, seed: s.Seed}
	scans := j.scans(s.memory.start(number, now), now, s.Speed)
	if len(scans) == 0 {
		return view{Status: models.Pending}
	}
	return view{Scans: scans, Status: scans[0].Status}
}

// opens says whether a tail opens a number. Of a scenario only its own does;
// else 0000 never does, and the first other one given for a number is its own.
func (s *Sandbox) opens(number, tail string) bool {
	if c, ok := s.scenarios[number]; ok && (c.closed || c.Tail != "") {
		return !c.closed && c.Tail == tail
	}
	return tail != "0000" && s.memory.opens(number, tail, s.Now())
}

// carries says who carries a number when it is asked about under a carrier
// ("" for none given). False: not that one.
func (s *Sandbox) carries(number string, asked models.Carrier) (models.Carrier, bool) {
	if c, ok := s.scenarios[number]; ok {
		return c.Carrier, asked == "" || asked == c.Carrier || asked == c.company
	}
	likely := s.guess(number)
	switch {
	case foreign(number):
		return "", false
	case asked == "" && len(likely) == 1:
		return likely[0], true
	case asked == "":
		return "", false // its shape does not say, and nobody has said either
	}
	return asked, len(likely) == 0 || slices.Contains(likely, asked)
}

// progress is a number's journey as it stands, with what lies ahead.
type progress struct {
	view
	over bool      // nothing more will happen
	next time.Time // of the next scan; zero when there will be none
	goal string    // the city where it goes
}

// farAhead is longer than every itinerary.
const farAhead = 10 * 365 * 24 * time.Hour

// progress looks at a number's journey, which starts if it never was asked about.
func (s *Sandbox) progress(number string) progress {
	c := progress{view: view{Status: models.Pending}}
	if s.scenarios[number].refusal != "" {
		return c
	}
	now := s.Now()
	j := journey{number: number, itinerary: s.scenarios[number].itinerary, seed: s.Seed}
	all := j.scans(s.memory.start(number, now), now.Add(farAhead), s.Speed)
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

// actualCarrier is who carries a number when a vendor is told that somebody does.
// False: it is not that one.
func (s *Sandbox) actualCarrier(number string, said models.Carrier) (models.Carrier, bool) {
	carrier, fits := s.carries(number, said)
	if !fits {
		carrier, _ = s.carries(number, "")
	}
	if c := s.scenarios[number].company; c != "" && fits {
		carrier = c
	}
	return carrier, fits
}

// odd says whether a vendor answers about a number in shapes that it is known
// for, though its documents show others: one number in eight, and a scenario.
func (s *Sandbox) odd(number string) bool {
	if c, ok := s.scenarios[number]; ok {
		return c.odd
	}
	return dice(number, 8) == 0
}

// dice picks a side of a die by a number, always the same.
func dice(number string, sides uint32) uint32 {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(number)) // a hash takes everything
	return sum.Sum32() % sides
}
