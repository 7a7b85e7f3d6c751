package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

const (
	yt = "YT1000000000001"
	sf = "SF1000000000015"
)

func TestOneQueryServesEveryFollower(t *testing.T) {
	r := newRig(t, storetest.New(t))
	var rooms []string
	for i := range 50 {
		rooms = append(rooms, fmt.Sprint(i))
	}
	p := r.follow(yt, "yto", rooms...)
	r.provider.says(shows(models.InTransit, "揽收", "到达"))
	got := r.poll(p.ID)
	if got.Err != nil || !got.Fresh || got.Parcel.Status != models.InTransit {
		t.Errorf("checked %+v", got)
	}
	if n := len(r.provider.asked()); n != 1 {
		t.Errorf("%d queries", n)
	}
	for _, room := range rooms {
		r.wantPending(room, yt+" scan:到达 scan:揽收")
	}
	about(t, r.parcel(p.ID).DueAt.Sub(r.moment()), 2*time.Hour)
	if r.notifier.woken() != 1 {
		t.Errorf("the notifier woke %d times", r.notifier.woken())
	}
}

func TestTheSameAnswerAgainIsNoNews(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.poll(p.ID)
	r.pass(2 * time.Hour)
	before := r.parcel(p.ID)
	got := r.poll(p.ID)
	if after := got.Parcel; after.Seq != before.Seq || after.HeardAt != r.moment() || !got.Fresh {
		t.Errorf("after %+v", got)
	}
	if r.notifier.woken() != 1 || r.meter.checked[OutcomeSame] != 1 || r.meter.checked[OutcomeNews] != 1 {
		t.Errorf("woken %d, counted %v", r.notifier.woken(), r.meter.checked)
	}
}

func TestNoRecordYetIsAnAnswerAndNoNews(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(fails(tracking.ErrNoRecord))
	got := r.poll(p.ID)
	if !got.Fresh || !errors.Is(got.Err, tracking.ErrNoRecord) || got.Parcel.Status != models.Pending || got.Parcel.Failures != 0 {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a")
	about(t, got.Parcel.DueAt.Sub(r.moment()), 2*time.Hour)
}

func TestNoRecordAfterScansChangesNothing(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.poll(p.ID)
	r.pass(2 * time.Hour)
	r.provider.says(fails(tracking.ErrNoRecord))
	got := r.poll(p.ID).Parcel
	if got.Status != models.InTransit || got.Provider != "muzhi" || got.Seq != 1 {
		t.Errorf("parcel %+v", got)
	}
}

func TestFailuresWaitLongerAndLonger(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(fails(tracking.ErrLocked))
	for _, minutes := range []int{30, 60, 120, 240, 360, 360} {
		got := r.poll(p.ID)
		wait := got.Parcel.DueAt.Sub(r.moment())
		about(t, wait, time.Duration(minutes)*time.Minute)
		if got.Fresh || !errors.Is(got.Err, tracking.ErrLocked) {
			t.Errorf("checked %+v", got)
		}
		r.pass(wait)
	}
	r.provider.says(shows(models.InTransit, "揽收"))
	if got := r.poll(p.ID); got.Parcel.Failures != 0 || got.Err != nil {
		t.Errorf("checked %+v", got)
	}
}

func TestAPersonInsideTheFloorCostsNothingAndChangesNothing(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.poll(p.ID)
	r.pass(time.Minute)
	before := r.parcel(p.ID)
	got := r.ask(p.ID, "")
	if !errors.Is(got.Err, models.ErrFloor) || got.Fresh || got.Parcel != before || r.parcel(p.ID) != before {
		t.Errorf("checked %+v", got)
	}
	if len(r.provider.asked()) != 1 {
		t.Error("asked again inside the floor")
	}
}

func TestAPollInsideTheFloorIsNoFailureAndComesAtItsTime(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.poll(p.ID)
	asked := r.moment()
	r.pass(time.Minute)
	got := r.poll(p.ID)
	if !errors.Is(got.Err, models.ErrFloor) || got.Parcel.Failures != 0 {
		t.Errorf("checked %+v", got)
	}
	about(t, got.Parcel.DueAt.Sub(asked), 2*time.Hour)
}

func TestASpentBudgetIsNoFailure(t *testing.T) {
	r := newRig(t, storetest.New(t))
	first, second := r.follow(yt, "yto", "a"), r.follow("YT1000000000002", "yto", "a")
	r.budgets(map[string]int64{"muzhi": 1})
	r.poll(first.ID)
	got := r.poll(second.ID)
	if !errors.Is(got.Err, models.ErrBudget) || got.Parcel.Failures != 0 || got.Parcel.DueAt == models.Never {
		t.Errorf("checked %+v", got)
	}
	if r.meter.checked[OutcomeUnasked] != 1 {
		t.Errorf("counted %v", r.meter.checked)
	}
}

func TestAQuotaIsAFloorForTheNextCheck(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	until := r.moment().Add(4 * time.Hour)
	r.provider.says(func(query) (models.Trace, error) {
		return models.Trace{}, &tracking.Error{Provider: "muzhi", Kind: tracking.ErrQuota, Until: until}
	})
	if got := r.poll(p.ID).Parcel; got.DueAt < until {
		t.Errorf("due %s before the quota ends", until.Sub(got.DueAt))
	}
}

func TestAnInvalidNumberEndsAfterThreeDays(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(fails(tracking.ErrNumber))
	if got := r.poll(p.ID); !errors.Is(got.Err, tracking.ErrNumber) || got.Parcel.Status != models.Invalid {
		t.Fatalf("checked %+v", got)
	}
	for range 30 {
		due := r.parcel(p.ID).DueAt
		if due == models.Never {
			break
		}
		r.pass(due.Sub(r.moment()))
		r.poll(p.ID)
	}
	r.wantPending("a", yt+" ended:unknown")
	if age := r.moment().Sub(p.CreatedAt); age < 3*day || age > 3*day+7*time.Hour {
		t.Errorf("ended after %s", age)
	}
}

func TestAPersonIsNotToldThatFollowingEnds(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(fails(tracking.ErrNoRecord))
	r.poll(p.ID)
	for range 8 {
		r.pass(day)
		r.must(r.poke(p.ID))
	}
	if got := r.ask(p.ID, ""); !got.Parcel.Live() {
		t.Error("ended while somebody asked")
	}
	r.pass(time.Hour)
	if got := r.poll(p.ID); got.Parcel.Live() {
		t.Error("the next poll does not end it")
	}
}

// poke makes a parcel count as asked about now, without an answer.
func (r *rig) poke(id int64) error {
	p := r.parcel(id)
	p.AskedAt = r.moment()
	_, err := r.db.Finish(r.t.Context(), models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: p.DueAt}, r.moment())
	return err
}

func TestWhatIsFoundAtNightBreaksQuietHoursOnlyIfItIsUrgent(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.pass(12 * time.Hour) // midnight
	r.poll(p.ID)
	if c := r.chat("a"); c.WorkAt != r.moment() || r.notifier.woken() != 1 || r.breaks("a") {
		t.Errorf("due at %s, woken %d, breaks %v", c.WorkAt.Time(), r.notifier.woken(), r.breaks("a"))
	}
	r.pass(time.Hour)
	r.provider.says(shows(models.OutForDelivery, "揽收", "派送"))
	r.poll(p.ID)
	if r.notifier.woken() != 2 || !r.breaks("a") {
		t.Errorf("woken %d, breaks %v", r.notifier.woken(), r.breaks("a"))
	}
	r.wantPending("a", yt+" scan:派送 scan:揽收")
}

func TestTwoWorkersWithTheSameParcelMakeOneCall(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		r := newRig(t, open())
		p := r.follow(yt, "yto", "a")
		release := make(chan struct{})
		r.provider.says(func(query) (models.Trace, error) {
			<-release
			return shows(models.InTransit, "揽收")(query{})
		})
		other := newRigAt(t, open(), regular, r.now, r.pass)
		other.provider.says(r.provider.answer)
		ends := make(chan models.Checked, 8)
		var workers sync.WaitGroup
		for i := range 8 {
			checker := []*Checker{r.checker, other.checker}[i%2]
			workers.Go(func() {
				got, err := checker.Check(t.Context(), p, "", models.Poll)
				if err != nil {
					t.Error(err)
				}
				ends <- got
			})
		}
		for range 7 {
			if got := <-ends; !errors.Is(got.Err, models.ErrStale) {
				t.Errorf("checked %+v", got)
			}
		}
		close(release)
		workers.Wait()
		if got := <-ends; got.Err != nil || !got.Fresh {
			t.Errorf("checked %+v", got)
		}
		if n := len(r.provider.asked()) + len(other.provider.asked()); n != 1 || r.calls()[models.OutcomeTrace] != 1 {
			t.Errorf("%d queries, ledger %v", n, r.calls())
		}
		r.wantPending("a", yt+" scan:揽收")
	})
}

func TestAnAnswerThatComesTooLateStillClosesItsCall(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(func(q query) (models.Trace, error) {
		r.must(r.poke(p.ID)) // somebody else moves the parcel on while we wait
		return shows(models.InTransit, "揽收")(q)
	})
	got := r.poll(p.ID)
	if !errors.Is(got.Err, models.ErrStale) || r.calls()[models.OutcomeTrace] != 1 || r.calls()[models.OutcomeUnknown] != 0 {
		t.Errorf("checked %+v, ledger %v", got, r.calls())
	}
	r.wantPending("a")
	r.pass(30 * time.Minute)
	r.provider.says(shows(models.InTransit, "揽收"))
	r.poll(p.ID)
	r.wantPending("a", yt+" scan:揽收")
}

func TestWhatIsInFlightWhenTheProcessStopsIsInTheLedgerAndDueAfterTheFloor(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	ctx, stop := context.WithCancel(t.Context())
	r.provider.says(func(query) (models.Trace, error) {
		stop()
		return models.Trace{}, &tracking.Error{Provider: "muzhi", Kind: tracking.ErrUnavailable, Billed: true, Cause: context.Canceled}
	})
	got, err := r.checker.Check(ctx, p, "", models.Poll)
	if err != nil || got.Err == nil {
		t.Fatalf("checked %+v, %v", got, err)
	}
	if r.calls()[models.OutcomeUnknown] != 0 || r.calls()[models.OutcomeUnavailable] != 1 {
		t.Errorf("ledger %v", r.calls())
	}
	after := r.parcel(p.ID)
	if after.Failures != 0 || after.DueAt.Sub(r.moment()) != r.cadence.Floor {
		t.Errorf("failures %d, due in %s", after.Failures, after.DueAt.Sub(r.moment()))
	}
}

func TestAnAnswerThatCameWhileTheProcessStopsIsKept(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	ctx, stop := context.WithCancel(t.Context())
	r.provider.says(func(q query) (models.Trace, error) {
		stop()
		return shows(models.InTransit, "揽收")(q)
	})
	if got, err := r.checker.Check(ctx, p, "", models.Poll); err != nil || got.Err != nil {
		t.Fatalf("checked %+v, %v", got, err)
	}
	r.wantPending("a", yt+" scan:揽收")
}

// carrying answers with a carrier of the provider's own.
func carrying(c models.Carrier, texts ...string) func(query) (models.Trace, error) {
	return func(q query) (models.Trace, error) {
		t, err := shows(models.InTransit, texts...)(q)
		t.Carrier = c
		return t, err
	}
}

func TestAWrongCarrierIsCorrected(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(carrying("jt", "揽收"))
	got := r.poll(p.ID)
	if got.Parcel.ID != p.ID || got.Parcel.Carrier != "jt" || got.Parcel.Seq != 2 {
		t.Errorf("parcel %+v", got.Parcel)
	}
	r.wantPending("a", yt+" scan:揽收 carrier:yto")
}

func TestAnUnknownCarrierThatTheProviderNamesIsNoNewsByItself(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "", "a")
	r.provider.says(carrying("yto", "揽收"))
	if got := r.poll(p.ID); got.Parcel.Carrier != "yto" {
		t.Errorf("parcel %+v", got.Parcel)
	}
	r.wantPending("a", yt+" scan:揽收")
}

func TestACorrectionOntoAParcelThatExistsMergesTheFollowers(t *testing.T) {
	r := newRig(t, storetest.New(t))
	right, wrong := r.follow(yt, "jt", "a"), r.follow(yt, "yto", "b")
	r.provider.says(carrying("jt", "揽收"))
	got := r.poll(wrong.ID)
	if got.Parcel.ID != right.ID || got.Err != nil {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a", yt+" scan:揽收")
	r.wantPending("b", yt+" scan:揽收 carrier:yto")
	if _, err := r.db.Parcel(t.Context(), wrong.ID); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("the wrong parcel is still there: %v", err)
	}
}

func TestACorrectionToACarrierThatWantsATailLocksTheParcel(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(sf, "yto", "a")
	r.poll(p.ID)
	r.pass(2 * time.Hour)
	r.provider.says(carrying("sf", "揽收", "到达"))
	if got := r.poll(p.ID); !got.Parcel.TailNeeded {
		t.Errorf("parcel %+v", got.Parcel)
	}
	for _, news := range r.pending("a") {
		if strings.Contains(news, "到达") || !strings.Contains(news, "tail:missing") {
			t.Errorf("pending is %q", news)
		}
	}
}

func TestAFailureOfTheDatabaseIsAnErrorAndLosesNoCall(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(carrying("yto", "揽收"))
	p = r.poll(p.ID).Parcel // of which something is known now
	r.pass(2 * time.Hour)
	r.provider.says(carrying("yto", "揽收", "到达"))
	checker := r.newChecker(r.tracker, blind{r.db})
	if _, err := checker.Check(t.Context(), p, "", models.Poll); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if r.calls()[models.OutcomeTrace] != 2 {
		t.Errorf("ledger %v", r.calls())
	}
}

// blind cannot read what is known of a parcel.
type blind struct{ *store.Store }

func (blind) Known(context.Context, int64) ([]models.Event, error) { return nil, errBroken }

// finishes keeps what a checker has written.
type finishes struct {
	Store
	all []models.Finish
}

func (f *finishes) Finish(ctx context.Context, e models.Finish, now models.Moment) (models.Parcel, error) {
	f.all = append(f.all, e)
	return f.Store.Finish(ctx, e, now)
}

func TestAnAnswerWithoutNewsWritesTheChecksMomentsAlone(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow("YT1000000000001", "yto", "a")
	written := &finishes{Store: r.db}
	r.checker = r.newChecker(r.tracker, written)
	for range 3 {
		r.poll(p.ID)
		r.pass(3 * time.Hour)
	}
	r.provider.says(shows(models.InTransit, "揽收", "到达"))
	r.poll(p.ID)
	var same []bool
	for _, f := range written.all {
		same = append(same, f.Same)
	}
	if want := []bool{false, true, true, false}; !slices.Equal(same, want) {
		t.Errorf("same: %v, want %v", same, want)
	}
}
