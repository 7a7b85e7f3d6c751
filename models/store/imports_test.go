package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// table is a batch of the first n parcels.
func table(c models.Chat, n int) models.Batch {
	b := models.Batch{ChatID: c.ID, Started: noon(), TailCarriers: []models.Carrier{"zto"}, AttemptsOfChat: 3, AttemptsOfWaybill: 10}
	for i := range n {
		b.Items = append(b.Items, models.Item{Number: number(i + 1), Carrier: "yto", Name: fmt.Sprint("茶", i)})
	}
	return b
}

// batch has a chat follow a batch.
func (k kit) batch(b models.Batch) []models.BatchResult {
	k.t.Helper()
	results, err := k.FollowBatch(k.ctx(), b, noon())
	k.ok(err)
	return results
}

// begun counts the results that began something.
func begun(results []models.BatchResult) int {
	n := 0
	for _, r := range results {
		if r.Begun {
			n++
		}
	}
	return n
}

func TestATableIsFollowedOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		if n := begun(k.batch(table(c, 500))); n != 500 {
			t.Errorf("%d are followed", n)
		}
		if n := begun(k.batch(table(c, 500))); n != 0 {
			t.Errorf("%d are followed again", n)
		}
		rows, err := k.Followed(k.ctx(), c.ID, false)
		k.ok(err)
		if len(rows) != 500 || !slices.ContainsFunc(rows, func(f models.Followed) bool { return f.Follow.Name == "茶7" }) {
			t.Errorf("%d rows", len(rows))
		}
		hints, err := k.Take(k.ctx(), noon(), time.Minute, 1000)
		k.ok(err)
		if len(hints) != 500 {
			t.Errorf("%d are due", len(hints))
		}
	})
}

func TestTheLimitHoldsForATable(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.follow(c, k.parcel(100))
		b := table(c, 10)
		b.Max = 4
		results := k.batch(b)
		if n := begun(results); n != 3 || !results[9].Full || results[2].Full {
			t.Errorf("%d are followed: %v", n, results)
		}
	})
}

func TestATablesTailsAreTriedAndCounted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		b := table(c, 3)
		for i := range b.Items {
			b.Items[i].Carrier = "zto"
		}
		b.Items[0].Tail = "1234"
		b.AttemptsOfChat = 1
		if results := k.batch(b); results[0].Locked || !results[1].Locked {
			t.Errorf("%v", results)
		}
		listed, err := k.Listed(k.ctx(), c.ID, []string{number(1), number(2), number(9)})
		k.ok(err)
		if len(listed) != 2 || !listed[0].Followed || listed[0].Locked() || !listed[1].Locked() {
			t.Errorf("%+v", listed)
		}
		tails, err := k.Tails(k.ctx(), listed[0].ID)
		k.ok(err)
		if len(tails) != 1 || tails[0].Digits != "1234" || tails[0].State != models.TailUntried {
			t.Errorf("%+v", tails)
		}
		b.Items[0].Tail, b.Items[1].Tail, b.Started = "5678", "5678", noon()+1
		if results := k.batch(b); results[0].Locked || results[1].Locked || !results[2].Locked || begun(results) != 0 {
			t.Errorf("%v", results)
		}
		tails, err = k.Tails(k.ctx(), listed[0].ID)
		k.ok(err)
		if tails[0].Digits != "1234" {
			t.Error("a second attempt of today's only one was let through")
		}
		taken, err := k.TailAttempts(k.ctx(), c.ID, number(2), noon())
		k.ok(err)
		if taken != (models.TailAttempts{OfChat: 1, OfWaybill: 1}) {
			t.Errorf("attempts %+v", taken)
		}
	})
}

// firstState has a check bring a parcel's first scan, or its next.
func (k kit) firstState(p models.Parcel, scans int, now models.Moment) {
	k.t.Helper()
	c := models.Change{Parcel: p}
	for range scans {
		c.Parcel.Seq++
		e := models.Event{Kind: models.Scan, Text: fmt.Sprint("到达", c.Parcel.Seq), At: now + models.Moment(c.Parcel.Seq)*minute, Seq: c.Parcel.Seq}
		e.Sign()
		c.Events = append(c.Events, e)
		c.Parcel.EventAt = e.At
	}
	c.Parcel.Status, c.Parcel.HeardAt = models.InTransit, now
	_, err := k.Finish(k.ctx(), models.Finish{Version: p.Version, Change: c, DueAt: now + hour}, now)
	k.ok(err)
}

func TestTheFirstStateOfATablesParcelIsToldByItsSummaryAlone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, other := k.chat(1), k.chat(2)
		k.batch(table(c, 2))
		listed, err := k.Listed(k.ctx(), c.ID, []string{number(1), number(2)})
		k.ok(err)
		first := k.stored(listed[0].ID)
		k.follow(other, first)
		im := models.Import{ChatID: c.ID, StartedAt: noon(), Total: 2, DueAt: noon()}
		k.ok(k.PutImport(k.ctx(), im))
		k.firstState(first, 3, noon()+minute)
		if pending, err := k.Pending(k.ctx(), c); err != nil || len(pending) != 0 {
			t.Errorf("pending: %v, %v", pending, err)
		}
		if pending, err := k.Pending(k.ctx(), other); err != nil || len(pending) != 1 {
			t.Errorf("pending for who follows it alone: %v, %v", pending, err)
		}
		parts, err := k.ImportParts(k.ctx(), im, noon()+2*minute)
		k.ok(err)
		want := []models.ImportPart{{Count: 1}, {Status: models.InTransit, Recorded: true, Checked: true, Count: 1}}
		if !slices.Equal(parts, want) {
			t.Errorf("parts %+v", parts)
		}
		k.firstState(k.stored(first.ID), 1, noon()+hour)
		if pending, err := k.Pending(k.ctx(), c); err != nil || len(pending) != 1 || len(pending[0].Events) != 1 {
			t.Errorf("what came later is pending as %+v, %v", pending, err)
		}
		due, err := k.DueImports(k.ctx(), noon(), 10)
		k.ok(err)
		if len(due) != 1 || due[0] != im {
			t.Errorf("due: %+v", due)
		}
		k.ok(k.EndImport(k.ctx(), im))
		k.firstState(k.stored(listed[1].ID), 1, noon()+hour)
		if pending, err := k.Pending(k.ctx(), c); err != nil || len(pending) != 2 {
			t.Errorf("after the import %d are pending, %v", len(pending), err)
		}
		if due, err := k.DueImports(k.ctx(), models.Never, 10); err != nil || len(due) != 0 {
			t.Errorf("due after the end: %v, %v", due, err)
		}
	})
}

func TestAnImportGoesWithItsChat(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		from, to := k.chat(1), k.chat(2)
		k.batch(table(from, 2))
		k.ok(k.PutImport(k.ctx(), models.Import{ChatID: from.ID, StartedAt: noon(), Total: 2, DueAt: noon()}))
		k.ok(k.MoveChat(k.ctx(), from.ID, "2", noon()))
		due, err := k.DueImports(k.ctx(), noon(), 10)
		k.ok(err)
		if len(due) != 1 || due[0].ChatID != to.ID {
			t.Errorf("%+v", due)
		}
		k.ok(k.Forget(k.ctx(), to.ID, noon()))
		if due, err := k.DueImports(k.ctx(), noon(), 10); err != nil || len(due) != 0 {
			t.Errorf("%+v, %v", due, err)
		}
	})
}

func TestAStopThatIsUndoneWaitsForItsSummaryAgain(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.batch(table(c, 1))
		im := models.Import{ChatID: c.ID, StartedAt: noon(), Total: 1, DueAt: noon()}
		k.ok(k.PutImport(k.ctx(), im))
		stopAndUndo := func() models.Moment {
			listed, err := k.Listed(k.ctx(), c.ID, []string{number(1)})
			k.ok(err)
			k.ok(k.Unfollow(k.ctx(), c.ID, []int64{listed[0].ID}, noon()))
			_, err = k.Undo(k.ctx(), c.ID, noon())
			k.ok(err)
			f, _, err := k.FollowOf(k.ctx(), c.ID, listed[0].ID)
			k.ok(err)
			return f.ImportedAt
		}
		if at := stopAndUndo(); at != noon() {
			t.Errorf("it waits for %v", at)
		}
		k.ok(k.EndImport(k.ctx(), im))
		if at := stopAndUndo(); at != 0 {
			t.Errorf("it waits for %v", at)
		}
	})
}

func TestATablesTailsAreSealedInItsQuestion(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		q := models.Question{ChatID: c.ID, Asking: models.AskTable, Nonce: "n", ExpiresAt: models.Never}
		for i := range 5000 {
			q.Items = append(q.Items, models.Item{Number: number(i), Carrier: "zto", Name: "一二三四五六七八九十一二三四五六七八九十", Tail: "1234"})
		}
		k.ok(k.Ask(k.ctx(), q))
		if q.Items[0].Tail != "1234" || q.Items[0].Sealed != nil {
			t.Error("asking changed the question")
		}
		raw, err := k.Column(k.ctx(), "SELECT items FROM questions")
		k.ok(err)
		if len(raw) != 1 || strings.Contains(raw[0], `"1234"`) {
			t.Errorf("%d rows, tails in clear: %v", len(raw), strings.Contains(raw[0], `"1234"`))
		}
		got, open, err := k.Question(k.ctx(), c.ID, 0, noon())
		k.ok(err)
		if !open || len(got.Items) != 5000 || got.Items[4999].Tail != "1234" {
			t.Errorf("%d items come back", len(got.Items))
		}
	})
}
