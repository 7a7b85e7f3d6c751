package rhythm

import (
	"time"

	"waybill/models"
)

const (
	// shown is where Counts keeps how long after they were made a carrier's scans were shown.
	shown Leg = "shown"
	// lags are its slots: ten minutes each, the last to the end of a day.
	lags     = 19
	lagWidth = 10 * time.Minute
	lagEnd   = 24 * time.Hour
	// promptly is what is believed beforehand: of the scans that are not shown yet so many
	// are within ten minutes more, and one in fifty at any time.
	promptly, anyTime = 0.7, 0.02
	// believedLags is how many scans that counts for.
	believedLags = 10.0
)

// Lag is for how long a carrier's scans are not shown after they are made: the share of the
// scans in each slot. Some upload at once, others what they have scanned in an hour.
type Lag [lags]float64

// usualLag is believed of a carrier of which nothing is known.
func usualLag() Lag {
	var l Lag
	left := 1.0
	for i := range l {
		part := left
		if i < lags-1 {
			part *= promptly
		}
		l[i] = (1-anyTime)*part + anyTime/lags
		left -= part
	}
	return l
}

// beside is what counts show beside what was believed before.
func (l Lag) beside(before Lag) Lag {
	sum := believedLags
	for _, n := range l {
		sum += n
	}
	for i := range l {
		l[i] = (l[i] + believedLags*before[i]) / sum
	}
	return l
}

func lagSlot(i int) (from, to time.Duration) {
	from, to = lagWidth*time.Duration(i), lagWidth*time.Duration(i+1)
	if i == lags-1 {
		to = lagEnd
	}
	return from, to
}

// part is how likely a lag of a slot is that lies within bounds, and the middle of those.
func (l *Lag) part(i int, least, most time.Duration) (likely float64, middle time.Duration) {
	from, to := lagSlot(i)
	start, end := max(from, least), min(to, most)
	if start >= end {
		return 0, 0
	}
	return l[i] * float64(end-start) / float64(to-from), (start + end) / 2
}

// within is how likely a lag within bounds is, and how long one is in the mean.
func (l *Lag) within(least, most time.Duration) (likely float64, mean time.Duration) {
	sum := 0.0
	for i := range l {
		part, middle := l.part(i, least, most)
		likely, sum = likely+part, sum+part*float64(middle)
	}
	if likely == 0 {
		return 0, 0
	}
	return likely, time.Duration(sum / likely)
}

// Sighting is a scan that a check found and the check before did not.
type Sighting struct {
	Made, Before, Now models.Moment
}

// bounds are between what its lag was.
func (s Sighting) bounds() (least, most time.Duration) {
	return max(0, s.Before.Sub(s.Made)), max(0, s.Now.Sub(s.Made))
}

// Shown is when the scan was first shown, as far as that can be known: between both checks,
// and there by how late its carrier's scans are shown usually.
func (l *Lag) Shown(s Sighting) models.Moment {
	least, most := s.bounds()
	likely, mean := l.within(least, most)
	if likely == 0 { // longer than a day, or a carrier's clock that is fast
		return max(s.Before, min(s.Made, s.Now))
	}
	return s.Made.Add(mean)
}

// soon is how likely it is that the scan did not wait for longer than inTime.
func (l *Lag) soon(s Sighting) float64 {
	least, most := s.bounds()
	all, _ := l.within(least, most)
	if all == 0 {
		return min(1, inTime.Hours()/max(inTime, s.Now.Sub(s.Before)).Hours())
	}
	part, _ := l.within(max(least, most-inTime), most)
	return part / all
}
