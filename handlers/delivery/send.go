package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/models"
)

// How sending a message ended, for Meter.Delivered.
const (
	OutcomeSent    = "sent"
	OutcomeRefused = "refused" // for good, as plain text too; the operators know
	OutcomeGone    = "gone"
	OutcomeMoved   = "moved"
	OutcomeCredit  = "credit" // the platform allows nothing before the customer writes
	OutcomeWait    = "wait"   // the platform says for how long
	OutcomeDefect  = "defect" // a panic of ours
	OutcomeFailed  = "failed" // passing
)

func outcomeOf(err error) string {
	var moved *models.Moved
	var wait *models.Wait
	var defect *guard.PanicError
	switch {
	case err == nil:
		return OutcomeSent
	case errors.Is(err, models.ErrRefused):
		return OutcomeRefused
	case errors.Is(err, models.ErrGone):
		return OutcomeGone
	case errors.Is(err, models.ErrNoCredit):
		return OutcomeCredit
	case errors.As(err, &moved):
		return OutcomeMoved
	case errors.As(err, &wait):
		return OutcomeWait
	case errors.As(err, &defect):
		return OutcomeDefect
	}
	return OutcomeFailed
}

// unsent does what the platform's answer to a message that it did not take asks
// for, and says when the chat is due again.
func (t *turn) unsent(ctx context.Context, outcome string, why error) error {
	switch outcome {
	case OutcomeGone:
		t.log.Info("the chat is gone", "chat", t.chat.ID, "error", why)
		return record(ctx, func(ctx context.Context) error { return t.store.GoneUnder(ctx, t.claim, t.moment()) })
	case OutcomeMoved:
		var moved *models.Moved
		errors.As(why, &moved)
		if moved.Conversation == t.chat.Conversation {
			break
		}
		t.due(t.moment()) // at its new address
		return record(ctx, func(ctx context.Context) error {
			return t.store.MoveChatUnder(ctx, t.claim, moved.Conversation, t.moment())
		})
	case OutcomeCredit:
		t.log.Debug("nothing can be sent before the customer writes", "chat", t.chat.ID)
		return nil // that message makes the chat due
	case OutcomeWait:
		var wait *models.Wait
		errors.As(why, &wait)
		t.log.Warn("send message: the platform asks to wait", "chat", t.chat.ID, "wait", wait.After)
		t.retry(t.chat.Failures, wait.After)
		return nil
	}
	t.log.Warn("send message", "chat", t.chat.ID, "failures", t.chat.Failures, "error", why)
	t.retry(t.chat.Failures, 0)
	return nil
}

// noteUnsent keeps for the operator why something was not sent: the notifications of
// one message, or a reply when there are none. That it cannot be kept is only logged.
func (t *turn) noteUnsent(ctx context.Context, of []models.Notification, outcome string, why error) {
	all := make([]models.Sent, 0, len(of))
	for _, n := range of {
		all = append(all, models.Sent{ParcelID: n.Parcel.ID, Upto: n.Upto})
	}
	if len(all) == 0 {
		all = append(all, models.Sent{})
	}
	for i := range all {
		all[i].Outcome, all[i].Reason, all[i].At = models.SentOutcome(outcome), why.Error(), t.moment()
	}
	if err := t.store.NotSent(ctx, t.claim, all); err != nil {
		t.log.Warn("note what was not sent", "chat", t.chat.ID, "error", err)
	}
}

// sendFirst sends the first replies as one message, as many as the door puts
// together, and returns how many of them the outcome is about, at least one.
// What the platform refuses, or makes the door panic, is sent once more with
// fewer replies in it, so that a bad one takes no other along; at last alone, and
// what was refused as plain text. A refusal after that is told to the operators.
func (t *turn) sendFirst(ctx context.Context, replies []handlers.Reply) (sent int, err error) {
	one, sent := t.merge(replies)
	err = t.send(ctx, one)
	for sent > 1 && bad(err) {
		one, sent = t.merge(replies[:sent/2])
		err = t.send(ctx, one)
	}
	if errors.Is(err, models.ErrRefused) {
		err = t.send(ctx, one.Plain())
	}
	if errors.Is(err, models.ErrRefused) {
		t.log.Error("send message: refused for good", "chat", t.chat.ID, "error", err)
		t.alerts.Alert(ctx, handlers.AlertRefused, "Door", t.door.Name())
	}
	return sent, err
}

// bad says that something in a message is at fault.
func bad(err error) bool {
	outcome := outcomeOf(err)
	return outcome == OutcomeRefused || outcome == OutcomeDefect
}

// merge puts the first replies into one; only one where the door cannot.
func (t *turn) merge(replies []handlers.Reply) (one handlers.Reply, merged int) {
	err := func() (err error) {
		defer guard.Recover("merge replies", &err)
		one, merged = handlers.Merge(t.door, replies)
		return nil
	}()
	if err != nil {
		t.log.Error("send messages one by one", "chat", t.chat.ID, "error", err)
		return replies[0], 1
	}
	return one, merged
}

// send sends one message, unless the process has stood still for so long that
// another one serves the chat by now: that one sends it.
func (t *turn) send(ctx context.Context, r handlers.Reply) (err error) {
	defer guard.Recover("send message", &err)
	if !t.holds() {
		return fmt.Errorf("send message: another process has the door: %w", models.ErrStale)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, sendTimeout, errSlow)
	defer cancel()
	return t.door.Send(ctx, t.chat.Address, r)
}

var errSlow = fmt.Errorf("the platform took longer than %v", sendTimeout.Round(time.Second))
