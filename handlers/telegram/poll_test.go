package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

// run polls until the returned function is called, which waits for the end.
func run(t *testing.T, d *telegram.Door) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestUpdatesAreStoredInTheirOrderAndThenConfirmed(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	var want []string
	for i := range 230 { // more than one batch
		want = append(want, fmt.Sprint(api.Say(7, fmt.Sprintf("SF10000000%05d", i))))
	}
	d := door(t, api, in)
	stop := run(t, d)
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := d.Ready(); err != nil {
		t.Fatal(err)
	}
	stop()
	if got := in.keys(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("stored %v", got)
	}
	row := in.rows[0]
	if row.Door != "telegram" || row.Address != conversation(7) || row.Group || fmt.Sprint(row.Pos) != row.Key || !json.Valid(row.Body) {
		t.Fatalf("%+v", row)
	}
}

func TestAnUpdateThatCannotBeStoredIsNotConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, in := telegramtest.New(), newInbox()
		d := door(t, api, in, onFakeClock(api))
		in.fail(errors.New("the database is down"))
		id := api.Say(7, "SF1000000000015")
		stop := run(t, d)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if left := api.Unconfirmed(); len(left) != 1 || left[0] != id {
			t.Fatalf("unconfirmed: %v", left)
		}
		if d.Ready() == nil {
			t.Error("ready without a place to put updates")
		}
		if tries := in.calls(); tries < 5 || tries > 9 { // after 0, 1, 3, 7, 11, 15 and 19 seconds, and what the library adds
			t.Errorf("%d tries in 20 s", tries)
		}
		time.Sleep(40 * time.Second)
		begun := time.Now()
		in.fail(nil)
		if err := api.WaitConfirmed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("stored %s after the database was back", took)
		}
		synctest.Wait()
		if err := d.Ready(); err != nil || len(in.keys()) != 1 {
			t.Fatalf("%v, %v", err, in.keys())
		}
		stop()
		api.Close()
	})
}

func TestAKillBetweenStoringAndConfirmingLosesAndRepeatsNothing(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	for i := range 10 {
		api.Say(7, fmt.Sprintf("SF10000000%05d", i))
	}
	// The first process stores, and dies before it can ask with a higher offset.
	killed, kill := context.WithCancel(t.Context())
	first := door(t, api, killing{in, kill})
	if err := first.Run(killed); err != nil {
		t.Fatal(err)
	}
	if len(in.keys()) != 10 || len(api.Unconfirmed()) != 10 {
		t.Fatalf("stored %d, unconfirmed %d", len(in.keys()), len(api.Unconfirmed()))
	}
	// The second gets all of them again.
	stop := run(t, door(t, api, in))
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	stop()
	if len(in.keys()) != 10 || in.tries != 2 {
		t.Fatalf("%d rows after %d batches", len(in.keys()), in.tries)
	}
}

// killing ends a process as soon as its updates are stored.
type killing struct {
	*inbox
	kill func()
}

func (k killing) Arrive(ctx context.Context, as []models.Arrival, now models.Moment) (int, error) {
	k.kill()
	return k.inbox.Arrive(ctx, as, now) // the kill must not cut the storing short
}

func TestAnUpdateThatNoLibraryUnderstandsBlocksNothing(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	poison := map[string]any{
		"message_id": 1, "date": 1, "chat": map[string]any{"id": 7, "type": "private"}, "text": "SF1000000000015",
		"from": map[string]any{"id": 7}, "forward_origin": map[string]any{"type": "from_the_future"},
	}
	first := api.Push("message", poison)
	api.Push("message", map[string]any{"message_id": "not a number"}) // not even ours
	api.Push("my_chat_member", map[string]any{"chat": map[string]any{"id": 7, "type": "private"}, "new_chat_member": map[string]any{"status": "honorary"}})
	last := api.Say(7, "b")
	stop := run(t, door(t, api, in))
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	stop()
	got := in.keys()
	if len(got) < 2 || got[0] != fmt.Sprint(first) || got[len(got)-1] != fmt.Sprint(last) {
		t.Fatalf("stored %v", got)
	}
}

func TestStoppingIsPromptAndInterruptsAHeldPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		stop := run(t, door(t, api, newInbox(), onFakeClock(api)))
		if err := api.WaitHeld(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Fatalf("stopping took %s", took)
		}
		api.Close()
	})
}

func TestAPollIsHeldForFiftySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		stop := run(t, door(t, api, newInbox(), onFakeClock(api)))
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if n := api.Calls()["getUpdates"]; n != 13 {
			t.Fatalf("%d polls in ten minutes of silence", n)
		}
		stop()
		api.Close()
	})
}

func TestWhatIsWrongWithPollingIsToldOnceAndRetriedSlowly(t *testing.T) {
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		says  string
		polls int // in five minutes: a second, doubling to a minute
	}{
		"another process polls": {telegramtest.Fault{Code: http.StatusConflict, Description: "Conflict: terminated by other getUpdates request"}, "another process polls this bot", 10},
		"a webhook is set":      {telegramtest.Fault{Code: http.StatusConflict, Description: "Conflict: can't use getUpdates method while webhook is active"}, "a webhook is set for this bot", 10},
		"the token is refused":  {telegramtest.Fault{Code: http.StatusUnauthorized, Description: "Unauthorized"}, "the operator must set a valid one", 10},
		"a proxy's page":        {telegramtest.Fault{Code: http.StatusBadGateway, HTML: true}, "status 502", 10},
		"a flood":               {telegramtest.Fault{Code: http.StatusTooManyRequests, Description: "Too Many Requests: retry after 100", RetryAfter: 100}, "429", 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api, log := telegramtest.New(), &lines{}
				c.fault.Method, c.fault.Times = "getUpdates", -1
				api.Fail(c.fault)
				d := door(t, api, newInbox(), onFakeClock(api), func(s *telegram.Settings) { s.Log = log.logger() })
				stop := run(t, d)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				err := d.Ready()
				if err == nil || !strings.Contains(err.Error(), c.says) && !strings.Contains(log.String(), c.says) {
					t.Errorf("ready: %v", err)
				}
				if n := api.Calls()["getUpdates"]; n < c.polls-1 || n > c.polls {
					t.Errorf("%d polls in five minutes", n)
				}
				if n := strings.Count(log.String(), "level=ERROR"); n != 1 || strings.Contains(log.String(), secret) {
					t.Errorf("logged %d times:\n%s", n, log)
				}
				api.Heal()
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if err := d.Ready(); err != nil {
					t.Errorf("healed, but %v", err)
				}
				stop()
				api.Close()
			})
		})
	}
}

func TestWhoStopsPollingIsNotBlamedForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		d := door(t, api, newInbox(), onFakeClock(api))
		api.Fail(telegramtest.Fault{Method: "getUpdates", Times: -1, Code: http.StatusConflict, Description: "Conflict: terminated by other getUpdates request"})
		stop := run(t, d)
		time.Sleep(time.Minute)
		stop()
		if err := d.Ready(); err != nil { // the lease is another process's now
			t.Fatal(err)
		}
		api.Close()
	})
}
