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
