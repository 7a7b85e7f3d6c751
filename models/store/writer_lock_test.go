package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// order has writers take the lock one after another, each after the one before waits for
// it, and returns the order in which they hold it once it is free.
func order(t *testing.T, l *writerLock, wait time.Duration, who ...precedence) []int {
	var got []int
	var all sync.WaitGroup
	if err := l.lock(t.Context(), polls); err != nil {
		t.Fatal(err)
	}
	for i, p := range who {
		all.Go(func() {
			if err := l.lock(t.Context(), p); err != nil {
				t.Error(err)
			}
			got = append(got, i)
			l.unlock()
		})
		synctest.Wait()
	}
	time.Sleep(wait)
	l.unlock()
	all.Wait()
	return got
}

func TestPeopleWriteBeforePolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := order(t, newWriterLock(), 0, polls, people, polls, people); !slices.Equal(got, []int{1, 3, 0, 2}) {
			t.Errorf("%v", got)
		}
	})
}

func TestPollsDoNotLetPeopleGoFirstForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := order(t, newWriterLock(), patience+time.Millisecond, people, polls, people); !slices.Equal(got, []int{1, 0, 2}) {
			t.Errorf("%v", got)
		}
	})
}

func TestWhoGivesUpWaitingHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newWriterLock()
		_ = l.lock(t.Context(), polls) // it is free
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() { gaveUp <- l.lock(ctx, people) }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		l.unlock()
		if err := l.lock(t.Context(), polls); err != nil {
			t.Error(err)
		}
	})
}
