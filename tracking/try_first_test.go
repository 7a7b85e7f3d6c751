package tracking

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// moved is a poll of a parcel that b has answered last, long ago.
func moved(n int64) Ask {
	a := ask()
	a.Parcel.ID, a.Parcel.Provider, a.Purpose = n, "b", models.Poll
	return a
}

func TestOnePollFindsOutWhetherAProviderAnswersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		first, second := &script{name: "a", answers: []any{says("a", models.InTransit)}}, &script{name: "b", answers: []any{says("b", models.InTransit)}}
		one, two := tracker(b, first, second), tracker(b, first, second)
		by := func(tr *Tracker, a Ask) string { return tr.Ask(t.Context(), a).Trace.Provider }
		if got := by(one, moved(1)); got != "b" {
			t.Errorf("a parcel has left its provider for %q", got)
		}
		one.TryFirst([]string{"a"})
		two.TryFirst([]string{"a"})
		person := moved(2)
		person.Purpose = models.Person
		wants := moved(3)
		wants.Parcel.TailNeeded, wants.Tail = true, "1234"
		got := []string{by(one, person), by(one, wants), by(one, moved(4)), by(one, moved(5)), by(two, moved(6))}
		if want := []string{"b", "b", "a", "b", "b"}; !slices.Equal(got, want) {
			t.Errorf("answered by %q, want %q", got, want)
		}
		if got := one.Health()[0]; got.AnsweredAt == 0 {
			t.Error("nobody knows that it has answered")
		}
	})
}

// stored is a parcel whose newest scan is as old as that.
func stored(d time.Duration) Ask {
	a := moved(1)
	a.Parcel.EventAt = models.At(time.Now()).Add(-d)
	return a
}

func TestWhatAProviderThatIsTriedDoesNotKnowItsParcelsOwnDoes(t *testing.T) {
	old := says("a", models.InTransit)
	for name, c := range map[string]struct {
		answer any
		ask    Ask
	}{
		"no answer":            {fails("a", ErrUnavailable), moved(1)},
		"no record":            {fails("a", ErrNoRecord), moved(1)},
		"it wants a tail":      {fails("a", ErrTailNeeded), moved(1)},
		"it calls it invalid":  {says("a", models.Invalid), moved(1)},
		"it has not caught up": {old, stored(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second := &script{name: "a", answers: []any{c.answer}}, &script{name: "b", answers: []any{says("b", models.InTransit)}}
				tr := tracker(newBook(), first, second)
				tr.TryFirst([]string{"a"})
				got := tr.Ask(t.Context(), c.ask)
				if got.Err != nil || got.Trace.Provider != "b" || len(got.Closings) != 2 || got.Closings[0].Ticket.Provider != "a" || got.Version != c.ask.Parcel.Version+2 {
					t.Errorf("got %+v", got)
				}
			})
		})
	}
}

func TestAProviderThatIsLeftAloneIsNotTriedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &script{name: "a", answers: []any{fails("a", ErrQuota)}}, &script{name: "b", answers: []any{says("b", models.InTransit)}}
		tr := tracker(newBook(), first, second)
		tr.Ask(t.Context(), ask())
		for range 3 {
			tr.TryFirst([]string{"a"})
			if got := tr.Ask(t.Context(), moved(1)); got.Trace.Provider != "b" || len(got.Closings) != 1 {
				t.Errorf("got %+v", got)
			}
			time.Sleep(time.Minute)
		}
		time.Sleep(time.Hour)
		tr.TryFirst([]string{"a"})
		if tr.Ask(t.Context(), moved(1)); first.calls() != 2 {
			t.Errorf("asked %d times", first.calls())
		}
	})
}
