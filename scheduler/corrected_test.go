package scheduler

import (
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
