package handlers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"waybill/locales"
	"waybill/models"
)

// Letterbox hands out chats whose messages wait to be answered.
type Letterbox interface {
	ClaimInbox(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Chat, error)
	Pending(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error)
	FreeChat(ctx context.Context, chatID int64, owner string) error
	ChatByID(ctx context.Context, id int64) (models.Chat, error)
}

// Progress keeps how far the answer to one message has come.
type Progress interface {
	Answer(ctx context.Context, arrivalID int64, replies []byte) error
	SentOne(ctx context.Context, arrivalID int64, sent int) error
	EndArrival(ctx context.Context, arrivalID int64) error
	PostponeArrival(ctx context.Context, arrivalID int64, until models.Moment) error
}

// Lives keeps whether and where a chat can be reached.
type Lives interface {
	Gone(ctx context.Context, chatID int64, now models.Moment) error
	MoveChat(ctx context.Context, chatID int64, room string, now models.Moment) error
}

// Handler answers messages (Conversation is one).
type Handler interface {
	Handle(ctx context.Context, chat models.Chat, m Message) ([]Reply, error)
}

// Alerter tells the operators. It never fails and never waits long.
type Alerter interface {
	Alert(ctx context.Context, key string, args ...any)
}

const (
	claimHold     = 60 * time.Second // how long a chat is ours without asking again
	beginWithin   = 10 * time.Second // of a claim, so that handling ends within it
	handleWithin  = 30 * time.Second
	sendWithin    = 40 * time.Second // of a claim: later sends are left to the next one
	sendTimeout   = 20 * time.Second
	sweepEvery    = time.Second
	chatsAtOnce   = 32
	shutdownGrace = 8 * time.Second
	writeWithin   = 2 * time.Second // of the store, also when the grace is over
)

// InboxNeeds is everything an Inbox stands on. Sweep and Grace are a second
// and eight seconds where they are 0.
type InboxNeeds struct {
	Door     Door
	Handler  Handler
	Box      Letterbox
	Progress Progress
	Lives    Lives
	Words    *locales.Bundle
	Alerts   Alerter
	Log      *slog.Logger
	Owner    string // names this process among the replicas
	Now      func() time.Time
	Sweep    time.Duration // how often to look without being woken
	Grace    time.Duration // for what is in flight when Run is told to end
}

// Inbox works off what came in through one door: chats beside one another,
// within a chat one message after the other. Any number of them may work on
// one database, because a chat is claimed before it is served.
type Inbox struct {
	InboxNeeds
	wake  chan struct{}
	slots chan struct{}
}

// NewInbox makes an Inbox; Run sets it to work.
func NewInbox(n InboxNeeds) *Inbox {
	if n.Sweep == 0 {
		n.Sweep = sweepEvery
	}
	if n.Grace == 0 {
		n.Grace = shutdownGrace
	}
	return &Inbox{
		InboxNeeds: n,
		wake:       make(chan struct{}, 1),
		slots:      make(chan struct{}, chatsAtOnce),
	}
}

// Wake says that something has come in. It never blocks; without it a message
// waits for the next sweep.
func (i *Inbox) Wake() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, then finishes what is in flight, within the grace.
func (i *Inbox) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(i.Grace, cancel) })
	defer stop()
	sweep := time.NewTicker(i.Sweep)
	defer sweep.Stop()
	var serving sync.WaitGroup
	defer serving.Wait()
	for {
		i.round(ctx, work, &serving)
		select {
		case <-ctx.Done():
			return nil
		case <-i.wake:
		case <-sweep.C:
		}
	}
}

// round claims as many chats as there are free hands for and sets to work on
// them. It returns how many; whoever has done with one wakes the next round.
func (i *Inbox) round(ctx, work context.Context, serving *sync.WaitGroup) int {
	free := cap(i.slots) - len(i.slots)
	if free == 0 || ctx.Err() != nil {
		return 0
	}
	now := i.now()
	chats, err := i.Box.ClaimInbox(ctx, i.Door.Name(), i.Owner, now, claimHold, free)
	if err != nil && ctx.Err() == nil {
		i.Log.Error("claim chats", "door", i.Door.Name(), "error", err)
	}
	for _, chat := range chats {
		i.slots <- struct{}{}
		serving.Go(func() { i.serve(ctx, work, chat, now) })
	}
	return len(chats)
}

func (i *Inbox) now() models.Moment { return models.At(i.Now()) }

// write notes what has happened even when the grace is over meanwhile: what was
// sent and not noted would be sent again, and a claim not given back would make
// the chat wait until it runs out.
func write(ctx context.Context, note func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
	defer cancel()
	return note(ctx)
}

// serve answers a claimed chat's messages in their order. Another round may
// begin at once afterwards, because a hand is free and the chat may have got
// another message; after a failure of the store it waits for the next sweep.
func (i *Inbox) serve(ctx, work context.Context, chat models.Chat, claimed models.Moment) {
	v := &visit{Inbox: i, chat: chat, claimed: claimed}
	err := v.serve(ctx, work)
	err = errors.Join(err, write(work, func(ctx context.Context) error { return i.Box.FreeChat(ctx, chat.ID, i.Owner) }))
	<-i.slots
	if err != nil {
		i.Log.Error("serve chat", "door", i.Door.Name(), "chat", chat.ID, "error", err)
		return
	}
	i.Wake()
}
