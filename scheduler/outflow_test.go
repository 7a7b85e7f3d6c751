package scheduler

import (
	"testing"
	"time"
)

func TestNoMoreHintsWaitThanBeginSoon(t *testing.T) {
	const most = 2 * 768
	for _, c := range []struct {
		name       string
		pace, want int
	}{
		{"a provider of ten seconds", 25, leastWaiting},
		{"eight calls of fifty milliseconds", 160, 640},
		{"a provider that answers at once", 5000, most},
	} {
		var o outflow
		now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
		waiting := 0
		for range 40 {
			bound := o.bound(waiting, most, now)
			o.put(bound - waiting)
			waiting = max(0, bound-c.pace/4)
			now = now.Add(paceOver)
		}
		if got := o.bound(waiting, most, now); got < c.want*9/10 || got > c.want*11/10 {
			t.Errorf("%s: %d may wait, want about %d", c.name, got, c.want)
		}
	}
}

func TestTheBoundFallsWithThePace(t *testing.T) {
	const most = 2 * 768
	var o outflow
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	o.bound(0, most, now)
	o.put(2000)
	now = now.Add(paceOver)
	if got := o.bound(1000, most, now); got != most {
		t.Errorf("%d may wait at 4,000 a second", got)
	}
	for range 40 {
		now = now.Add(paceOver)
		o.bound(1000, most, now)
	}
	if got := o.bound(1000, most, now); got != leastWaiting {
		t.Errorf("%d may wait where nothing is taken any more", got)
	}
}
