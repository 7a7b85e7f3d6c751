package scheduler

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill/models"
)

func noticed(c models.Change) []string {
	var all []string
	for _, e := range c.Events {
		all = append(all, string(e.Kind)+":"+e.Text)
	}
	return all
}

func TestNotice(t *testing.T) {
	const hour = time.Hour
	for _, c := range []struct {
		name  string
		s     models.Status
		age   time.Duration
		given models.Notices
		want  []string
		ended bool
	}{
		{"in transit for 71 hours", models.InTransit, 71 * hour, 0, nil, false},
		{"in transit for 72 hours", models.InTransit, 72 * hour, 0, []string{"stuck:"}, false},
		{"stuck, and said so", models.InTransit, 100 * hour, models.NoticedStuck, nil, false},
		{"collected and stuck", models.Collected, 72 * hour, 0, []string{"stuck:"}, false},
		{"in customs and stuck", models.Customs, 72 * hour, 0, []string{"stuck:"}, false},
		{"out for delivery and stuck", models.OutForDelivery, 72 * hour, 0, []string{"stuck:"}, false},
		{"an exception is known to be stuck", models.Exception, 100 * hour, 0, nil, false},
		{"ready for 23 hours", models.ReadyForPickup, 23 * hour, 0, nil, false},
		{"ready for a day", models.ReadyForPickup, 24 * hour, 0, []string{"pickup:24h"}, false},
		{"ready for two days, and reminded", models.ReadyForPickup, 48 * hour, models.NoticedPickup1, nil, false},
		{"ready for three days, and reminded", models.ReadyForPickup, 72 * hour, models.NoticedPickup1, []string{"pickup:72h"}, false},
		{"ready for three days, never reminded", models.ReadyForPickup, 80 * hour, 0, []string{"pickup:72h"}, false},
		{"reminded twice", models.ReadyForPickup, 200 * hour, models.NoticedPickup1 | models.NoticedPickup2, nil, false},
		{"pending for six days", models.Pending, 6 * day, 0, nil, false},
		{"pending for seven days", models.Pending, 7 * day, 0, []string{"ended:pending"}, true},
		{"never answered for seven days", "", 7 * day, 0, []string{"ended:pending"}, true},
		{"invalid for three days", models.Invalid, 3 * day, 0, []string{"ended:unknown"}, true},
		{"expired for three days", models.Expired, 3 * day, 0, []string{"ended:unknown"}, true},
		{"unknown for two days", models.Unknown, 2 * day, 0, nil, false},
		{"unknown for three days", models.Unknown, 3 * day, 0, []string{"ended:unknown"}, true},
		{"delivered by words, and asked again an hour later", models.Delivered, hour, 0, nil, false},
		{"silent for thirty days", models.InTransit, 30 * day, models.NoticedStuck, []string{"ended:silent"}, true},
		{"ready and silent for thirty days", models.ReadyForPickup, 30 * day, 6, []string{"ended:silent"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := heardAt(noon, c.s, c.age)
			p.ID, p.Seq, p.Noticed = 9, 4, c.given
			got := Notice(models.Change{Parcel: p}, 1, 0, noon)
			if !slices.Equal(noticed(got), c.want) || got.Everyone != c.ended || got.Parcel.Live() == c.ended {
				t.Fatalf("notices %q, everyone %v, live %v", noticed(got), got.Everyone, got.Parcel.Live())
			}
			for _, e := range got.Events {
				if e.Seq != 5 || got.Parcel.Seq != 5 || e.ParcelID != 9 || e.Identity == "" || e.At != noon || e.StoredAt != noon {
					t.Errorf("event %+v", e)
				}
			}
			if again := Notice(models.Change{Parcel: got.Parcel}, 1, 0, noon); again.News() {
				t.Errorf("said twice: %q", noticed(again))
			}
		})
	}
}

func TestWhatIsOverByWordsAloneIsDoneAfterSixHours(t *testing.T) {
	for _, s := range []models.Status{models.Delivered, models.Returned, models.Cancelled} {
		if c := Notice(models.Change{Parcel: heardAt(noon, s, 6*time.Hour)}, 1, 0, noon); c.Parcel.DoneAt != noon || c.News() {
			t.Errorf("%s: done at %d, said %q", s, c.Parcel.DoneAt, noticed(c))
		}
		newer := heardAt(noon, s, 6*time.Hour)
		newer.NewsAt = noon.Add(-5 * time.Hour)
		if c := Notice(models.Change{Parcel: newer}, 1, 0, noon); !c.Parcel.Live() {
			t.Errorf("%s: closed although there is a newer scan", s)
		}
		unanswered := heardAt(noon, s, 6*time.Hour)
		unanswered.HeardAt = noon.Add(-6 * time.Hour)
		if c := Notice(models.Change{Parcel: unanswered}, 1, 0, noon); !c.Parcel.Live() {
			t.Errorf("%s: closed although nobody has answered since", s)
		}
	}
}

func TestAScanMakesAParcelThatWasStuckMoveAgain(t *testing.T) {
	p := heardAt(noon, models.InTransit, 10*day)
	p.NewsAt = noon.Add(-time.Hour)
	if c := Notice(models.Change{Parcel: p}, 1, 0, noon); c.News() {
		t.Errorf("said %q an hour after a scan", noticed(c))
	}
}

func TestSpeedDividesAges(t *testing.T) {
	p := heardAt(noon, models.InTransit, 72*time.Hour/600)
	if c := Notice(models.Change{Parcel: p}, 600, 0, noon); !slices.Equal(noticed(c), []string{"stuck:"}) {
		t.Errorf("said %q", noticed(c))
	}
}

func TestANoticeKeepsWhatAnAnswerBrought(t *testing.T) {
	p := heardAt(noon, models.ReadyForPickup, day)
	c := models.Change{Parcel: p}
	c.Note(models.StatusChanged, "x", noon)
	c.Events[0].Urgency = models.UrgentAlways
	got := Notice(c, 1, 0, noon)
	if len(got.Events) != 2 || !got.Urgent() || got.Parcel.Seq != 2 {
		t.Errorf("change %+v", got)
	}
}

func TestAParcelThatNobodyAskedAboutForDaysStartsItsWaitsAnew(t *testing.T) {
	p := heardAt(noon, models.Pending, 9*day)
	p.AskedAt = noon.Add(-8 * day)
	if c := Notice(models.Change{Parcel: resumed(p, 1, noon)}, 1, 0, noon); c.News() {
		t.Errorf("said %q", noticed(c))
	}
	p.AskedAt = noon.Add(-8 * time.Hour)
	if c := Notice(models.Change{Parcel: resumed(p, 1, noon)}, 1, 0, noon); !c.News() {
		t.Error("a parcel that was polled all along goes on for ever")
	}
	p.AskedAt = noon.Add(-30 * time.Second)
	if got := resumed(p, 1e6, noon); got.StatusAt == noon {
		t.Error("at high speed every check starts the waits anew")
	}
}

func TestAScanWhileItWaitsForPickupRemindsNobodyAgain(t *testing.T) {
	was := heardAt(noon, models.ReadyForPickup, 30*time.Hour)
	was.Noticed = models.NoticedPickup1 | models.NoticedStuck
	scan := models.Event{Kind: models.Scan, At: noon, Text: "请尽快取件"}
	scan.Sign()
	c := models.Decide(was, nil, models.Trace{Provider: "muzhi", Status: models.ReadyForPickup, Events: []models.Event{scan}}, noon)
	c = reminded(was, c)
	if got := Notice(c, 1, 0, noon); len(got.Events) != 1 {
		t.Errorf("said %q", noticed(got))
	}
}

// Day after day without a scan, every notice comes once, and the parcel ends.
func TestEveryNoticeComesOnceAndFollowingEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := heardAt(noon, rapid.SampledFrom(models.Statuses()).Draw(t, "status"), 0)
		if p.Status.Done() {
			p.DoneAt = noon
		}
		said := map[string]int{}
		for now := noon; now < noon.Add(40*day); now = now.Add(time.Duration(rapid.Int64Range(int64(time.Hour), int64(day)).Draw(t, "step"))) {
			due := nextNotice(p, 1, 0)
			c := Notice(models.Change{Parcel: p}, 1, 0, now)
			if p.Live() && c.News() != (due <= now) {
				t.Fatalf("said %q, but the next notice was due at %s", noticed(c), due.Time())
			}
			for _, e := range noticed(c) {
				said[e]++
			}
			p = c.Parcel
		}
		for what, times := range said {
			if times > 1 {
				t.Fatalf("said %s %d times", what, times)
			}
		}
		if p.Live() {
			t.Fatal("followed for ever")
		}
	})
}
