package tracking

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

func TestCallsThatWereOnTheirWayDoNotProlongARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rest{name: "a.query", memory: newBook(), speed: 1, now: time.Now}
		for range 256 {
			r.learn(t.Context(), fails("a", ErrQuota), false)
		}
		if _, until, _ := r.enter(t.Context()); until != models.At(time.Now().Add(time.Hour)) {
			t.Fatalf("rests until %v", until.Time())
		}
		said := models.At(time.Now().Add(2 * time.Hour))
		r.learn(t.Context(), &Error{Provider: "a", Kind: ErrQuota, Until: said}, false)
		if _, until, _ := r.enter(t.Context()); until != said {
			t.Fatalf("rests until %v", until.Time())
		}
		r.learn(t.Context(), fails("a", ErrAuth), false)
		if _, _, why := r.enter(t.Context()); !errors.Is(why, ErrAuth) {
			t.Fatalf("rests because of %v", why)
		}
	})
}

func TestAProviderThatCouldNotBeAskedHasGivenNoSecondOpinion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBook(), &script{name: "a", answers: []any{fails("a", ErrNoRecord)}}
		other := &script{name: "b", answers: []any{says("b", models.InTransit)}}
		track := tracker(b, a, other)
		b.refuse["b"] = &models.Refusal{Why: models.ErrFloor, Until: models.At(time.Now())}
		track.Ask(t.Context(), ask())
		delete(b.refuse, "b")
		if got := track.Ask(t.Context(), ask()); got.Err != nil || other.calls() != 1 {
			t.Fatalf("got %v after %d calls", got.Err, other.calls())
		}
	})
}

func TestANewDaysRestsBeginWithAnHourAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rest{name: "a.query", memory: newBook(), speed: 1, now: time.Now}
		for time.Now().In(models.Shanghai).Hour() != 0 || r.state.Step == 0 {
			r.learn(t.Context(), fails("a", ErrQuota), false)
			time.Sleep(r.state.Until.Sub(models.At(time.Now())))
		}
		r.learn(t.Context(), fails("a", ErrQuota), false)
		if rests := r.state.Until.Sub(models.At(time.Now())); rests != time.Hour {
			t.Errorf("at midnight it begins a rest of %s", rests)
		}
	})
}
