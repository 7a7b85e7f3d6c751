package scheduler

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/tracking"
)

// The failures of comparable bots (numbers as in the list of them), each a test.

func TestPeer1AParcelThatAlwaysFailsStarvesNobody(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.provider.says(func(q query) (models.Trace, error) {
			if q.number != yt {
				return fails(tracking.ErrCarrier)(q)
			}
			return shows(models.OutForDelivery, "派送")(q)
		})
		for i := range 15 {
			w.follow("YT200000000000"+strconv.Itoa(i), "yto", "a")
		}
		w.follow(yt, "yto", "b")
		time.Sleep(6 * time.Minute) // six hours of the town
		good, bad := 0, 0
		for _, q := range w.provider.asked() {
			if q.number == yt {
				good++
			} else if q.carrier != "" { // a wrong carrier is asked about once more, without one
				bad++
			}
		}
		if good < 7 || bad > 15*5 {
			t.Errorf("the good one was asked about %d times, the bad ones %d times", good, bad)
		}
	})
}

func TestPeer2DatabaseErrorsDoNotEndPollingOrTelling(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		moody := &moody{Store: w.db}
		w.run(moody, nil)
		moody.fails.Store(true)
		w.follow(yt, "yto", "a")
		time.Sleep(40 * time.Second)
		if moody.refused.Load() < 10 || len(w.told()) > 0 {
			t.Fatalf("refused %d times", moody.refused.Load())
		}
		moody.fails.Store(false)
		time.Sleep(10 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

// A database that is gone for minutes is told of once by each loop, not each second.
func TestADatabaseThatIsGoneDoesNotFillTheLog(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		moody, log := &moody{Store: w.db}, &bytes.Buffer{}
		w.run(moody, func(s *Settings) {
			w.line.apart.Store(true) // so that it takes for itself, too
			s.Log = slog.New(slog.NewTextHandler(log, nil))
		})
		time.Sleep(3 * time.Second)
		moody.fails.Store(true)
		time.Sleep(90 * time.Second)
		moody.fails.Store(false)
		time.Sleep(20 * time.Second)
		w.stop()
		for _, loop := range []string{"take parcels", "ask for lease"} {
			warned := strings.Count(log.String(), `level=WARN msg=failed doing="`+loop)
			over := strings.Count(log.String(), `level=INFO msg="works again" doing="`+loop)
			if warned != 2 || over != 1 {
				t.Errorf("%s: %d warnings, over %d times, in\n%s", loop, warned, over, log)
			}
		}
	})
}

// moody is a store that sometimes fails whatever is asked of it.
type moody struct {
	*store.Store
	fails   atomic.Bool
	refused atomic.Int64
}

func (m *moody) mood() error {
	if m.fails.Load() {
		m.refused.Add(1)
		return errBroken
	}
	return nil
}

func (m *moody) Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error) {
	if err := m.mood(); err != nil {
		return nil, err
	}
	return m.Store.Take(ctx, now, hold, limit)
}

func (m *moody) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	if err := m.mood(); err != nil {
		return nil, err
	}
	return m.Store.ClaimChats(ctx, door, owner, now, hold, limit)
}

func (m *moody) Lease(ctx context.Context, name, owner string, ttl time.Duration) (int64, bool, error) {
	if err := m.mood(); err != nil {
		return 0, false, err
	}
	return m.Store.Lease(ctx, name, owner, ttl)
}

func TestPeer3NewsThatWasStoredBeforeACrashIsTold(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.stop()
		all := newLeases()
		first := w.replica(all)
		w.ears.answer = func(string, string) error { // dies with the news in its hands
			first.dead.Store(true)
			return errBroken
		}
		w.follow(yt, "yto", "a")
		time.Sleep(5 * time.Second)
		w.stop()
		w.wantTold()
		w.ears.answer = nil
		w.replica(all)
		time.Sleep(2 * LeaseTime) // until the dead one's leases are over
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

func TestPeer4ASendThatFailsIsTriedUntilItSucceeds(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var tries []time.Time
		w.ears.answer = func(string, string) error {
			if tries = append(tries, time.Now()); len(tries) <= 3 {
				return errors.New("the network is down")
			}
			return nil
		}
		w.follow(yt, "yto", "a")
		time.Sleep(30 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
		for i, least := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
			if wait := tries[i+1].Sub(tries[i]); wait < least || wait > least+2*time.Second {
				t.Errorf("try %d after %s, want %s", i+2, wait, least)
			}
		}
	})
}

func TestPeer4ACrashBetweenSendAndMarkRepeatsAndLosesNothing(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.stop()
		all := newLeases()
		first := w.replica(all)
		w.ears.answer = func(string, string) error { first.dead.Store(true); return nil }
		w.follow(yt, "yto", "a")
		time.Sleep(10 * time.Second)
		w.stop()
		w.wantTold("a: " + yt + " scan:揽收")
		w.ears.answer = nil
		w.replica(all)
		time.Sleep(2 * LeaseTime)
		w.wantTold("a: " + yt + " scan:揽收")
		time.Sleep(time.Minute)
		w.wantTold()
	})
}

func TestPeer7CollectedIsNotTheEnd(t *testing.T) {
	inTownAt(t, rushed(), func(_ *testing.T, w *town) {
		w.provider.says(shows(models.Collected, "揽收"))
		w.follow(yt, "yto", "a")
		time.Sleep(3 * time.Second)
		w.provider.says(shows(models.InTransit, "揽收", "到达"))
		time.Sleep(3 * time.Minute)
		w.wantTold("a: "+yt+" scan:揽收", "a: "+yt+" scan:到达")
	})
}

func TestPeer7DeliveredIsLookedAtOnceMoreAndALaterScanReopens(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.provider.says(shows(models.Delivered, "签收"))
		p := w.follow(yt, "yto", "a")
		time.Sleep(10 * time.Minute)
		if n := len(w.provider.asked()); n != 1 {
			t.Fatalf("asked %d times within a day", n)
		}
		w.provider.says(shows(models.InTransit, "签收", "误签，继续派送"))
		time.Sleep(16 * time.Minute)
		w.wantTold("a: "+yt+" scan:签收", "a: "+yt+" scan:误签，继续派送")
		if got := w.parcel(p.ID); !got.Live() || got.DueAt == models.Never {
			t.Errorf("parcel %+v", got)
		}
	})
}

func TestPeer7WhatIsDeliveredForGoodIsNotAskedAboutAgain(t *testing.T) {
	inTownAt(t, Cadence{Floor: 30 * time.Minute, Speed: 600}, func(t *testing.T, w *town) {
		w.provider.says(shows(models.Delivered, "签收"))
		w.follow(yt, "yto", "a")
		time.Sleep(12 * time.Minute) // five days
		if n := len(w.provider.asked()); n != 2 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestPeer8ABotThatWasBlockedDoesNotTryAgain(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		tries := 0
		w.ears.answer = func(string, string) error { tries++; return models.ErrGone }
		p := w.follow(yt, "yto", "a")
		time.Sleep(5 * time.Minute)
		if tries != 1 || w.chat("a").GoneAt == 0 {
			t.Errorf("tried %d times, gone %v", tries, w.chat("a").GoneAt)
		}
		if n := len(w.provider.asked()); n != 1 || w.parcel(p.ID).DueAt != models.Never {
			t.Errorf("asked %d times about a parcel that nobody can be told of", n)
		}
	})
}

func TestPeer9ScansThatVanishChangeNothing(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.provider.says(shows(models.OutForDelivery, "揽收", "到达", "派送"))
		p := w.follow(yt, "yto", "a")
		time.Sleep(3 * time.Second)
		w.provider.says(shows(models.Collected, "揽收"))
		time.Sleep(90 * time.Second)
		w.provider.says(shows(models.OutForDelivery, "揽收", "到达", "派送"))
		time.Sleep(90 * time.Second)
		w.wantTold("a: " + yt + " scan:派送 scan:到达 scan:揽收")
		if got := w.parcel(p.ID); got.Status != models.OutForDelivery || got.Seq != 3 {
			t.Errorf("parcel %+v", got)
		}
	})
}

func TestPeer10WhatAProcessTookAlongWhenItDiedIsTakenAgain(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		all := newLeases()
		w.line.loses.Store(true)
		dying := w.replica(all)
		w.follow(yt, "yto", "a")
		time.Sleep(1500 * time.Millisecond)
		dying.dead.Store(true)
		w.stop()
		w.line.loses.Store(false)
		w.replica(all)
		time.Sleep(hold + 2*LeaseTime)
		w.wantTold("a: " + yt + " scan:揽收")
		if n := len(w.provider.asked()); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestPeer10AProcessThatDiesWhileItAsksIsReplacedAfterTheFloor(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.stop()
		all := newLeases()
		first := w.replica(all)
		w.provider.says(func(q query) (models.Trace, error) {
			first.dead.Store(true)
			return shows(models.InTransit, "揽收")(q)
		})
		w.follow(yt, "yto", "a")
		time.Sleep(3 * time.Second)
		w.stop()
		w.provider.says(shows(models.InTransit, "揽收"))
		w.replica(all)
		time.Sleep(2 * time.Minute)
		w.wantTold("a: " + yt + " scan:揽收")
		if calls := w.calls(); calls[models.OutcomeUnknown] != 1 || calls[models.OutcomeTrace] != 1 {
			t.Errorf("ledger %v", calls)
		}
	})
}
