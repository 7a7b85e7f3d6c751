package models

import (
	"testing"
	"time"
)

func TestSummaryAt(t *testing.T) {
	day := func(d, h, m int) Moment { return At(time.Date(2026, 3, d, h, m, 0, 0, Shanghai)) }
	for name, c := range map[string]struct{ from, want Moment }{
		"before the hour: today":            {day(2, 8, 59), day(2, 9, 0)},
		"at the hour it is over: tomorrow":  {day(2, 9, 0), day(3, 9, 0)},
		"after the hour: tomorrow":          {day(2, 23, 0), day(3, 9, 0)},
		"shortly after midnight: this day":  {day(3, 0, 1), day(3, 9, 0)},
		"on the last of a month: the first": {day(31, 12, 0), At(time.Date(2026, 4, 1, 9, 0, 0, 0, Shanghai))},
	} {
		if got := SummaryAt(c.from, 9*60, Shanghai); got != c.want {
			t.Errorf("%s: %s, want %s", name, got.Time(), c.want.Time())
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	night := At(time.Date(2026, 3, 28, 12, 0, 0, 0, berlin))
	if got := SummaryAt(night, 2*60+30, berlin); got.Sub(night) < 14*time.Hour || got.Sub(night) > 15*time.Hour {
		t.Errorf("on the night on which clocks change it is due after %s", got.Sub(night))
	}
}
