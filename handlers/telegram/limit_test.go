package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

// limited is a door that keeps Telegram's limits, under a fake clock.
func limited(t *testing.T, api *telegramtest.API, change ...func(*telegram.Settings)) *telegram.Door {
	t.Helper()
	return door(t, api, newInbox(), append([]func(*telegram.Settings){onFakeClock(api), withLimits(telegram.Limits{})}, change...)...)
}

// busiest is the most messages in any stretch of the given length.
func busiest(sent []telegramtest.Sent, span time.Duration) int {
	most := 0
	for i, s := range sent {
		n := 0
		for _, other := range sent[i:] {
			if other.At.Sub(s.At) < span {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// sendPatiently sends until it is sent, waiting as it is told.
func sendPatiently(ctx context.Context, d *telegram.Door, chat int64, words string) error {
	for {
		err := d.Send(ctx, conversation(chat), text(words))
		wait := &models.Wait{}
		if !errors.As(err, &wait) {
			return err
		}
		time.Sleep(wait.After)
	}
}

func TestNoMoreThanThirtyMessagesASecondGoOutOverAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		d := limited(t, api)
		var wg sync.WaitGroup
		for chat := range int64(300) {
			api.Know(chat + 1)
			wg.Go(func() {
				if err := sendPatiently(t.Context(), d, chat+1, "x"); err != nil {
					t.Error(err)
				}
			})
		}
		began := time.Now()
		wg.Wait()
		if n := busiest(api.Sent(0), time.Second); n > 30 {
			t.Errorf("%d in a second", n)
		}
		if took := time.Since(began); took > 11*time.Second || len(api.Sent(0)) != 300 {
			t.Errorf("%d messages in %s", len(api.Sent(0)), took)
		}
	})
}

func TestOneChatGetsAMessageASecondAfterAShortBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7)
		d := limited(t, api)
		for i := range 20 {
			if err := sendPatiently(t.Context(), d, 7, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		sent := api.Sent(7)
		if n := busiest(sent, time.Second); n > 4 {
			t.Errorf("%d in a second", n)
		}
		if took := sent[19].At.Sub(sent[0].At); took < 17*time.Second || took > 18*time.Second {
			t.Errorf("20 messages took %s", took)
		}
	})
}

func TestAGroupGetsNoMoreThanTwentyMessagesInAnyMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(-5)
		d := limited(t, api)
		for i := range 80 {
			if err := sendPatiently(t.Context(), d, -5, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		if n := busiest(api.Sent(-5), time.Minute); n > 20 {
			t.Errorf("%d in a minute", n)
		}
	})
}

func TestAChatThatMustWaitKeepsNobodyElseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(-5, 7)
		d := limited(t, api)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() { _ = d.Send(ctx, conversation(-5), text(fmt.Sprint(i))) })
		}
		time.Sleep(time.Second)
		began := time.Now()
		if err := d.Send(t.Context(), conversation(7), text("x")); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 50*time.Millisecond {
			t.Errorf("waited %s for another chat", took)
		}
		cancel() // whoever waits honours its context
		wg.Wait()
		if took := time.Since(began); took > 50*time.Millisecond {
			t.Errorf("stopping took %s", took)
		}
	})
}

func TestAWaitTooLongToSitOutIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(-5)
		d := limited(t, api)
		var wg sync.WaitGroup
		began := time.Now()
		for i := range 40 {
			wg.Go(func() {
				err := d.Send(t.Context(), conversation(-5), text(fmt.Sprint(i)))
				if wait := (&models.Wait{}); err != nil && !errors.As(err, &wait) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took > 10*time.Second || len(api.Sent(-5)) < 5 {
			t.Errorf("held for %s, %d sent", took, len(api.Sent(-5)))
		}
	})
}

func TestATelegramThatAsksToWaitIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7, 8)
		d := door(t, api, newInbox(), onFakeClock(api)) // even without limits
		waits := func(chat int64) time.Duration {
			wait := &models.Wait{}
			if err := d.Send(t.Context(), conversation(chat), text("x")); err != nil && !errors.As(err, &wait) {
				t.Fatal(err)
			}
			return wait.After
		}
		api.Flood(7, 30)
		if got := waits(7); got != 30*time.Second {
			t.Fatalf("waits %s", got)
		}
		calls := api.Calls()["sendMessage"]
		time.Sleep(10 * time.Second)
		if got := waits(7); got != 20*time.Second || api.Calls()["sendMessage"] != calls {
			t.Errorf("waits %s, %d calls", got, api.Calls()["sendMessage"]-calls)
		}
		if got := waits(8); got != 0 {
			t.Errorf("another chat waits %s", got)
		}
		time.Sleep(20 * time.Second)
		if got := waits(7); got != 0 {
			t.Errorf("waits %s when the time is over", got)
		}
	})
}

func TestWhoIsWaitingForItsTurnHearsOfAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7)
		d := limited(t, api)
		api.Fail(telegramtest.Fault{After: 3, Code: http.StatusTooManyRequests, RetryAfter: 30})
		var wg sync.WaitGroup
		for i := range 8 { // three at once, the fourth is refused, the others wait for their turn
			wg.Go(func() {
				err := d.Send(t.Context(), conversation(7), text(fmt.Sprint(i)))
				if wait := (&models.Wait{}); err != nil && !errors.As(err, &wait) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := api.Calls()["sendMessage"]; n != 4 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestWhenTwoChatsAreToldToWaitEverybodyDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7, 8, 9)
		d := door(t, api, newInbox(), onFakeClock(api))
		api.Fail(telegramtest.Fault{Times: 2, Code: http.StatusTooManyRequests, RetryAfter: 5})
		for _, chat := range []int64{7, 8} {
			if err := d.Send(t.Context(), conversation(chat), text("x")); err == nil {
				t.Fatal("no error")
			}
		}
		wait := &models.Wait{}
		if err := d.Send(t.Context(), conversation(9), text("x")); !errors.As(err, &wait) || wait.After != 5*time.Second {
			t.Fatalf("%v", err)
		}
		time.Sleep(5 * time.Second)
		if err := d.Send(t.Context(), conversation(9), text("x")); err != nil {
			t.Fatal(err)
		}
	})
}

// ledger hands out slots like the store does, to any number of doors.
type ledger struct {
	mu    sync.Mutex
	takes time.Duration // by the fake clock
	next  models.Moment
	fails error
	calls int
}

func (l *ledger) Slots(_ context.Context, _ string, every time.Duration, n int, now models.Moment) (models.Moment, error) {
	time.Sleep(l.takes)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.fails != nil {
		return 0, l.fails
	}
	first := max(l.next, now)
	l.next = first.Add(time.Duration(n) * every)
	return first, nil
}

func TestSeveralReplicasTogetherKeepTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, slots := telegramtest.New(), &ledger{takes: 2 * time.Millisecond}
		var doors []*telegram.Door
		for range 3 {
			doors = append(doors, limited(t, api, func(s *telegram.Settings) { s.Slots = slots }))
		}
		var wg sync.WaitGroup
		for chat := range int64(300) {
			api.Know(chat + 1)
			wg.Go(func() {
				time.Sleep(time.Duration(chat%7) * 100 * time.Millisecond)
				if err := sendPatiently(t.Context(), doors[chat%3], chat+1, "x"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sent := api.Sent(0)
		slices.SortFunc(sent, func(a, b telegramtest.Sent) int { return a.At.Compare(b.At) })
		if n := busiest(sent, time.Second); n > 30 {
			t.Errorf("%d in a second", n)
		}
		if slots.calls >= 100 {
			t.Errorf("%d reservations for 300 messages", slots.calls)
		}
	})
}

func TestASlotThatCannotBeReservedFailsTheMessageForNow(t *testing.T) {
	api, slots := telegramtest.Serve(t), &ledger{fails: errors.New("the database is down")}
	api.Know(7)
	d := door(t, api, newInbox(), withLimits(telegram.Limits{}), func(s *telegram.Settings) { s.Slots = slots })
	if err := d.Send(t.Context(), conversation(7), text("x")); !errors.Is(err, slots.fails) || errors.Is(err, models.ErrRefused) {
		t.Fatal(err)
	}
}
