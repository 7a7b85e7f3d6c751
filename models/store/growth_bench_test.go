package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

const (
	fewParcels  = 10_000
	manyParcels = 1_000_000
	// growthRounds is how often each step is done: retire and sweep are the slowest.
	growthRounds = 60
)

// grown is a database with so many live parcels, each subscribed to.
type grown struct {
	*store.Store
	b   *testing.B
	now models.Moment
}

// round is one step of a benchmark: it does something and says how many rows that was about,
// and how long it took without what had to be made ready for it.
type round func(g *grown) (rows int, took time.Duration)

// BenchmarkGrowth is what the steps that run every second to every minute cost per row with
// 1,000,000 live parcels against 10,000, in SQLite: "take-x" and so on are the ratios of the
// medians of growthRounds times, beside the larger, and "x" is the highest of those of steps
// that find something, and of the sweep. The two databases take turns. It is one benchmark,
// to be run once (-benchtime 1x), because filling the tables is most of it.
func BenchmarkGrowth(b *testing.B) {
	if !slices.Contains(storetest.Kinds(), "sqlite") {
		b.Skip("the parcels are made in SQLite")
	}
	few, many := grow(b, fewParcels), grow(b, manyParcels)
	highest := 0.0
	for _, of := range []struct {
		name   string
		step   round
		counts bool // in "x"; the others take microseconds, of which a third more means nothing
	}{
		{"take", takeParcels, true},
		{"take-nothing", takeNothing, false},
		{"claim", claimChats, true},
		{"claim-nothing", claimNothing, false},
		{"backlog", backlog, true},
		{"order", orderSubscriptions, true},
		{"order-nothing", orderNothing, false},
		{"retire", retire, true},
		{"sweep-nothing", sweepNothing, true},
	} {
		var took [2][]float64
		for range growthRounds * b.N {
			for i, g := range []*grown{few, many} {
				rows, d := of.step(g)
				took[i] = append(took[i], float64(d.Nanoseconds())/float64(max(rows, 1)))
			}
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		small, large := took[0][len(took[0])/2], took[1][len(took[1])/2]
		b.ReportMetric(large, of.name+"-ns/row")
		b.ReportMetric(large/small, of.name+"-x")
		if of.counts {
			highest = max(highest, large/small)
		}
	}
	b.ReportMetric(highest, "x")
}

func grow(b *testing.B, parcels int) *grown {
	b.Helper()
	s := storetest.Open(b, storetest.Live(b, "telegram", parcels))
	g := &grown{Store: s, b: b}
	g.exec("INSERT INTO subscriptions (parcel_id, provider, token, number, state, due_at) SELECT id, 'kuaidi100', number, number, 'wanted', due_at FROM parcels")
	if err := s.Optimize(b.Context()); err != nil {
		b.Fatal(err)
	}
	return g
}

func (g *grown) exec(sql string, args ...any) {
	g.b.Helper()
	if err := g.Exec(context.Background(), sql, args...); err != nil {
		g.b.Fatal(err)
	}
}

func (g *grown) ok(err error) {
	g.b.Helper()
	if err != nil {
		g.b.Fatal(err)
	}
}

func (g *grown) must(rows int, err error) int {
	g.b.Helper()
	if err == nil && rows == 0 {
		err = errors.New("nothing was found")
	}
	g.ok(err)
	return rows
}

// timed does something and says how long it took.
func timed(do func()) time.Duration {
	begun := time.Now()
	do()
	return time.Since(begun)
}

func takeParcels(g *grown) (rows int, took time.Duration) {
	g.now += 1000
	var hints []models.Hint
	took = timed(func() {
		var err error
		hints, err = g.Take(context.Background(), g.now, time.Millisecond, 256)
		g.must(len(hints), err)
	})
	ids := make([]int64, len(hints))
	for i, h := range hints {
		ids[i] = h.Parcel
	}
	g.exec("UPDATE parcels SET version = version + 1, due_at = due_at + 1000000000 WHERE id IN ?", ids)
	if g.now%9000 == 0 { // those that were taken are due again, before there are none
		g.exec("UPDATE parcels SET due_at = due_at - 1000000000 WHERE due_at BETWEEN 1000000000 AND 2000000000")
		g.exec("DELETE FROM dispatched")
	}
	return len(hints), took
}

func takeNothing(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() {
		_, err := g.Take(context.Background(), -1, time.Millisecond, 256)
		g.ok(err)
	})
}

func claimChats(g *grown) (rows int, took time.Duration) {
	g.exec("UPDATE chats SET work_at = 1, claim_until = 0 WHERE id <= 32")
	took = timed(func() {
		got, err := g.ClaimChats(context.Background(), "telegram", "me", 10, time.Millisecond, 32)
		rows = g.must(len(got), err)
	})
	g.exec("UPDATE chats SET work_at = ?, claim_until = 0 WHERE id <= 32", models.Never)
	return rows, took
}

func claimNothing(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() {
		_, err := g.ClaimChats(context.Background(), "telegram", "me", 10, time.Millisecond, 32)
		g.ok(err)
	})
}

// backlog counts with everything due, which is the most that there can be.
func backlog(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() {
		_, err := g.Backlog(context.Background(), 1<<60)
		g.ok(err)
	})
}

func orderSubscriptions(g *grown) (rows int, took time.Duration) {
	took = timed(func() {
		got, err := g.TakeDueSubscriptions(context.Background(), 1<<40, time.Minute, 50)
		rows = g.must(len(got), err)
		if !strings.HasPrefix(got[0].Number, "YT") {
			g.b.Fatal("another number")
		}
	})
	return rows, took
}

func orderNothing(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() {
		_, err := g.TakeDueSubscriptions(context.Background(), -1, time.Minute, 50)
		g.ok(err)
	})
}

func retire(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() { g.ok(g.RetireSubscriptions(context.Background(), 10)) })
}

func sweepNothing(g *grown) (rows int, took time.Duration) {
	return 1, timed(func() { g.ok(g.Sweep(context.Background(), keep(), 10)) })
}
