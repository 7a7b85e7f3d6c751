package ratelimit

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"waybill/models"
)

func TestAWindowIsFullAndOpensAgain(t *testing.T) {
	now := time.Unix(1000, 0)
	w := NewWindows(func() time.Time { return now }, Window{Most: 3, Within: 8 * time.Second})
	for i, want := range []time.Duration{0, 0, 0, 8 * time.Second, 8 * time.Second, 8 * time.Second} {
		if _, wait, err := w.Reserve("a", 10*time.Second); wait != want || err != nil {
			t.Errorf("turn %d: in %s, %v", i, wait, err)
		}
	}
	var wait *models.Wait
	if _, _, err := w.Reserve("a", 10*time.Second); !errors.As(err, &wait) || wait.After != 16*time.Second {
		t.Errorf("the turn after two windows: %v", err)
	}
	if _, wait, err := w.Reserve("b", 0); wait != 0 || err != nil {
		t.Errorf("another key waits %s, %v", wait, err)
	}
	now = now.Add(16 * time.Second)
	if _, wait, err := w.Reserve("a", 0); wait != 0 || err != nil {
		t.Errorf("when both are over: in %s, %v", wait, err)
	}
}

func TestSeveralWindowsHoldTogether(t *testing.T) {
	now := time.Unix(1000, 0)
	w := NewWindows(func() time.Time { return now }, Window{2, time.Second}, Window{3, time.Hour})
	for i, want := range []time.Duration{0, 0, time.Second, time.Hour} {
		if _, wait, err := w.Reserve("a", 2*time.Hour); wait != want || err != nil {
			t.Errorf("turn %d: in %s, %v", i, wait, err)
		}
	}
}

func TestATurnCountsFromItsEndOrNotAtAll(t *testing.T) {
	now := time.Unix(1000, 0)
	w := NewWindows(func() time.Time { return now }, Window{1, time.Minute})
	refused, _, err := w.Reserve("a", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Reserve("a", 0); err == nil {
		t.Error("a turn that is under way does not count")
	}
	refused.Cancel()
	if w.Len() != 0 {
		t.Error("a key without turns is kept")
	}
	sent, _, err := w.Reserve("a", 0)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(10 * time.Second)
	sent.Done()
	now = now.Add(55 * time.Second)
	var wait *models.Wait
	if _, _, err := w.Reserve("a", 0); !errors.As(err, &wait) || wait.After != 5*time.Second {
		t.Errorf("a minute after its beginning: %v", err)
	}
}

func TestIdleKeysAreForgotten(t *testing.T) {
	now := time.Unix(1000, 0)
	w := NewWindows(func() time.Time { return now }, Window{1, time.Minute})
	for i := range keysKept {
		if _, _, err := w.Reserve(strconv.Itoa(i), 0); err != nil {
			t.Fatal("a first turn has to wait")
		}
	}
	now = now.Add(time.Hour)
	if _, _, err := w.Reserve("another", 0); err != nil || w.Len() != 1 {
		t.Errorf("%d are kept, %v", w.Len(), err)
	}
}

// ledger hands out slots one after another.
type ledger struct {
	next models.Moment
	n    int // how many were reserved last
}

func (l *ledger) Slots(_ context.Context, _ string, every time.Duration, n int, now models.Moment) (models.Moment, error) {
	first := max(l.next, now)
	l.next, l.n = first.Add(time.Duration(n)*every), n
	return first, nil
}

func TestSlotsThatPassedUnusedAreLost(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	s := NewShared("x", 30, &ledger{}, func() time.Time { return now })
	s.waiting.Store(9)
	if d, err := s.Reserve(t.Context(), time.Second); d != 0 || err != nil || s.left != 9 {
		t.Fatalf("%s, %v, %d left", d, err, s.left)
	}
	s.waiting.Store(0)
	now = now.Add(time.Second)
	for i := range 5 {
		d, err := s.Reserve(t.Context(), time.Second)
		if want := time.Duration(i) * 34 * time.Millisecond; d != want || err != nil {
			t.Fatalf("%s instead of %s, %v", d, want, err)
		}
	}
}

func TestASlotBeyondPatienceStaysForTheNext(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	l := &ledger{next: models.At(now).Add(20 * time.Second)}
	s := NewShared("x", 30, l, func() time.Time { return now })
	var wait *models.Wait
	if _, err := s.Reserve(t.Context(), 10*time.Second); !errors.As(err, &wait) || wait.After != 20*time.Second {
		t.Fatalf("%v", err)
	}
	now = now.Add(10 * time.Second)
	if d, err := s.Reserve(t.Context(), 10*time.Second); d != 10*time.Second || err != nil || s.left != 0 {
		t.Errorf("%s, %v, %d left", d, err, s.left)
	}
}
