package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// TestTheDashboardsQueriesFindTheirRowsInAnIndex: a page costs the same with a million
// parcels as with a thousand. The figures count whole indexes, and are kept for a
// multiple of the time that it takes.
func TestTheDashboardsQueriesFindTheirRowsInAnIndex(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		_, err := k.FollowMany(k.ctx(), c.ID, 2000, 20, noon())
		k.ok(err)
		for _, sql := range []string{
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
			fmt.Sprintf("INSERT INTO calls (id, day, provider, number, started_at) SELECT id, '2025-06-10', 'muzhi', number, %d + id FROM parcels", noon()),
			"INSERT INTO sent (parcel_id, chat_id, upto, outcome, at) SELECT id, id, 1, 'sent', id FROM parcels",
			"INSERT INTO notes (kind, at) SELECT 'alert', id FROM parcels",
			"INSERT INTO notes (kind, at) SELECT number, id FROM parcels",
			"INSERT INTO wrong_tokens (address, at) SELECT number, id FROM parcels",
			fmt.Sprintf("INSERT INTO admin_sessions (id, until_at) SELECT number, %d FROM parcels", noon()+hour),
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		for _, table := range []string{"parcels", "follows", "chats", "calls", "sent", "notes", "wrong_tokens", "admin_sessions"} {
			analyze := "ANALYZE " + table
			if !strings.HasSuffix(t.Name(), "sqlite") {
				analyze = "ANALYZE TABLE " + table
			}
			k.ok(k.Exec(k.ctx(), analyze))
		}
		for _, query := range []struct {
			name, index string // "": the primary key
			run         func() error
		}{
			{"Calls", "calls_started", func() error {
				_, _, err := k.Calls(k.ctx(), models.CallFilter{Provider: "juhe", Before: models.Cursor{At: noon() + 20, ID: 20}}, 50)
				return err
			}},
			{"CallsAbout", "calls_number", func() error { _, err := k.CallsAbout(k.ctx(), number(7), 50); return err }},
			{"UsageBetween", "calls_", func() error {
				_, err := k.UsageBetween(k.ctx(), "2025-06-10", noon(), noon()+20)
				return err
			}},
			{"Parcels", "", func() error { _, _, err := k.Parcels(k.ctx(), 900, 50, models.Parcel.Live); return err }},
			{"LiveParcels", "parcels_open", func() error { _, err := k.LiveParcels(k.ctx(), models.Customs, 900, 50); return err }},
			{"ParcelsEnding", "parcels_number_end", func() error { _, err := k.ParcelsEnding(k.ctx(), "0077", 0, 50); return err }},
			{"ParcelIDs", "parcels_number_carrier", func() error { _, err := k.ParcelIDs(k.ctx(), []string{number(7)}); return err }},
			{"Chats", "", func() error { _, _, err := k.Chats(k.ctx(), 900, 50, nil); return err }},
			{"FailingChats", "chats_failing", func() error { _, err := k.FailingChats(k.ctx(), 50); return err }},
			{"ChatsAt", "chats_address", func() error { _, err := k.ChatsAt(k.ctx(), []string{"telegram"}, "7"); return err }},
			{"Followers", "follows_parcel", func() error { _, err := k.Followers(k.ctx(), 7, 50); return err }},
			{"FollowsOf", "follows_", func() error { _, err := k.FollowsOf(k.ctx(), 7, 0, 50); return err }},
			{"CountFollowers", "follows_parcel", func() error { _, err := k.CountFollowers(k.ctx(), []int64{7}); return err }},
			{"CountFollows", "follows_", func() error { _, err := k.CountFollows(k.ctx(), []int64{7}); return err }},
			{"SentOf", "", func() error { _, err := k.SentOf(k.ctx(), 7, 50); return err }},
			{"SentTo", "sent_chat", func() error { _, err := k.SentTo(k.ctx(), 7, 50); return err }},
			{"Notes", "notes_kind", func() error { _, err := k.Notes(k.ctx(), models.NoteShown, 50); return err }},
			{"TryToken", "wrong_tokens_address", func() error { _, _, err := k.TryToken(k.ctx(), "192.0.2.1", noon()); return err }},
			{"Session", "", func() error { _, _, err := k.Session(k.ctx(), number(7), noon()); return err }},
		} {
			plans, err := k.Explain(k.ctx(), func() { k.ok(query.run()) })
			k.ok(err)
			all := strings.Join(plans, "\n")
			if !strings.Contains(all, query.index) || slices.ContainsFunc(plans, readsTable) {
				t.Errorf("%s does not use %q, or reads a whole table:\n%s", query.name, query.index, all)
			}
		}
		plans, err := k.Explain(k.ctx(), func() { _, err := k.Figures(k.ctx(), noon()); k.ok(err) })
		k.ok(err)
		if all := strings.Join(plans, "\n"); !strings.Contains(all, "parcels_open") || strings.HasSuffix(t.Name(), "sqlite") && !strings.Contains(all, "COVERING INDEX parcels_open") {
			t.Errorf("live parcels are not counted in their index:\n%s", all)
		}
	})
}

// readsTable says that a plan reads a whole table and not along the primary key.
func readsTable(plan string) bool { return readsWholeTable(plan) && !strings.Contains(plan, "PRIMARY") }

func TestWhatWasSentIsKeptOnceAndFailuresAreCounted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		f := k.follow(c, p)
		k.finish(scan(k.stored(p.ID), "a", noon()), noon())
		claim := k.claimed(noon()).Claim
		failed := models.Sent{ParcelID: p.ID, Upto: 1, Outcome: models.SentFailed, Reason: strings.Repeat("运", 500), At: noon()}
		k.ok(k.NotSent(k.ctx(), claim, []models.Sent{failed}))
		failed.At, failed.Reason = noon()+minute, "502"
		k.ok(k.NotSent(k.ctx(), claim, []models.Sent{failed, {Outcome: models.SentWait, At: noon()}}))
		mark := models.Mark{FollowID: f.ID, ParcelID: p.ID, Upto: 1, Outcome: models.SentDelivered, At: noon() + 2*minute}
		for range 2 {
			k.ok(k.Delivered(k.ctx(), claim, mark))
		}
		got, err := k.SentOf(k.ctx(), p.ID, 10)
		k.ok(err)
		want := []models.Sent{
			{ParcelID: p.ID, ChatID: c.ID, Upto: 1, Outcome: models.SentDelivered, Attempts: 1, At: noon() + 2*minute},
			{ParcelID: p.ID, ChatID: c.ID, Upto: 1, Outcome: models.SentFailed, Reason: "502", Attempts: 2, At: noon() + minute},
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %+v", got)
		}
		if got, err := k.SentTo(k.ctx(), c.ID, 10); err != nil || len(got) != 3 {
			t.Errorf("got %+v, %v", got, err)
		}
		claim.Epoch++
		if err := k.NotSent(k.ctx(), claim, []models.Sent{failed}); !errors.Is(err, models.ErrStale) {
			t.Errorf("under another's claim: %v", err)
		}
	})
}

func TestWhatWasSentGoesWithItsChatAndAfterThirtyDays(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(one, p)
		k.follow(two, p)
		k.finish(scan(k.stored(p.ID), "a", noon()), noon())
		for _, c := range k.claims("telegram", noon()) {
			k.ok(k.NotSent(k.ctx(), c.Claim, []models.Sent{{ParcelID: p.ID, Upto: 1, Outcome: models.SentFailed, At: noon()}}))
		}
		k.ok(k.Note(k.ctx(), models.Note{Kind: models.NoteAlert, What: "a", At: noon()}))
		k.ok(k.Forget(k.ctx(), one.ID, noon()))
		if got, err := k.SentOf(k.ctx(), p.ID, 10); err != nil || len(got) != 1 || got[0].ChatID != two.ID {
			t.Errorf("after the chat was forgotten: %+v, %v", got, err)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		if got, err := k.SentOf(k.ctx(), p.ID, 10); err != nil || len(got) != 0 {
			t.Errorf("after 31 days: %+v, %v", got, err)
		}
		if got, err := k.Notes(k.ctx(), models.NoteAlert, 10); err != nil || len(got) != 0 {
			t.Errorf("after 31 days: %+v, %v", got, err)
		}
	})
}

func TestASessionLastsUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		lasts := func(now models.Moment, want bool) {
			t.Helper()
			created, _, err := k.Session(k.ctx(), "a", now)
			if got := err == nil; got != want || got && created != noon() || !got && !errors.Is(err, models.ErrNotFound) {
				t.Fatalf("at %d: created %d, %v", now, created, err)
			}
		}
		lasts(noon(), false)
		k.ok(k.BeginSession(k.ctx(), "a", noon()+hour, noon()))
		lasts(noon()+hour-1, true)
		lasts(noon()+hour, false)
		k.ok(k.RenewSession(k.ctx(), "a", noon()+2*hour, noon()+hour)) // too late
		lasts(noon()+hour, false)
		k.ok(k.RenewSession(k.ctx(), "a", noon()+2*hour, noon()))
		lasts(noon()+hour, true)
		k.ok(k.EndSession(k.ctx(), "a"))
		lasts(noon(), false)
	})
}

func TestWrongTokensOfAnAddressAreCountedForAMinute(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		try := func(address string, now models.Moment, want int64) int64 {
			t.Helper()
			id, n, err := k.TryToken(k.ctx(), address, now)
			if err != nil || n != want {
				t.Fatalf("%d tries, %v; want %d", n, err, want)
			}
			return id
		}
		try("a", noon(), 1)
		id := try("a", noon()+1, 2)
		try("b", noon()+1, 1)
		k.ok(k.UncountToken(k.ctx(), id))
		try("a", noon()+2, 2)
		try("a", noon().Add(time.Minute), 2)
		try("a", noon().Add(3*time.Minute), 1)
	})
}

func TestALiveParcelIsCountedOnceWhateverItsQueueSays(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two := k.chat(1), k.chat(2)
		shared, parked, done := k.parcel(1), k.parcel(2), k.parcel(3)
		k.parcel(4) // nobody follows it
		k.follow(one, shared)
		k.follow(two, shared)
		k.follow(two, parked)
		k.follow(one, done)
		f := scan(k.stored(done.ID), "a", noon())
		f.Change.Parcel.DoneAt, f.Change.Parcel.Status, f.DueAt = noon(), models.Delivered, models.Never
		k.finish(f, noon())
		k.ok(k.Gone(k.ctx(), two.ID, noon()))
		k.taken(noon() + hour) // parks what only the chat that is gone follows
		got, err := k.Figures(k.ctx(), noon()+hour)
		k.ok(err)
		if got.LiveParcels() != 2 || got.Chats != 2 || got.Pending != 1 {
			t.Errorf("got %+v", got)
		}
	})
}
