package admin

import (
	"context"
	"sync"
	"time"
)

// keepFactor is how many times as long as counting took its result is kept: a dashboard
// that stays open takes a twentieth of one connection at most, and a small database is
// counted anew for every page.
const keepFactor = 20

// kept is something that is counted now and then, by one request at a time.
type kept[T any] struct {
	now   func() time.Time
	count func(ctx context.Context) (T, error)

	mu    sync.Mutex
	value T
	at    time.Time
	until time.Time
}

func newKept[T any](now func() time.Time, count func(context.Context) (T, error)) *kept[T] {
	return &kept[T]{now: now, count: count}
}

// get is the value, and when it was counted.
func (k *kept[T]) get(ctx context.Context) (T, time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	begun := k.now()
	if begun.Before(k.until) {
		return k.value, k.at, nil
	}
	value, err := k.count(ctx)
	if err != nil {
		return value, begun, err
	}
	took := k.now().Sub(begun)
	k.value, k.at, k.until = value, begun, begun.Add(took*keepFactor)
	if took < atOnce {
		k.until = begun
	}
	return k.value, k.at, nil
}

// atOnce is how long counting may take and still be done for every page.
const atOnce = 50 * time.Millisecond
