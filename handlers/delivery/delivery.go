// Package delivery serves chats. One worker has a door; it claims the chats with
// work to do, and serves each in order: it answers what the chat wrote, then
// delivers what is pending for it. Whoever else wants something said to a chat
// leaves it in the store and wakes the worker.
//
// The steps of one turn, each a file: arrivals.go answers, notify.go decides
// what is delivered now (policy.go) and delivers it, send.go sends one message
// and turns what the platform said into an outcome. Everything is recorded after
// it was sent, under the claim's epoch: a kill may repeat a message, and loses none.
package delivery

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/internal/troublelog"
	"waybill/locales"
	"waybill/models"
)

const (
	claimFor     = 60 * time.Second // how long a chat is served by one worker alone
	beginWithin  = 10 * time.Second // of a claim, so that handling an update ends within it, and comes between news
	handleWithin = 30 * time.Second
	sendWithin   = 45 * time.Second // of a claim: later replies are left to the next one
	sendTimeout  = 20 * time.Second
	writeWithin  = 2 * time.Second // of the store, also while the process stops
	writeAgain   = time.Second / 4
	lookEvery    = time.Second // without being woken
	atOnce       = 256         // chats of one door that are served together
	graceful     = 8 * time.Second
)

// Store is what a delivery needs of the database. Writes under a claim that is
// another's by now are models.ErrStale.
type Store interface {
	ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error)
	TakeOver(ctx context.Context, door, owner string, now models.Moment) error
	Reclaim(ctx context.Context, door, owner string, serving []int64, now models.Moment) error
	ChatByID(ctx context.Context, id int64) (models.Chat, error)
	OpenArrivals(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error)
	Answer(ctx context.Context, c models.Claim, arrivalID int64, replies []byte) error
	RepliesSent(ctx context.Context, c models.Claim, arrivalID int64, sent int) error
	ArrivalFailed(ctx context.Context, c models.Claim, arrivalID int64) error
	EndArrival(ctx context.Context, c models.Claim, arrivalID int64) error
	Pending(ctx context.Context, c models.Chat) ([]models.Notification, error)
	Delivered(ctx context.Context, c models.Claim, m models.Mark) error
	NotSent(ctx context.Context, c models.Claim, all []models.Sent) error
	Undeliverable(ctx context.Context, c models.Claim, followID int64) (failures int, err error)
	GoneUnder(ctx context.Context, c models.Claim, now models.Moment) error
	MoveChatUnder(ctx context.Context, c models.Claim, conversation string, now models.Moment) error
	Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error
}

// Notifier puts notifications into words (handlers.Conversation).
type Notifier interface {
	Notify(ctx context.Context, n models.Notification) (handlers.Reply, error)
	// Summarise puts several into one message, a chat's summary of the day.
	Summarise(ctx context.Context, ns []models.Notification) (handlers.Reply, error)
	// AskTail opens the question that a notification asks which was sent.
	AskTail(ctx context.Context, n models.Notification) error
}

// Meter counts deliveries.
type Meter interface {
	// Delivered: a notification was sent, or was not; late is the time since its
	// chat became due. Outcomes are the Outcome… constants.
	Delivered(door, outcome string, late time.Duration)
	// Sent: the platform has accepted a message; kind is one of the Kind… constants.
	Sent(door, kind string)
}

// Settings are what a Worker needs.
type Settings struct {
	Door     handlers.Door
	Handler  handlers.Handler
	Notifier Notifier
	Store    Store
	Words    *locales.Bundle // for the apology of a message that is given up
	Quiet    models.Quiet    // when only what is urgent or awaited is delivered
	Alerts   handlers.Alerter
	Meter    Meter           // may be nil
	Wakes    <-chan struct{} // rings when another process has work for this one; may be nil
	Owner    string          // names this process among the replicas; at most 80 characters
	Log      *slog.Logger
	Now      func() time.Time
	Grace    time.Duration // for what is in flight when Run's context ends; 0 means 8 s
	// Holds says whether this process still holds the door's lease, by its own clock:
	// one that has stood still must not send what another has sent. nil: always.
	Holds func() bool
	// Answered, when it is there, hears that an update has had all replies that it
	// gets for now. It may hear of one twice: once when the platform allows nothing
	// before the customer writes, and once at its end.
	Answered func(arrivalID int64)
}

// Worker serves the chats of one door.
type Worker struct {
	door     handlers.Door
	handler  handlers.Handler
	notifier Notifier
	store    Store
	words    *locales.Bundle
	policy   policy
	alerts   handlers.Alerter
	meter    Meter
	wakes    <-chan struct{}
	owner    string
	log      *slog.Logger
	trouble  *troublelog.Log
	now      func() time.Time
	grace    time.Duration
	answered func(arrivalID int64)
	holds    func() bool

	wake    chan struct{}
	slots   chan struct{}
	serving serving
	fresh   bool // chats may be claimed for others, which do not serve them any more
	unsure  bool // chats may be claimed for this process that it does not know of
}

// serving is which chats are being served.
type serving struct {
	mu    sync.Mutex
	chats map[int64]bool
}

func (s *serving) begin(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[chat] = true
}

func (s *serving) end(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.chats, chat)
}

func (s *serving) all() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.chats))
}

// New makes a Worker, which does nothing before Run.
func New(s Settings) *Worker {
	w := &Worker{
		door: s.Door, handler: s.Handler, notifier: s.Notifier, store: s.Store, words: s.Words, policy: policy{s.Quiet},
		alerts: s.Alerts, meter: s.Meter, wakes: s.Wakes, owner: s.Owner, now: s.Now, grace: s.Grace, answered: s.Answered,
		log:  s.Log.With("door", s.Door.Name()),
		wake: make(chan struct{}, 1), slots: make(chan struct{}, atOnce), holds: s.Holds,
		serving: serving{chats: map[int64]bool{}},
	}
	w.trouble = troublelog.New(w.log)
	if w.holds == nil {
		w.holds = func() bool { return true }
	}
	if w.meter == nil {
		w.meter = unmetered{}
	}
	if w.answered == nil {
		w.answered = func(int64) {}
	}
	if w.grace == 0 {
		w.grace = graceful
	}
	return w
}

// Wake has the worker look at once. It never waits.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run serves chats until ctx ends, then begins nothing more, gives what is in
// flight Settings.Grace to end, and returns. It may be run again. Only one
// process at a time runs the worker of a door: whoever holds the door's lease, and
// so may take over at once what another one has left behind.
func (w *Worker) Run(ctx context.Context) error {
	drain, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(w.grace, cancel) })
	defer stop()
	w.fresh, w.unsure = true, true // others, and an earlier run, may have left some behind
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var chats sync.WaitGroup
	defer chats.Wait()
	for {
		for w.claim(ctx, drain, &chats) {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.wake:
		case <-w.wakes:
		case <-look.C:
		}
	}
}

// claim claims chats for the free slots, sets to work on them, and says whether
// there may be more.
func (w *Worker) claim(ctx, drain context.Context, chats *sync.WaitGroup) bool {
	free := cap(w.slots) - len(w.slots)
	if free == 0 || ctx.Err() != nil || !w.holds() {
		return false // whoever leaves a slot wakes the worker; who has stood still claims nothing
	}
	begun := time.Now()
	claimed, err := w.claimChats(ctx, free)
	if err != nil {
		w.unsure = true
		if ctx.Err() == nil {
			w.trouble.Failed("claim chats", err)
		}
		return false
	}
	w.trouble.Worked("claim chats")
	for _, c := range claimed {
		w.slots <- struct{}{}
		w.serving.begin(c.Chat.ID)
		chats.Go(func() {
			t := &turn{Worker: w, chat: c.Chat, claim: c.Claim, begun: begun, dueAt: c.Chat.WorkAt}
			again := t.serve(ctx, drain)
			w.serving.end(c.Chat.ID)
			<-w.slots
			if again {
				w.Wake()
			}
		})
	}
	return len(claimed) == free
}

// claimChats claims chats that are due. What was claimed for another process, or in
// a claim that may have been written without an answer, and is served by nobody is
// given back first: it would wait until that claim runs out.
func (w *Worker) claimChats(ctx context.Context, most int) ([]models.Claimed, error) {
	if w.fresh {
		if err := w.store.TakeOver(ctx, w.door.Name(), w.owner, w.moment()); err != nil {
			return nil, err
		}
		w.fresh = false
	}
	if w.unsure {
		if err := w.store.Reclaim(ctx, w.door.Name(), w.owner, w.serving.all(), w.moment()); err != nil {
			return nil, err
		}
		w.unsure = false
	}
	return w.store.ClaimChats(ctx, w.door.Name(), w.owner, w.moment(), claimFor, most)
}

func (w *Worker) moment() models.Moment { return models.At(w.now()) }

type unmetered struct{}

func (unmetered) Delivered(string, string, time.Duration) {}
func (unmetered) Sent(string, string)                     {}
