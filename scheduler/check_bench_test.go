package scheduler

import (
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
)

// BenchmarkCheck is a parcel's whole way from being due to being due again,
// without news, with a provider that answers at once: taking, handing out,
// asking, writing.
func BenchmarkCheck(b *testing.B) {
	for _, kind := range storetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			if !storetest.Rehearsal(b) {
				benchmarkCheck(b, kind)
			}
		})
	}
}

func benchmarkCheck(b *testing.B, kind string) {
	const parcels = 5000
	dsn := storetest.DSN(b, kind)
	db := storetest.Open(b, dsn)
	storetest.Migrate(b, db)
	r := newRig(b, db)
	var followed []storetest.Followed
	for i := range parcels {
		followed = append(followed, storetest.Followed{Number: "YT" + strconv.Itoa(1000000000000+i), Conversations: []string{"a"}})
	}
	storetest.FillFollowed(b, kind, dsn, "test", "yto", r.moment(), followed)
	s := New(Settings{Store: db, Queue: newLine(r.notifier), Checker: r.checker, Log: hushed, Now: r.now})
	round(b, r, s, parcels) // the first answer is news
	cpu, written := processorTime(b), writtenBy(b, kind, dsn)
	b.ResetTimer()
	for done := 0; done < b.N; {
		n := min(parcels, b.N-done)
		r.pass(day) // everything is due
		round(b, r, s, n)
		done += n
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "parcels/s")
	b.ReportMetric(float64((processorTime(b)-cpu).Microseconds())/float64(b.N), "cpu-us/parcel")
	if now := writtenBy(b, kind, dsn); now.commits > written.commits {
		b.ReportMetric(float64(now.rows-written.rows)/float64(b.N), "rows/parcel")
		b.ReportMetric(float64(now.commits-written.commits)/float64(b.N), "commits/parcel")
	}
}

// processorTime is what this process has used: the program, the provider, and SQLite.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

type written struct{ rows, commits int64 }

// writtenBy is what the database server has written; nothing on SQLite, which does not count.
func writtenBy(b *testing.B, kind, dsn string) written {
	b.Helper()
	if kind != "mariadb" {
		return written{}
	}
	rows, commits := storetest.Written(b, dsn)
	return written{rows, commits}
}

// round takes and checks n parcels that are due.
func round(b *testing.B, r *rig, s *Scheduler, n int) {
	b.Helper()
	before := len(r.provider.asked())
	var workers sync.WaitGroup
	for left := n; left > 0; {
		hints, err := r.db.Take(b.Context(), r.moment(), hold, min(left, batch))
		if err != nil || len(hints) == 0 {
			b.Fatalf("%d of %d are not due: %v", left, n, err)
		}
		left -= len(hints)
		work := make(chan models.Hint, len(hints))
		for _, h := range hints {
			work <- h
		}
		close(work)
		for range s.workers {
			workers.Go(func() {
				for h := range work {
					s.check(b.Context(), h)
				}
			})
		}
		workers.Wait()
	}
	if got := len(r.provider.asked()) - before; got != n {
		b.Fatalf("asked about %d of %d", got, n)
	}
}
