package store_test

import (
	"errors"
	"reflect"
	"testing"

	"waybill/models"
	"waybill/models/store"
)

func TestAChatIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		a := models.Address{Door: "telegram", Conversation: "-100", Thread: "7"}
		ids := make([]int64, 16)
		k.ok(errors.Join(together(len(ids), func(i int) error {
			c, err := stores[i%2].Chat(k.ctx(), a, true, noon())
			ids[i] = c.ID
			return err
		})...))
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Fatalf("got %v", ids)
			}
		}
		c, err := k.ChatByID(k.ctx(), ids[0])
		k.ok(err)
		if c.Address != a || !c.Group || c.WorkAt != models.Never || c.CreatedAt != noon() {
			t.Fatalf("got %+v", c)
		}
		a.Thread = ""
		if other, err := k.Chat(k.ctx(), a, true, noon()); err != nil || other.ID == c.ID {
			t.Fatalf("got %+v, %v for another thread", other, err)
		}
	})
}

func TestAChatKeepsItsSettings(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.ok(k.SetLang(k.ctx(), c.ID, "zh-TW"))
		k.ok(k.SetSpoken(k.ctx(), c.ID, "en"))
		k.ok(k.SetListed(k.ctx(), c.ID, []int64{7, 3}))
		k.ok(k.SetListed(k.ctx(), c.ID, []int64{3, 7}))
		k.ok(k.SetListed(k.ctx(), c.ID, []int64{3, 7})) // nothing changes, and that is no error
		if got := k.again(c); got.Lang != "zh-TW" || got.Spoken != "en" || !reflect.DeepEqual(got.Listed, []int64{3, 7}) {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.SetListed(k.ctx(), c.ID, nil))
		if got := k.again(c); len(got.Listed) != 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestAQuestionSurvivesUntilItExpires(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		q := models.Question{
			ChatID: c.ID, Asking: models.AskTail, Nonce: "n1", AskedAt: noon(), ExpiresAt: noon() + 24*hour,
			Items: []models.Item{{Number: number(1), Name: "茶叶", Carriers: []models.Carrier{"sf", "zto"}}},
			Rest:  []models.Item{{Number: number(2), Needs: models.AskCarrier}},
		}
		k.ok(k.Ask(k.ctx(), q))
		got, ok, err := k.open().Question(k.ctx(), c.ID, 0, noon())
		k.ok(err)
		if !ok || !reflect.DeepEqual(got, q) {
			t.Fatalf("got %+v, want %+v", got, q)
		}
		q.Asking, q.Items = models.AskPick, nil
		k.ok(k.Ask(k.ctx(), q))
		if got, _, err := k.Question(k.ctx(), c.ID, 0, noon()); err != nil || got.Asking != models.AskPick || len(got.Items) != 0 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if _, ok, err := k.Question(k.ctx(), c.ID, 0, noon()+24*hour); ok || err != nil {
			t.Fatalf("got %v, %v after it expired", ok, err)
		}
		k.ok(k.DropQuestion(k.ctx(), c.ID, 0, noon()))
		if _, ok, err := k.Question(k.ctx(), c.ID, 0, noon()); ok || err != nil {
			t.Fatalf("got %v, %v after it was dropped", ok, err)
		}
	})
}

func TestAGoneChatsParcelsAreNotPolled(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, alone, shared := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, alone)
		k.follow(c, shared)
		k.follow(k.chat(2), shared)
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		if got := k.taken(noon()); len(got) != 1 || !got[shared.ID] {
			t.Fatalf("handed out %v, want %d alone", got, shared.ID)
		}
		if got := k.stored(alone.ID).DueAt; got != models.Never {
			t.Fatalf("due at %d, want never", got)
		}
		k.ok(k.Back(k.ctx(), c.ID, noon()+hour))
		if got := k.stored(alone.ID).DueAt; got != noon()+hour {
			t.Fatalf("due at %d, want now", got)
		}
		k.ok(k.Release(k.ctx(), k.claimed(noon()+hour).Claim, models.Never, false)) // there is nothing to do
		if got := k.again(c).WorkAt; got != models.Never {
			t.Fatalf("due at %d though nothing is pending", got)
		}
	})
}

func TestAGroupGetsItsNewID(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailOK}, noon())
		k.ok(err)
		k.ok(k.MoveChat(k.ctx(), c.ID, "-100", noon()))
		k.ok(k.MoveChat(k.ctx(), c.ID, "-100", noon())) // told twice
		got, err := k.Chat(k.ctx(), models.Address{Door: "telegram", Conversation: "-100"}, false, noon())
		k.ok(err)
		if got.ID != c.ID || k.digits(p) != "1234" {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestAGroupMergesIntoTheOneItBecame(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		old, now := k.chat(1), k.chat(2)
		mine, shared := k.sealed(1), k.sealed(2)
		for _, one := range []struct {
			c    models.Chat
			p    models.Parcel
			tail string
		}{{old, mine, "1111"}, {old, shared, "2222"}, {now, shared, ""}} {
			w := models.Following{ChatID: one.c.ID, ParcelID: one.p.ID, Tail: one.tail}
			if one.tail != "" {
				w.TailState = models.TailOK
			}
			_, err := k.Follow(k.ctx(), w, noon())
			k.ok(err)
		}
		k.finish(scan(mine, "x", noon()), noon())
		k.ok(k.SetChatTail(k.ctx(), old.ID, "1234"))
		k.ok(k.SetLang(k.ctx(), old.ID, "en"))
		k.ok(k.Ask(k.ctx(), models.Question{ChatID: old.ID, Asking: models.AskPick, AskedAt: noon(), ExpiresAt: noon() + hour}))
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "1", Address: old.Address}}, noon())
		k.ok(err)

		k.ok(k.MoveChat(k.ctx(), old.ID, now.Conversation, noon()+1))

		if _, err := k.ChatByID(k.ctx(), old.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v for the old chat", err)
		}
		if rows, err := k.Followed(k.ctx(), now.ID, true); err != nil || len(rows) != 2 {
			t.Fatalf("got %+v, %v", rows, err)
		}
		if got := k.marks(now, shared); got.TailState != models.TailOK || k.digits(shared) != "2222" || k.digits(mine) != "1111" {
			t.Fatalf("got %+v, tails %q and %q", got, k.digits(shared), k.digits(mine))
		}
		c := k.again(now)
		if tail, err := k.ChatTail(k.ctx(), now.ID); err != nil || tail != "1234" || c.Lang != "en" || c.WorkAt != noon()+1 {
			t.Fatalf("tail %q, %v, chat %+v", tail, err, c)
		}
		if _, ok, err := k.Question(k.ctx(), now.ID, 0, noon()); !ok || err != nil {
			t.Fatalf("question: %v, %v", ok, err)
		}
		if open, err := k.OpenArrivals(k.ctx(), now.ID, noon()); err != nil || len(open) != 1 {
			t.Fatalf("updates: %+v, %v", open, err)
		}
		if news := k.pending(now); len(news) != 1 {
			t.Fatalf("pending: %+v", news)
		}
	})
}

func TestAForgottenChatLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailOK}, noon())
		k.ok(err)
		k.ok(k.SetChatTail(k.ctx(), c.ID, "1234"))
		k.ok(k.Ask(k.ctx(), models.Question{ChatID: c.ID, ExpiresAt: noon() + hour}))
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		if _, err := k.ChatByID(k.ctx(), c.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
		if _, ok, err := k.Question(k.ctx(), c.ID, 0, noon()); ok || err != nil || k.digits(p) != "" {
			t.Fatalf("question %v, %v, tails %q", ok, err, k.digits(p))
		}
		k.polled(p, noon(), false)
		k.ok(k.Forget(k.ctx(), c.ID, noon())) // already gone
	})
}

func TestAForgottenChatIsAnsweredBeforeItGoes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a := models.Address{Door: "telegram", Conversation: "1"}
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "1", Address: a, Body: []byte("忘记我")}}, noon())
		k.ok(err)
		c := k.chat(1)
		k.ok(k.SetLang(k.ctx(), c.ID, "en"))
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		if got := k.again(c); got.Lang != "" || got.Address != a {
			t.Fatalf("got %+v", got)
		}
		open, err := k.OpenArrivals(k.ctx(), c.ID, noon())
		k.ok(err)
		claim := k.claimed(noon()).Claim
		k.ok(k.Answer(k.ctx(), claim, open[0].ID, []byte("[]")))
		k.ok(k.EndArrival(k.ctx(), claim, open[0].ID))
		if _, err := k.ChatByID(k.ctx(), c.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
		fresh, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "1", Address: a}}, noon())
		k.ok(err)
		if fresh != 0 {
			t.Fatal("the same update came twice")
		}
	})
}

func TestWhatIsRememberedAboutAForgottenChatGoes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		gone, other := k.chat(1), k.chat(2)
		for _, kind := range models.ChatMemories() {
			for _, c := range []models.Chat{gone, other} {
				k.ok(k.Remember(k.ctx(), kind, c.Key(), []byte("1"), noon()+hour))
			}
		}
		k.tryTail(gone, 1) // the row stays
		k.ok(k.Forget(k.ctx(), gone.ID, noon()))
		for _, kind := range models.ChatMemories() {
			for c, want := range map[*models.Chat]bool{&gone: false, &other: true} {
				if _, ok, err := k.Recall(k.ctx(), kind, c.Key(), noon()); err != nil || ok != want {
					t.Errorf("%s of chat %d is remembered: %v, %v", kind, c.ID, ok, err)
				}
			}
		}
	})
}

func TestForgettingGivesNoFreshTries(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.tryTail(c, 1)
		k.ok(k.SetLang(k.ctx(), c.ID, "en"))
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		met := k.chat(1)
		if taken, err := k.TailAttempts(k.ctx(), met.ID, number(1), noon()); err != nil || taken != (models.TailAttempts{OfChat: 1, OfWaybill: 1}) || met.Lang != "" {
			t.Fatalf("got %+v, %v, chat %+v", taken, err, met)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+day))
		if got := k.again(c); got.ID != met.ID {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+3*day))
		if _, err := k.ChatByID(k.ctx(), c.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
	})
}

func TestAnAttemptThatWasGivenBackKeepsNoForgottenChat(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.tryTail(c, 1)
		k.ok(k.ReturnTailAttempt(k.ctx(), c.ID, number(1), noon()))
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		if _, err := k.ChatByID(k.ctx(), c.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
	})
}

func TestForgettingGivesNoFreshCredit(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		c := k.at(1)
		k.spend(1, 2)
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		k.end(c)
		if got := k.credit(1); got.Left != 2 || got.Epoch != int64(noon()) {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+47*hour))
		k.again(c)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+49*hour))
		if _, err := k.ChatByID(k.ctx(), c.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
		k.synced(page("c1", "c2", noon()+50*hour, 1), noon()+50*hour)
		if got := k.credit(1); got.Epoch <= int64(noon()) {
			t.Fatalf("got %+v: what is named by the serial comes twice", got)
		}
	})
}

func TestAForgottenChatThatWritesOnStays(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		a := models.Address{Door: "telegram", Conversation: "1"}
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "1", Address: a}, {Key: "2", Address: a}}, noon())
		k.ok(err)
		c := k.chat(1)
		k.ok(k.Forget(k.ctx(), c.ID, noon()))
		k.end(c)
		k.follow(k.again(c), k.parcel(1))
		k.end(c)
		k.again(c)
	})
}

func TestAMergedGroupHearsWhatEitherHasMissed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		old, now, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(old, p)
		k.follow(now, p)
		k.ok(k.Mute(k.ctx(), now.ID, p.ID, true, noon()))
		p = k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: k.marks(old, p).ID, Upto: p.Seq}))
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		k.ok(k.MoveChat(k.ctx(), old.ID, now.Conversation, noon()+minute))
		if got := k.marks(now, p); got.DeliveredSeq != 0 || got.PendingSeq != p.Seq || got.Mute == models.Muted {
			t.Fatalf("got %+v", got)
		}
		if got := k.again(now); got.WorkAt != noon()+minute {
			t.Fatalf("due at %d, want now", got.WorkAt)
		}
	})
}

func TestTheArrivalThatChangedAQuestionFindsThePreviousOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		is := func(arrival int64, want models.Asking) {
			t.Helper()
			if q, open, err := k.Question(k.ctx(), c.ID, arrival, noon()); err != nil || q.Asking != want || open != (want != "") {
				t.Errorf("to arrival %d %q is open (%v, %v), want %q", arrival, q.Asking, open, err, want)
			}
		}
		ask := func(arrival int64, asking models.Asking) {
			t.Helper()
			k.ok(k.Ask(k.ctx(), models.Question{ChatID: c.ID, Asking: asking, ExpiresAt: noon() + hour, ChangedBy: arrival}))
		}
		ask(1, models.AskTail)
		is(1, "")
		is(2, models.AskTail)
		for range 2 { // the second arrival is handled twice, and asks twice each time
			ask(2, models.AskCarrier)
			ask(2, models.AskName)
			is(2, models.AskTail)
			is(3, models.AskName)
		}
		k.ok(k.DropQuestion(k.ctx(), c.ID, 3, noon()))
		is(3, models.AskName)
		is(4, "")
		k.ok(k.DropQuestion(k.ctx(), c.ID, 0, noon()))
		is(3, "")
	})
}
