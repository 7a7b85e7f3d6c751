package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"waybill/models"
)

// Store is what the invented past is kept in: the program's own.
type Store interface {
	Chat(ctx context.Context, a models.Address, group bool, now models.Moment) (models.Chat, error)
	SetSpoken(ctx context.Context, chatID int64, lang string) error
	Ensure(ctx context.Context, number string, carrier models.Carrier, lang string, tailNeeded bool, now models.Moment) (models.Parcel, error)
	Follow(ctx context.Context, w models.Following, now models.Moment) (models.Follow, error)
	Known(ctx context.Context, parcelID int64) ([]models.Event, error)
	Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error)
	Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error)
	Settle(ctx context.Context, closings []models.Closing) error
}

const (
	// untouched is for how long parcels of the past are not asked about: their
	// journeys are invented here, and the emulated APIs would tell others.
	untouched = 30 * 24 * time.Hour
	// noticed is how long after a scan it was asked about.
	noticed = 12 * time.Minute
	days    = 30
	abreast = 64 // calls that are written down together
)

// seed fills a store with a past: chats that follow parcels in every state, and a
// month of calls. The terminal's own chat has no part in it. It returns the follow
// whose page is worth a look; its chat speaks lang.
func seed(ctx context.Context, s Store, lang string, now time.Time) (models.Followed, error) {
	l := &seeder{store: s, lang: lang, now: now, random: rand.New(rand.NewPCG(1, 2))}
	var shown models.Followed
	for i, p := range append(past(), moving()...) {
		f, err := l.parcel(ctx, p)
		if err != nil {
			return models.Followed{}, fmt.Errorf("invent parcel: %w", err)
		}
		if i == 0 {
			shown = f
		}
	}
	for day := range days {
		if err := l.day(ctx, day); err != nil {
			return models.Followed{}, fmt.Errorf("invent calls: %w", err)
		}
	}
	return shown, nil
}

// seeder invents a past. The same one every time, but for the clock.
type seeder struct {
	store  Store
	lang   string // of the chat that is shown
	now    time.Time
	random *rand.Rand
}

// ago is a moment some hours ago.
func (l *seeder) ago(hours float64) models.Moment {
	return models.At(l.now.Add(-time.Duration(hours * float64(time.Hour))))
}

// parcel has a chat follow a parcel from a little before its first scan, and lives
// through its journey as checks would have.
func (l *seeder) parcel(ctx context.Context, in invented) (models.Followed, error) {
	begun := models.At(l.now)
	if len(in.steps) > 0 {
		begun = l.ago(in.steps[0].ago + 2)
	}
	who := chats(l.lang)[in.chat]
	chat, err := l.store.Chat(ctx, who.Address, who.group, begun)
	if err != nil {
		return models.Followed{}, err
	}
	if err := l.store.SetSpoken(ctx, chat.ID, who.lang); err != nil {
		return models.Followed{}, err
	}
	p, err := l.store.Ensure(ctx, in.number, in.carrier, "", false, begun)
	if err != nil {
		return models.Followed{}, err
	}
	follow := models.Following{ChatID: chat.ID, ParcelID: p.ID, Name: in.name}
	f, err := l.store.Follow(ctx, follow, begun)
	if err != nil {
		return models.Followed{}, err
	}
	for i := range in.steps {
		if p, err = l.check(ctx, in, p, i); err != nil {
			return models.Followed{}, err
		}
		if in.pending && i == len(in.steps)-1 {
			continue // the door is given it once the program runs
		}
		follow.Delivered = p.Seq
		if f, err = l.store.Follow(ctx, follow, begun); err != nil {
			return models.Followed{}, err
		}
	}
	return models.Followed{Follow: f, Parcel: p}, nil
}

// check is the check that found a step.
func (l *seeder) check(ctx context.Context, in invented, p models.Parcel, i int) (models.Parcel, error) {
	at := min(l.ago(in.steps[i].ago).Add(noticed), models.At(l.now))
	t, err := l.store.Begin(ctx, models.Call{
		Provider: in.provider, Kind: models.CallQuery, Purpose: models.Poll, Number: p.Number, Parcel: p.ID, Version: p.Version,
	}, at)
	if err != nil {
		return p, err
	}
	known, err := l.store.Known(ctx, p.ID)
	if err != nil {
		return p, err
	}
	p.Version = t.Version
	change := models.Decide(p, known, l.trace(in, i), at)
	due := models.At(l.now.Add(untouched))
	if !change.Parcel.Live() {
		due = models.Never
	}
	return l.store.Finish(ctx, models.Finish{
		Version: t.Version, Change: change, DueAt: due,
		Closings: []models.Closing{{Ticket: t, Outcome: models.OutcomeTrace, Billed: true, Number: p.Number, At: at.Add(400 * time.Millisecond)}},
	}, at)
}

// trace is what a provider tells after a step.
func (l *seeder) trace(in invented, i int) models.Trace {
	newest := in.steps[i]
	t := models.Trace{
		Provider: in.provider, Carrier: in.carrier, Status: newest.status, Final: newest.status == models.Delivered, Billed: true,
		Origin: in.from, Destination: in.to, Estimate: in.estimate,
	}
	for ; i >= 0; i-- {
		s := in.steps[i]
		e := models.Event{Kind: models.Scan, At: l.ago(s.ago), Text: s.text, Place: s.place, Status: s.status}
		e.At -= e.At % 1000 // carriers write seconds
		e.Sign()
		t.Events = append(t.Events, e)
	}
	return t
}

// share is how a provider's calls go: how many a day, and of a hundred how many end
// how.
type share struct {
	provider                    string
	queries, detects            int
	noRecord, rate, unavailable int
}

func shares() []share {
	return []share{
		{"muzhi", 26, 3, 9, 1, 3},
		{"kuaidi100", 12, 6, 6, 2, 1},
		{"juhe", 6, 0, 12, 0, 4},
		{"kuaibao", 3, 0, 10, 0, 2},
	}
}

// outage is how many days ago the first provider failed for most of the day.
const outage = 11

// day writes the calls of one day, some days ago: fewer at the weekend, most of them
// in the afternoon, a little more from week to week.
func (l *seeder) day(ctx context.Context, ago int) error {
	midnight := l.now.In(models.Shanghai)
	midnight = time.Date(midnight.Year(), midnight.Month(), midnight.Day()-ago, 0, 0, 0, 0, models.Shanghai)
	rhythm := []int{60, 100, 104, 112, 108, 96, 70}[midnight.Weekday()] + (days-ago)/2 + l.random.IntN(18)
	var calls []planned
	for i, s := range shares() {
		n := s.queries * rhythm / 100
		if ago == outage && i > 0 {
			n *= 2 // the others stand in
		}
		for k := range n + s.detects*rhythm/100 {
			c := planned{share: s, kind: models.CallQuery, at: models.At(midnight.Add(l.hour())), bad: ago == outage && i == 0, roll: l.random.IntN(100)}
			if k >= n {
				c.kind = models.CallDetect
			}
			if c.at < models.At(l.now) {
				calls = append(calls, c)
			}
		}
	}
	return l.book(ctx, calls)
}

// hour is a time of the day, most likely in the afternoon.
func (l *seeder) hour() time.Duration {
	h := 15 + 4*l.random.NormFloat64()
	return time.Duration(min(max(h, 0.1), 23.9) * float64(time.Hour))
}

// planned is a call that is to be written down.
type planned struct {
	share
	kind models.CallKind
	at   models.Moment
	bad  bool
	roll int // 0 to 99
}

// outcome is how it ended, and whether that is billed.
func (c planned) outcome() (models.Outcome, bool) {
	switch {
	case c.bad && c.roll < 70, c.roll < c.unavailable:
		return models.OutcomeUnavailable, false
	case c.roll < c.unavailable+c.rate:
		return models.OutcomeRate, false
	case c.kind == models.CallDetect:
		return models.OutcomeTrace, c.provider == "muzhi" // Kuaidi100's is free
	case c.roll < c.unavailable+c.rate+c.noRecord:
		return models.OutcomeNoRecord, c.provider != "muzhi" // 666 is not billed
	}
	return models.OutcomeTrace, true
}

// book begins the calls beside one another, so that the store writes many together,
// and completes them.
func (l *seeder) book(ctx context.Context, calls []planned) error {
	closings, errs := make([]models.Closing, len(calls)), make([]error, len(calls))
	slots := make(chan struct{}, abreast)
	var writing sync.WaitGroup
	for i, c := range calls {
		slots <- struct{}{}
		writing.Go(func() {
			defer func() { <-slots }()
			purpose := models.Poll
			if c.roll%4 == 0 {
				purpose = models.Person
			}
			t, err := l.store.Begin(ctx, models.Call{Provider: c.provider, Kind: c.kind, Purpose: purpose}, c.at)
			outcome, billed := c.outcome()
			closings[i], errs[i] = models.Closing{Ticket: t, Outcome: outcome, Billed: billed, At: c.at.Add(350 * time.Millisecond)}, err
		})
	}
	writing.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return l.store.Settle(ctx, closings)
}
