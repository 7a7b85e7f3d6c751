package telegram

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"waybill/internal/expiring"
	"waybill/internal/ratelimit"
	"waybill/internal/retry"
	"waybill/models"
)

// Telegram's limits, as core.telegram.org/bots/faq has them.
const (
	perSecond  = 30 // messages a second over all chats
	perMinute  = 20 // messages a minute in one group
	chatBurst  = 3  // messages at once in one chat, one a second on average
	groupBurst = 5  // messages at once in one group; counts towards its minute
)

const (
	// patience is how long a message waits for its chat's turn, and again for
	// everybody's, before it is given back: whoever sends holds a claim that
	// does not last for ever.
	patience = 10 * time.Second
	// crowd: when Telegram slows two chats down within this time, it means all.
	crowd = time.Second
	// chatsKept is how many chats' rates are kept at most.
	chatsKept = 4096
	// forgetAfter is how long after its last message a chat's rate is full again.
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
	overall func(context.Context) (time.Duration, error) // reserves a turn over all chats
	typing  *rate.Limiter

	mu        sync.Mutex
	rates     *expiring.Map[string, []*rate.Limiter] // by chat
	held      *expiring.Map[string, time.Time]       // until when Telegram wants a chat left alone
	everybody time.Time                              // until when it wants all chats left alone
	last      string                                 // the chat that was told to wait last
	lastAt    time.Time

	typingHeld time.Time // until when it wants no signs of typing
}

func newLimiter(limits Limits, slots ratelimit.Slots, now func() time.Time) *limiter {
	l := &limiter{
		limits: limits, now: now, typing: rate.NewLimiter(typingPerSecond, typingPerSecond),
		rates: expiring.New[string, []*rate.Limiter](chatsKept, now), held: expiring.New[string, time.Time](chatsKept, now),
	}
	if slots != nil {
		shared := ratelimit.NewShared("telegram.send", limits.PerSecond, slots, now)
		l.overall = func(ctx context.Context) (time.Duration, error) { return shared.Reserve(ctx, patience) }
		return l
	}
	alone := rate.NewLimiter(rate.Every(ratelimit.Every(limits.PerSecond)), 1)
	l.overall = func(context.Context) (time.Duration, error) { return reserve(now(), alone) }
	return l
}

// wait returns when a message to the chat may go. A wait longer than patience,
// or one that Telegram asked for, is a *models.Wait at once.
func (l *limiter) wait(ctx context.Context, chat string) error {
	if err := l.heldBack(chat); err != nil || l.limits.Off {
		return err
	}
	ofChat := func(context.Context) (time.Duration, error) { return reserve(l.now(), l.ratesOf(chat)...) }
	// First the chat's turn, then everybody's: else a chat that waits would
	// keep a place in the common queue that others could use.
	for _, next := range []func(context.Context) (time.Duration, error){ofChat, l.overall} {
		d, err := next(ctx)
		if err != nil {
			return err
		}
		if err := retry.Sleep(ctx, d); err != nil {
			return fmt.Errorf("wait for a turn: %w", err)
		}
	}
	return l.heldBack(chat) // Telegram may have asked to wait meanwhile
}

// reserve takes the next moment that all rates allow, if it is near.
func reserve(now time.Time, rates ...*rate.Limiter) (time.Duration, error) {
	var longest time.Duration
	var reserved []*rate.Reservation
	for _, one := range rates {
		r := one.ReserveN(now, 1)
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

// heldBack is the wait that Telegram asked of the chat, or of everybody.
func (l *limiter) heldBack(chat string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.everybody
	if held, _ := l.held.Get(chat); held.After(until) {
		until = held
	}
	if d := until.Sub(l.now()); d > 0 {
		return &models.Wait{After: d}
	}
	return nil
}

// hold notes that Telegram asks to wait before the next message to the chat. It
// does not say whether it means the chat or the bot: when a second chat is told
// so within a second, everybody waits.
func (l *limiter) hold(chat string, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	until := now.Add(after)
	l.held.Put(chat, until, after)
	if l.last != "" && l.last != chat && now.Sub(l.lastAt) <= crowd && until.After(l.everybody) {
		l.everybody = until
	}
	l.last, l.lastAt = chat, now
}

// ratesOf are the rates of a chat, made when they are first asked for.
func (l *limiter) ratesOf(chat string) []*rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	rates, known := l.rates.Get(chat)
	if !known {
		rates = []*rate.Limiter{rate.NewLimiter(rate.Every(l.limits.Each), chatBurst)}
		if strings.HasPrefix(chat, "-") { // groups have negative ids
			rates = append(rates, groupRate(l.limits.PerMinute))
		}
	}
	l.rates.Put(chat, rates, forgetAfter)
	return rates
}

// groupRate lets a burst go and refills so slowly that burst and refill
// together never exceed the limit in any minute.
func groupRate(perMinute int) *rate.Limiter {
	burst := min(groupBurst, max(perMinute/2, 1))
	return rate.NewLimiter(rate.Every(time.Minute/time.Duration(max(perMinute-burst, 1))), burst)
}
