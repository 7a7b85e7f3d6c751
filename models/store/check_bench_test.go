package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// BenchmarkCheck drives whole checks without news through the store: taken in
// batches, begun and finished by 256 workers. It reports parcels per second.
func BenchmarkCheck(b *testing.B) {
	for _, kind := range storetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			s := storetest.Open(b, storetest.DSN(b, kind))
			storetest.Migrate(b, s)
			followMany(b, s, 2000)
			b.ResetTimer()
			checkMany(b, s, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "parcels/s")
		})
	}
}

// followMany makes n parcels that are followed and due.
func followMany(b *testing.B, s *store.Store, n int) {
	b.Helper()
	ctx := context.Background()
	c, err := s.Chat(ctx, models.Address{Door: "telegram", Conversation: "1"}, false, noon())
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		p, err := s.Ensure(ctx, number(i), "sf", "", false, noon())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Follow(ctx, models.Following{ChatID: c.ID, ParcelID: p.ID}, noon()); err != nil {
			b.Fatal(err)
		}
	}
}

// checkMany takes and checks n parcels, in rounds an hour apart.
func checkMany(b *testing.B, s *store.Store, n int) {
	for now := noon(); n > 0; now += hour {
		n -= checkRound(b, s, n, now)
	}
}

// checkRound takes and checks whatever is due, at most n parcels.
func checkRound(b *testing.B, s *store.Store, n int, now models.Moment) (done int) {
	ctx := context.Background()
	hints := make(chan models.Hint, 512)
	var work sync.WaitGroup
	defer work.Wait()
	defer close(hints)
	for range 256 {
		work.Go(func() {
			for h := range hints {
				if err := checkOne(ctx, s, h, now); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for done < n {
		taken, err := s.Take(ctx, now, 15*time.Second, min(n-done, 256))
		if err != nil {
			b.Fatal(err)
		}
		if len(taken) == 0 {
			break
		}
		for _, h := range taken {
			hints <- h
		}
		done += len(taken)
	}
	return done
}

func checkOne(ctx context.Context, s *store.Store, h models.Hint, now models.Moment) error {
	p, err := s.Parcel(ctx, h.Parcel)
	if err != nil {
		return err
	}
	call := models.Call{
		Provider: "muzhi", Kind: models.CallQuery, Purpose: models.Poll, Number: p.Number,
		Floor: floor, Limit: 1 << 40, Parcel: p.ID, Version: h.Version,
	}
	ticket, err := s.Begin(ctx, call, now)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	p.Version = ticket.Version
	p.HeardAt = now
	_, err = s.Finish(ctx, models.Finish{
		Version: ticket.Version, Change: models.Change{Parcel: p}, DueAt: now + hour, Closings: []models.Closing{
			{Ticket: ticket, Outcome: models.OutcomeTrace, Billed: true, Number: p.Number, At: now + 50},
		},
	}, now)
	return err
}
