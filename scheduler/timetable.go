package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"waybill/models"
)

// Job is work that one replica does now and then: the holder of the lease "cron".
type Job struct {
	Name string
	When string // as cron has it, in UTC
	Do   func(context.Context) error
}

// job is one line of the timetable.
type job struct {
	when string
	do   func(context.Context)
}

// entry makes a line of a job, whose failures are logged.
func (s *Scheduler) entry(j Job) job {
	return job{j.When, func(ctx context.Context) {
		s.worked(ctx, j.Name, j.Do(ctx))
	}}
}

// timetable is what the holder of the lease does, and when. The specs are
// parsed here once, so that a mistake shows at start.
func (s *Scheduler) timetable() (func(context.Context), error) {
	jobs := []job{
		{"@every 1s", s.takeForAll},
		{"@every 15s", s.measure},
		{"@every " + s.sweeps.String(), s.sweep},
		{"37 * * * *", s.optimize},
		{"41 * * * *", s.fade},
	}
	for _, j := range s.jobs {
		jobs = append(jobs, s.entry(j))
	}
	for _, j := range jobs {
		if _, err := cron.ParseStandard(j.when); err != nil {
			return nil, fmt.Errorf("read %q: %w", j.when, err)
		}
	}
	return func(held context.Context) { s.runJobs(held, jobs) }, nil
}

// runJobs does the jobs until held ends, and waits for those under way. A panic
// is caught inside of what skips a job that still runs, else the job would count
// as running for ever.
func (s *Scheduler) runJobs(held context.Context, jobs []job) {
	log := cronLog{s.log}
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(log)))
	for _, j := range jobs {
		if _, err := c.AddFunc(j.when, func() { j.do(held) }); err != nil {
			s.log.Error("add job", "when", j.when, "error", err)
		}
	}
	c.Start()
	<-held.Done()
	<-c.Stop().Done()
	s.meter.Backlog(models.Backlog{}) // another replica counts now
}

func (s *Scheduler) measure(ctx context.Context) {
	b, err := s.store.Backlog(ctx, s.moment())
	if err == nil {
		b.Live, err = s.live.read(ctx, s.store, s.now)
	}
	if s.worked(ctx, "measure backlog", err) {
		s.meter.Backlog(b)
	}
}

// liveCount is how many parcels live. Counting them costs as much as there are, so that it
// is done again only once a thousand times as long has passed as it took.
type liveCount struct {
	count int64
	until time.Time
}

func (l *liveCount) read(ctx context.Context, store Store, now func() time.Time) (int64, error) {
	begun := now()
	if begun.Before(l.until) {
		return l.count, nil
	}
	count, err := store.CountLiveParcels(ctx)
	if err != nil {
		return 0, err
	}
	ended := now()
	l.count, l.until = count, ended.Add(1000*ended.Sub(begun))
	return count, nil
}

func (s *Scheduler) sweep(ctx context.Context) {
	s.worked(ctx, "sweep", s.store.Sweep(ctx, s.keep, s.moment()))
}

func (s *Scheduler) optimize(ctx context.Context) {
	s.worked(ctx, "optimize", s.store.Optimize(ctx))
}

// fade lets what was learned long ago count less.
func (s *Scheduler) fade(ctx context.Context) {
	s.worked(ctx, "fade rhythm", s.store.FadeRhythm(ctx, s.moment()))
}

// worked says whether something worked, and notes it for the log: the next round
// tries again what failed, and the loss of the lease is no failure.
func (s *Scheduler) worked(ctx context.Context, what string, err error) bool {
	switch {
	case err == nil:
		s.trouble.Worked(what)
	case ctx.Err() == nil:
		s.trouble.Failed(what, err)
	}
	return err == nil
}

// cronLog passes cron's errors on, which are panics that it caught.
type cronLog struct{ log *slog.Logger }

func (cronLog) Info(string, ...any) {}

func (l cronLog) Error(err error, text string, about ...any) {
	l.log.Error("cron", append(about, "text", text, "error", err)...)
}
