package scheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill/models"
	"waybill/models/store/storetest"
)

// travels is an answer about a parcel from Shenzhen to Beijing with scans at these hours
// after noon.
func travels(s models.Status, final bool, hours ...int) func(query) (models.Trace, error) {
	t := models.Trace{Provider: "muzhi", Status: s, Final: final, Origin: "深圳", Destination: "北京", Billed: true}
	for _, h := range hours {
		e := models.Event{Kind: models.Scan, At: noon.Add(time.Duration(h) * time.Hour), Text: fmt.Sprint("scan ", h)}
		e.Sign()
		t.Events = append([]models.Event{e}, t.Events...)
	}
	return func(query) (models.Trace, error) { return t, nil }
}

// arrived has parcels of yto's arrive that were silent for so many hours.
func (r *rig) arrived(parcels, silent int) {
	r.t.Helper()
	r.provider.says(travels(models.Delivered, true, -silent-9, -9, -5, -1))
	for i := range parcels {
		p := r.follow(fmt.Sprintf("YT20000000%05d", i), "yto", "others")
		if got := r.poll(p.ID); got.Parcel.Live() {
			r.t.Fatalf("parcel %+v", got.Parcel)
		}
	}
}

func TestAParcelIsStuckWhenItIsSilentForLongerThanIsNormalOnItsRoute(t *testing.T) {
	for _, c := range []struct {
		name         string
		parcels      int
		silent       int
		before, then time.Duration
	}{
		{"a slow route", 25, 80, 99 * time.Hour, 101 * time.Hour},
		{"a quick route", 25, 10, 47 * time.Hour, 49 * time.Hour},
		{"a route of which nobody knows", 3, 10, 71 * time.Hour, 73 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, storetest.New(t))
			r.arrived(c.parcels, c.silent)
			p := r.follow(yt, "yto", "a")
			r.provider.says(travels(models.InTransit, false, 0))
			r.poll(p.ID)
			r.deliver()
			for passed := 10 * time.Hour; passed < c.before; passed += 10 * time.Hour { // nobody has stopped asking
				r.pass(10 * time.Hour)
				r.poll(p.ID)
			}
			r.pass(c.before - r.moment().Sub(noon))
			r.poll(p.ID)
			r.wantPending("a")
			if due := r.parcel(p.ID).DueAt.Sub(r.moment()); due > 3*time.Hour {
				t.Errorf("due in %s", due)
			}
			r.pass(c.then - c.before)
			r.poll(p.ID)
			r.wantPending("a", yt+" stuck")
		})
	}
}

func TestAJourneyIsKeptOnceItsProviderCallsItDelivered(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	kept := func() []models.Journey {
		groups, err := r.db.Journeys(t.Context(), models.Route{Carrier: "yto"})
		r.must(err)
		return groups[0]
	}
	r.provider.says(travels(models.OutForDelivery, false, -30, -2))
	r.poll(p.ID)
	words := func(query) (models.Trace, error) {
		trace, err := travels(models.Delivered, false, -30, -2, -1)(query{})
		trace.ByWords = true
		return trace, err
	}
	r.provider.says(words)
	r.pass(time.Hour)
	r.poll(p.ID)
	if got := kept(); len(got) != 0 {
		t.Fatalf("delivered by words alone, and kept: %+v", got)
	}
	r.provider.says(travels(models.Delivered, false, -30, -2, -1))
	r.pass(time.Hour)
	r.poll(p.ID)
	want := models.Journey{
		Route:     models.Route{Carrier: "yto", Origin: "深圳", Destination: "北京", OriginArea: "广东", DestinationArea: "北京"},
		StartedAt: noon.Add(-30 * time.Hour), OutAt: noon.Add(-2 * time.Hour), DeliveredAt: noon.Add(-time.Hour), Silence: (28 * time.Hour).Milliseconds(),
	}
	if got := kept(); len(got) != 1 || got[0] != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	r.provider.says(travels(models.OutForDelivery, false, -30, -2, -1, 1)) // it had not been
	r.pass(time.Hour)
	r.poll(p.ID)
	r.provider.says(travels(models.Delivered, false, -30, -2, -1, 1, 2))
	r.pass(time.Hour)
	r.poll(p.ID)
	r.pass(25 * time.Hour)
	r.poll(p.ID)
	if got := kept(); len(got) != 1 || got[0].DeliveredAt != noon.Add(2*time.Hour) {
		t.Fatalf("a parcel that was delivered twice counts as %+v", got)
	}
}

func TestWhatIsOverByWordsAloneIsKeptWhenItIsDone(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(yt, "yto", "a")
	r.provider.says(func(query) (models.Trace, error) {
		trace, err := travels(models.Delivered, false, -30, -1)(query{})
		trace.ByWords = true
		return trace, err
	})
	r.poll(p.ID)
	r.pass(7 * time.Hour)
	r.poll(p.ID)
	groups, err := r.db.Journeys(t.Context(), models.Route{Carrier: "yto"})
	r.must(err)
	if len(groups[0]) != 1 || r.parcel(p.ID).Live() {
		t.Fatalf("kept %+v", groups[0])
	}
}

// Whatever is normal on a route, the notice comes once, when it is due.
func TestTheNoticeOfAStuckParcelComesAfterWhatIsNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		silence := time.Duration(rapid.IntRange(48, 120).Draw(t, "hours")) * time.Hour
		speed := rapid.SampledFrom([]Speed{0, 1, 600}).Draw(t, "speed")
		p := heardAt(noon, models.InTransit, 0)
		due := nextNotice(p, speed, silence)
		if due != noon.Add(speed.Of(silence)) {
			t.Fatalf("due in %s", due.Sub(noon))
		}
		if c := Notice(models.Change{Parcel: p}, speed, silence, due-1); c.News() {
			t.Fatalf("said %q too early", noticed(c))
		}
		c := Notice(models.Change{Parcel: p}, speed, silence, due)
		if !slices.Equal(noticed(c), []string{"stuck:"}) || Notice(c, speed, silence, due).Parcel.Seq != c.Parcel.Seq {
			t.Fatalf("said %q", noticed(c))
		}
		cadence := Cadence{Floor: 30 * time.Minute, Speed: speed}
		late := due.Add(-speed.Of(time.Hour))
		if next := cadence.Next(p, Given{Silence: silence}, late); next.Sub(late) > speed.Of(66*time.Minute) {
			t.Fatalf("checked next in %s", next.Sub(late))
		}
	})
}
