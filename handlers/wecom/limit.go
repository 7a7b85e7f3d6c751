package wecom

import (
	"context"
	"fmt"
	"sync"
	"time"

	"waybill/internal/expiring"
	"waybill/internal/ratelimit"
	"waybill/internal/retry"
	"waybill/models"
)

// patience is how long a message waits for its turn before it is given back:
// whoever sends holds a claim that does not last for ever.
const patience = 10 * time.Second

// waitTurn returns when a message to the receiver may go. A wait longer than
// patience is a *models.Wait at once.
func waitTurn(ctx context.Context, limits *ratelimit.Windows, receiver string) error {
	_, wait, err := limits.Reserve(receiver, patience)
	if err != nil {
		return err
	}
	if err := retry.Sleep(ctx, wait); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	return nil
}

// An aibot's limits for replies and news to one chat together
// (developer.work.weixin.qq.com/document/path/101463).
const (
	aibotPerMinute = 30
	aibotPerHour   = 1000
	aibotInFlight  = 3 // messages that WeCom has not answered yet
)

// heldKept is how many chats are remembered at most that WeCom wants left alone.
const heldKept = 4096

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
// so the counts are shared with no other.
type aibotLimiter struct {
	off     bool
	now     func() time.Time
	windows *ratelimit.Windows
	held    *expiring.Map[string, time.Time] // until when WeCom wants a chat left alone

	mu       sync.Mutex
	inFlight map[string]int // by chat; those without any are not in it
}

func newAIBotLimiter(l AIBotLimits, now func() time.Time) *aibotLimiter {
	return &aibotLimiter{
		off: l.Off, now: now,
		windows:  ratelimit.NewWindows(now, ratelimit.Window{Most: l.PerMinute, Within: time.Minute}, ratelimit.Window{Most: l.PerHour, Within: time.Hour}),
		held:     expiring.New[string, time.Time](heldKept, now),
		inFlight: map[string]int{},
	}
}

// begin lets a message go, or says with *models.Wait when it may. Whoever began
// calls end, which says whether the message counts: it does unless WeCom refused it.
func (l *aibotLimiter) begin(chat string) (end func(counts bool), err error) {
	if until, held := l.held.Get(chat); held {
		return nil, &models.Wait{After: until.Sub(l.now())}
	}
	if l.off {
		return func(bool) {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inFlight[chat] >= aibotInFlight {
		return nil, &models.Wait{After: time.Second}
	}
	turn, _, err := l.windows.Reserve(chat, 0)
	if err != nil {
		return nil, err
	}
	l.inFlight[chat]++
	return func(counts bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.inFlight[chat]--
		if l.inFlight[chat] == 0 {
			delete(l.inFlight, chat)
		}
		if counts {
			turn.Done() // counted from the answer, which is never before WeCom's own count
			return
		}
		turn.Cancel()
	}, nil
}

// hold notes that WeCom asks to leave a chat alone.
func (l *aibotLimiter) hold(chat string, after time.Duration) {
	l.held.Put(chat, l.now().Add(after), after)
}
