package scheduler

import (
	"context"
	"errors"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

func TestACarrierThatAPushCorrectedIsAskedAboutInsideTheFloor(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(fails(tracking.ErrNoRecord))
	r.poll(p.ID)
	r.pass(time.Minute)
	if got := r.ask(p.ID, ""); !errors.Is(got.Err, models.ErrFloor) {
		t.Fatalf("before the correction: %v", got.Err)
	}
	r.must(r.checker.Correct(t.Context(), p.ID, "jt"))
	r.provider.says(shows(models.InTransit, "揽收"))
	if got := r.ask(p.ID, ""); got.Err != nil || got.Parcel.Status != models.InTransit {
		t.Fatalf("after it: %+v", got)
	}
	if asked := r.provider.asked(); len(asked) != 2 || asked[1].carrier != "jt" {
		t.Errorf("asked %+v", asked)
	}
	r.pass(time.Minute)
	if got := r.ask(p.ID, ""); !errors.Is(got.Err, models.ErrFloor) || len(r.provider.asked()) != 2 {
		t.Errorf("the next question: %v after %d calls", got.Err, len(r.provider.asked()))
	}
}

func TestTheProviderWhoseAnswerCorrectedTheCarrierIsNotAskedAgain(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(carrying("jt", "揽收"))
	p = r.poll(p.ID).Parcel
	r.pass(time.Minute)
	if got := r.ask(p.ID, ""); !errors.Is(got.Err, models.ErrFloor) || len(r.provider.asked()) != 1 {
		t.Errorf("got %v after %d calls", got.Err, len(r.provider.asked()))
	}
}

func TestACheckThatDiedIsAskedAgainAtOnceWhenItCannotBeUnderWayAnyMore(t *testing.T) {
	cadence := regular
	cadence.Floor = time.Second
	c := &clock{at: noon.Time()}
	r := newRigAt(t, storetest.New(t), cadence, c.now, c.pass)
	p := r.follow(yt, "yto", "a")
	call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: p.Number, Parcel: p.ID, Version: p.Version, Floor: time.Second, Purpose: models.Poll}
	_, err := r.db.Begin(t.Context(), call, r.moment())
	r.must(err)
	r.pass(models.CheckTakes)
	hints, err := r.db.Take(t.Context(), r.moment(), time.Minute, 10)
	r.must(err)
	if got := r.poll(p.ID); len(hints) != 1 || got.Err != nil || len(r.provider.asked()) != 1 {
		t.Errorf("%d hints, %v, %d calls", len(hints), got.Err, len(r.provider.asked()))
	}
}

// overtakenOnce is a store in which somebody else is first once, after a carrier
// was corrected.
type overtakenOnce struct {
	Store
	overtaken bool
}

func (o *overtakenOnce) Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error) {
	if !o.overtaken {
		o.overtaken = true
		return models.Parcel{}, models.ErrStale
	}
	return o.Store.Finish(ctx, f, now)
}

func TestAPushThatCorrectsTheCarrierOntoAParcelThatIsThereIsNotLost(t *testing.T) {
	r := newRig(t, storetest.New(t))
	wrong := r.follow(yt, "yto", "a")
	right := r.follow(yt, "jt", "b")
	checker := r.newChecker(r.tracker, &overtakenOnce{Store: r.db})
	trace, err := shows(models.InTransit, "揽收")(query{})
	r.must(err)
	r.must(checker.Push(t.Context(), wrong.ID, trace, "jt"))
	if p := r.parcel(right.ID); p.Status != models.InTransit || p.Seq == 0 {
		t.Errorf("the parcel is %s with %d events", p.Status, p.Seq)
	}
}
