package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestFinishStoresTheCheckAndReturnsTheParcel(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		ticket := k.begin(query(p), noon())
		p = k.stored(p.ID)
		f := scan(p, "已揽收", noon()-hour)
		f.DueAt = noon() + 2*hour
		f.Change.Parcel.Status, f.Change.Parcel.Provider = models.Collected, "muzhi"
		f.Closings = []models.Closing{closing(ticket, models.OutcomeTrace, true)}
		got := k.finish(f, noon()+1000)
		if stored := k.stored(p.ID); got != stored {
			t.Fatalf("returned %+v, stored %+v", got, stored)
		}
		if got.Version != ticket.Version+1 || got.DueAt != noon()+2*hour || got.Seq != 1 || got.Status != models.Collected || got.SettledAt != noon()+1000 {
			t.Fatalf("got %+v", got)
		}
		events, err := k.History(k.ctx(), p.ID, 0, 0)
		k.ok(err)
		if len(events) != 1 || events[0].Text != "已揽收" || events[0].StoredAt != noon()+1000 {
			t.Fatalf("got %+v", events)
		}
		known, err := k.Known(k.ctx(), p.ID)
		k.ok(err)
		if len(known) != 1 || known[0].Identity != f.Change.Events[0].Identity || known[0].Kind != models.Scan || known[0].Text != "已揽收" || known[0].At != events[0].At {
			t.Fatalf("got %v", known)
		}
	})
}

func TestAStaleFinishWritesTheLedgerOnly(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		call := query(p)
		call.Limit = 1
		ticket := k.begin(call, noon())
		before := k.stored(p.ID)
		f := scan(before, "x", noon())
		f.Version = p.Version
		f.Closings = []models.Closing{closing(ticket, models.OutcomeUnavailable, false)}
		if _, err := k.Finish(k.ctx(), f, noon()); !errors.Is(err, models.ErrStale) {
			t.Fatalf("got %v, want %v", err, models.ErrStale)
		}
		if after := k.stored(p.ID); after != before {
			t.Fatalf("got %+v, want %+v", after, before)
		}
		if used := k.used("muzhi"); used != 0 {
			t.Fatalf("%d billed calls, want 0", used)
		}
		k.begin(models.Call{Provider: "muzhi", Kind: models.CallDetect, Limit: 1}, noon())
	})
}

func TestOfManyFinishesOfOneCheckOneIsTaken(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		errs := together(32, func(i int) error {
			_, err := k.Finish(k.ctx(), scan(p, fmt.Sprint("scan ", i), noon()), noon())
			return err
		})
		if taken, stale := count(errs, nil), count(errs, models.ErrStale); taken != 1 || stale != 31 {
			t.Fatalf("%d taken, %d stale, want 1 and 31: %v", taken, stale, errors.Join(errs...))
		}
		events, err := k.History(k.ctx(), p.ID, 0, 0)
		k.ok(err)
		if len(events) != 1 {
			t.Fatalf("%d events, want 1", len(events))
		}
	})
}

func TestManyFinishesAtOnceAreEachTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		parcels := make([]models.Parcel, 40)
		for i := range parcels {
			parcels[i] = k.parcel(i)
			k.follow(c, parcels[i])
		}
		errs := together(len(parcels), func(i int) error {
			f := scan(parcels[i], fmt.Sprint("scan ", i), noon())
			f.DueAt = noon() + models.Moment(i)
			got, err := k.Finish(k.ctx(), f, noon())
			if err == nil && (got.ID != parcels[i].ID || got.DueAt != f.DueAt) {
				err = fmt.Errorf("got parcel %d due at %d", got.ID, got.DueAt)
			}
			return err
		})
		k.ok(errors.Join(errs...))
		for i, p := range parcels {
			events, err := k.History(k.ctx(), p.ID, 0, 0)
			k.ok(err)
			if len(events) != 1 || events[0].Text != fmt.Sprint("scan ", i) {
				t.Fatalf("got %+v", events)
			}
		}
	})
}

func TestAFinishedParcelLeavesTheQueueAndReopens(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		f := scan(p, "签收", noon())
		f.Change.Parcel.DoneAt = noon()
		if p = k.finish(f, noon()); p.DueAt != f.DueAt {
			t.Fatalf("due at %d, want %d: somebody may want one more look", p.DueAt, f.DueAt)
		}
		f = scan(p, "感谢", noon())
		f.DueAt = models.Never
		if p = k.finish(f, noon()); p.DueAt != models.Never {
			t.Fatalf("due at %d, want never", p.DueAt)
		}
		f = scan(p, "退回", noon()+1)
		f.Change.Parcel.DoneAt = 0
		if p = k.finish(f, noon()+1); p.DueAt != f.DueAt {
			t.Fatalf("due at %d, want %d", p.DueAt, f.DueAt)
		}
	})
}

func TestWhatNobodyCanBeToldAboutIsNotHandedOut(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		p := k.finish(scan(k.parcel(1), "x", noon()), noon())
		k.polled(p, p.DueAt, false)
		c := k.chat(1)
		k.follow(c, p)
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		p = k.finish(scan(k.stored(p.ID), "y", noon()), noon())
		k.polled(p, p.DueAt, false)
	})
}

func TestAnEventThatIsKnownIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.finish(scan(k.parcel(1), "x", noon()), noon())
		p = k.finish(scan(p, "x", noon()), noon())
		events, err := k.History(k.ctx(), p.ID, 0, 0)
		k.ok(err)
		if len(events) != 1 {
			t.Fatalf("%d events, want 1", len(events))
		}
	})
}

func TestLongAndBrokenTextsAreCutNotRefused(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		f := scan(k.parcel(1), strings.Repeat("快", 3000)+"\xff", noon())
		e := &f.Change.Events[0]
		e.Place, e.Code, e.Extra = strings.Repeat("深", 999), "\xfe"+strings.Repeat("c", 99), `{"a":"`+strings.Repeat("x", 5000)+`"}`
		f.Change.Parcel.Detail = strings.Repeat("🚚", 999)
		p := k.finish(f, noon())
		if p != k.stored(p.ID) || len([]rune(p.Detail)) != 255 {
			t.Fatalf("returned and stored differ, or detail has %d characters", len([]rune(p.Detail)))
		}
		events, err := k.History(k.ctx(), p.ID, 0, 0)
		k.ok(err)
		if n := len([]rune(events[0].Text)); n != 1000 || events[0].Extra != "" {
			t.Fatalf("text has %d characters, extra %d bytes", n, len(events[0].Extra))
		}
	})
}

func TestHistoryComesNewestFirstAfterAMark(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		for i := range 5 {
			p = k.finish(scan(p, fmt.Sprint(i), noon()+models.Moment(i)), noon())
		}
		got, err := k.History(k.ctx(), p.ID, 2, 2)
		k.ok(err)
		if len(got) != 2 || got[0].Seq != 5 || got[1].Seq != 4 {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestNewestScansAreThoseThatTheParcelsName(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, none := k.parcel(1), k.parcel(2)
		for i := range 3 {
			f := scan(p, fmt.Sprint(i), noon()+models.Moment(i))
			if i < 2 { // the last one is back-dated
				f.Change.Parcel.NewestSeq = f.Change.Parcel.Seq
			}
			p = k.finish(f, noon())
		}
		newest, err := k.NewestScans(k.ctx(), []int64{p.ID, none.ID})
		k.ok(err)
		if len(newest) != 1 || newest[p.ID].Text != "1" {
			t.Errorf("got %+v", newest)
		}
	})
}

func TestTakeGivesTheLongestDueOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		for i := range 3 {
			p := k.parcel(i)
			k.follow(c, p)
			f := models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: noon() - models.Moment(i)}
			k.finish(f, noon())
		}
		got, err := k.Take(k.ctx(), noon(), 15*time.Second, 2)
		k.ok(err)
		if len(got) != 2 || k.stored(got[0].Parcel).Number != number(2) || k.stored(got[1].Parcel).Number != number(1) {
			t.Fatalf("got %+v", got)
		}
		if first := k.stored(got[0].Parcel); first.Version != got[0].Version {
			t.Fatalf("got %+v for %+v", got[0], first)
		}
		rest, err := k.Take(k.ctx(), noon(), 15*time.Second, 10)
		k.ok(err)
		if len(rest) != 1 {
			t.Fatalf("%d are left, want 1", len(rest))
		}
		if again, err := k.Take(k.ctx(), noon()+14_999, 15*time.Second, 10); err != nil || len(again) != 0 {
			t.Fatalf("%d come again before the hold is over: %v", len(again), err)
		}
		if again, err := k.Take(k.ctx(), noon()+15_000, 15*time.Second, 10); err != nil || len(again) != 3 {
			t.Fatalf("%d come again after the hold, want 3: %v", len(again), err)
		}
	})
}

func TestTwoTakersNeverTakeTheSameParcel(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		for i := range 60 {
			k.follow(c, k.parcel(i))
		}
		other := k.open()
		taken := make([][]models.Hint, 8)
		errs := together(len(taken), func(i int) (err error) {
			s := k.Store
			if i%2 == 1 {
				s = other
			}
			taken[i], err = s.Take(k.ctx(), noon(), 15*time.Second, 10)
			return err
		})
		k.ok(errors.Join(errs...))
		seen := map[int64]bool{}
		for _, hints := range taken {
			for _, h := range hints {
				if seen[h.Parcel] {
					t.Fatalf("parcel %d was taken twice", h.Parcel)
				}
				seen[h.Parcel] = true
			}
		}
	})
}

func TestAHintThatComesTwiceBeginsOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		var hints []models.Hint
		for _, now := range []models.Moment{noon(), noon() + 15_000} {
			some, err := k.Take(k.ctx(), now, 15*time.Second, 10)
			k.ok(err)
			hints = append(hints, some...)
		}
		if len(hints) != 2 {
			t.Fatalf("got %+v, want the parcel twice", hints)
		}
		errs := together(2, func(i int) error {
			call := query(p)
			call.Version = hints[i].Version
			_, err := k.Begin(k.ctx(), call, noon()+16_000)
			return err
		})
		if count(errs, nil) != 1 || count(errs, models.ErrStale) != 1 {
			t.Fatalf("got %v, want one leave", errs)
		}
	})
}

func TestAParcelThatIsDueAgainInsideItsHoldIsTakenAgain(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		if hints, err := k.Take(k.ctx(), noon(), 15*time.Second, 10); err != nil || len(hints) != 1 {
			t.Fatalf("got %+v, %v", hints, err)
		}
		call := query(p)
		call.Floor = time.Second
		ticket := k.begin(call, noon())
		p.Version = ticket.Version
		f := scan(p, "a", noon())
		f.DueAt = noon() + 1000
		k.finish(f, noon())
		if hints, err := k.Take(k.ctx(), noon()+999, 15*time.Second, 10); err != nil || len(hints) != 0 {
			t.Fatalf("got %+v, %v inside the floor", hints, err)
		}
		if hints, err := k.Take(k.ctx(), noon()+1000, 15*time.Second, 10); err != nil || len(hints) != 1 {
			t.Fatalf("got %+v, %v after it", hints, err)
		}
	})
}

func TestACheckThatDiedIsHandedOutAgainWhenItCannotBeUnderWayAnyMore(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		call := query(p)
		call.Floor = time.Second
		k.begin(call, noon())
		end := noon().Add(models.CheckTakes)
		if p = k.stored(p.ID); !p.CheckUnderWay(end-1, nobodyGone) || p.CheckUnderWay(end, nobodyGone) {
			t.Fatalf("under way: %v before its end, %v after it", p.CheckUnderWay(end-1, nobodyGone), p.CheckUnderWay(end, nobodyGone))
		}
		if hints, err := k.Take(k.ctx(), end-1, 15*time.Second, 10); err != nil || len(hints) != 0 {
			t.Fatalf("got %+v, %v while it may be under way", hints, err)
		}
		if hints, err := k.Take(k.ctx(), end, 15*time.Second, 10); err != nil || len(hints) != 1 {
			t.Fatalf("got %+v, %v after that", hints, err)
		}
	})
}

func TestTwoEndsOfOneCheckInOneBatchAreNotBothTaken(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(0)
		k.follow(c, p)
		others := make([]models.Parcel, 32)
		for i := range others {
			others[i] = k.parcel(i + 1)
		}
		ends := append(slices.Clone(others), make([]models.Parcel, 32)...) // the first ends hold the others up
		for i := range 32 {
			ends[32+i] = p
		}
		errs := together(len(ends), func(i int) error {
			_, err := k.Finish(k.ctx(), scan(ends[i], fmt.Sprint("scan ", i), noon()), noon())
			return err
		})
		if taken, stale := count(errs, nil), count(errs, models.ErrStale); taken != 33 || stale != 31 {
			t.Fatalf("%d taken, %d stale, want 33 and 31", taken, stale)
		}
		if got := k.stored(p.ID); got.Version != p.Version+1 {
			t.Fatalf("version %d, want %d", got.Version, p.Version+1)
		}
	})
}

// nobodyGone is whoever sees no other process.
func nobodyGone(string) bool { return false }

func TestACheckThatFindsNothingNewChangesItsMomentsAlone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		k.begin(query(p), noon())
		f := scan(k.stored(p.ID), "已揽收", noon())
		f.Change.Parcel.Failures, f.Change.Parcel.Origin, f.Change.Parcel.Digest = 3, "长沙", "d"
		before := k.finish(f, noon())
		ticket := k.begin(query(before), noon()+hour)
		again := models.Finish{Version: ticket.Version, Same: true, Change: models.Change{Parcel: before}, DueAt: noon() + 4*hour}
		again.Change.Parcel.HeardAt, again.Change.Parcel.AskedAt, again.Change.Parcel.Failures = noon()+hour, noon()+hour, 0
		got := k.finish(again, noon()+hour+1)
		got.AskedBy = before.AskedBy
		if !got.SameButChecked(before) {
			t.Errorf("got %+v, want %+v but for the check's moments", got, before)
		}
		stored := k.stored(p.ID)
		if stored.AskedBy = got.AskedBy; stored != got {
			t.Errorf("stored %+v, returned %+v", stored, got)
		}
		if stored.Version != ticket.Version+1 || stored.HeardAt != noon()+hour || stored.SettledAt != noon()+hour+1 || stored.DueAt != noon()+4*hour || stored.Failures != 0 {
			t.Errorf("got %+v", stored)
		}
	})
}
