package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// BenchmarkTake takes 256 due parcels at a time out of 10,000 and out of
// 1,000,000 live ones.
// Both must cost much the same.
func BenchmarkTake(b *testing.B) {
	for _, live := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(live), func(b *testing.B) {
			s, err := Open(b.Context(), "sqlite://"+b.TempDir()+"/waybill.db", nil)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			fill(b, s, live)
			taken := 0
			b.ResetTimer()
			for now := models.Moment(0); taken < b.N; now += 1000 {
				hints, err := s.Take(context.Background(), now, 15*time.Second, 256)
				if err != nil {
					b.Fatal(err)
				}
				taken += len(hints)
				b.StopTimer()
				begun(b, s, hints, now+models.Moment(live))
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(taken), "ns/parcel")
		})
	}
}

// begun does to the parcels what beginning their checks does.
func begun(b *testing.B, s *Store, hints []models.Hint, due models.Moment) {
	b.Helper()
	for _, h := range hints {
		if err := s.write.Exec("UPDATE parcels SET version = version + 1, due_at = ? WHERE id = ?", due, h.Parcel).Error; err != nil {
			b.Fatal(err)
		}
		due++
	}
}

// fill makes parcels of which one is due every millisecond.
func fill(b *testing.B, s *Store, n int) {
	b.Helper()
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	rows := make([]parcelRow, n)
	for i := range rows {
		rows[i].Number, rows[i].Carrier, rows[i].DueAt = fmt.Sprintf("SF1%012d", i), "sf", models.Moment(i*7919%n)
	}
	for part := range slices.Chunk(rows, written) {
		if err := s.write.Create(&part).Error; err != nil {
			b.Fatal(err)
		}
	}
}
