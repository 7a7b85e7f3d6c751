package telegram

import (
	"context"
	"time"
)

// backoff is how long to leave Telegram alone after failures in a row: a
// second, doubling to a minute.
type backoff struct{ last time.Duration }

// next is the wait after one more failure, never shorter than floor, the
// platform's own wish.
func (b *backoff) next(floor time.Duration) time.Duration {
	b.last = min(max(2*b.last, time.Second), time.Minute)
	return max(b.last, floor)
}

// reset forgets the failures.
func (b *backoff) reset() { b.last = 0 }

// pause waits, or returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
