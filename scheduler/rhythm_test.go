package scheduler

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/models/rhythm"
	"waybill/models/store/storetest"
)

func builtIn(t *testing.T) *rhythm.Table {
	t.Helper()
	table, err := rhythm.Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestAParcelIsAskedAboutWhenItsCarrierMoves(t *testing.T) {
	table := builtIn(t)
	wait := func(c Cadence, s models.Status, leg rhythm.Leg, hour, since float64) time.Duration {
		now := noon.Add(time.Duration((hour - 12) * float64(time.Hour)))
		p := heardAt(now, s, time.Duration(since*float64(time.Hour)))
		p.EventAt = p.StatusAt
		return c.wait(p, Given{Rhythm: table, Leg: leg}, now)
	}
	for _, c := range []struct {
		name        string
		got         time.Duration
		least, most time.Duration
	}{
		{"collected, in the evening", wait(regular, models.Collected, rhythm.Collected, 20, 3), 30 * time.Minute, 90 * time.Minute},
		{"collected, in the morning no longer than three times the table's", wait(regular, models.Collected, rhythm.Collected, 9, 14), 3 * time.Hour, 6 * time.Hour},
		{"at the branch, before the round", wait(regular, models.InTransit, rhythm.Branch, 7.5, 1), 30 * time.Minute, 90 * time.Minute},
		{"at the branch, at night no longer than three times the table's", wait(regular, models.InTransit, rhythm.Branch, 1, 6), time.Hour, 6 * time.Hour},
		{"out for delivery never longer than the table's, at night neither", wait(regular, models.OutForDelivery, rhythm.Out, 3, 18), 30 * time.Minute, 45 * time.Minute},
		{"customs at night", wait(regular, models.Customs, rhythm.Customs, 0, 4), 6 * time.Hour, 18 * time.Hour},
		{"a higher floor holds", wait(Cadence{Floor: 3 * time.Hour, Speed: 1}, models.Collected, rhythm.Collected, 20, 3), 3 * time.Hour, 3 * time.Hour},
		{"a status of which nothing is known goes by the table", wait(regular, models.Invalid, rhythm.LegOf(models.Invalid, ""), 12, 1), 6 * time.Hour, 6 * time.Hour},
		{"at another speed than the world's the table holds", wait(Cadence{Floor: 30 * time.Minute, Speed: 60}, models.Collected, rhythm.Collected, 20, 0.1), 2 * time.Minute, 2 * time.Minute},
	} {
		if c.got < c.least || c.got > c.most {
			t.Errorf("%s: %s, want %s to %s", c.name, c.got, c.least, c.most)
		}
	}
}

func TestWhatRhythmDoesNotChange(t *testing.T) {
	g := Given{Rhythm: builtIn(t), Leg: rhythm.Collected}
	p := heardAt(noon, models.Collected, time.Hour)
	pushed := g
	pushed.Pushed = true
	about(t, regular.Next(p, pushed, noon).Sub(noon), 12*time.Hour)
	failed := p
	failed.Failures = 3
	about(t, regular.Next(failed, g, noon).Sub(noon), 2*time.Hour)
	locked := g
	locked.NotBefore = noon.Add(5 * time.Hour)
	about(t, regular.Next(p, locked, noon).Sub(noon), 5*time.Hour)
	stuck := heardAt(noon, models.Collected, 71*time.Hour)
	about(t, regular.Next(stuck, g, noon).Sub(noon), time.Hour)
}

// At night news is worth less than by day, and of being fetched at any time.
func TestWhatNewsIsWorth(t *testing.T) {
	table := builtIn(t)
	wait := func(q models.Quiet, s models.Status, leg rhythm.Leg, now models.Moment) time.Duration {
		p := heardAt(now, s, 5*time.Hour)
		p.EventAt = p.StatusAt
		return Cadence{Floor: 30 * time.Minute, Speed: 1, Quiet: q}.wait(p, Given{Rhythm: table, Leg: leg}, now)
	}
	var asleep, awake time.Duration
	for _, leg := range []rhythm.Leg{rhythm.Collected, rhythm.Sent, rhythm.Arrived, rhythm.Departed, rhythm.Branch} {
		asleep += wait(nightly, models.InTransit, leg, midnight)
		awake += wait(models.Quiet{}, models.InTransit, leg, midnight)
	}
	if asleep <= awake {
		t.Errorf("at night %s in all, without quiet hours %s", asleep, awake)
	}
	evening := noon.Add(6 * time.Hour)
	if ready, moving := wait(nightly, models.ReadyForPickup, rhythm.Ready, evening), wait(nightly, models.InTransit, rhythm.Ready, evening); ready <= moving {
		t.Errorf("of what is fetched %s, of what comes as often %s", ready, moving)
	}
}

// What one process has found another goes by, after both have exchanged with the store.
func TestProcessesShareWhatScansHaveShown(t *testing.T) {
	db := storetest.New(t)
	r := newRig(t, db)
	mine, err := NewRhythm()
	r.must(err)
	r.checker.rhythm = mine
	p := r.follow("YT0000000000001", "yto", "a")
	first, second := models.Event{Kind: models.Scan, At: noon.Add(-3 * time.Hour), Text: "已揽收"}, models.Event{Kind: models.Scan, At: noon.Add(-10 * time.Minute), Text: "快件离开网点"}
	first.Sign()
	second.Sign()
	r.provider.answer = func(query) (models.Trace, error) {
		return models.Trace{Provider: "muzhi", Status: models.Collected, Events: []models.Event{first}}, nil
	}
	r.poll(p.ID)
	r.pass(2 * time.Hour)
	second.At = noon.Add(time.Hour)
	second.Sign()
	r.provider.answer = func(query) (models.Trace, error) {
		return models.Trace{Provider: "muzhi", Status: models.InTransit, Events: []models.Event{second, first}}, nil
	}
	r.poll(p.ID)
	r.must(mine.Exchange(t.Context(), db, r.moment()))

	other, err := NewRhythm()
	r.must(err)
	r.must(other.Exchange(t.Context(), db, r.moment()))
	rows, err := db.Rhythm(t.Context())
	r.must(err)
	scans := map[string]float64{}
	for _, row := range rows {
		if row.Slot < 48 {
			scans[string(row.Carrier)+" "+row.Leg] += row.Scans
		}
	}
	near := func(name string) bool { return scans[name] > 0.999 && scans[name] < 1.001 }
	if !near("yto collected") || !near(" found") || !near("yto shown") || len(scans) != 3 {
		t.Errorf("stored %v, want one scan after the collection, found and shown once", scans)
	}
	before, _ := builtIn(t).Curve("yto", rhythm.Collected)
	after, _ := other.Table().Curve("yto", rhythm.Collected)
	if at := noon.Add(time.Hour); after.At(at, first.At) <= before.At(at, first.At) {
		t.Error("the other process expects no more than is built in")
	}
	r.must(mine.Exchange(t.Context(), db, r.moment()))
	again, err := db.Rhythm(t.Context())
	r.must(err)
	if len(again) != len(rows) {
		t.Error("the same scans were stored twice")
	}
}
