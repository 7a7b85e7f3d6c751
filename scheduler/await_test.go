package scheduler

import (
	"context"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

// watched is a store that tells when somebody reads a parcel.
type watched struct {
	Store
	once sync.Once
	read chan struct{}
}

func (w *watched) Parcel(ctx context.Context, id int64) (models.Parcel, error) {
	p, err := w.Store.Parcel(ctx, id)
	w.once.Do(func() { close(w.read) })
	return p, err
}

// slowly has a provider answer only once release is closed, and says when it was asked.
func (r *rig) slowly() (asked, release chan struct{}) {
	asked, release = make(chan struct{}), make(chan struct{})
	r.provider.says(func(q query) (models.Trace, error) {
		close(asked)
		<-release
		return shows(models.InTransit, "揽收")(q)
	})
	return asked, release
}

func TestWhoAsksDuringACheckSeesWhatItBrings(t *testing.T) {
	for name, early := range map[string]bool{"read before it began": true, "read while it is under way": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, storetest.New(t))
			p := r.follow(yt, "yto", "a")
			asked, release := r.slowly()
			var both sync.WaitGroup
			both.Go(func() { r.ask(p.ID, "") })
			<-asked
			if !early {
				p = r.parcel(p.ID)
			}
			w := &watched{Store: r.db, read: make(chan struct{})}
			both.Go(func() {
				got, err := r.newChecker(r.tracker, w).Check(t.Context(), p, "", models.Person)
				if err != nil || got.Parcel.HeardAt == 0 || got.Parcel.Status != models.InTransit {
					t.Errorf("got %+v, %v", got, err)
				}
			})
			<-w.read
			close(release)
			both.Wait()
			if n := len(r.provider.asked()); n != 1 {
				t.Errorf("%d queries", n)
			}
		})
	}
}

func TestNobodyWaitsLongerThanTheyAreGiven(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	asked, release := r.slowly()
	var first sync.WaitGroup
	first.Go(func() { r.ask(p.ID, "") })
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	w := &watched{Store: r.db, read: make(chan struct{})}
	go func() { <-w.read; cancel() }()
	got, err := r.newChecker(r.tracker, w).Check(ctx, p, "", models.Person)
	if err != nil || !overtaken(got.Err) {
		t.Errorf("got %+v, %v", got, err)
	}
	close(release)
	first.Wait()
}

func TestACheckThatDiedIsNotWaitedFor(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	c := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: p.Number, Parcel: p.ID, Version: p.Version, Floor: 30 * time.Minute, Purpose: models.Poll}
	_, err := r.db.Begin(t.Context(), c, r.moment())
	r.must(err)
	r.pass(models.CheckTakes)
	if got := r.ask(p.ID, ""); !overtaken(got.Err) {
		t.Errorf("got %+v", got)
	}
	if n := len(r.provider.asked()); n != 0 {
		t.Errorf("%d queries", n)
	}
}

func TestACheckOfAProcessThatIsGoneIsNotUnderWay(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	call := models.Call{Provider: "elsewhere", Kind: models.CallQuery, Number: p.Number, Parcel: p.ID, Version: p.Version, Owner: "killed", Floor: time.Minute, Purpose: models.Person}
	_, err := r.db.Begin(t.Context(), call, r.moment())
	r.must(err)
	settings := r.tracking(nil)
	settings.Gone = func(owner string) bool { return owner == "killed" }
	r.tracker = tracking.New(settings)
	r.checker = r.newChecker(r.tracker, r.db)
	if got := r.ask(p.ID, ""); got.Err != nil || len(r.provider.asked()) != 1 {
		t.Errorf("got %v after %d calls", got.Err, len(r.provider.asked()))
	}
}
