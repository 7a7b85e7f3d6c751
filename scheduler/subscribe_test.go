package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

// watcher is a provider that takes subscriptions. A push is "TOKEN STAGE [SCAN…]".
type watcher struct {
	script
	name   string
	brands []models.Carrier
	batch  int
	orders [][]tracking.Subscription
	err    error
}

func (w *watcher) offer() tracking.Provider {
	p := w.script.offer()
	serves := func(c models.Carrier) bool { return slices.Contains(w.brands, c) }
	p.Name, p.Pushes = w.name, &tracking.Pushes{Serves: serves, Batch: w.batch, Subscribe: w.Subscribe, Read: w.ReadPush, Reply: "taken"}
	return p
}

func (w *watcher) Subscribe(_ context.Context, subscriptions []tracking.Subscription) (tracking.Subscribed, error) {
	w.orders = append(w.orders, subscriptions)
	return tracking.Subscribed{Billed: w.err == nil}, w.err
}

func (w *watcher) ReadPush(of tracking.Subscription, body []byte) (tracking.Push, error) {
	words := strings.Fields(string(body))
	if words[0] != of.Token {
		return tracking.Push{}, tracking.ErrPushSign
	}
	p := tracking.Push{Provider: w.name, Stage: tracking.Stage(words[1]), Raw: string(body)}
	if p.Stage == tracking.StageHint {
		p.Numbers = words[2:]
		return p, nil
	}
	if len(words) > 2 {
		status := models.InTransit
		if p.Stage == tracking.StageShutdown {
			status = models.Delivered
		}
		p.Trace, _ = shows(status, words[2:]...)(query{})
		p.Trace.Provider, p.Trace.Final = w.name, p.Stage == tracking.StageShutdown
	}
	return p, nil
}

// post is a rig with two providers that take subscriptions.
type post struct {
	*rig
	first, second *watcher
	subscriber    *Subscriber
	receiver      *Receiver
}

func newPost(t *testing.T, db *store.Store) *post {
	p := &post{
		rig:    newRig(t, db),
		first:  &watcher{name: "kuaidi100", brands: []models.Carrier{"yto", "sf"}, batch: 1},
		second: &watcher{name: "kuaibao", brands: []models.Carrier{"yto", "zto"}, batch: 2},
	}
	for _, w := range []*watcher{p.first, p.second} {
		w.answer = p.provider.answer
	}
	p.tracker = tracking.New(tracking.Settings{
		Providers: []tracking.Provider{p.provider.offer(), p.first.offer(), p.second.offer()}, Ledger: db, Memory: db, Slots: db,
		Floor: p.cadence.Floor, Speed: 1, Now: p.now,
	})
	p.subscriber = NewSubscriber(SubscriberSettings{
		Orders: p.tracker, Store: db, Cadence: p.cadence, Log: hushed, Now: p.now,
	})
	p.checker = NewChecker(CheckerSettings{
		Tracker: p.tracker, Store: db, Waker: p.notifier, Subscriber: p.subscriber, Cadence: p.cadence,
		TailCarriers: []models.Carrier{"sf"}, Meter: p.meter, Log: hushed, Now: p.now,
	})
	p.receiver = NewReceiver(p.subscriber, p.checker)
	return p
}

// eachPost runs a test on every kind of database.
func eachPost(t *testing.T, test func(t *testing.T, p *post)) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) { test(t, newPost(t, open())) })
}

// subscribed follows a parcel, checks it, and orders what is wanted.
func (p *post) subscribed(number string, carrier models.Carrier) (models.Parcel, models.Subscription) {
	p.t.Helper()
	parcel := p.follow(number, carrier, "mother")
	p.poll(parcel.ID)
	p.must(p.subscriber.Order(p.t.Context()))
	return p.parcel(parcel.ID), p.sub(parcel.ID)
}

// sub is the parcel's newest subscription.
func (p *post) sub(parcel int64) models.Subscription {
	p.t.Helper()
	rows, err := p.db.Subscriptions(p.t.Context(), parcel)
	p.must(err)
	if len(rows) == 0 {
		p.t.Fatal("nothing is subscribed to")
	}
	return rows[len(rows)-1]
}

func (p *post) push(s models.Subscription, words string) error {
	_, err := p.receiver.Push(p.t.Context(), s.Provider, s.Token, []byte(s.Token+" "+words))
	return err
}

// wait is how long it is until the parcel is due.
func (p *post) wait(parcel int64) time.Duration { return p.parcel(parcel).DueAt.Sub(p.moment()) }

func TestAFollowedParcelIsSubscribedToOnceAndPolledSeldom(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("YT1000000000013", "yto")
		if len(p.first.orders) != 1 || p.first.orders[0][0].Token != s.Token || !s.Serves() || len(s.Token) < 20 {
			t.Fatalf("orders %v, subscription %+v", p.first.orders, s)
		}
		if wait := p.wait(parcel.ID); wait < 12*time.Hour || wait > 14*time.Hour {
			t.Errorf("due in %s although it is pushed", wait)
		}
		if p.calls()[models.OutcomeTrace] != 2 { // the query and the order
			t.Errorf("ledger %v", p.calls())
		}
		p.pass(13 * time.Hour)
		p.poll(parcel.ID)
		p.must(p.subscriber.EnsureSubscription(t.Context(), parcel.ID))
		p.must(p.subscriber.Order(t.Context()))
		if wait := p.wait(parcel.ID); len(p.first.orders)+len(p.second.orders) != 1 || wait < 12*time.Hour {
			t.Errorf("%d orders, due in %s", len(p.first.orders), wait)
		}
	})
}

func TestAPushIsTakenAsAPollIs(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("YT1000000000013", "yto")
		p.must(p.push(s, "polling 揽收 到达"))
		p.must(p.push(s, "polling 揽收 到达")) // twice
		p.wantPending("mother", parcel.Number+" scan:到达 scan:揽收")
		p.must(p.push(s, "shutdown 揽收 到达 签收"))
		p.must(p.push(s, "polling 揽收")) // late
		if got := p.parcel(parcel.ID); got.Status != models.Delivered || !got.Final || got.Live() || got.DueAt != models.Never {
			t.Errorf("after the shutdown: %+v", got)
		}
		p.wantPending("mother", parcel.Number+" scan:签收 scan:到达 scan:揽收")
		p.must(p.subscriber.Retire(t.Context()))
		if s = p.sub(parcel.ID); s.State != models.SubscriptionOver || s.IdleAt == 0 {
			t.Errorf("after the end: %+v", s)
		}
		if err := p.push(models.Subscription{Provider: "kuaidi100", Token: "unknown"}, "polling"); !errors.Is(err, tracking.ErrPushToken) {
			t.Errorf("an unknown token: %v", err)
		}
		if err := p.push(models.Subscription{Provider: "kuaibao", Token: s.Token}, "polling"); !errors.Is(err, tracking.ErrPushToken) {
			t.Errorf("another provider's token: %v", err)
		}
		if _, err := p.receiver.Push(t.Context(), "kuaidi100", s.Token, []byte("forged polling")); !errors.Is(err, tracking.ErrPushSign) {
			t.Errorf("a wrong sign: %v", err)
		}
	})
}

func TestAPushInAnotherLanguageOnlyHurriesTheParcel(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		made, err := p.db.Ensure(t.Context(), "YT1000000000013", "yto", models.English, false, p.moment())
		p.must(err)
		_, err = p.db.Follow(t.Context(), models.Following{ChatID: p.chat("mother").ID, ParcelID: made.ID}, p.moment())
		p.must(err)
		p.poll(made.ID)
		p.must(p.subscriber.Order(t.Context()))
		parcel, s := p.parcel(made.ID), p.sub(made.ID)
		known := p.pending("mother")
		p.must(p.push(s, "polling 揽收 到达"))
		if got := p.pending("mother"); !slices.Equal(got, known) {
			t.Errorf("pending is %q, want %q", got, known)
		}
		if wait := p.wait(parcel.ID); wait != 30*time.Minute {
			t.Errorf("due in %s, the floor is half an hour", wait)
		}
	})
}

func TestPushesAndPollsThatMeetLoseNothing(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("YT1000000000013", "yto")
		p.pass(time.Hour)
		done := make(chan error, 8)
		for i := range cap(done) {
			go func() {
				if i%2 == 0 {
					_, err := p.checker.Check(t.Context(), p.parcel(parcel.ID), "", models.Person)
					done <- err
					return
				}
				done <- p.push(s, "polling 揽收 到达 派送")
			}()
		}
		for range cap(done) {
			p.must(<-done)
		}
		p.wantPending("mother", parcel.Number+" scan:派送 scan:到达 scan:揽收")
	})
}

func TestPushesThatDoNotComeAreReplacedByPolls(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("YT1000000000013", "yto")
		p.pass(25 * time.Hour)
		p.provider.says(shows(models.InTransit, "揽收", "到达")) // long ago, and nobody pushed it
		p.poll(parcel.ID)
		if wait := p.wait(parcel.ID); wait > 3*time.Hour || p.sub(parcel.ID).SilentAt == 0 {
			t.Errorf("due in %s although pushes do not come", wait)
		}
		p.must(p.push(s, "polling 揽收 到达 派送"))
		if wait := p.wait(parcel.ID); wait < 12*time.Hour || p.sub(parcel.ID).SilentAt != 0 {
			t.Errorf("due in %s although pushes come again", wait)
		}
		p.must(p.push(s, "abort"))
		if wait := p.wait(parcel.ID); wait > 30*time.Minute {
			t.Errorf("due in %s although the provider gave up", wait)
		}
		p.pass(time.Minute)
		p.poll(parcel.ID)
		p.must(p.subscriber.Order(t.Context()))
		if len(p.first.orders) != 1 {
			t.Error("subscribed to again within half an hour")
		}
		p.pass(30 * time.Minute)
		p.must(p.subscriber.Order(t.Context()))
		if again := p.sub(parcel.ID); len(p.first.orders) != 2 || !again.Serves() || again.Token != s.Token {
			t.Errorf("%d orders, %+v", len(p.first.orders), again)
		}
	})
}

func TestAWaybillIsOrderedFourTimesAMonthAtMost(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("YT1000000000013", "yto")
		for range 6 {
			p.must(p.push(s, "abort"))
			p.pass(40 * time.Minute)
			p.must(p.subscriber.EnsureSubscription(t.Context(), parcel.ID))
			p.must(p.subscriber.Order(t.Context()))
		}
		if n := len(p.first.orders); n != 4 {
			t.Errorf("%d orders within a month", n)
		}
		p.pass(31 * 24 * time.Hour)
		p.must(p.subscriber.Order(t.Context()))
		if n := len(p.first.orders); n != 5 {
			t.Errorf("%d orders after the month", n)
		}
	})
}

func TestWhatCannotBeOrderedIsTriedLaterOrElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		until  models.Moment
		state  models.SubscriptionState
		second int // orders at the other provider
	}{
		"a failure":         {tracking.ErrUnavailable, noon.Add(5 * time.Minute), models.SubscriptionWanted, 0},
		"a spent quota":     {tracking.ErrQuota, noon.Add(2 * time.Hour), models.SubscriptionWanted, 0},
		"a carrier refused": {tracking.ErrCarrier, models.Never, models.SubscriptionRefused, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, storetest.New(t))
			refusal := &tracking.Error{Provider: "kuaidi100", Kind: c.err}
			if errors.Is(c.err, tracking.ErrQuota) {
				refusal.Until = c.until
			}
			p.first.err = refusal
			parcel, _ := p.subscribed("YT1000000000013", "yto")
			rows, err := p.db.Subscriptions(t.Context(), parcel.ID)
			p.must(err)
			if row, _ := newest(rows, "kuaidi100"); row.State != c.state || row.DueAt != c.until {
				t.Errorf("%+v", row)
			}
			p.must(p.subscriber.Order(t.Context()))
			if len(p.second.orders) != c.second || len(p.first.orders) != 1 {
				t.Errorf("%d and %d orders", len(p.first.orders), len(p.second.orders))
			}
		})
	}
}

func TestBatchesAreOfOneCarrierAndWhatIsRefusedGoesAlone(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		p.second.err = &tracking.Error{Provider: "kuaibao", Kind: tracking.ErrNumber}
		for i := range 3 {
			parcel := p.follow(fmt.Sprintf("7510000000000%d", i), "zto", "mother")
			p.must(p.subscriber.EnsureSubscription(t.Context(), parcel.ID))
		}
		p.must(p.subscriber.Order(t.Context()))
		p.second.err = nil
		p.must(p.subscriber.Order(t.Context()))
		var sizes []int
		for _, o := range p.second.orders {
			sizes = append(sizes, len(o))
		}
		if !slices.Equal(sizes, []int{2, 1, 1, 1}) {
			t.Errorf("orders of %v waybills", sizes)
		}
	})
}

func TestAParcelWithATailIsSubscribedToOnceATailIsProved(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel := p.followWith("SF1000000000015", "sf", true, models.Following{Tail: "1234", TailState: models.TailUntried}, "mother")
		p.must(p.subscriber.EnsureSubscription(t.Context(), parcel.ID))
		p.must(p.subscriber.Order(t.Context()))
		if len(p.first.orders) != 0 {
			t.Fatal("ordered with a tail that nobody has proved")
		}
		p.poll(parcel.ID)
		p.pass(10 * time.Minute)
		p.must(p.subscriber.Order(t.Context()))
		if len(p.first.orders) != 1 || p.first.orders[0][0].Tail != "1234" {
			t.Fatalf("orders %v", p.first.orders)
		}
		p.followWith("SF1000000000015", "sf", true, models.Following{}, "stranger")
		p.must(p.push(p.sub(parcel.ID), "polling 揽收 到达"))
		p.wantPending("mother", parcel.Number+" scan:到达 scan:揽收")
		p.wantPending("stranger")
	})
}

func TestAHintHurriesTheParcelsThatItNames(t *testing.T) {
	eachPost(t, func(t *testing.T, p *post) {
		parcel, s := p.subscribed("751000000000015", "zto")
		if s.Provider != "kuaibao" {
			t.Fatalf("subscribed to at %s", s.Provider)
		}
		hint := func() {
			t.Helper()
			reply, err := p.receiver.Hint(t.Context(), "kuaibao", "secret", []byte("secret hint "+parcel.Number+" 999000000000"))
			if err != nil || reply != "taken" {
				t.Fatal(reply, err)
			}
		}
		hint()
		if wait := p.wait(parcel.ID); wait != 30*time.Minute {
			t.Errorf("due in %s, the floor is half an hour", wait)
		}
		p.pass(31 * time.Minute)
		p.poll(parcel.ID)
		if wait := p.wait(parcel.ID); wait < 12*time.Hour {
			t.Errorf("due in %s after the hint was followed", wait)
		}
		p.pass(time.Hour)
		hint()
		if wait := p.wait(parcel.ID); wait != 0 {
			t.Errorf("due in %s", wait)
		}
		bodies, err := p.db.Pushes(t.Context(), "kuaibao")
		if err != nil || len(bodies) != 2 {
			t.Errorf("%d bodies kept, %v", len(bodies), err)
		}
		if _, err := p.receiver.Hint(t.Context(), "kuaibao", "other", []byte("secret hint")); !errors.Is(err, tracking.ErrPushSign) {
			t.Errorf("a wrong token: %v", err)
		}
	})
}
