// Package retry is the one way in which Waybill waits before it tries again.
//
// Loops of one process use a Backoff; what counts its failures in a row of the
// database uses Delay, which is the same curve. A paid call is never retried
// here: whether it was billed is not known.
package retry

import (
	"context"
	"math"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// First and Longest are the waits towards platforms: a second, doubling to a
// minute. No setting shortens them (WAYBILL_POLL_SPEED does not).
const (
	First   = time.Second
	Longest = time.Minute
)

// Delay is how long to wait after so many failures in a row: first after the
// first one, doubling to longest. Without failures it is zero.
func Delay(failures int, first, longest time.Duration) time.Duration {
	if failures <= 0 {
		return 0
	}
	doubled := float64(first) * math.Pow(2, float64(failures-1))
	return time.Duration(min(doubled, float64(longest)))
}

// Backoff counts the failures of one loop. The zero value is not usable.
type Backoff struct{ curve *backoff.ExponentialBackOff }

// New makes a Backoff from first, doubling to longest.
func New(first, longest time.Duration) *Backoff {
	curve := &backoff.ExponentialBackOff{InitialInterval: first, Multiplier: 2, MaxInterval: longest}
	curve.Reset()
	return &Backoff{curve}
}

// Next is the wait after one more failure, never shorter than floor, the
// other side's own wait.
func (b *Backoff) Next(floor time.Duration) time.Duration {
	return max(b.curve.NextBackOff(), floor)
}

// Reset forgets the failures.
func (b *Backoff) Reset() { b.curve.Reset() }

// Sleep waits for d, or returns the context's error when that ends first, also
// where the process stood still meanwhile and both are over.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
			return context.DeadlineExceeded // which the context need not know yet
		}
		return ctx.Err()
	}
}
