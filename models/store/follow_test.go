package store_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/models"
	"waybill/models/store"
)

func TestAParcelIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		made := make([]models.Parcel, 16)
		k.ok(errors.Join(together(len(made), func(i int) (err error) {
			made[i], err = stores[i%2].Ensure(k.ctx(), number(1), "sf", "", false, noon())
			return err
		})...))
		for _, p := range made {
			if p != made[0] {
				t.Fatalf("got %+v and %+v", p, made[0])
			}
		}
		if made[0].DueAt != models.Never || made[0].Status != "" || made[0].ID == 0 {
			t.Fatalf("got %+v", made[0])
		}
		other, err := k.Ensure(k.ctx(), number(1), "zto", "", true, noon())
		k.ok(err)
		if !other.TailNeeded {
			t.Fatal("it does not need a tail")
		}
		both, err := k.ByNumber(k.ctx(), number(1))
		k.ok(err)
		if len(both) != 2 || both[0] != made[0] || both[1] != other {
			t.Fatalf("got %+v", both)
		}
		learnt := k.sealed(1)
		if !learnt.TailNeeded || learnt.ID != made[0].ID || learnt.Version == made[0].Version {
			t.Fatalf("got %+v", learnt)
		}
	})
}

func TestAParcelIsInEnglishUntilAnotherLanguageAsks(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		ensure := func(n int, lang string) models.Parcel {
			p, err := k.Ensure(k.ctx(), number(n), "sf", lang, false, noon())
			k.ok(err)
			return p
		}
		made := ensure(1, models.English)
		if made.Lang != models.English || ensure(1, models.English) != made {
			t.Fatalf("got %+v", made)
		}
		k.follow(k.chat(1), made)
		stored := k.finish(scan(made, "Arrived", noon()-hour), noon())
		for _, lang := range []string{"", models.English} {
			if p := ensure(1, lang); p.Lang != "" || p.Since != stored.EventAt || p.Version != stored.Version+1 {
				t.Fatalf("asked in %q: %+v", lang, p)
			}
		}
		if p := ensure(2, ""); p.Lang != "" {
			t.Fatalf("got %+v", p)
		}
		if p := ensure(2, models.English); p.Lang != "" || p.Version != 1 {
			t.Fatalf("got %+v", p)
		}
	})
}

func TestKeysTellCasesApart(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, err := k.Ensure(k.ctx(), "AB1", "sf", "", false, noon())
		k.ok(err)
		b, err := k.Ensure(k.ctx(), "ab1", "sf", "", false, noon())
		k.ok(err)
		if a.ID == b.ID {
			t.Fatal("two numbers became one")
		}
	})
}

func TestWhatIsMissingIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		_, parcel := k.Parcel(k.ctx(), 99)
		_, chat := k.ChatByID(k.ctx(), 99)
		_, follow := k.Follow(k.ctx(), models.Following{ChatID: 99, ParcelID: 99}, noon())
		for _, err := range []error{parcel, chat, follow, k.SetLang(k.ctx(), 99, "en"), k.Rename(k.ctx(), 9, 9, "x")} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Fatalf("got %v, want %v", err, models.ErrNotFound)
			}
		}
		if _, ok, err := k.FollowOf(k.ctx(), 9, 9); ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
	})
}

func TestTwoFollowsCannotShareTheLastPlace(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		parcels := make([]models.Parcel, 12)
		for i := range parcels {
			parcels[i] = k.parcel(i)
		}
		stores := []*store.Store{k.Store, k.open()}
		errs := together(len(parcels), func(i int) error {
			_, err := stores[i%2].Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: parcels[i].ID, Max: 5}, noon())
			return err
		})
		if took, full := count(errs, nil), count(errs, models.ErrTooMany); took != 5 || full != 7 {
			t.Fatalf("%d took, %d were refused, want 5 and 7: %v", took, full, errors.Join(errs...))
		}
	})
}

func TestTheLimitIsForNewLiveParcels(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		want := models.Following{ChatID: c.ID, ParcelID: p.ID, Max: 1}
		follow := func(w models.Following) error {
			_, err := k.Follow(k.ctx(), w, noon())
			return err
		}
		k.ok(follow(want))
		k.ok(follow(want)) // again
		more := want
		more.ParcelID = k.parcel(2).ID
		if err := follow(more); !errors.Is(err, models.ErrTooMany) {
			t.Fatalf("got %v, want %v", err, models.ErrTooMany)
		}
		f := scan(k.stored(p.ID), "签收", noon())
		f.Change.Parcel.DoneAt = noon()
		k.finish(f, noon())
		k.ok(follow(more))
	})
}

func TestFollowingAgainReplacesAndNeverGoesBack(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		for i := range 3 {
			p = k.finish(scan(p, string(rune('a'+i)), noon()), noon())
		}
		w := models.Following{ChatID: c.ID, ParcelID: p.ID, Name: "茶叶", Tail: "1234", TailState: models.TailOK, Delivered: 3}
		first, err := k.Follow(k.ctx(), w, noon())
		k.ok(err)
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		again, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Delivered: 1}, noon()+1)
		k.ok(err)
		if again.ID != first.ID || again.DeliveredSeq != 3 || again.Name != "茶叶" || again.TailState != models.TailOK || again.Mute != models.Muted || again.PendingSeq != 0 {
			t.Fatalf("got %+v", again)
		}
		w.Tail, w.TailState, w.Name, w.Delivered = "5678", models.TailUntried, "茶", 99
		again, err = k.Follow(k.ctx(), w, noon())
		k.ok(err)
		if again.Name != "茶" || again.TailState != models.TailUntried || again.DeliveredSeq != 3 {
			t.Fatalf("got %+v", again)
		}
		if got := k.digits(p); got != "5678" {
			t.Fatalf("tails %q, want 5678", got)
		}
	})
}

// digits are all tails of a parcel, in order of follow.
func (k kit) digits(p models.Parcel) string {
	k.t.Helper()
	tails, err := k.Tails(k.ctx(), p.ID)
	k.ok(err)
	var all []string
	for _, tail := range tails {
		all = append(all, tail.Digits)
	}
	return strings.Join(all, ",")
}

func TestTheSameTailAgainStaysVerified(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		w := models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailOK}
		_, err := k.Follow(k.ctx(), w, noon())
		k.ok(err)
		w.TailState = models.TailUntried
		got, err := k.Follow(k.ctx(), w, noon())
		k.ok(err)
		if got.TailState != models.TailOK {
			t.Fatalf("got %d, want verified", got.TailState)
		}
	})
}

func TestWhatCameBetweenAnswerAndFollowIsOwedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		p = k.finish(scan(p, "a", noon()), noon())
		p = k.finish(scan(p, "b", noon()), noon())
		got, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Delivered: 1}, noon()+5)
		k.ok(err)
		if got.PendingSeq != 2 || k.again(c).WorkAt != noon()+5 {
			t.Fatalf("got %+v, chat %+v", got, k.again(c))
		}
		if news := k.pending(c); len(news) != 1 || len(news[0].Events) != 1 || news[0].Events[0].Text != "b" {
			t.Fatalf("got %+v", news)
		}
	})
}

func TestTheLastFollowerTakesTheParcelOutOfTheQueue(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(a, p)
		if got := k.stored(p.ID); got.DueAt != noon() {
			t.Fatalf("due at %d, want now", got.DueAt)
		}
		k.follow(b, p)
		k.ok(k.Unfollow(k.ctx(), a.ID, []int64{p.ID}, noon()))
		if got := k.stored(p.ID); got.DueAt != noon() {
			t.Fatalf("due at %d while one follows, want now", got.DueAt)
		}
		k.polled(p, noon(), true)
		k.ok(k.Unfollow(k.ctx(), b.ID, []int64{p.ID}, noon()))
		k.polled(p, noon()+minute, false)
		if _, ok, err := k.FollowOf(k.ctx(), b.ID, p.ID); ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
	})
}

func TestAParcelThatIsFollowedAgainKeepsItsCadence(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		f := models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: noon() + 2*hour}
		k.finish(f, noon())
		k.follow(c, p)
		if got := k.stored(p.ID).DueAt; got != noon()+2*hour {
			t.Fatalf("due at %d, want in two hours", got)
		}
		for _, step := range []struct{ now, want models.Moment }{{noon() + hour, noon() + 2*hour}, {noon() + 9*hour, noon() + 9*hour}} {
			k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
			k.taken(step.now)
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID}, step.now)
			k.ok(err)
			if got := k.stored(p.ID).DueAt; got != step.want {
				t.Fatalf("due at %d, want %d", got, step.want)
			}
		}
	})
}

func TestTwoLastFollowersWhoLeaveAtOnceParkTheParcel(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		for round := range 8 {
			a, b, p := k.chat(1), k.chat(2), k.parcel(round)
			k.follow(a, p)
			k.follow(b, p)
			other := k.open()
			k.ok(errors.Join(together(2, func(i int) error {
				if i == 0 {
					return k.Gone(k.ctx(), a.ID, noon())
				}
				return other.Unfollow(k.ctx(), b.ID, []int64{p.ID}, noon())
			})...))
			k.polled(p, noon(), false)
			k.ok(k.Back(k.ctx(), a.ID, noon()))
		}
	})
}

func TestAListShowsTheNewestNewsFirst(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		for i, at := range []models.Moment{5, 9, 0} {
			p := k.parcel(i)
			k.follow(c, p)
			if at > 0 {
				k.finish(scan(p, "x", at), noon())
			}
		}
		f := scan(k.parcel(1), "签收", 9)
		f.Change.Parcel.DoneAt = noon()
		done := f.Change.Parcel.Number
		k.finish(f, noon())
		live, err := k.Followed(k.ctx(), c.ID, false)
		k.ok(err)
		all, err := k.Followed(k.ctx(), c.ID, true)
		k.ok(err)
		if len(live) != 2 || live[0].Parcel.NewsAt != 5 || live[1].Parcel.NewsAt != 0 || live[0].Follow.ParcelID != live[0].Parcel.ID {
			t.Fatalf("got %+v", live)
		}
		if len(all) != 3 || all[0].Parcel.Number != done {
			t.Fatalf("got %+v", all)
		}
	})
}

func TestTailsAreSealedAndOpenForTheirRowOnly(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b, p := k.chat(1), k.chat(2), k.sealed(1)
		for i, c := range []models.Chat{a, b} {
			w := models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: []string{"1234", "5678"}[i], TailState: models.TailUntried}
			_, err := k.Follow(k.ctx(), w, noon())
			k.ok(err)
		}
		if got := k.digits(p); got != "1234,5678" {
			t.Fatalf("got %q", got)
		}
		if row := k.marks(a, p); strings.Contains(string(row.Tail), "1234") {
			t.Fatal("the tail is stored in the clear")
		}
		k.ok(k.Unfollow(k.ctx(), a.ID, []int64{p.ID}, noon()))
		if got := k.digits(p); got != "5678" {
			t.Fatalf("got %q after one has left", got)
		}
	})
}

func TestAChatRemembersATail(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		tail := func() string {
			got, err := k.ChatTail(k.ctx(), c.ID)
			k.ok(err)
			return got
		}
		if got := tail(); got != "" {
			t.Fatalf("got %q", got)
		}
		k.ok(k.SetChatTail(k.ctx(), c.ID, "1234"))
		if got := tail(); got != "1234" || strings.Contains(string(k.again(c).Tail), "1234") {
			t.Fatalf("got %q, stored %q", got, k.again(c).Tail)
		}
		k.ok(k.SetChatTail(k.ctx(), c.ID, ""))
		if got := tail(); got != "" || len(k.again(c).Tail) != 0 {
			t.Fatalf("got %q", got)
		}
	})
}

// tryTail takes one of a chat's tries at the n-th waybill.
func (k kit) tryTail(c models.Chat, n int) {
	k.t.Helper()
	if _, reserved, err := k.ReserveTailAttempt(k.ctx(), c.ID, number(n), 3, 10, noon()); err != nil || !reserved {
		k.t.Fatalf("reserved %v, %v", reserved, err)
	}
}

func TestTailTriesCountPerChatWaybillAndDay(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b, p := k.chat(1), k.chat(2), k.sealed(1)
		k.follow(a, p)
		for _, c := range []models.Chat{a, a, b} {
			k.tryTail(c, 1)
		}
		k.tryTail(a, 2)
		k.ok(k.Unfollow(k.ctx(), a.ID, []int64{p.ID}, noon()))
		for at, want := range map[models.Moment]models.TailAttempts{noon() + 11*hour: {OfChat: 2, OfWaybill: 3}, noon() + 12*hour: {}} {
			if taken, err := k.TailAttempts(k.ctx(), a.ID, p.Number, at); err != nil || taken != want {
				t.Fatalf("got %+v, %v, want %+v", taken, err, want)
			}
		}
	})
}

func TestATryIsReservedUpToTheLimitsAndGivenBack(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b := k.chat(1), k.chat(2)
		reserve := func(c models.Chat, want bool, taken models.TailAttempts) {
			t.Helper()
			got, reserved, err := k.ReserveTailAttempt(k.ctx(), c.ID, number(1), 2, 3, noon())
			if err != nil || reserved != want || got != taken {
				t.Fatalf("reserved %v, %+v, %v; want %v, %+v", reserved, got, err, want, taken)
			}
		}
		reserve(a, true, models.TailAttempts{OfChat: 1, OfWaybill: 1})
		reserve(a, true, models.TailAttempts{OfChat: 2, OfWaybill: 2})
		reserve(a, false, models.TailAttempts{OfChat: 2, OfWaybill: 2})
		reserve(b, true, models.TailAttempts{OfChat: 1, OfWaybill: 3})
		reserve(b, false, models.TailAttempts{OfChat: 1, OfWaybill: 3})
		k.ok(k.ReturnTailAttempt(k.ctx(), a.ID, number(1), noon()))
		reserve(b, true, models.TailAttempts{OfChat: 2, OfWaybill: 3})
		for range 3 { // more than were taken
			k.ok(k.ReturnTailAttempt(k.ctx(), a.ID, number(1), noon()))
		}
		reserve(a, true, models.TailAttempts{OfChat: 1, OfWaybill: 1})
	})
}

// Whoever guesses from many chats at once gets no more tries than one after the other.
func TestManyChatsAtOnceTakeNoMoreTriesThanThereAre(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		const chats, tries = 12, 48
		granted := make([]bool, tries)
		for _, err := range together(tries, func(i int) (err error) {
			_, granted[i], err = k.ReserveTailAttempt(k.ctx(), int64(1+i%chats), number(1), 3, 10, noon())
			return err
		}) {
			k.ok(err)
		}
		n := 0
		for _, reserved := range granted {
			if reserved {
				n++
			}
		}
		if taken, err := k.TailAttempts(k.ctx(), 1, number(1), noon()); err != nil || n != 10 || taken.OfWaybill != 10 || taken.OfChat > 3 {
			t.Fatalf("%d granted, %+v taken, %v; want 10", n, taken, err)
		}
	})
}

func TestLiveAndFinishedParcelsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		want := func(live, done int) {
			t.Helper()
			if l, d, err := k.CountFollowed(k.ctx(), c.ID); err != nil || l != live || d != done {
				t.Fatalf("got %d and %d, %v; want %d and %d", l, d, err, live, done)
			}
		}
		want(0, 0)
		over := k.parcel(1)
		k.follow(c, over)
		k.follow(c, k.parcel(2))
		k.follow(k.chat(2), k.parcel(3))
		want(2, 0)
		f := scan(k.stored(over.ID), "签收", noon())
		f.Change.Parcel.DoneAt = noon()
		k.finish(f, noon())
		want(1, 1)
	})
}

func TestAChatMayFollowMoreThanFitsIntoOneStatement(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		const many = 1100
		ids, err := k.FollowMany(k.ctx(), c.ID, many, many, noon())
		k.ok(err)
		if news := k.pending(c); len(news) != many || len(news[many-1].Events) != 1 {
			t.Fatalf("news of %d parcels is pending, want %d", len(news), many)
		}
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		k.ok(k.Back(k.ctx(), c.ID, noon()))
		if live := k.live(); live != many {
			t.Fatalf("%d parcels live", live)
		}
		if got := k.taken(noon()); len(got) != 1000 { // as many as it was asked for
			t.Fatalf("%d are handed out", len(got))
		}
		k.ok(k.Unfollow(k.ctx(), c.ID, ids, noon()))
		if got := k.taken(noon() + minute); len(got) != 0 {
			t.Fatalf("%d are handed out", len(got))
		}
		if live := k.live(); live != 0 {
			t.Fatalf("%d parcels live", live)
		}
	})
}

func TestWhatTwoChatsAreOwedOfOneParcelDiffersByTheirMarks(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(a, p)
		p = k.finish(scan(k.stored(p.ID), "1", noon()), noon())
		k.follow(b, p)
		k.finish(scan(k.stored(p.ID), "2", noon()), noon())
		want := map[int64]int{a.ID: 2, b.ID: 1}
		chats := []models.Chat{a, b}
		k.ok(errors.Join(together(64, func(i int) error {
			c := chats[i%2]
			news, err := k.Pending(k.ctx(), c)
			if err == nil && (len(news) != 1 || len(news[0].Events) != want[c.ID]) {
				t.Errorf("pending: %+v, want %d events", news, want[c.ID])
			}
			return err
		})...))
	})
}

func TestAFinishedParcelThatIsFollowedIsDueForItsLastLookOnly(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for i, due := range []models.Moment{noon() + 24*hour, models.Never} {
			f := scan(k.parcel(i), "签收", noon())
			f.Change.Parcel.DoneAt, f.DueAt = noon(), due
			p := k.finish(f, noon())
			k.follow(k.chat(1), p)
			if got := k.stored(p.ID).DueAt; got != due {
				t.Fatalf("due at %d, want %d", got, due)
			}
		}
	})
}
