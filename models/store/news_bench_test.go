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

// BenchmarkNews drives whole checks that bring three events to two followers
// each, to whom they are then delivered. It reports parcels per second.
func BenchmarkNews(b *testing.B) {
	for _, kind := range storetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			s := storetest.Open(b, storetest.DSN(b, kind))
			storetest.Migrate(b, s)
			parcels := followPairs(b, s, b.N)
			b.ResetTimer()
			var work sync.WaitGroup
			checks := make(chan models.Parcel)
			for range 128 {
				work.Go(func() {
					for p := range checks {
						if err := newsOne(s, p); err != nil {
							b.Error(err)
						}
					}
				})
			}
			served := make(chan int)
			go func() { served <- deliverAll(b, s, 2*b.N) }()
			for _, p := range parcels {
				checks <- p
			}
			close(checks)
			work.Wait()
			if n := <-served; n != 2*b.N {
				b.Errorf("%d were served, want %d", n, 2*b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "parcels/s")
		})
	}
}

// followPairs makes n parcels, each followed by two chats of its own.
func followPairs(b *testing.B, s *store.Store, n int) []models.Parcel {
	b.Helper()
	parcels := make([]models.Parcel, n)
	errs := together(n, func(i int) (err error) {
		ctx := context.Background()
		if parcels[i], err = s.Ensure(ctx, number(i), "sf", "", false, noon()); err != nil {
			return err
		}
		for j := range 2 {
			c, err := s.Chat(ctx, models.Address{Door: "telegram", Conversation: fmt.Sprint(2*i + j)}, false, noon())
			if err != nil {
				return err
			}
			if _, err := s.Follow(ctx, models.Following{ChatID: c.ID, ParcelID: parcels[i].ID}, noon()); err != nil {
				return err
			}
		}
		return nil
	})
	if count(errs, nil) != n {
		b.Fatal(errs)
	}
	return parcels
}

func newsOne(s *store.Store, p models.Parcel) error {
	ctx := context.Background()
	ticket, err := s.Begin(ctx, query(p), noon())
	if err != nil {
		return err
	}
	f := scan(p, "一", noon())
	for _, text := range []string{"二", "三"} {
		f.Change.Parcel.Seq++
		f.Change.Events = append(f.Change.Events, models.Event{Seq: f.Change.Parcel.Seq, Kind: models.Scan, At: noon(), Text: text})
	}
	f.Version = ticket.Version
	f.Closings = []models.Closing{closing(ticket, models.OutcomeTrace, true)}
	_, err = s.Finish(ctx, f, noon())
	return err
}

// deliverAll serves n chats with what is pending.
func deliverAll(b *testing.B, s *store.Store, n int) (served int) {
	for served < n {
		chats, err := s.ClaimChats(context.Background(), "telegram", "me", noon(), time.Minute, 128)
		if err != nil {
			b.Error(err)
			return served
		}
		for _, err := range together(len(chats), func(i int) error { return deliverOne(s, chats[i]) }) {
			if err != nil {
				b.Error(err)
			}
		}
		served += len(chats)
	}
	return served
}

func deliverOne(s *store.Store, c models.Claimed) error {
	ctx := context.Background()
	pending, err := s.Pending(ctx, c.Chat)
	if err != nil {
		return err
	}
	for _, n := range pending {
		if err := s.Delivered(ctx, c.Claim, models.Mark{FollowID: n.Follow.ID, Upto: n.Upto}); err != nil {
			return err
		}
	}
	return s.Release(ctx, c.Claim, models.Never, false)
}
