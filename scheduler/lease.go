package scheduler

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"waybill/internal/guard"
	"waybill/internal/retry"
	"waybill/internal/troublelog"
)

// LeaseTime is how long a lease lasts without being renewed, by the database's
// clock. It is renewed four times as often, and whoever wants it looks every
// second, so that it changes hands within twelve seconds of a process's death.
const (
	LeaseTime = 10 * time.Second
	renewEach = LeaseTime / 4
	lookEach  = time.Second
)

// Leases say, by the database's clock, who may do what only one may do.
type Leases interface {
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (fence int64, held bool, err error)
	Unlease(ctx context.Context, name, owner string) error
}

// Keeper does what may be done once over all replicas, under one lease.
type Keeper struct {
	leases  Leases
	owner   string
	log     *slog.Logger
	trouble *troublelog.Log
	until   atomic.Pointer[time.Time] // when the lease runs out; nil: it is not held
}

// NewKeeper makes a Keeper; owner is unique to this process.
func NewKeeper(leases Leases, owner string, log *slog.Logger) *Keeper {
	return &Keeper{leases: leases, owner: owner, log: log, trouble: troublelog.New(log)}
}

// Holds says whether the lease that Keep keeps is held, by this process' own
// clock: also where the process has stood still and work's context does not know
// of it yet. What only the holder may do is done right after a yes.
func (k *Keeper) Holds() bool {
	until := k.until.Load()
	return until != nil && time.Now().Before(*until)
}

func (k *Keeper) held(begun time.Time) {
	until := begun.Add(LeaseTime)
	k.until.Store(&until)
}

// asking is what a trouble with the database is logged as: one and the same, whether
// the lease is held when it begins or not.
const asking = "ask for lease"

// Keep runs work whenever this process holds the named lease, until ctx ends.
// The context given to work ends when the lease is lost, at the latest when it
// would have run out by this process' own clock; Keep waits for work before it
// gives the lease back or tries for it again. Work that panics is run again.
func (k *Keeper) Keep(ctx context.Context, name string, work func(context.Context)) {
	for ctx.Err() == nil {
		begun := time.Now()
		fence, held, err := k.leases.Lease(ctx, name, k.owner, LeaseTime)
		switch {
		case err != nil && ctx.Err() == nil:
			k.trouble.Failed(asking, err, "lease", name)
		case err == nil && held:
			k.trouble.Worked(asking, "lease", name)
			k.hold(ctx, name, fence, begun, work)
		case err == nil:
			k.trouble.Worked(asking, "lease", name)
		}
		_ = retry.Sleep(ctx, lookEach) // the loop sees the end of ctx
	}
}

// hold works and renews until one of them ends.
func (k *Keeper) hold(ctx context.Context, name string, fence int64, begun time.Time, work func(context.Context)) {
	k.log.Debug("lease held", "lease", name, "fence", fence)
	k.held(begun)
	defer k.until.Store(nil)
	held, lose := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer lose()
		if err := k.run(held, work); err != nil {
			k.log.Error("panic", "lease", name, "error", err)
		}
	}()
	k.renew(held, name, fence, begun)
	lose()
	<-ended
	k.giveBack(ctx, name)
}

// renew keeps the lease until held ends or the lease is lost. A renewal counts
// from before it was asked for, so that this process never believes in a lease
// that the database has given away.
func (k *Keeper) renew(held context.Context, name string, fence int64, begun time.Time) {
	for {
		left := LeaseTime - time.Since(begun)
		if retry.Sleep(held, min(renewEach, left)) != nil {
			return
		}
		start := time.Now()
		if start.Sub(begun) >= LeaseTime {
			k.log.Warn("lease ran out", "lease", name)
			return
		}
		now, ours, err := k.extend(held, name, begun)
		switch {
		case err != nil:
			k.trouble.Failed(asking, err, "lease", name)
		case !ours || now != fence:
			k.log.Warn("lease lost", "lease", name)
			return
		default:
			begun = start
			k.held(begun)
			k.trouble.Worked(asking, "lease", name)
		}
	}
}

func (k *Keeper) extend(ctx context.Context, name string, begun time.Time) (fence int64, held bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, begun.Add(LeaseTime))
	defer cancel()
	return k.leases.Lease(ctx, name, k.owner, LeaseTime)
}

func (k *Keeper) giveBack(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := k.leases.Unlease(ctx, name, k.owner); err != nil {
		k.log.Warn("give lease back", "lease", name, "error", err)
	}
}

func (k *Keeper) run(held context.Context, work func(context.Context)) (err error) {
	defer guard.Recover("work under lease", &err)
	work(held)
	return nil
}
