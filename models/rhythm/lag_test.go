package rhythm_test

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/models/rhythm"
)

// counted is what is known after checks at some minutes past midnight have found a carrier's
// scans that are shown an hour after they are made.
func counted(t *testing.T, every time.Duration) *rhythm.Table {
	t.Helper()
	built := load(t)
	table := built
	var all []models.Rhythm
	for day := range 30 {
		n := built.NewCounts()
		for scan := range 8 {
			made := wednesday(9 + float64(scan)*1.13).Add(time.Duration(day) * 24 * time.Hour)
			now := made - made%models.Moment(every.Milliseconds()) + models.Moment(every.Milliseconds())
			for now.Sub(made) < time.Hour {
				now = now.Add(every)
			}
			n.Found("ems", table.Lag("ems"), rhythm.Sighting{Made: made, Before: now.Add(-every), Now: now})
		}
		all = append(all, n.All()...)
		table = built.With(all)
	}
	return table
}

// Whoever asks every half hour or every ninety minutes finds out that a carrier uploads an
// hour late, and believes it of no other.
func TestHowLateScansAreShownIsFoundOut(t *testing.T) {
	for _, every := range []time.Duration{30 * time.Minute, 90 * time.Minute} {
		table := counted(t, every)
		s := rhythm.Sighting{Made: wednesday(10), Before: wednesday(9), Now: wednesday(12)}
		ems, sf := table.Lag("ems"), table.Lag("sf")
		if late := ems.Shown(s).Sub(s.Made); late < 50*time.Minute || late > 70*time.Minute {
			t.Errorf("asked every %s: a scan is held to be shown %s after it is made", every, late)
		}
		if late := sf.Shown(s).Sub(s.Made); late > 20*time.Minute {
			t.Errorf("asked every %s: another carrier's is held to be shown %s after it is made", every, late)
		}
	}
}

func TestAScanIsShownBetweenTwoChecks(t *testing.T) {
	l := load(t).Lag("yto")
	for _, c := range []struct {
		name        string
		s           rhythm.Sighting
		least, most models.Moment
	}{
		{"made after the check before", rhythm.Sighting{Made: wednesday(10), Before: wednesday(9), Now: wednesday(11)}, wednesday(10), wednesday(10.3)},
		{"made before it, and not shown then", rhythm.Sighting{Made: wednesday(8), Before: wednesday(9), Now: wednesday(9.5)}, wednesday(9), wednesday(9.5)},
		{"made days before", rhythm.Sighting{Made: wednesday(-72), Before: wednesday(9), Now: wednesday(9.5)}, wednesday(9), wednesday(9.5)},
		{"by a clock that is fast", rhythm.Sighting{Made: wednesday(14), Before: wednesday(9), Now: wednesday(9.5)}, wednesday(9), wednesday(9.5)},
	} {
		if at := l.Shown(c.s); at < c.least || at > c.most {
			t.Errorf("%s: shown at %s", c.name, at.Time().In(models.Shanghai))
		}
	}
}

// A carrier that uploads late is not taken for one whose news is found late: its calls would
// be doubled for nothing.
func TestNewsThatIsShownLateIsNotFoundLate(t *testing.T) {
	if dear := counted(t, 30*time.Minute).Dear(); dear < 1.5 {
		t.Errorf("asked every half hour, a call counts %.2f times", dear)
	}
	if dear := counted(t, 3*time.Hour).Dear(); dear > 0.6 {
		t.Errorf("asked every three hours, a call counts %.2f times", dear)
	}
}
