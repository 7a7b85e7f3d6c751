package store_test

import (
	"testing"

	"waybill/models"
)

// undelivered is a page that brings back what the n-th customer was told on a credit.
func undelivered(from, cursor string, n int, serial int64, now models.Moment) models.SyncPage {
	return models.SyncPage{Account: account, From: from, Cursor: cursor, Undelivered: []models.Undelivered{{
		Arrival: models.Arrival{
			Door: "wecom_kf", Key: "f:" + cursor, Pos: int64(now), Address: customer(n),
			Answered: true, Replies: []byte("[]"), DueAt: now + 24*hour,
		},
		Epoch: serial,
	}}}
}

// waits wants these keys to be what is due in a chat.
func (k kit) waits(chat models.Chat, now models.Moment, want ...string) []models.Arrival {
	k.t.Helper()
	open, err := k.OpenArrivals(k.ctx(), chat.ID, now)
	k.ok(err)
	for i, a := range open {
		if len(open) != len(want) || a.Key != want[i] {
			k.t.Fatalf("%d: %s is due, want %v", i, a.Key, want)
		}
	}
	if len(open) != len(want) {
		k.t.Fatalf("nothing is due, want %v", want)
	}
	return open
}

func TestWhatWasNotDeliveredWaitsUntilTheCustomerWrites(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		chat := k.at(1)
		k.waits(chat, noon(), "c1-1")
		k.end(chat)
		p := undelivered("c1", "c2", 1, k.credit(1).Epoch, noon()+1)
		if n := k.synced(p, noon()+1); n != 1 {
			t.Fatalf("%d are new", n)
		}
		k.waits(chat, noon()+23*hour)
		k.waits(chat, noon()+25*hour, "f:c2")
		p.From, p.Cursor = "c2", "c3"
		if n := k.synced(p, noon()+2); n != 0 {
			t.Fatal("it came back twice")
		}
		k.synced(page("c3", "c4", noon()+minute, 1), noon()+minute)
		open := k.waits(chat, noon()+minute, "f:c2", "c4-1")
		if !open[0].Answered || string(open[0].Replies) != "[]" || len(open[0].Body) != 0 {
			t.Fatalf("got %+v", open[0])
		}
	})
}

func TestWhatWasNotDeliveredIsDueAtOnceWhenTheCustomerHasWrittenSince(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1, 2), noon())
		old := k.credit(1).Epoch
		k.synced(page("c1", "c2", noon()+minute, 1), noon()+minute)
		k.synced(undelivered("c2", "c3", 1, old, noon()+hour), noon()+hour)
		k.waits(k.at(1), noon()+hour, "c1-1", "c2-1", "f:c3")
		p := page("c3", "c4", noon()+2*hour, 2) // in one page
		p.Undelivered = undelivered("", "c4", 2, old, noon()+hour).Undelivered
		k.synced(p, noon()+2*hour)
		k.waits(k.at(2), noon()+2*hour, "c1-2", "f:c4", "c4-2")
	})
}

func TestWhatAForgottenChatWasToldIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		gone, other := k.at(1), k.at(2)
		for _, c := range []models.Chat{gone, other} {
			k.ok(k.Remember(k.ctx(), models.MemorySaid, c.KeyOf("1-abc"), []byte("{}"), noon()+hour))
		}
		k.tryTail(gone, 1) // the row stays
		k.ok(k.Forget(k.ctx(), gone.ID, noon()))
		for c, want := range map[*models.Chat]bool{&gone: false, &other: true} {
			if _, ok, err := k.Recall(k.ctx(), models.MemorySaid, c.KeyOf("1-abc"), noon()); err != nil || ok != want {
				t.Errorf("chat %d: it is remembered: %v, %v", c.ID, ok, err)
			}
		}
	})
}
