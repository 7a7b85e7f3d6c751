package delivery

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// typingDoor notes when it was to show that an answer is being written.
type typingDoor struct {
	fakeDoor
	begun time.Time
	does  func(ctx context.Context) error

	mu     sync.Mutex
	shown  []time.Duration
	to     models.Address
	closed bool
	late   int // signs after the answer
}

func (d *typingDoor) Typing(ctx context.Context, to models.Address) error {
	d.mu.Lock()
	d.shown, d.to = append(d.shown, time.Since(d.begun)), to
	if d.closed {
		d.late++
	}
	d.mu.Unlock()
	if d.does == nil {
		return nil
	}
	return d.does(ctx)
}

// taking answers after a while.
type taking time.Duration

func (s taking) Handle(context.Context, models.Chat, handlers.Message) ([]handlers.Reply, error) {
	time.Sleep(time.Duration(s))
	return []handlers.Reply{handlers.PlainText("x")}, nil
}

func TestASlowAnswerIsSeenToBeWritten(t *testing.T) {
	const second = time.Second
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		takes time.Duration
		does  func(context.Context) error
		want  []time.Duration
	}{
		"at once":                         {0, nil, nil},
		"within a second":                 {second - 1, nil, nil},
		"in two":                          {2 * second, nil, []time.Duration{second}},
		"in twelve":                       {12 * second, nil, []time.Duration{second, 6 * second, 11 * second}},
		"while the platform refuses":      {7 * second, func(context.Context) error { return errors.New("no") }, []time.Duration{second, 6 * second}},
		"while the platform does not say": {3 * second, hangs, []time.Duration{second}},
		"while it panics":                 {7 * second, func(context.Context) error { panic("no") }, []time.Duration{second, 6 * second}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &typingDoor{begun: time.Now(), does: c.does}
				address := models.Address{Door: "test", Conversation: "a", Thread: "3"}
				w := &turn{Worker: &Worker{door: d, handler: taking(c.takes), log: slog.New(slog.DiscardHandler)}, chat: models.Chat{Address: address}}
				replies, err := w.handle(t.Context(), models.Arrival{Body: []byte("x")})
				if err != nil || len(replies) != 1 {
					t.Fatal(err)
				}
				if took := time.Since(d.begun); took != c.takes {
					t.Errorf("answered after %s, not %s", took, c.takes)
				}
				d.closed = true
				time.Sleep(time.Minute)
				if !slices.Equal(d.shown, c.want) || d.late > 0 || len(c.want) > 0 && d.to != address {
					t.Errorf("shown after %v to %v", d.shown, d.to)
				}
			})
		})
	}
}

func TestADoorThatCannotShowItIsNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &turn{Worker: &Worker{door: &fakeDoor{}, handler: taking(time.Minute / 3), log: slog.New(slog.DiscardHandler)}}
		if replies, err := w.handle(t.Context(), models.Arrival{Body: []byte("x")}); err != nil || len(replies) != 1 {
			t.Fatal(err)
		}
	})
}
