package scheduler

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

// by is an answer as another provider gives it.
func by(provider string, answer func(query) (models.Trace, error)) func(query) (models.Trace, error) {
	return func(q query) (models.Trace, error) {
		t, err := answer(q)
		t.Provider = provider
		return t, err
	}
}

// What a provider that is tried again words otherwise is known already: its parcel's
// chats hear once of each scan, whoever tells it.
func TestAScanIsDeliveredOnceWhenAProviderIsTriedAgain(t *testing.T) {
	r := newRig(t, storetest.New(t))
	other := &script{answer: by("juhe", shows(models.InTransit, "揽收", "到达"))}
	s := r.tracking(nil)
	second := other.offer()
	second.Name = "juhe"
	s.Providers = append(s.Providers, second)
	r.tracker = tracking.New(s)
	r.checker = r.newChecker(r.tracker, r.db)
	r.provider.says(fails(tracking.ErrUnavailable))
	p := r.follow(yt, "yto", "a")
	r.poll(p.ID)
	r.deliver()
	r.provider.says(shows(models.InTransit, "【长沙】已揽收", "【长沙】到达转运中心"))
	r.pass(2 * time.Hour)
	if r.poll(p.ID); r.parcel(p.ID).Provider != "juhe" || len(r.provider.asked()) != 1 {
		t.Fatalf("the parcel is %s's", r.parcel(p.ID).Provider)
	}
	r.tracker.TryFirst([]string{"muzhi"})
	r.pass(2 * time.Hour)
	if r.poll(p.ID); r.parcel(p.ID).Provider != "muzhi" {
		t.Fatalf("the parcel is %s's", r.parcel(p.ID).Provider)
	}
	r.wantPending("a")
	r.provider.says(shows(models.OutForDelivery, "【长沙】已揽收", "【长沙】到达转运中心", "派送中"))
	r.pass(2 * time.Hour)
	r.poll(p.ID)
	r.wantPending("a", yt+" scan:派送中")
	if n := r.calls()[models.OutcomeTrace]; n != 4 {
		t.Errorf("%d answers are paid for by four polls", n)
	}
}
