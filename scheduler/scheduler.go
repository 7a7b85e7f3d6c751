package scheduler

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"waybill/models"
)

// Store is the part of the database that a Scheduler works with.
type Store interface {
	Due
	Leases
}

// Queue carries hints between replicas (queue.Queue).
type Queue interface {
	Publish(ctx context.Context, hints []models.Hint) error
	Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint))
	Depth(ctx context.Context) (int, error)
}

// Checks asks about one parcel and keeps what came of it (Checker).
type Checks interface {
	Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error)
}

// Settings are what a Scheduler needs.
type Settings struct {
	Store   Store
	Queue   Queue
	Checker Checks
	Owner   string        // unique to this process, at most 40 characters; "" makes one up
	Workers int           // checks under way together; 0 means 256
	Jobs    []Job         // what else the holder of the lease "cron" does
	Grace   time.Duration // for what is in flight when Run's context ends; 0 means 6 s
	Meter   Meter         // may be nil
	Log     *slog.Logger  // may be nil
	Now     func() time.Time
}

// Scheduler takes parcels that are due and has them checked.
type Scheduler struct {
	Settings
	keeper *Keeper
}

// New makes a Scheduler, which does nothing before Run.
func New(s Settings) *Scheduler {
	if s.Owner == "" {
		s.Owner = rand.Text()
	}
	if s.Workers == 0 {
		s.Workers = 256
	}
	if s.Grace == 0 {
		s.Grace = 6 * time.Second
	}
	if s.Meter == nil {
		s.Meter = unmetered{}
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	return &Scheduler{Settings: s, keeper: NewKeeper(s.Store, s.Owner, s.Log)}
}

// Run works until ctx ends, then takes nothing more, gives what is in flight
// Settings.Grace to end, and returns. It owns every goroutine it starts.
func (s *Scheduler) Run(ctx context.Context) error {
	timetable, err := s.timetable()
	if err != nil {
		return fmt.Errorf("make timetable: %w", err)
	}
	flight, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	var crew sync.WaitGroup
	crew.Go(func() { s.work(ctx, flight) })
	crew.Go(func() { s.keeper.Keep(ctx, "cron", timetable) })
	ended := make(chan struct{})
	var guard sync.WaitGroup
	guard.Go(func() { s.ground(ctx, ended, land) })
	crew.Wait()
	close(ended)
	guard.Wait()
	return nil
}

// ground cancels what is still in flight a while after ctx has ended.
func (s *Scheduler) ground(ctx context.Context, ended <-chan struct{}, land func()) {
	<-ctx.Done()
	timer := time.NewTimer(s.Grace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		land()
	}
}

func (s *Scheduler) now() models.Moment { return models.At(s.Now()) }
