package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
)

// What seals in these tests: the key of all tests, and another.
const (
	ours   = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
	others = "b29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb28="
)

// under is a store on the same database with these keys.
func (k kit) under(keys ...string) *store.Store {
	k.t.Helper()
	s, err := store.Open(k.ctx(), k.dsn, sealer(k.t, keys...))
	k.ok(err)
	k.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			k.t.Error(err)
		}
	})
	return s
}

func sealer(t *testing.T, keys ...string) *seal.Keys {
	t.Helper()
	sealer, err := seal.New(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// keeps wants the keys to be taken, or refused as wrong ones.
func (k kit) keeps(s *store.Store, right bool) {
	k.t.Helper()
	_, err := s.KeepProbe(k.ctx(), false, noon())
	if right != (err == nil) || err != nil && !errors.Is(err, models.ErrWrongKey) {
		k.t.Fatalf("got %v, want the keys to be right: %v", err, right)
	}
	if again := s.CheckKeys(k.ctx()); !errors.Is(again, err) {
		k.t.Fatalf("looking says %v, keeping says %v", again, err)
	}
}

func TestAProbeTellsTheRightKey(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		k.keeps(k.Store, true)
		k.keeps(k.Store, true)
		k.keeps(k.under(others), false)
		k.keeps(k.under(ours, others), true)
		k.keeps(k.under(others, ours), true) // and seals the probe anew
		k.keeps(k.Store, false)
		k.keeps(k.under(others), true)
	})
}

func TestOfTwoKeysThatComeFirstTogetherOneIsRight(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.under(ours), k.under(others), k.under(ours), k.under(others)}
		errs := together(len(stores), func(i int) error {
			_, err := stores[i].KeepProbe(k.ctx(), false, noon())
			return err
		})
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errs[2], errs[0]) || !errors.Is(errs[3], errs[1]) {
			t.Fatalf("got %v", errs)
		}
	})
}

// A database of an earlier version has no probe, but sealed values.
func TestWithoutAProbeTheKeyMustOpenSomething(t *testing.T) {
	for name, sealIt := range map[string]func(k kit){
		"nothing":          func(kit) {},
		"a chat's tail":    func(k kit) { k.ok(k.SetChatTail(k.ctx(), k.chat(1).ID, "1234")) },
		"a follow's tail":  func(k kit) { k.withTail(1, "1234") },
		"a stopped follow": func(k kit) { k.stopAll(k.withTail(1, "1234")) },
		"a question":       func(k kit) { k.question("1234") },
		"a kept message":   func(k kit) { k.said("m1") },
		"a damaged row besides": func(k kit) {
			k.damage(k.withTail(1, "1234"))
			k.withTail(2, "5678")
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k kit) {
				sealIt(k)
				sealed := name != "nothing"
				if got, err := k.HoldsSealed(k.ctx()); err != nil || got != sealed {
					t.Fatalf("something is sealed: %v, %v", got, err)
				}
				if sealed {
					k.keeps(k.under(others), false)
				}
				k.keeps(k.Store, true)
				k.keeps(k.under(others), false)
			})
		})
	}
}

// withTail has chat n follow parcel n with a tail that opened it.
func (k kit) withTail(n int, tail string) models.Follow {
	k.t.Helper()
	f, err := k.Follow(k.ctx(), models.Following{ChatID: k.chat(n).ID, ParcelID: k.sealed(n).ID, Tail: tail, TailState: models.TailOK}, noon())
	k.ok(err)
	return f
}

func (k kit) damage(f models.Follow) {
	k.t.Helper()
	k.ok(k.Exec(k.ctx(), "UPDATE follows SET tail = ? WHERE id = ?", []byte("damaged"), f.ID))
}

func (k kit) stopAll(f models.Follow) {
	k.t.Helper()
	k.ok(k.Unfollow(k.ctx(), f.ChatID, []int64{f.ParcelID}, noon()))
}

// question opens a question with a tail in each place that has room for one.
func (k kit) question(tail string) models.Chat {
	k.t.Helper()
	c := k.chat(9)
	for i, nonce := range []string{"a", "b"} {
		item := models.Item{Number: number(9), Tail: tail}
		k.ok(k.Ask(k.ctx(), models.Question{
			ChatID: c.ID, Asking: models.AskTable, Nonce: nonce, Items: []models.Item{item}, Rest: []models.Item{item},
			AskedAt: noon(), ExpiresAt: noon() + hour, ChangedBy: int64(i),
		}))
	}
	return c
}

// said keeps, sealed, what a message said.
func (k kit) said(id string) {
	k.t.Helper()
	keys, err := seal.New(ours)
	k.ok(err)
	value, err := keys.Seal(models.SaidBind(id), "hello")
	k.ok(err)
	k.ok(k.Remember(k.ctx(), models.MemorySaid, id, value, noon()+72*hour))
}

func TestWhatAnOlderKeySealedIsSealedAnew(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.ok(k.SetChatTail(k.ctx(), c.ID, "1111"))
		f, stopped := k.withTail(1, "2222"), k.withTail(2, "3333")
		k.stopAll(stopped)
		q := k.question("4444")
		k.said("m1")
		k.damage(k.withTail(3, "5555"))

		both, after := k.under(others, ours), k.under(others)
		if n, err := both.Reseal(k.ctx()); n != 0 || err != nil {
			t.Fatalf("unasked it seals %d anew, %v", n, err)
		}
		_, err := both.KeepProbe(k.ctx(), true, noon())
		k.ok(err)
		if got, err := both.Seals(k.ctx()); err != nil || got.Older != 8 || got.Current != 0 || got.Closed != 1 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if left, err := after.KeepProbe(k.ctx(), false, noon()); !left || err != nil {
			t.Fatalf("one key too early: left %v, %v", left, err)
		}
		if n, err := both.Reseal(k.ctx()); n != 5 || err != nil {
			t.Fatalf("sealed %d rows anew, %v", n, err)
		}
		if got, err := after.Seals(k.ctx()); err != nil || got.Older != 0 || got.Current != 8 || got.Closed != 1 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if left, err := after.KeepProbe(k.ctx(), false, noon()); left || err != nil {
			t.Fatalf("afterwards: left %v, %v", left, err)
		}
		if tail, err := after.ChatTail(k.ctx(), c.ID); tail != "1111" || err != nil {
			t.Fatalf("the chat's tail is %q, %v", tail, err)
		}
		if tails, err := after.Tails(k.ctx(), f.ParcelID); err != nil || len(tails) != 1 || tails[0].Digits != "2222" {
			t.Fatalf("got %+v, %v", tails, err)
		}
		if _, err := after.Undo(k.ctx(), stopped.ChatID, noon()+minute); err != nil {
			t.Fatal(err)
		}
		if tails, err := after.Tails(k.ctx(), stopped.ParcelID); err != nil || len(tails) != 1 || tails[0].Digits != "3333" {
			t.Fatalf("got %+v, %v", tails, err)
		}
		for _, arrival := range []int64{0, 1} { // as it is, and as the arrival found it
			got, ok, err := after.Question(k.ctx(), q.ID, arrival, noon())
			if err != nil || !ok || got.Items[0].Tail != "4444" || got.Rest[0].Tail != "4444" {
				t.Fatalf("got %+v, %v, %v", got, ok, err)
			}
		}
	})
}

func TestALostKeyIsGivenUpAndItsTailsWithIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.ok(k.SetChatTail(k.ctx(), c.ID, "1111"))
		f := k.withTail(1, "2222")
		k.ok(k.Exec(k.ctx(), "UPDATE parcels SET due_at = due_at + 3600000"))
		k.question("4444")
		k.said("m1")
		k.keeps(k.Store, true)

		lost := k.under(others)
		k.keeps(lost, false)
		if n, err := lost.DropSealed(k.ctx(), noon()); n != 4 || err != nil {
			t.Fatalf("dropped %d, %v", n, err)
		}
		k.keeps(lost, true)
		k.keeps(k.Store, false)
		if got, err := lost.Seals(k.ctx()); err != nil || got != (models.Seals{}) {
			t.Fatalf("left is %+v, %v", got, err)
		}
		if tail, err := lost.ChatTail(k.ctx(), c.ID); tail != "" || err != nil {
			t.Fatalf("the chat's tail is %q, %v", tail, err)
		}
		if tails, err := lost.Tails(k.ctx(), f.ParcelID); err != nil || len(tails) != 1 || tails[0].Digits != "" || tails[0].State != models.TailOK {
			t.Fatalf("got %+v, %v", tails, err)
		}
		p := k.stored(f.ParcelID)
		tails, err := lost.Tails(k.ctx(), p.ID)
		k.ok(err)
		k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: p.DueAt, Lost: tails}, noon())
		if got, _, err := k.FollowOf(k.ctx(), f.ChatID, p.ID); err != nil || got.TailState != models.TailLost {
			t.Fatalf("got %+v, %v", got, err)
		}
		if due := p.DueAt; due != noon() {
			t.Fatalf("it is due at %d", due-noon())
		}
	})
}

func TestAProcessThatWorksWithTheDatabaseIsSeen(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		alive, gone := func(string) bool { return false }, func(string) bool { return true }
		k.ok(k.CheckFree(k.ctx(), alive))
		_, _, err := k.Lease(k.ctx(), "cron", "somebody", time.Minute)
		k.ok(err)
		if err := k.CheckFree(k.ctx(), alive); !errors.Is(err, models.ErrInUse) {
			t.Fatalf("got %v", err)
		}
		k.ok(k.CheckFree(k.ctx(), gone))
		k.ok(k.Unlease(k.ctx(), "cron", "somebody"))
		k.ok(k.CheckFree(k.ctx(), alive))
	})
}

// A tail that cannot be read any more is noted once, unless another was given meanwhile,
// and is untried again when its key is back.
func TestATailThatNoKeyOpensIsNoted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		f, p := k.withTail(1, "1234"), k.sealed(1)
		lost := k.under(others)
		tails, err := lost.Tails(k.ctx(), p.ID)
		if err != nil || len(tails) != 1 || tails[0].Digits != "" || tails[0].State != models.TailOK {
			t.Fatalf("got %+v, %v", tails, err)
		}
		note := func(p models.Parcel, tails []models.Tail) models.Finish {
			end := models.Finish{Version: p.Version, Change: models.Change{Parcel: p, Everyone: true}, DueAt: noon() + hour, Lost: tails}
			end.Change.Note(models.TailRefused, models.TailUnreadable, noon())
			return end
		}
		k.withTail(1, "5678") // another one, given meanwhile
		p = k.finish(note(p, tails), noon())
		if got, _, err := k.FollowOf(k.ctx(), f.ChatID, p.ID); err != nil || got.TailState != models.TailOK {
			t.Fatalf("got %+v, %v", got, err)
		}
		tails, err = lost.Tails(k.ctx(), p.ID)
		k.ok(err)
		p = k.finish(note(p, tails), noon())
		if got, _, err := k.FollowOf(k.ctx(), f.ChatID, p.ID); err != nil || got.TailState != models.TailLost || !got.Pending() {
			t.Fatalf("got %+v, %v", got, err)
		}
		if tails, err := k.Tails(k.ctx(), p.ID); err != nil || tails[0].Digits != "5678" || tails[0].State != models.TailUntried {
			t.Fatalf("with its key it is %+v, %v", tails, err)
		}
	})
}

// Somebody has written a text where a sealed tail stood.
func TestADamagedTailIsNotedAndGivenUp(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.keeps(k.Store, true)
		f := k.withTail(1, "1234")
		k.ok(k.Exec(k.ctx(), "UPDATE follows SET tail = 'damaged'"))
		p := k.sealed(1)
		tails, err := k.Tails(k.ctx(), p.ID)
		k.ok(err)
		p = k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: p.DueAt, Lost: tails}, noon())
		if got, _, err := k.FollowOf(k.ctx(), f.ChatID, p.ID); err != nil || got.TailState != models.TailLost {
			t.Fatalf("got %+v, %v", got, err)
		}
		_, err = k.under(others).DropSealed(k.ctx(), noon())
		k.ok(err)
		if got, err := k.under(others).Seals(k.ctx()); err != nil || got != (models.Seals{}) {
			t.Fatalf("left is %+v, %v", got, err)
		}
	})
}
