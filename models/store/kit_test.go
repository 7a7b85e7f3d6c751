package store_test

import (
	"context"
	"fmt"
	"path"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// keep is how long the swept stores keep what is over.
func keep() models.Retention {
	return models.Retention{Parcels: 90 * 24 * time.Hour, Follows: 30 * 24 * time.Hour, Tails: 2 * 24 * time.Hour, Unreachable: 30 * 24 * time.Hour}
}

const (
	minute = models.Moment(60_000)
	hour   = 60 * minute
	floor  = 30 * time.Minute
)

// noon is the tests' now: noon in Shanghai.
func noon() models.Moment {
	return models.At(time.Date(2025, 6, 10, 12, 0, 0, 0, models.Shanghai))
}

// kit is a store with short ways to do what most tests begin with.
type kit struct {
	*store.Store
	t    *testing.T
	open func() *store.Store
	dsn  string
}

// each runs a test with a kit on every kind of database, beside other tests:
// most of its time is waiting for the server.
func each(t *testing.T, test func(t *testing.T, k kit)) {
	t.Helper()
	t.Parallel()
	for _, kind := range storetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dsn := storetest.Migrated(t, kind)
			open := func() *store.Store { return storetest.Open(t, dsn) }
			test(t, kit{Store: open(), t: t, open: open, dsn: dsn})
		})
	}
}

// ctx is the test's context.
func (k kit) ctx() context.Context { return k.t.Context() }

// kind is which kind of database it is.
func (k kit) kind() string { return path.Base(k.t.Name()) }

// ok fails the test on an error.
func (k kit) ok(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// parcel makes the n-th parcel.
func (k kit) parcel(n int) models.Parcel {
	k.t.Helper()
	p, err := k.Ensure(k.ctx(), number(n), "sf", "", false, noon())
	k.ok(err)
	return p
}

// sealed makes the n-th parcel, one that needs a tail.
func (k kit) sealed(n int) models.Parcel {
	k.t.Helper()
	p, err := k.Ensure(k.ctx(), number(n), "sf", "", true, noon())
	k.ok(err)
	return p
}

// number is the n-th synthetic waybill.
func number(n int) string { return fmt.Sprintf("SF1%012d", n) }

// chat makes the n-th chat of the telegram door.
func (k kit) chat(n int) models.Chat {
	k.t.Helper()
	c, err := k.Chat(k.ctx(), models.Address{Door: "telegram", Conversation: fmt.Sprint(n)}, false, noon())
	k.ok(err)
	return c
}

// follow has a chat follow a parcel as far as it has come.
func (k kit) follow(c models.Chat, p models.Parcel) models.Follow {
	k.t.Helper()
	f, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Delivered: p.Seq}, noon())
	k.ok(err)
	return f
}

// stored reads a parcel again.
func (k kit) stored(id int64) models.Parcel {
	k.t.Helper()
	p, err := k.Parcel(k.ctx(), id)
	k.ok(err)
	return p
}

// again reads a chat again.
func (k kit) again(c models.Chat) models.Chat {
	k.t.Helper()
	c, err := k.ChatByID(k.ctx(), c.ID)
	k.ok(err)
	return c
}

// query is a poll of a parcel.
func query(p models.Parcel) models.Call {
	return models.Call{
		Provider: "muzhi", Kind: models.CallQuery, Purpose: models.Poll, Number: p.Number, Floor: floor, Parcel: p.ID, Version: p.Version,
	}
}

// begin begins a call that must be granted.
func (k kit) begin(c models.Call, now models.Moment) models.Ticket {
	k.t.Helper()
	ticket, err := k.Begin(k.ctx(), c, now)
	k.ok(err)
	return ticket
}

// scan gives a parcel one more event, as a check that brings news does.
func scan(p models.Parcel, text string, at models.Moment) models.Finish {
	e := models.Event{Seq: p.Seq + 1, Kind: models.Scan, At: at, Text: text}
	e.Sign()
	version := p.Version
	p.Seq++
	p.NewsAt = at
	return models.Finish{Version: version, Change: models.Change{Parcel: p, Events: []models.Event{e}}, DueAt: at + 2*hour}
}

// finish ends a check that must be taken.
func (k kit) finish(f models.Finish, now models.Moment) models.Parcel {
	k.t.Helper()
	p, err := k.Finish(k.ctx(), f, now)
	k.ok(err)
	return p
}

// closing is a call's end.
func closing(t models.Ticket, outcome models.Outcome, billed bool) models.Closing {
	return models.Closing{Ticket: t, Outcome: outcome, Billed: billed, At: t.At + 100}
}

// claimed is the one chat of the telegram door that is due.
func (k kit) claimed(now models.Moment) models.Claimed {
	k.t.Helper()
	got := k.claims("telegram", now)
	if len(got) != 1 {
		k.t.Fatalf("claimed %d chats, want 1", len(got))
	}
	return got[0]
}

// claims claims the due chats of a door.
func (k kit) claims(door string, now models.Moment) []models.Claimed {
	k.t.Helper()
	got, err := k.ClaimChats(k.ctx(), door, "me", now, time.Minute, 100)
	k.ok(err)
	return got
}

// claim claims a chat, whether it is due or not.
func (k kit) claim(c models.Chat) models.Claim {
	k.t.Helper()
	claim, err := k.ClaimOf(k.ctx(), c.ID)
	k.ok(err)
	return claim
}

// end ends the first open update of a chat.
func (k kit) end(c models.Chat) {
	k.t.Helper()
	k.ok(k.EndArrival(k.ctx(), k.claim(c), k.first(c).ID))
}

// live counts the live parcels that are in the queue.
func (k kit) live() int64 {
	k.t.Helper()
	n, err := k.CountLiveParcels(k.ctx())
	k.ok(err)
	return n
}

// taken are the parcels that Take hands out, and that are not handed out again
// for a moment.
func (k kit) taken(now models.Moment) map[int64]bool {
	k.t.Helper()
	hints, err := k.Take(k.ctx(), now, time.Millisecond, 1000)
	k.ok(err)
	ids := map[int64]bool{}
	for _, h := range hints {
		ids[h.Parcel] = true
	}
	return ids
}

// polled checks whether a parcel is handed out now; one that is not is parked.
func (k kit) polled(p models.Parcel, now models.Moment, want bool) {
	k.t.Helper()
	if got := k.taken(now)[p.ID]; got != want {
		k.t.Fatalf("handed out: %v, want %v", got, want)
	}
	if due := k.stored(p.ID).DueAt; (due == models.Never) == want {
		k.t.Fatalf("due at %d, handed out %v", due, want)
	}
}
