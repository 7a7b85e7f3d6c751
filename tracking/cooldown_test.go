package tracking

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

func TestCallsThatWereUnderWayDoNotProlongACooldown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cooldown{name: "a.query", memory: remembering(newBook()), speed: 1, now: time.Now}
		for range 256 {
			c.record(t.Context(), fails("a", ErrQuota), false)
		}
		if _, until, _ := c.acquire(t.Context()); until != models.At(time.Now().Add(time.Hour)) {
			t.Fatalf("is left alone until %v", until.Time())
		}
		said := models.At(time.Now().Add(2 * time.Hour))
		c.record(t.Context(), &Error{Provider: "a", Kind: ErrQuota, Until: said}, false)
		if _, until, _ := c.acquire(t.Context()); until != said {
			t.Fatalf("is left alone until %v", until.Time())
		}
		c.record(t.Context(), fails("a", ErrAuth), false)
		if _, _, why := c.acquire(t.Context()); !errors.Is(why, ErrAuth) {
			t.Fatalf("is left alone because of %v", why)
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

func TestANewDaysCooldownsBeginWithAnHourAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cooldown{name: "a.query", memory: remembering(newBook()), speed: 1, now: time.Now}
		for time.Now().In(models.Shanghai).Hour() != 0 || c.state.Step == 0 {
			c.record(t.Context(), fails("a", ErrQuota), false)
			time.Sleep(c.state.Until.Sub(models.At(time.Now())))
		}
		c.record(t.Context(), fails("a", ErrQuota), false)
		if wait := c.state.Until.Sub(models.At(time.Now())); wait != time.Hour {
			t.Errorf("at midnight it begins one of %s", wait)
		}
	})
}

func TestWhatIsLeftAloneCanBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBook(), &script{name: "a", answers: []any{fails("a", ErrQuota), says("a", models.InTransit)}}
		track := tracker(b, a)
		if all := track.Cooldowns(t.Context()); len(all) != 0 {
			t.Fatalf("before any call: %+v", all)
		}
		track.Ask(t.Context(), ask())
		want := models.Cooldown{Provider: "a", Kind: models.CallQuery, Why: models.OutcomeQuota, Until: models.At(time.Now().Add(time.Hour))}
		if all := track.Cooldowns(t.Context()); len(all) != 1 || all[0] != want {
			t.Fatalf("got %+v, want %+v", all, want)
		}
		time.Sleep(time.Hour)
		track.Ask(t.Context(), ask())
		if all := track.Cooldowns(t.Context()); len(all) != 0 {
			t.Errorf("after an answer: %+v", all)
		}
	})
}
