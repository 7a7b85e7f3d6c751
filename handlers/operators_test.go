package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

const (
	muzhiRefused = "⚠️ muzhi refused a message for good, even as plain text. See the log."
	juheRefused  = "⚠️ juhe refused a message for good, even as plain text. See the log."
)

// office is the operators' chats, served by a real worker at a fake platform.
type office struct {
	t      *testing.T
	store  *store.Store
	words  *locales.Bundle
	worker *delivery.Worker
	log    *bytes.Buffer

	mu    sync.Mutex
	at    time.Time
	sent  []string // "conversation: text"
	wrong func(conversation string) error
}

// inOffice runs a test in a bubble whose clock is ten in the morning.
func inOffice(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		words, err := locales.Load("en")
		if err != nil {
			t.Fatal(err)
		}
		o := &office{t: t, store: storetest.New(t), words: words, log: &bytes.Buffer{}, at: time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai)}
		o.worker = delivery.New(delivery.Settings{Door: o, Store: o.store, Words: words, Owner: "one", Log: slog.New(slog.DiscardHandler), Now: o.clock})
		test(t, o)
	})
}

func (o *office) Name() string { return "test" }

func (o *office) Read([]byte) (handlers.Message, bool, error) { return handlers.Message{}, false, nil }

func (o *office) Send(_ context.Context, to models.Address, r handlers.Reply) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wrong != nil {
		if err := o.wrong(to.Conversation); err != nil {
			return err
		}
	}
	o.sent = append(o.sent, to.Conversation+": "+r.Text())
	return nil
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

func (o *office) said() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.sent)
}

// sweep has the worker work until nothing is due.
func (o *office) sweep() {
	o.t.Helper()
	ctx, stop := context.WithCancel(o.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.worker.Run(ctx) }()
	synctest.Wait()
	stop()
	if err := <-ended; err != nil {
		o.t.Fatal(err)
	}
}

// replica is the operators' alerts in one more process.
func (o *office) replica(outbox handlers.Outbox) *handlers.Operators {
	operators := handlers.NewOperators(handlers.OperatorsSettings{
		Chats: []models.Address{{Door: "test", Conversation: "boss"}, {Door: "closed", Conversation: "x"}, {Door: "test", Conversation: "deputy"}},
		Doors: map[string]handlers.Door{"test": o}, Outbox: outbox, Words: o.words, Log: slog.New(slog.NewTextHandler(o.log, nil)), Now: o.clock,
	})
	ctx, stop := context.WithCancel(o.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- operators.Run(ctx) }()
	o.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			o.t.Error(err)
		}
	})
	return operators
}

// refused alerts that a door refused a message.
func (o *office) refused(operators *handlers.Operators, door string) {
	o.t.Helper()
	operators.Alert(o.t.Context(), handlers.AlertRefused, "Door", door)
	synctest.Wait()
}

// hear checks what the operators have heard since the last time, in any order.
func (o *office) hear(want ...string) {
	o.t.Helper()
	o.sweep()
	got := o.said()
	o.mu.Lock()
	o.sent = nil
	o.mu.Unlock()
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		o.t.Fatalf("the operators heard %q, want %q", got, want)
	}
}

func TestOperatorsAreAlertedOnceInTenMinutesOverAllReplicas(t *testing.T) {
	inOffice(t, func(_ *testing.T, o *office) {
		one, two := o.replica(o.store), o.replica(o.store)
		o.refused(one, "muzhi")
		o.refused(one, "muzhi")
		o.refused(two, "muzhi")
		o.refused(two, "juhe")
		o.hear("boss: "+muzhiRefused, "deputy: "+muzhiRefused, "boss: "+juheRefused, "deputy: "+juheRefused)
		o.pass(10*time.Minute - time.Millisecond)
		o.refused(one, "muzhi")
		o.refused(two, "muzhi")
		o.hear()
		o.pass(time.Millisecond)
		o.refused(two, "muzhi")
		o.refused(one, "muzhi")
		o.hear("boss: "+muzhiRefused, "deputy: "+muzhiRefused)
	})
}

func TestAnAlertThatNobodyCanSendNowIsSentOnceWhenSomebodyCan(t *testing.T) {
	inOffice(t, func(_ *testing.T, o *office) {
		alarm, away := o.replica(o.store), true
		o.wrong = func(conversation string) error {
			if away && conversation == "boss" {
				return &models.Wait{After: 2 * time.Second}
			}
			return nil
		}
		for range 12 {
			o.refused(alarm, "muzhi")
			o.sweep()
			o.pass(10 * time.Minute)
		}
		o.hear(slices.Repeat([]string{"deputy: " + muzhiRefused}, 12)...)
		away = false
		o.pass(time.Minute)
		o.hear("boss: " + muzhiRefused)
	})
}

func TestWhatIsToldDailyIsToldOnceADayOverAllReplicas(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		for day := range 3 {
			for hour := range 24 {
				for i, alarm := range []*handlers.Operators{o.replica(o.store), o.replica(o.store)} {
					alarm.AlertDaily(t.Context(), "muzhi", handlers.AlertGivenUp, "Door", 80+hour+i)
					synctest.Wait()
				}
				o.sweep()
				o.pass(time.Hour)
			}
			got := o.said()
			if day == 0 && len(got) != 4 || day > 0 && len(got) != 2 { // the first one has two dates
				t.Fatalf("in 24 hours the operators heard %q", got)
			}
			o.hear(got...)
		}
	})
}

// broken is a store that takes nothing.
type broken struct{}

func (broken) Post(context.Context, models.Address, string, []byte, models.Moment, models.Moment) (bool, error) {
	return false, errors.New("down")
}

func (broken) Note(context.Context, models.Note) error { return errors.New("down") }

func (broken) ChatAt(context.Context, models.Address) (models.Chat, bool, error) {
	return models.Chat{}, false, errors.New("down")
}

func (broken) Once(context.Context, string, string, models.Moment, models.Moment) (bool, error) {
	return false, errors.New("down")
}

func TestWithoutTheStoreOperatorsAreToldFromHereOrAgain(t *testing.T) {
	for fails, want := range map[int]int{0: 1, 3: 4, 99: 10} {
		inOffice(t, func(t *testing.T, o *office) {
			alarm, attempts := o.replica(broken{}), 0
			o.wrong = func(conversation string) error {
				if conversation != "boss" {
					return nil
				}
				if attempts++; attempts <= fails {
					return &models.Wait{After: 2 * time.Second}
				}
				return nil
			}
			o.refused(alarm, "muzhi")
			time.Sleep(time.Hour) // of the bubble's clock
			synctest.Wait()
			said := slices.DeleteFunc(o.said(), func(s string) bool { return s != "boss: "+muzhiRefused })
			if heard := len(said) == 1; attempts != want || heard != (fails < 10) {
				t.Errorf("of %d failures: tried %d times, want %d; heard %v", fails, attempts, want, heard)
			}
			if !bytes.Contains(o.log.Bytes(), []byte("level=WARN")) {
				t.Errorf("the log has %s", o.log)
			}
		})
	}
}

func TestAnAlertIsKeptOnceForTheDashboard(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		one, two := o.replica(o.store), o.replica(o.store)
		for range 3 {
			o.refused(one, "muzhi")
			o.refused(two, "muzhi")
		}
		o.pass(time.Hour)
		o.refused(two, "muzhi")
		notes, err := o.store.Notes(t.Context(), models.NoteAlert, 10)
		if err != nil || len(notes) != 2 || notes[0].What != muzhiRefused {
			t.Errorf("kept %+v, %v", notes, err)
		}
	})
}
