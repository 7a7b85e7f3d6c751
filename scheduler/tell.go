package scheduler

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"waybill/models"
)

const (
	claim   = time.Minute      // how long a chat is served by one sender alone
	margin  = 5 * time.Second  // what a claim keeps for writing down what was sent
	atOnce  = 256              // chats of one door that are served together
	sending = 30 * time.Second // for one message
	looking = time.Second      // between two looks when no bell rings
)

// Owing is who is owed what.
type Owing interface {
	ClaimOwed(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Chat, error)
	Owed(ctx context.Context, c models.Chat) ([]models.News, error)
	Told(ctx context.Context, followID, upto int64) error
	Release(ctx context.Context, c models.Chat, owner string, next models.Moment) error
}

// Nights has a claimed chat wait without anything having failed.
type Nights interface {
	PutOff(ctx context.Context, c models.Chat, owner string, until models.Moment) error
}

// Chats are what a platform may say about a chat.
type Chats interface {
	Gone(ctx context.Context, chatID int64, now models.Moment) error
	MoveChat(ctx context.Context, chatID int64, room string, now models.Moment) error
}

// Teller tells one chat what it is owed, of which nothing is empty. It sends the
// first of it as one message and returns how many of the first ones the outcome
// is about, at least one. The outcome is nil once the platform has accepted the
// message; models.ErrGone or ErrNoCredit, *models.Wait or *models.Moved;
// models.ErrRefused when the platform will never take it, after the Teller has
// tried plain text and told the operator. Anything else is passing.
type Teller interface {
	Tell(ctx context.Context, news []models.News) (told int, err error)
}

// telling serves the chats of one door.
type telling struct {
	*Scheduler
	door  string
	bell  <-chan struct{}
	again chan struct{} // a chat was released: something may have come meanwhile
	seats chan struct{}
}

func (s *Scheduler) telling(door string) *telling {
	return &telling{
		Scheduler: s, door: door,
		bell: s.Queue.Listen(OwedTopic), again: make(chan struct{}, 1), seats: make(chan struct{}, atOnce),
	}
}

// run serves chats while this process holds the door's lease, and waits for
// those under way, which go on under flight.
func (t *telling) run(held, flight context.Context) {
	var chats sync.WaitGroup
	defer chats.Wait()
	timer := time.NewTicker(looking)
	defer timer.Stop()
	for {
		for t.seat(held, flight, &chats) {
			continue
		}
		select {
		case <-held.Done():
			return
		case <-t.bell:
		case <-t.again:
		case <-timer.C:
		}
	}
}

// seat claims chats for the free seats and says whether there may be more.
func (t *telling) seat(held, flight context.Context, chats *sync.WaitGroup) bool {
	free := cap(t.seats) - len(t.seats)
	if free == 0 || held.Err() != nil {
		return false // whoever leaves a seat says so
	}
	since := time.Now()
	claimed, err := t.Store.ClaimOwed(held, t.door, t.Owner, t.now(), claim, free)
	if err != nil {
		t.failed(held, "claim chats", err)
		return false
	}
	for _, c := range claimed {
		t.seats <- struct{}{}
		chats.Go(func() {
			defer t.leave()
			t.serve(held, flight, c, since)
		})
	}
	return len(claimed) == free
}

func (t *telling) leave() {
	<-t.seats
	select {
	case t.again <- struct{}{}:
	default:
	}
}

// serve tells one chat everything it is owed, one message after another, as
// long as the claim lasts.
func (t *telling) serve(held, flight context.Context, c models.Chat, since time.Time) {
	defer t.caught("tell chat", "chat", c.ID)
	ctx, cancel := context.WithDeadline(flight, since.Add(claim-margin))
	defer cancel()
	next, late := t.tellAll(ctx, held, c)
	release := t.Store.Release
	if late {
		release = t.Store.PutOff
	}
	ctx, cancel = context.WithTimeout(context.WithoutCancel(flight), writing)
	defer cancel()
	if err := release(ctx, c, t.Owner, next); err != nil {
		t.failed(ctx, "release chat", err)
	}
}

// tellAll returns when the chat is to be tried again, zero when all is well; or
// that it is too late in the day, and when the morning is.
func (t *telling) tellAll(ctx, held context.Context, c models.Chat) (next models.Moment, late bool) {
	owed, err := t.Store.Owed(ctx, c)
	if err != nil {
		t.failed(ctx, "read what is owed", err)
		return t.retry(c, 0), false
	}
	morning := t.morning(owed)
	for rest := ranked(owed); len(rest) > 0; {
		if held.Err() != nil || ctx.Err() != nil {
			return next, false
		}
		if morning > 0 && !rest[0].Empty() {
			return morning, true
		}
		told, later, over := t.tell(ctx, c, rest)
		if next = max(next, later); over {
			break
		}
		rest = rest[told:]
	}
	return next, false
}

// morning is when the quiet hours end that forbid telling what is owed; zero
// when it may be told now. What could not be told by day waits for it, while
// what is urgent, or promised to somebody, brings everything along.
func (t *telling) morning(owed []models.News) models.Moment {
	now := t.now()
	awake := func(n models.News) bool { return !n.Empty() && (n.Urgent || n.Promised) }
	if !t.Quiet.During(now) || slices.ContainsFunc(owed, awake) {
		return 0
	}
	return t.Quiet.TellAt(false, now)
}

// ranked puts what is told in silence first, then what is urgent, then what
// somebody waits for: the platform may allow less than is owed.
func ranked(owed []models.News) []models.News {
	rank := func(n models.News) int {
		switch {
		case n.Empty():
			return 0
		case n.Urgent:
			return 1
		case n.Promised:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(owed, func(a, b models.News) int { return cmp.Compare(rank(a), rank(b)) })
	return owed
}
