package retry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"waybill/internal/retry"
)

func TestDelayAndBackoffAreOneCurve(t *testing.T) {
	b := retry.New(retry.First, retry.Longest)
	for failures, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		want := time.Duration(seconds) * time.Second
		if got := retry.Delay(failures+1, retry.First, retry.Longest); got != want {
			t.Errorf("delay after %d failures: %v, want %v", failures+1, got, want)
		}
		if got := b.Next(0); got != want {
			t.Errorf("backoff after %d failures: %v, want %v", failures+1, got, want)
		}
	}
	if got := retry.Delay(1<<30, retry.First, retry.Longest); got != retry.Longest {
		t.Errorf("delay after very many failures: %v", got)
	}
	if got := retry.Delay(0, retry.First, retry.Longest); got != 0 {
		t.Errorf("delay without a failure: %v", got)
	}
}

func TestTheOtherSidesWaitIsTheFloor(t *testing.T) {
	b := retry.New(retry.First, retry.Longest)
	if got := b.Next(90 * time.Second); got != 90*time.Second {
		t.Errorf("waits %v", got)
	}
	b.Reset()
	if got := b.Next(0); got != time.Second {
		t.Errorf("after a reset: %v", got)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if err := retry.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if err := retry.Sleep(t.Context(), time.Second); err != nil || time.Since(begun) != 2*time.Second {
			t.Errorf("slept %v, error %v", time.Since(begun), err)
		}
	})
}

// tardy is a context whose deadline is over without its knowing, as after a stall.
type tardy struct{ context.Context }

func (tardy) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func TestSleepEndsWithADeadlineThatPassedWhileTheProcessStoodStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := retry.Sleep(tardy{t.Context()}, time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
