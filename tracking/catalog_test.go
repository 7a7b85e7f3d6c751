package tracking

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// lister is a provider that serves more with its own list of carriers.
type lister struct {
	script
	listed int
	fails  error
	rows   []Named
	used   [][]Named
}

func (p *lister) provider() Provider {
	all := p.script.provider()
	all.ListCarriers, all.UseList = p.ListCarriers, p.UseList
	return all
}

func (p *lister) ListCarriers(context.Context, string) (Listed, error) {
	p.listed++
	if p.fails != nil {
		return Listed{}, p.fails
	}
	return Listed{Carriers: p.rows, Billed: true}, nil
}

func (p *lister) UseList(rows []Named) { p.used = append(p.used, rows) }

func TestAListIsLoadedOnceAWeekOverAllReplicasAndUsedByEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		rows := []Named{{Code: "x", Name: "某某快递"}}
		one, two := &lister{script: script{name: "juhe"}, rows: rows}, &lister{script: script{name: "juhe"}, rows: rows}
		first, second := tracker(b, one), tracker(b, two)
		for range 3 {
			for _, tr := range []*Tracker{first, second} {
				if _, err := tr.LoadLists(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := tr.UseLists(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if one.listed+two.listed != 1 || len(one.used) != 1 || len(two.used) != 1 || !slices.Equal(two.used[0], rows) {
			t.Errorf("%d and %d calls, used %v and %v", one.listed, two.listed, one.used, two.used)
		}
		if len(b.begun) != 1 || b.begun[0].Kind != models.CallList || b.begun[0].Purpose != models.Poll || !b.settled[0].Billed {
			t.Errorf("ledger %+v, %+v", b.begun, b.settled)
		}
		time.Sleep(7 * day)
		two.rows = append(two.rows, Named{Code: "y", Name: "另一快递"})
		loaded, err := second.LoadLists(t.Context())
		if err != nil || !loaded || two.listed != 1 {
			t.Errorf("after a week: %v, %v, %d calls", loaded, err, two.listed)
		}
		if err := first.UseLists(t.Context()); err != nil || len(one.used) != 2 {
			t.Errorf("a changed list is used %d times (%v)", len(one.used), err)
		}
	})
}

func TestAListThatCannotBeLoadedWaitsAnHourAndTheOldOneServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		p := &lister{script: script{name: "juhe"}, fails: &Error{Provider: "juhe", Kind: ErrUnavailable}}
		tr := tracker(b, p)
		for range 3 {
			_, _ = tr.LoadLists(t.Context())
		}
		if p.listed != 1 {
			t.Errorf("%d calls within an hour", p.listed)
		}
		time.Sleep(time.Hour)
		p.fails = nil
		if loaded, err := tr.LoadLists(t.Context()); err != nil || !loaded {
			t.Errorf("after an hour: %v, %v", loaded, err)
		}
	})
}

// host is a provider at which waybills can be subscribed to.
type host struct {
	script
	brands []models.Carrier
	err    error
	orders [][]Subscription
}

func (h *host) provider() Provider {
	p := h.script.provider()
	serves := func(c models.Carrier) bool { return slices.Contains(h.brands, c) }
	p.Pushes = &Pushes{Serves: serves, Batch: 10, Subscribe: h.Subscribe}
	return p
}

func (h *host) Subscribe(_ context.Context, waybills []Subscription) (Subscribed, error) {
	h.orders = append(h.orders, waybills)
	return Subscribed{Billed: h.err == nil}, h.err
}

func TestASubscribingCallGoesThroughTheLedger(t *testing.T) {
	b := newBook()
	h := &host{script: script{name: "kuaibao"}, brands: []models.Carrier{"yto"}}
	tr := trackerWith(b, func(s *Settings) { s.Budgets = map[string]int64{"kuaibao": 10} }, &script{name: "muzhi"}, h)
	if got := tr.Subscribers("yto"); !slices.Equal(got, []string{"kuaibao"}) || len(tr.Subscribers("sf")) != 0 || tr.Batches()["kuaibao"] != 10 {
		t.Errorf("subscribers %v", got)
	}
	two := []Subscription{{Number: "YT1", Carrier: "yto"}, {Number: "YT2", Carrier: "yto"}}
	if _, err := tr.Subscribe(t.Context(), "kuaibao", two); err != nil {
		t.Fatal(err)
	}
	if c := b.begun[0]; c.Kind != models.CallSubscribe || c.Purpose != models.Poll || c.Number != "" || c.Limit != 8 || c.Floor != 0 || !b.settled[0].Billed {
		t.Errorf("ledger %+v, %+v", c, b.settled)
	}
	b.refuse["kuaibao"] = &models.Refusal{Why: models.ErrBudget, Until: 77}
	_, err := tr.Subscribe(t.Context(), "kuaibao", two[:1])
	if e, ok := asError(err); !ok || e.Until != 77 || !e.Unsent || len(h.orders) != 1 {
		t.Errorf("over budget: %v, %d orders", err, len(h.orders))
	}
	for _, other := range []string{"muzhi", "nobody"} {
		if _, err := tr.Subscribe(t.Context(), other, two); !isUnsent(err) {
			t.Errorf("%s: %v", other, err)
		}
		if _, _, err := tr.ReadPush(other, Subscription{}, nil); !errors.Is(err, ErrPushToken) {
			t.Errorf("%s: %v", other, err)
		}
	}
}

func TestPollingStopsAtEightyPercentExactly(t *testing.T) {
	for budget, want := range map[int64]int64{1: 1, 2: 1, 4: 3, 5: 4, 7: 5, 9: 7, 10: 8, 11: 8, 99: 79, 100: 80, 5000: 4000, 1 << 62: 3689348814741910323} {
		if got := PollLimit(budget); got != want {
			t.Errorf("of %d: %d, want %d", budget, got, want)
		}
	}
}

// hanger never answers, but to the end of its context.
type hanger struct{ script }

func (h *hanger) Query(ctx context.Context, _ string, _ models.Carrier, _ string) (models.Trace, error) {
	<-ctx.Done()
	return models.Trace{}, &Error{Provider: h.name, Kind: ErrUnavailable, Cause: ctx.Err(), Billed: true}
}

func (h *hanger) provider() Provider {
	p := h.script.provider()
	p.Query, p.Detect = h.Query, h.Detect
	return p
}

func (h *hanger) Detect(ctx context.Context, _ string) (Detected, error) {
	<-ctx.Done()
	return Detected{}, &Error{Provider: h.name, Kind: ErrUnavailable, Cause: ctx.Err(), Billed: true}
}

func TestWhoWaitsIsServedByTheNextProviderInTime(t *testing.T) {
	for name, c := range map[string]struct {
		purpose models.Purpose
		want    time.Duration
	}{
		"a person": {models.Person, 12 * time.Second}, // four for the detection, eight for the query
		"a poll":   {models.Poll, 19 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := tracker(newBook(), &hanger{script{name: "muzhi"}}, &script{name: "juhe", answers: []any{models.Trace{Provider: "juhe", Status: models.InTransit}}})
				begun := time.Now()
				tr.Detect(t.Context(), "780000000001")
				a := tr.Ask(t.Context(), Ask{Parcel: models.Parcel{Number: "YT1000000000013", Carrier: "yto"}, Purpose: c.purpose})
				if took := time.Since(begun); a.Err != nil || took != c.want {
					t.Errorf("%v after %s", a.Err, took)
				}
			})
		})
	}
}
