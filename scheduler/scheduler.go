package scheduler

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"waybill/internal/guard"
	"waybill/internal/retry"
	"waybill/internal/troublelog"
	"waybill/models"
)

// Queue brings hints to workers (queue.Local, queue.Cluster).
type Queue interface {
	// Shared: what is published reaches the workers of all processes, so that the
	// holder of the lease "cron" takes for all of them; else only this process'
	// own, and every process takes for itself. It may change at any time.
	Shared() bool
	Publish(ctx context.Context, hints []models.Hint) error
	Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint))
	// Depth is how many hints have been published and not handled yet.
	Depth(ctx context.Context) (int, error)
}

// ParcelChecker asks about one parcel and keeps what came of it (Checker).
type ParcelChecker interface {
	Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error)
}

// Settings are what a Scheduler needs.
type Settings struct {
	Store   Store
	Queue   Queue
	Checker ParcelChecker
	Rhythm  *Rhythm       // the Checker's; nil: nothing is learned
	Owner   string        // unique to this process, at most 40 characters; "" makes one up
	Workers int           // checks under way together, most of which wait for the database or for a slot of the tracker's; 0 means 768
	Keep    time.Duration // how long parcels stay after their end, or after nobody follows them; 0 means 90 days
	Speed   Speed         // divides how long what is over stays
	Jobs    []Job         // what else the holder of the lease "cron" does
	Grace   time.Duration // for what is in flight when Run's context ends; 0 means 6 s
	Meter   Meter         // may be nil
	Log     *slog.Logger  // may be nil
	Now     func() time.Time
}

// Scheduler takes parcels that are due and has them checked.
type Scheduler struct {
	store   Store
	queue   Queue
	checker ParcelChecker
	rhythm  *Rhythm
	keeper  *Keeper
	workers int
	outflow outflow
	keep    models.Retention
	sweeps  time.Duration // between two of them
	live    liveCount
	jobs    []Job
	grace   time.Duration
	meter   Meter
	log     *slog.Logger
	trouble *troublelog.Log
	now     func() time.Time
}

// New makes a Scheduler, which does nothing before Run.
func New(s Settings) *Scheduler {
	if s.Owner == "" {
		s.Owner = rand.Text()
	}
	if s.Workers == 0 {
		s.Workers = 768
	}
	if s.Grace == 0 {
		s.Grace = 6 * time.Second
	}
	if s.Keep == 0 {
		s.Keep = 90 * 24 * time.Hour
	}
	if s.Meter == nil {
		s.Meter = unmetered{}
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	return &Scheduler{
		store: s.Store, queue: s.Queue, checker: s.Checker, rhythm: s.Rhythm, keeper: NewKeeper(s.Store, s.Owner, s.Log),
		workers: s.Workers, keep: retention(s.Keep, s.Speed), sweeps: sweepEvery(s.Speed), jobs: s.Jobs, grace: s.Grace, meter: s.Meter, log: s.Log, trouble: troublelog.New(s.Log), now: s.Now,
	}
}

// Run works until ctx ends, then takes nothing more, gives what is in flight
// Settings.Grace to end, and returns. It owns every goroutine it starts.
func (s *Scheduler) Run(ctx context.Context) error {
	timetable, err := s.timetable()
	if err != nil {
		return fmt.Errorf("make timetable: %w", err)
	}
	drain, forceStop := context.WithCancel(context.WithoutCancel(ctx))
	defer forceStop()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(s.grace, forceStop) })
	defer stop()
	var parts sync.WaitGroup
	parts.Go(func() { s.work(ctx, drain) })
	parts.Go(func() { s.takeForItself(ctx) })
	parts.Go(func() { s.rhythm.Keep(ctx, s.store, s.log, s.now) })
	parts.Go(func() { s.keeper.Keep(ctx, "cron", timetable) })
	parts.Wait()
	return nil
}

func (s *Scheduler) moment() models.Moment { return models.At(s.now()) }

const (
	hold        = 12 * time.Second // how long a taken parcel is not taken again: what is lost comes again within fifteen seconds
	batch       = 500
	takeEvery   = time.Second
	lookAtQueue = 10 * time.Millisecond // between two looks at a queue that is full
)

// takeForItself takes for this process' own workers, each second until ctx ends,
// as long as the queue reaches no others.
func (s *Scheduler) takeForItself(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.takeUnshared(ctx); err != nil {
			s.worked(ctx, "take parcels", err)
		}
		_ = retry.Sleep(ctx, takeEvery) // the loop sees the end of ctx
	}
}

// takeUnshared keeps one round's panic from ending all others.
func (s *Scheduler) takeUnshared(ctx context.Context) (err error) {
	defer guard.Recover("take parcels", &err)
	s.take(ctx, false)
	return nil
}

// takeForAll takes for the workers of all processes, as long as the queue
// reaches them.
func (s *Scheduler) takeForAll(ctx context.Context) { s.take(ctx, true) }

// take hands out what is due, in batches, until nothing is, or the queue is
// not shared as it was any more, or ctx ends. A failure ends this round only:
// what was taken and not handed out is due again after its hold.
func (s *Scheduler) take(ctx context.Context, shared bool) {
	for ctx.Err() == nil && s.queue.Shared() == shared {
		waiting, err := s.queue.Depth(ctx)
		if !s.worked(ctx, "measure queue", err) {
			return
		}
		// Taking more would only let holds run out in the queue.
		bound := s.outflow.bound(waiting, 2*s.workers, time.Now())
		if waiting > bound {
			_ = retry.Sleep(ctx, lookAtQueue) // the loop sees the end of ctx
			continue
		}
		limit := min(batch, max(1, 3*bound/2-waiting))
		hints, err := s.store.Take(ctx, s.moment(), hold, limit)
		if !s.worked(ctx, "take parcels", err) || len(hints) == 0 {
			return
		}
		if !s.worked(ctx, "hand out parcels", s.queue.Publish(ctx, hints)) {
			return
		}
		s.outflow.put(len(hints))
		if len(hints) < limit {
			return
		}
	}
}

// work checks what hints point at until ctx ends. What has begun then goes on
// under drain.
func (s *Scheduler) work(ctx, drain context.Context) {
	s.queue.Consume(ctx, s.workers, func(_ context.Context, h models.Hint) {
		if ctx.Err() == nil {
			s.check(drain, h)
		}
	})
}

// check checks one parcel. A hint that is lost on the way comes again once
// its hold is over; one that comes twice, or too late, no longer fits the version.
func (s *Scheduler) check(ctx context.Context, h models.Hint) {
	p, err := s.store.Parcel(ctx, h.Parcel)
	if errors.Is(err, models.ErrNotFound) || err == nil && p.Version != h.Version {
		return
	}
	if !s.worked(ctx, "read parcel", err) {
		return
	}
	checked, err := s.checkParcel(ctx, p)
	switch {
	case !s.worked(ctx, "check parcel", err):
	case checked.Err != nil:
		s.log.Debug("checked without a trace", "parcel", p.ID, "why", checked.Err)
	default:
		s.log.Debug("checked", "parcel", p.ID, "seq", checked.Parcel.Seq)
	}
}

// checkParcel keeps one parcel's panic from taking the others down.
func (s *Scheduler) checkParcel(ctx context.Context, p models.Parcel) (checked models.Checked, err error) {
	defer guard.Recover("check parcel", &err)
	return s.checker.Check(ctx, p, "", models.Poll)
}
