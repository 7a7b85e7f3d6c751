package wecom

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"waybill/models"
)

const (
	// patience is how long a message waits for its turn before it is given
	// back; whoever sends holds a claim that does not last for ever.
	patience = 10 * time.Second
	// receiversKept is how many receivers' paces are kept before idle ones are dropped.
	receiversKept = 4096
)

// pace lets at most limit messages to one receiver go in any span of time.
// A receiver that must wait does not keep another one waiting.
type pace struct {
	limit int
	span  time.Duration
	now   func() time.Time

	mu   sync.Mutex
	sent map[string][]time.Time // the last ones to a receiver, oldest first, at most limit
}

func newPace(limit int, span time.Duration, now func() time.Time) *pace {
	return &pace{limit: limit, span: span, now: now, sent: map[string][]time.Time{}}
}

// wait returns when a message to the receiver may go. A wait that is too long
// to sit out is a *models.Wait at once.
func (p *pace) wait(ctx context.Context, receiver string) error {
	at, ok := p.reserve(receiver)
	d := at.Sub(p.now())
	if !ok {
		return &models.Wait{After: d}
	}
	if err := pause(ctx, d); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	return nil
}

// reserve takes the receiver's next turn, if it is near enough.
func (p *pace) reserve(receiver string) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if len(p.sent) >= receiversKept {
		maps.DeleteFunc(p.sent, func(_ string, sent []time.Time) bool { return now.Sub(sent[len(sent)-1]) > p.span })
	}
	turn, sent := now, p.sent[receiver]
	if len(sent) == p.limit {
		if free := sent[0].Add(p.span); free.After(now) {
			turn = free
		}
		sent = sent[1:]
	}
	if turn.Sub(now) > patience {
		return turn, false
	}
	p.sent[receiver] = append(sent[:len(sent):len(sent)], turn)
	return turn, true
}

const (
	aibotPerMinute = 30   // replies and news to one chat
	aibotPerHour   = 1000 // the same
	aibotFlying    = 3    // messages to one chat that WeCom has not answered yet

	aibotRoomsKept = 4096 // chats whose counts are kept before idle ones are dropped
)

// AIBotLimits is how much the door may send to one chat, replies and news
// together. Zero fields are WeCom's limits.
type AIBotLimits struct {
	Off       bool // no limits but the waits that WeCom asks for: loopback tests, benchmarks
	PerMinute int  // default 30
	PerHour   int  // default 1,000
}

func (l AIBotLimits) complete() AIBotLimits {
	if l.PerMinute <= 0 {
		l.PerMinute = aibotPerMinute
	}
	if l.PerHour <= 0 {
		l.PerHour = aibotPerHour
	}
	return l
}

// aibotLimiter counts what is sent to every chat. One process sends for a bot,
// so nobody else need know the counts.
type aibotLimiter struct {
	limits AIBotLimits
	now    func() time.Time
	mu     sync.Mutex
	rooms  map[string]*aibotRoom
}

// aibotRoom is what one chat has got.
type aibotRoom struct {
	sent   []models.Moment // of the last hour, as WeCom answered
	flying int
	held   models.Moment // nothing is sent before
}

func newAIBotLimiter(l AIBotLimits, now func() time.Time) *aibotLimiter {
	return &aibotLimiter{limits: l, now: now, rooms: map[string]*aibotRoom{}}
}

// begin lets a message go, or says with *models.Wait when it may. Whoever began
// says at the end whether the message counts: it does unless WeCom refused it.
func (l *aibotLimiter) begin(id string) (end func(counts bool), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := models.At(l.now())
	r := l.room(id, now)
	if after := r.wait(now, l.limits); after > 0 {
		return nil, &models.Wait{After: after}
	}
	r.flying++
	return func(counts bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		r.flying--
		if counts {
			// Counted from the answer, which is never before WeCom's own count.
			r.sent = append(r.sent, models.At(l.now()))
		}
	}, nil
}

// told notes that WeCom asks to leave a chat alone.
func (l *aibotLimiter) told(id string, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := models.At(l.now())
	l.room(id, now).held = now.Add(after)
}

// room is a chat's counts without those that are over. The caller holds the lock.
func (l *aibotLimiter) room(id string, now models.Moment) *aibotRoom {
	r := l.rooms[id]
	if r == nil {
		if len(l.rooms) >= aibotRoomsKept {
			maps.DeleteFunc(l.rooms, func(_ string, r *aibotRoom) bool { return r.idle(now) })
		}
		r = &aibotRoom{}
		l.rooms[id] = r
	}
	r.forget(now)
	return r
}

func (r *aibotRoom) idle(now models.Moment) bool {
	r.forget(now)
	return len(r.sent) == 0 && r.flying == 0 && now >= r.held
}

func (r *aibotRoom) forget(now models.Moment) {
	n := 0
	for n < len(r.sent) && now.Sub(r.sent[n]) >= time.Hour {
		n++
	}
	r.sent = r.sent[n:]
}

// wait is how long the next message must wait.
func (r *aibotRoom) wait(now models.Moment, l AIBotLimits) time.Duration {
	wait := max(r.held.Sub(now), 0)
	if l.Off {
		return wait
	}
	wait = max(wait, r.until(now, l.PerMinute, time.Minute), r.until(now, l.PerHour, time.Hour))
	if r.flying >= aibotFlying {
		wait = max(wait, time.Second)
	}
	return wait
}

// until is how long it takes until fewer than most messages lie within the window.
func (r *aibotRoom) until(now models.Moment, most int, window time.Duration) time.Duration {
	oldest := len(r.sent) + r.flying - most
	switch {
	case oldest < 0:
		return 0
	case oldest >= len(r.sent):
		return time.Second // as many are on their way
	}
	return max(r.sent[oldest].Add(window).Sub(now), 0)
}
