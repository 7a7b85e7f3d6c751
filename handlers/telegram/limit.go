package telegram

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"waybill/models"
)

// Telegram's limits, as its bots FAQ has them.
const (
	perSecond  = 30 // messages a second over all chats
	perMinute  = 20 // messages a minute in one group
	chatBurst  = 3  // messages at once in one chat, one a second on average
	groupBurst = 5  // messages at once in one group; counts towards its minute
)

const (
	// patience is how long a message waits for its chat's turn, and again for
	// the common one, before it is given back; whoever sends holds a claim that
	// does not last for ever.
	patience = 10 * time.Second
	// crowd: two chats told to wait within this time mean that everybody is.
	crowd = time.Second
	// roomsKept is how many chats' paces are kept before idle ones are dropped.
	roomsKept = 4096
	// forgetAfter is when a chat's pace cannot matter any more.
	forgetAfter = time.Minute
)

// Limits is how fast the door may send. Zero fields are Telegram's limits.
type Limits struct {
	Off       bool          // no limits but the waits that Telegram asks for: loopback tests, benchmarks
	PerSecond int           // messages a second over all chats, default 30
	PerMinute int           // messages a minute in one group, default 20
	Each      time.Duration // one message in this time to one chat on average, default 1 s
}

func (l Limits) complete() Limits {
	if l.PerSecond <= 0 {
		l.PerSecond = perSecond
	}
	if l.PerMinute <= 0 {
		l.PerMinute = perMinute
	}
	if l.Each <= 0 {
		l.Each = time.Second
	}
	return l
}

// limiter lets messages go at Telegram's pace. A chat that must wait does not
// keep another one waiting.
type limiter struct {
	limits  Limits
	now     func() time.Time
	overall turns

	mu    sync.Mutex
	rooms map[string]*room
	held  time.Time // nobody sends before
	last  string    // the room that was told to wait last, and when
	at    time.Time
}

// turns hands out moments to send at, over all chats.
type turns interface {
	// next is how long to wait for the next turn; more than patience gives *models.Wait.
	next(ctx context.Context) (time.Duration, error)
}

// room is the pace of one chat.
type room struct {
	paces []*rate.Limiter
	held  time.Time
	used  time.Time
}

func newLimiter(l Limits, s Slots, now func() time.Time) *limiter {
	lim := &limiter{limits: l, now: now, rooms: map[string]*room{}}
	lim.overall = &local{pace: rate.NewLimiter(rate.Every(everySlot(l.PerSecond)), 1), now: now}
	if s != nil {
		lim.overall = newShared(s, l.PerSecond, now)
	}
	return lim
}

// wait returns when a message to the room may go. A wait that is too long to
// sit out, or that Telegram asked for, is a *models.Wait at once.
func (l *limiter) wait(ctx context.Context, id string) error {
	if err := l.hold(id); err != nil || l.limits.Off {
		return err
	}
	ofChat := func(context.Context) (time.Duration, error) { return turn(l.now(), l.paces(id)...) }
	// First the chat's turn, then everybody's: else a chat that waits would
	// keep a place in the common queue that others could use.
	for _, next := range []func(context.Context) (time.Duration, error){ofChat, l.overall.next} {
		d, err := next(ctx)
		if err != nil {
			return err
		}
		if err := pause(ctx, d); err != nil {
			return fmt.Errorf("wait for a turn: %w", err)
		}
	}
	return l.hold(id) // somebody may have been told to wait meanwhile
}

// turn reserves the next moment that all paces allow, if it is near.
func turn(now time.Time, paces ...*rate.Limiter) (time.Duration, error) {
	var longest time.Duration
	var reserved []*rate.Reservation
	for _, p := range paces {
		r := p.ReserveN(now, 1)
		longest, reserved = max(longest, r.DelayFrom(now)), append(reserved, r)
	}
	if longest <= patience {
		return longest, nil
	}
	for _, r := range reserved {
		r.CancelAt(now)
	}
	return 0, &models.Wait{After: longest}
}

// hold is the wait that Telegram asked of the room, or of everybody.
func (l *limiter) hold(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.held
	if r := l.rooms[id]; r != nil && r.held.After(until) {
		until = r.held
	}
	if d := until.Sub(l.now()); d > 0 {
		return &models.Wait{After: d}
	}
	return nil
}

// told notes that Telegram asks to wait before the next message to the room.
// It does not say whether it means the chat or the bot: when a second chat is
// told so within a second, everybody waits.
func (l *limiter) told(id string, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	until := now.Add(after)
	r := l.room(id)
	r.held = until
	if l.last != "" && l.last != id && now.Sub(l.at) <= crowd && until.After(l.held) {
		l.held = until
	}
	l.last, l.at = id, now
}

func (l *limiter) paces(id string) []*rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.room(id).paces
}

// room is the pace of a chat, made when it is first asked for. The caller holds the lock.
func (l *limiter) room(id string) *room {
	now := l.now()
	if r := l.rooms[id]; r != nil {
		r.used = now
		return r
	}
	if len(l.rooms) >= roomsKept {
		maps.DeleteFunc(l.rooms, func(_ string, r *room) bool {
			return now.Sub(r.used) > forgetAfter && now.After(r.held)
		})
	}
	r := &room{used: now, paces: []*rate.Limiter{rate.NewLimiter(rate.Every(l.limits.Each), chatBurst)}}
	if strings.HasPrefix(id, "-") { // groups have negative ids
		r.paces = append(r.paces, groupPace(l.limits.PerMinute))
	}
	l.rooms[id] = r
	return r
}

// groupPace lets a burst go and refills so slowly that burst and refill
// together never exceed the limit in any minute.
func groupPace(perMinute int) *rate.Limiter {
	burst := min(groupBurst, max(perMinute/2, 1))
	return rate.NewLimiter(rate.Every(time.Minute/time.Duration(max(perMinute-burst, 1))), burst)
}
