package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
)

// refusal is the ledger's no that must have come, for the given reason.
func refusal(t *testing.T, err, why error) *models.Refusal {
	t.Helper()
	var r *models.Refusal
	if !errors.As(err, &r) || !errors.Is(err, why) {
		t.Fatalf("got %v, want a refusal: %v", err, why)
	}
	return r
}

func TestOfManyWhoBeginOneCheckOneGetsLeave(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		stores := []*store.Store{k.Store, k.open()}
		errs := together(64, func(i int) error {
			_, err := stores[i%2].Begin(k.ctx(), query(p), noon())
			return err
		})
		granted := 0
		for _, err := range errs {
			switch {
			case err == nil:
				granted++
			case !errors.Is(err, models.ErrStale):
				t.Fatalf("got %v, want %v", err, models.ErrStale)
			}
		}
		if granted != 1 {
			t.Fatalf("%d were granted, want 1", granted)
		}
		if got := k.used("muzhi"); got != 1 {
			t.Fatalf("%d calls in the ledger, want 1", got)
		}
	})
}

// together runs n calls at once and returns their errors.
func together(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { errs[i] = call(i) })
	}
	wait.Wait()
	return errs
}

// used counts the billed calls of noon's day.
func (k kit) used(provider string) (n int64) {
	k.t.Helper()
	rows, err := k.Usage(k.ctx(), noon().Day())
	k.ok(err)
	for _, row := range rows {
		if row.Provider == provider && row.Billed {
			n += row.Count
		}
	}
	return n
}

func TestAGrantMovesTheParcelBehindTheFloor(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		ticket := k.begin(query(p), noon())
		got := k.stored(p.ID)
		if got.Version != p.Version+1 || ticket.Version != got.Version {
			t.Fatalf("version %d, ticket %d, want %d", got.Version, ticket.Version, p.Version+1)
		}
		if got.AskedAt != noon() || got.DueAt != noon().Add(floor) {
			t.Fatalf("asked at %d, due at %d", got.AskedAt, got.DueAt)
		}
		want := models.Ticket{ID: ticket.ID, Provider: "muzhi", Kind: models.CallQuery, Day: "2025-06-10", Version: got.Version, At: noon()}
		if ticket != want || ticket.ID == 0 {
			t.Fatalf("got %+v, want %+v", ticket, want)
		}
	})
}

func TestAnUnfollowedParcelStaysOutOfTheQueueWhileItIsAsked(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.begin(query(p), noon())
		if got := k.stored(p.ID); got.DueAt != models.Never {
			t.Fatalf("due at %d, want never", got.DueAt)
		}
		k.follow(k.chat(1), p)
		if got := k.stored(p.ID); got.DueAt != noon().Add(floor) {
			t.Fatalf("due at %d after it is followed, want the end of the floor", got.DueAt)
		}
	})
}

func TestTheFloorCountsFromTheStartOfTheLastCall(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1), Floor: floor}
		ticket := k.begin(call, noon())
		k.ok(k.Settle(k.ctx(), []models.Closing{closing(ticket, models.OutcomeUnavailable, false)}))

		_, err := k.Begin(k.ctx(), call, noon().Add(floor)-1)
		if r := refusal(t, err, models.ErrFloor); r.Until != noon().Add(floor) {
			t.Fatalf("until %d, want %d", r.Until, noon().Add(floor))
		}
		other := call
		other.Provider = "juhe"
		k.begin(other, noon()+1)
		k.begin(call, noon().Add(floor))
		_, err = k.Begin(k.ctx(), call, noon().Add(floor)+1)
		refusal(t, err, models.ErrFloor)
	})
}

func TestARefusedCallChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		call := query(p)
		ticket := k.begin(call, noon())
		before := k.stored(p.ID)
		call.Version = ticket.Version
		call.Limit = 10
		_, err := k.Begin(k.ctx(), call, noon()+1)
		refusal(t, err, models.ErrFloor)
		call.Provider, call.Limit = "juhe", 1
		k.begin(models.Call{Provider: "juhe", Kind: models.CallDetect, Limit: 1}, noon())
		_, err = k.Begin(k.ctx(), call, noon()+1)
		refusal(t, err, models.ErrBudget)
		if after := k.stored(p.ID); after != before {
			t.Fatalf("got %+v, want %+v", after, before)
		}
		if muzhi, juhe := k.used("muzhi"), k.used("juhe"); muzhi != 1 || juhe != 1 {
			t.Fatalf("muzhi %d, juhe %d calls, want 1 and 1", muzhi, juhe)
		}
	})
}

func TestADetectionDoesNotUseUpTheFloor(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		k.begin(models.Call{Provider: "muzhi", Kind: models.CallDetect, Number: number(1)}, noon())
		k.begin(models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1), Floor: floor}, noon()+1)
	})
}

func TestFiveExemptCallsADayPassInsideTheFloorOverAllProviders(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1), Floor: floor, Exempt: models.ExemptTail}
		providers := []string{"muzhi", "juhe"}
		now := noon()
		for _, provider := range providers {
			call.Provider = provider
			k.begin(call, now) // not inside any floor: not counted
		}
		for i := range 5 {
			now++
			call.Provider = providers[i%2]
			k.begin(call, now)
		}
		for _, provider := range providers {
			call.Provider = provider
			_, err := k.Begin(k.ctx(), call, now+1)
			refusal(t, err, models.ErrFloor)
		}
		fresh := call
		fresh.Number = number(2)
		k.begin(fresh, now)
		k.begin(fresh, now)

		tomorrow := noon() + 24*hour + 1 // the first of the five is a day old
		call.Exempt = ""
		k.begin(call, tomorrow)
		call.Exempt = models.ExemptCarrier
		k.begin(call, tomorrow)
		_, err := k.Begin(k.ctx(), call, tomorrow)
		refusal(t, err, models.ErrFloor)
	})
}

func TestFiveExemptCallsAtOnceAreNotSix(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1), Floor: floor, Exempt: models.ExemptTail}
		k.begin(call, noon())
		call.Provider = "juhe"
		k.begin(call, noon())
		stores := []*store.Store{k.Store, k.open()}
		errs := together(32, func(i int) error {
			c := call
			c.Provider = []string{"muzhi", "juhe"}[i/2%2]
			_, err := stores[i%2].Begin(k.ctx(), c, noon()+1)
			return err
		})
		if granted := count(errs, nil); granted != 5 {
			t.Fatalf("%d passed, want 5", granted)
		}
	})
}

// count is how many errors are want, nil or a sentinel.
func count(errs []error, want error) (n int) {
	for _, err := range errs {
		if err == nil && want == nil || want != nil && errors.Is(err, want) {
			n++
		}
	}
	return n
}

func TestALockedWaybillIsRefusedUntilTheLockEnds(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "kuaidi100", Kind: models.CallQuery, Number: number(1), Floor: floor}
		c := closing(k.begin(call, noon()), models.OutcomeLocked, false)
		c.Number, c.LockedUntil = number(1), noon()+24*hour
		k.ok(k.Settle(k.ctx(), []models.Closing{c}))
		call.Exempt = models.ExemptTail
		_, err := k.Begin(k.ctx(), call, noon()+23*hour)
		if r := refusal(t, err, models.ErrHeld); r.Until != noon()+24*hour {
			t.Fatalf("until %d", r.Until)
		}
		call.Provider = "muzhi"
		k.begin(call, noon()+23*hour)
		call.Provider = "kuaidi100"
		k.begin(call, noon()+24*hour)
	})
}

func TestABudgetIsExactOverTwoStores(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		const limit, tries = 40, 200
		stores := []*store.Store{k.Store, k.open()}
		errs := together(tries, func(i int) error {
			call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(i), Floor: floor, Limit: limit}
			_, err := stores[i%2].Begin(k.ctx(), call, noon())
			return err
		})
		if granted := count(errs, nil); granted != limit || count(errs, models.ErrBudget) != tries-limit {
			t.Fatalf("%d granted, %d refused, want %d and %d", granted, count(errs, models.ErrBudget), limit, tries-limit)
		}
		for _, err := range errs {
			if err != nil && refusal(t, err, models.ErrBudget).Until != noon()+12*hour {
				t.Fatalf("until %v, want midnight in Shanghai", err)
			}
		}
		k.begin(models.Call{Provider: "muzhi", Kind: models.CallDetect, Limit: limit}, noon()+12*hour)
	})
}

func TestPollingStopsBeforePeople(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := func(purpose models.Purpose, limit int64) error {
			_, err := k.Begin(k.ctx(), models.Call{Provider: "muzhi", Kind: models.CallDetect, Purpose: purpose, Limit: limit}, noon())
			return err
		}
		for range 8 {
			k.ok(call(models.Poll, 8))
		}
		refusal(t, call(models.Poll, 8), models.ErrBudget)
		k.ok(call(models.Person, 10))
		k.ok(call(models.Person, 10))
		refusal(t, call(models.Person, 10), models.ErrBudget)
	})
}

func TestCallsWithoutALimitCountTowardsOneThatComesLater(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallDetect}
		k.begin(call, noon())
		k.begin(call, noon())
		call.Limit = 2
		_, err := k.Begin(k.ctx(), call, noon())
		refusal(t, err, models.ErrBudget)
	})
}

func TestAnUnbilledCallGivesItsPlaceBackOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallDetect, Limit: 2}
		first := k.begin(call, noon())
		k.begin(call, noon())
		back := []models.Closing{closing(first, models.OutcomeNoRecord, false)}
		k.ok(k.Settle(k.ctx(), back))
		k.ok(k.Settle(k.ctx(), back))
		k.ok(k.Settle(k.ctx(), []models.Closing{closing(first, models.OutcomeTrace, true)}))
		k.begin(call, noon())
		_, err := k.Begin(k.ctx(), call, noon())
		refusal(t, err, models.ErrBudget)
	})
}

func TestUsageTellsUnfinishedCallsAsBilled(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1)}
		done := closing(k.begin(call, noon()), models.OutcomeTrace, true)
		unsent := closing(k.begin(call, noon()), models.OutcomeUnsent, false)
		k.ok(k.Settle(k.ctx(), []models.Closing{done, unsent}))
		k.begin(call, noon())
		k.begin(call, noon()+24*hour)
		got, err := k.Usage(k.ctx(), "2025-06-10")
		k.ok(err)
		want := []models.Usage{
			{Provider: "muzhi", Kind: models.CallQuery, Outcome: models.OutcomeTrace, Billed: true, Count: 1},
			{Provider: "muzhi", Kind: models.CallQuery, Outcome: models.OutcomeUnknown, Billed: true, Count: 1},
			{Provider: "muzhi", Kind: models.CallQuery, Outcome: models.OutcomeUnsent, Count: 1},
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestOneCallsTroubleIsNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		floorless := models.Call{Provider: "muzhi", Kind: models.CallDetect, Limit: 30}
		stale := query(k.parcel(1))
		stale.Version = 99
		errs := together(60, func(i int) error {
			call := floorless
			if i%2 == 0 {
				call = stale
			}
			_, err := k.Begin(k.ctx(), call, noon())
			return err
		})
		if good, bad := count(errs, nil), count(errs, models.ErrStale); good != 30 || bad != 30 {
			t.Fatalf("%d granted, %d stale, want 30 and 30", good, bad)
		}
	})
}

func TestMidnightIsShanghais(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		late := models.At(time.Date(2025, 6, 10, 23, 59, 59, 0, models.Shanghai))
		call := models.Call{Provider: "muzhi", Kind: models.CallDetect, Limit: 1}
		if ticket := k.begin(call, late); ticket.Day != "2025-06-10" {
			t.Fatalf("day %s", ticket.Day)
		}
		_, err := k.Begin(k.ctx(), call, late)
		if r := refusal(t, err, models.ErrBudget); r.Until != late+1000 {
			t.Fatalf("until %d", r.Until)
		}
		if ticket := k.begin(call, late+1000); ticket.Day != "2025-06-11" {
			t.Fatalf("day %s", ticket.Day)
		}
	})
}

func TestReplicasThatAskAboutNewWaybillsAtOnceKeepTheFloor(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open(), k.open()}
		for n := range 12 {
			granted := make([]bool, len(stores))
			k.ok(errors.Join(together(len(stores), func(i int) error {
				call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Purpose: models.Poll, Number: number(n), Floor: floor}
				_, err := stores[i].Begin(k.ctx(), call, noon())
				granted[i] = err == nil
				return unless(err, models.ErrFloor)
			})...))
			won := 0
			for _, g := range granted {
				if g {
					won++
				}
			}
			if won != 1 {
				t.Fatalf("%d replicas ask about waybill %d", won, n)
			}
		}
	})
}
