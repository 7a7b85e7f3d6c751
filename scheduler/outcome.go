package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/models"
)

// How telling a chat ended, for Meter.Told.
const (
	sent    = "sent"
	refused = "refused"
	gone    = "gone"
	moved   = "moved"
	credit  = "credit"
	wait    = "wait"
	failed  = "failed"
)

// tell sends one message with the first of the news and moves their marks; news
// that is empty needs no message. It returns how many are dealt with, when the
// chat is to be tried again (zero: it need not) and whether its turn is over.
func (t *telling) tell(ctx context.Context, c models.Chat, news []models.News) (told int, next models.Moment, over bool) {
	if news[0].Empty() {
		next, over = t.mark(ctx, c, news[:1])
		return 1, next, over
	}
	told, err := t.send(ctx, news)
	told = min(max(told, 1), len(news))
	outcome := outcomeOf(err)
	t.Meter.Told(t.door, outcome, max(0, t.now().Sub(c.TellAt)))
	next, over = t.settle(ctx, c, news[:told], outcome, err)
	return told, next, over
}

// settle does what the outcome of a message asks for.
func (t *telling) settle(ctx context.Context, c models.Chat, told []models.News, outcome string, err error) (models.Moment, bool) {
	switch outcome {
	case sent:
		return t.mark(ctx, c, told)
	case refused: // the Teller has tried plain text and told the operator
		return t.mark(ctx, c, told)
	case gone:
		t.Log.Info("tell chat: it is gone", "door", c.Door, "chat", c.ID, "error", err)
		return t.turnOver(ctx, c, t.Store.Gone(ctx, c.ID, t.now()))
	case moved:
		return t.turnOver(ctx, c, t.Store.MoveChat(ctx, c.ID, roomOf(err), t.now()))
	case credit:
		return models.Never, true // until the customer writes
	case wait:
		return t.retry(c, waitOf(err)), true
	}
	t.failed(ctx, "tell chat", err)
	return t.retry(c, 0), false // the other parcels' news may get through
}

// send hands one message to the door. A panic over one parcel is that parcel's failure.
func (t *telling) send(ctx context.Context, news []models.News) (told int, err error) {
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return t.Teller.Tell(ctx, news)
}

// mark moves the marks behind what was sent, all together, because what is not
// marked is sent again.
func (t *telling) mark(ctx context.Context, c models.Chat, told []models.News) (models.Moment, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
	defer cancel()
	var marks errgroup.Group
	for _, n := range told {
		marks.Go(func() error { return t.moveMark(ctx, n) })
	}
	if err := marks.Wait(); err != nil {
		t.failed(ctx, "move mark", err)
		return t.retry(c, 0), true
	}
	return 0, false
}

// moveMark tries for some seconds.
func (t *telling) moveMark(ctx context.Context, n models.News) error {
	err := t.Store.Told(ctx, n.Follow.ID, n.Upto)
	for err != nil && ctx.Err() == nil {
		pause(ctx, time.Second/4)
		err = t.Store.Told(ctx, n.Follow.ID, n.Upto)
	}
	return err
}

// turnOver ends a chat's turn once what the platform said of it is written down.
func (t *telling) turnOver(ctx context.Context, c models.Chat, err error) (models.Moment, bool) {
	if err != nil {
		t.failed(ctx, "keep what became of a chat", err)
		return t.retry(c, 0), true
	}
	return 0, true
}

// retry is when a chat that failed is tried again: after a second, doubling to
// a minute, and not before the platform says.
func (t *telling) retry(c models.Chat, floor time.Duration) models.Moment {
	doubled := min(time.Minute, time.Second<<min(c.Failures, 6))
	return t.now().Add(max(doubled, floor))
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return sent
	case errors.Is(err, models.ErrRefused):
		return refused
	case errors.Is(err, models.ErrGone):
		return gone
	case errors.Is(err, models.ErrNoCredit):
		return credit
	case roomOf(err) != "":
		return moved
	case waitOf(err) > 0:
		return wait
	}
	return failed
}

// roomOf is the new id of a chat that has moved, "" when it has not.
func roomOf(err error) string {
	var m *models.Moved
	if errors.As(err, &m) {
		return m.Room
	}
	return ""
}

// waitOf is how long the platform asks to wait, zero when it does not.
func waitOf(err error) time.Duration {
	var w *models.Wait
	if errors.As(err, &w) {
		return w.After
	}
	return 0
}
