package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// fakeDoor is a platform: it reads bodies as text and notes what is sent.
type fakeDoor struct {
	mu     sync.Mutex
	sent   []string // "room: text"
	wrong  func(room string, r Reply) error
	signal chan struct{}
}

func newFakeDoor() *fakeDoor { return &fakeDoor{signal: make(chan struct{}, 1000)} }

func (d *fakeDoor) Name() string { return "test" }

func (d *fakeDoor) Read(body []byte) (Message, bool, error) {
	if len(body) == 0 {
		return Message{}, false, errors.New("an empty update")
	}
	return Message{Text: string(body), Addressed: true}, string(body) != "nothing", nil
}

func (d *fakeDoor) Send(_ context.Context, to models.Address, r Reply) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wrong != nil {
		if err := d.wrong(to.Room, r); err != nil {
			return err
		}
	}
	d.sent = append(d.sent, to.Room+": "+r.Text())
	d.signal <- struct{}{}
	return nil
}

func (d *fakeDoor) said() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.sent...)
}

// echo answers every text with itself, once for every word, and misbehaves when told to.
type echo struct {
	mu     sync.Mutex
	times  map[string]int
	broken func(text string) error
}

func (e *echo) Handle(_ context.Context, _ models.Chat, m Message) ([]Reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.times[m.Text]++
	if e.broken != nil {
		if err := e.broken(m.Text); err != nil {
			return nil, err
		}
	}
	var replies []Reply
	for word := range strings.FieldsSeq(m.Text) {
		replies = append(replies, Reply{Blocks: []Block{{Line{{Text: word, Style: Strong}}}}, Buttons: [][]Button{{{Text: "b", Data: "b"}}}})
	}
	return replies, nil
}

func (e *echo) handled(text string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.times[text]
}

// alarm notes alerts.
type alarm struct {
	mu   sync.Mutex
	keys []string
}

func (a *alarm) Alert(_ context.Context, key string, _ ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys = append(a.keys, key)
}

// office is an inbox over the real store, with everything around it fake.
type office struct {
	*world
	inbox *Inbox
	door  *fakeDoor
	echo  *echo
	alarm *alarm
	log   *bytes.Buffer
	keys  int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := newWorld(t, "en")
	o := &office{world: w, door: newFakeDoor(), echo: &echo{times: map[string]int{}}, alarm: &alarm{}, log: &bytes.Buffer{}}
	o.inbox = NewInbox(InboxNeeds{
		Door: o.door, Handler: o.echo, Box: w.store, Progress: w.store, Lives: w.store, Words: w.words,
		Alerts: o.alarm, Log: slog.New(slog.NewTextHandler(o.log, nil)), Owner: "one", Now: w.clock,
	})
	return o
}

// arrives stores updates of one room, in order.
func (o *office) arrives(room string, texts ...string) {
	o.t.Helper()
	var as []models.Arrival
	for _, text := range texts {
		o.keys++
		as = append(as, models.Arrival{
			Door: "test", Key: fmt.Sprint(o.keys), Pos: int64(o.keys), Body: []byte(text),
			Address: models.Address{Door: "test", Room: room},
		})
	}
	if _, err := o.store.Arrive(o.t.Context(), as, models.At(o.clock())); err != nil {
		o.t.Fatal(err)
	}
}

// sweep has the inbox work until nothing is due.
func (o *office) sweep() {
	o.t.Helper()
	for {
		var serving sync.WaitGroup
		claimed := o.inbox.round(o.t.Context(), o.t.Context(), &serving)
		serving.Wait()
		if claimed == 0 {
			return
		}
	}
}

func (o *office) sees(want ...string) {
	o.t.Helper()
	if got := o.door.said(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		o.t.Errorf("sent:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInboxAnswersInOrderAndEndsEveryMessage(t *testing.T) {
	o := newOffice(t)
	o.arrives("a", "one two", "three")
	o.sweep()
	o.sees("a: one", "a: two", "a: three")
	o.pass(time.Hour)
	o.sweep()
	o.sees("a: one", "a: two", "a: three")
}

func TestInboxSkipsUpdatesWithNothingInThem(t *testing.T) {
	o := newOffice(t)
	o.arrives("a", "nothing", "something")
	o.sweep()
	o.sees("a: something")
}

func TestAFailedSendGoesOnWhereItStopped(t *testing.T) {
	o := newOffice(t)
	down := true
	o.door.wrong = func(_ string, r Reply) error {
		if down && r.Text() == "two" {
			return errors.New("connection refused")
		}
		return nil
	}
	o.arrives("a", "one two", "three")
	o.sweep()
	o.sees("a: one")
	down = false
	o.sweep()
	o.sees("a: one") // not before a second has passed
	o.pass(time.Second)
	o.sweep()
	o.sees("a: one", "a: two", "a: three")
	if n := o.echo.handled("one two"); n != 1 {
		t.Errorf("the message was handled %d times", n)
	}
}

func TestThePlatformsWaitIsAFloor(t *testing.T) {
	o := newOffice(t)
	wait := true
	o.door.wrong = func(string, Reply) error {
		if wait {
			return fmt.Errorf("send: %w", &models.Wait{After: 30 * time.Second})
		}
		return nil
	}
	o.arrives("a", "one")
	o.sweep()
	wait = false
	o.pass(29 * time.Second)
	o.sweep()
	o.sees()
	o.pass(time.Second)
	o.sweep()
	o.sees("a: one")
}

func TestBackoffDoublesFromASecondToAMinute(t *testing.T) {
	for failures, want := range []string{"1s", "2s", "4s", "8s", "16s", "32s", "1m0s", "1m0s"} {
		if got := backoff(failures); got.String() != want {
			t.Errorf("after %d failures %v, want %s", failures, got, want)
		}
	}
	if got := backoff(1000); got != time.Minute {
		t.Errorf("after 1000 failures %v", got)
	}
}

func TestAPoisonousMessageEndsWithAnApologyAndBlocksNobodyElse(t *testing.T) {
	o := newOffice(t)
	o.echo.broken = func(text string) error {
		if text == "poison" {
			panic("poisoned")
		}
		return nil
	}
	o.arrives("a", "poison", "after")
	o.arrives("b", "fine")
	o.sweep()
	o.sees("b: fine")
	for range tries {
		o.pass(time.Minute)
		o.sweep()
	}
	o.sees("b: fine", "a: Sorry, I couldn't handle that one. Could you send it again?", "a: after")
	if n := o.echo.handled("poison"); n != tries {
		t.Errorf("the poison was handled %d times, want %d", n, tries)
	}
	if len(o.alarm.keys) != 1 || o.alarm.keys[0] != AlertGivenUp {
		t.Errorf("the operators heard %v", o.alarm.keys)
	}
}

func TestARefusedReplyIsSentAsPlainTextThenGivenUp(t *testing.T) {
	o := newOffice(t)
	var looks []string
	o.door.wrong = func(_ string, r Reply) error {
		looks = append(looks, fmt.Sprintf("%s/%s/%d", r.Text(), r.Blocks[0][0][0].Style, len(r.Buttons)))
		if r.Text() == "never" || len(r.Buttons) > 0 {
			return fmt.Errorf("send: %w", models.ErrRefused)
		}
		return nil
	}
	o.arrives("a", "once never last")
	o.sweep()
	o.sees("a: once", "a: last")
	if got := strings.Join(looks, " "); got != "once/strong/1 once//0 never/strong/1 never//0 last/strong/1 last//0" {
		t.Errorf("sent as %s", got)
	}
	if len(o.alarm.keys) != 1 || o.alarm.keys[0] != AlertRefused {
		t.Errorf("the operators heard %v", o.alarm.keys)
	}
}

func TestAChatThatIsGoneIsLeft(t *testing.T) {
	o := newOffice(t)
	o.door.wrong = func(string, Reply) error { return fmt.Errorf("send: %w", models.ErrGone) }
	o.arrives("a", "one two")
	o.sweep()
	if c := o.chat("a", false); c.GoneAt == 0 {
		t.Error("the chat is not known to be gone")
	}
	if said := fmt.Sprintf("level=INFO msg=\"send reply: the chat is gone\" door=test chat=%d", o.chat("a", false).ID); !strings.Contains(o.log.String(), said) {
		t.Errorf("the log has %s", o.log)
	}
	o.door.wrong = nil
	o.pass(time.Hour)
	o.sweep()
	o.sees()
}

func TestAMovedChatIsAnsweredAtItsNewPlace(t *testing.T) {
	o := newOffice(t)
	o.door.wrong = func(room string, _ Reply) error {
		if room == "old" {
			return fmt.Errorf("send: %w", &models.Moved{Room: "new"})
		}
		return nil
	}
	o.arrives("old", "one two")
	o.sweep()
	o.sees("new: one", "new: two")
}

func TestTwoInboxesOnOneStoreAnswerOnce(t *testing.T) {
	o := newOffice(t)
	other := *o.inbox
	other.Owner, other.slots = "two", make(chan struct{}, chatsAtOnce)
	for n := range 20 {
		o.arrives(fmt.Sprint("room", n), "one", "two")
	}
	var both sync.WaitGroup
	for _, inbox := range []*Inbox{o.inbox, &other} {
		both.Go(func() {
			var serving sync.WaitGroup
			inbox.round(t.Context(), t.Context(), &serving)
			serving.Wait()
		})
	}
	both.Wait()
	o.sweep()
	if got := len(o.door.said()); got != 40 {
		t.Errorf("%d replies were sent, want 40", got)
	}
	last := map[string]string{}
	for _, said := range o.door.said() {
		room, word, _ := strings.Cut(said, ": ")
		if word == "two" && last[room] != "one" {
			t.Errorf("%s heard two after %q", room, last[room])
		}
		last[room] = word
	}
}

func TestRunWakesAndFinishesWhatIsInFlight(t *testing.T) {
	o := newOffice(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.inbox.Run(ctx) }()
	o.arrives("a", "one")
	o.inbox.Wake()
	<-o.door.signal
	hold, inside := make(chan struct{}), make(chan struct{})
	o.echo.broken = func(string) error { close(inside); <-hold; return nil }
	o.arrives("b", "two", "three")
	o.inbox.Wake()
	<-inside
	stop()
	close(hold)
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	o.sees("a: one", "b: two")
}

func TestAStoreThatFailsIsNotAskedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &brokenBox{}
		inbox := NewInbox(InboxNeeds{Door: newFakeDoor(), Box: box, Log: slog.New(slog.DiscardHandler), Owner: "one", Now: time.Now})
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer stop()
		if err := inbox.Run(ctx); err != nil {
			t.Error(err)
		}
		if box.claims != 11 {
			t.Errorf("it was asked %d times in ten seconds", box.claims)
		}
	})
}

// brokenBox hands one chat out and fails at everything else.
type brokenBox struct{ claims int }

func (b *brokenBox) ClaimInbox(context.Context, string, string, models.Moment, time.Duration, int) ([]models.Chat, error) {
	b.claims++
	return []models.Chat{{ID: 1}}, nil
}

func (*brokenBox) Pending(context.Context, int64, models.Moment) ([]models.Arrival, error) {
	return nil, errors.New("disk full")
}

func (*brokenBox) FreeChat(context.Context, int64, string) error { return nil }

func (*brokenBox) ChatByID(context.Context, int64) (models.Chat, error) { return models.Chat{}, nil }

func TestShutdownWaitsNoLongerThanItsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &stuckBox{chats: []models.Chat{{ID: 1}}}
		inbox := NewInbox(InboxNeeds{
			Door: newFakeDoor(), Box: box, Log: slog.New(slog.DiscardHandler), Owner: "one", Now: time.Now,
			Grace: 3 * time.Second,
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { _ = inbox.Run(ctx); close(ended) }()
		synctest.Wait()
		begun := time.Now()
		stop()
		<-ended
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
		if !box.freed {
			t.Error("the chat is not given back")
		}
	})
}

// stuckBox has one chat whose messages are never read.
type stuckBox struct {
	mu    sync.Mutex
	chats []models.Chat
	freed bool
}

func (b *stuckBox) ClaimInbox(context.Context, string, string, models.Moment, time.Duration, int) ([]models.Chat, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	chats := b.chats
	b.chats = nil
	return chats, nil
}

func (b *stuckBox) Pending(ctx context.Context, _ int64, _ models.Moment) ([]models.Arrival, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (b *stuckBox) FreeChat(ctx context.Context, _ int64, _ string) error {
	b.freed = ctx.Err() == nil
	return ctx.Err()
}

func (b *stuckBox) ChatByID(context.Context, int64) (models.Chat, error) { return models.Chat{}, nil }

func TestForgettingIsAnsweredAndLeavesNothing(t *testing.T) {
	o := newOffice(t)
	o.inbox.Handler = o.conversation()
	o.arrives("a", "YT1000000000017", "/forget")
	o.sweep()
	o.arrives("a", "yes", "/list")
	o.sweep()
	said := o.door.said()
	if len(said) != 4 || !strings.Contains(said[2], "All erased") || !strings.Contains(said[3], "No parcels") {
		t.Errorf("sent: %q", said)
	}
}

func TestRowsOfAListCountForTheVeryNextMessage(t *testing.T) {
	o := newOffice(t)
	o.inbox.Handler = o.conversation()
	o.arrives("a", "YT1000000000017 YT1000000000074", "/list", "/stop 1")
	o.sweep()
	said := o.door.said()
	if len(said) != 3 || !strings.Contains(said[2], "YT1000000000074") {
		t.Errorf("sent: %q", said)
	}
}
