package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/models"
)

// attempts is how often a message is handled, or a notification put into words,
// before it is given up with an alert: a defect of ours, which no platform mends.
const attempts = 8

// answerArrivals answers the chat's updates in their order, until none is due.
// ended says that the turn ends with it: one has to wait, nothing new is to
// begin, or the chat cannot be sent anything now.
func (t *turn) answerArrivals(ctx, deadline context.Context) (ended bool, err error) {
	for {
		open, err := t.store.OpenArrivals(deadline, t.chat.ID, t.moment())
		if err != nil {
			return true, fmt.Errorf("read updates: %w", err)
		}
		for _, a := range open {
			if stopping(ctx) || t.handled && t.held() > beginWithin {
				t.due(t.moment())
				return true, nil
			}
			if err := t.reread(deadline); err != nil {
				return true, err
			}
			t.handled = true
			if ended, err := t.answerArrival(deadline, a); err != nil || ended {
				return true, err
			}
		}
		if len(open) == 0 {
			return false, nil
		}
	}
}

// reread gets the chat as the message before, if any, has left it.
func (t *turn) reread(ctx context.Context) error {
	if !t.handled {
		return nil
	}
	chat, err := t.store.ChatByID(ctx, t.chat.ID)
	if errors.Is(err, models.ErrNotFound) {
		return models.ErrStale // it was erased, or merged into another chat
	}
	if err != nil {
		return fmt.Errorf("read chat: %w", err)
	}
	t.chat = chat
	return nil
}

// answerArrival brings one update to its end; ended says that the turn is over.
func (t *turn) answerArrival(ctx context.Context, a models.Arrival) (ended bool, err error) {
	t.logClaimed(a)
	replies, err := t.replies(ctx, a)
	if errors.Is(err, models.ErrStale) || err != nil && ctx.Err() != nil {
		return true, err // not a failure of the message's
	}
	if err != nil {
		t.log.Warn("handle message", "chat", a.ChatID, "arrival", a.ID, "failures", a.Failures, "error", err)
		return true, t.arrivalFailed(ctx, a)
	}
	for n := a.Sent; n < len(replies); {
		if t.held() > sendWithin {
			t.due(t.moment())
			return true, nil
		}
		sent, outcome, err := t.sendReply(ctx, a, replies, n)
		if errors.Is(err, models.ErrStale) {
			return true, err
		}
		switch {
		case outcome == OutcomeSent:
		case outcome == OutcomeRefused:
			t.noteUnsent(ctx, nil, outcome, err)
		case outcome == OutcomeDefect && a.Failures+1 >= attempts:
			t.alertGivenUp(ctx, "arrival", a.ID, err)
		case outcome == OutcomeDefect:
			t.log.Error("send reply", "chat", a.ChatID, "arrival", a.ID, "failures", a.Failures, "error", err)
			return true, t.arrivalFailed(ctx, a)
		case outcome == OutcomeGone:
			t.noteUnsent(ctx, nil, outcome, err)
			if err := t.unsent(ctx, outcome, err); err != nil {
				return true, err
			}
			return false, t.endArrival(ctx, a) // a later one may say that the chat is back
		case outcome == OutcomeCredit:
			t.answered(a.ID)
			t.noteUnsent(ctx, nil, outcome, err)
			return true, t.unsent(ctx, outcome, err)
		default:
			t.noteUnsent(ctx, nil, outcome, err)
			return true, t.unsent(ctx, outcome, err)
		}
		if n += sent; n == len(replies) {
			break
		}
		if err := record(ctx, func(ctx context.Context) error { return t.store.RepliesSent(ctx, t.claim, a.ID, n) }); err != nil {
			return true, fmt.Errorf("note sent replies: %w", err)
		}
	}
	return false, t.endArrival(ctx, a)
}

// sendReply sends what is next of an update's replies, after the first from.
func (t *turn) sendReply(ctx context.Context, a models.Arrival, replies []handlers.Reply, from int) (sent int, outcome string, err error) {
	begun := time.Now()
	sent, err = t.sendFirst(ctx, replies[from:])
	outcome = outcomeOf(err)
	t.logReply(a, from, sent, outcome, time.Since(begun))
	if outcome == OutcomeSent {
		t.meter.Sent(t.door.Name(), kindOf(a))
	}
	return sent, outcome, err
}

func (t *turn) endArrival(ctx context.Context, a models.Arrival) error {
	if err := record(ctx, func(ctx context.Context) error { return t.store.EndArrival(ctx, t.claim, a.ID) }); err != nil {
		return err
	}
	t.log.Debug("update ended", "arrival", a.ID, "chat", a.ChatID)
	t.answered(a.ID)
	return nil
}

// arrivalFailed counts a failure of ours; the chat waits with it, because what
// it wrote is answered in order.
func (t *turn) arrivalFailed(ctx context.Context, a models.Arrival) error {
	t.retry(a.Failures, 0)
	t.log.Debug("update is handled again", "arrival", a.ID, "chat", a.ChatID, "failures", a.Failures+1, "at", t.retryAt.Time())
	return record(ctx, func(ctx context.Context) error { return t.store.ArrivalFailed(ctx, t.claim, a.ID) })
}

// replies are the replies to an update: the stored ones, or those decided now.
func (t *turn) replies(ctx context.Context, a models.Arrival) ([]handlers.Reply, error) {
	replies, err := t.decided(ctx, a)
	if a.Answered && err == nil {
		return replies, nil
	}
	if err != nil && (a.Failures+1 < attempts || ctx.Err() != nil) {
		return nil, err
	}
	if err != nil {
		t.alertGivenUp(ctx, "arrival", a.ID, err)
		replies = []handlers.Reply{t.apology()}
	}
	if replies, err = t.withoutOptional(ctx, replies); err != nil {
		return nil, err
	}
	body, err := json.Marshal(replies)
	if err != nil {
		return nil, fmt.Errorf("write replies: %w", err)
	}
	if err := t.store.Answer(ctx, t.claim, a.ID, body); err != nil {
		return nil, fmt.Errorf("store replies: %w", err)
	}
	t.log.Debug("replies queued", "arrival", a.ID, "chat", a.ChatID, "replies", len(replies))
	return replies, nil
}

// decided are the replies that are stored already, or what is decided now.
func (t *turn) decided(ctx context.Context, a models.Arrival) (replies []handlers.Reply, err error) {
	if !a.Answered {
		return t.handle(ctx, a)
	}
	if err := json.Unmarshal(a.Replies, &replies); err != nil {
		return nil, fmt.Errorf("read stored replies: %w", err)
	}
	return replies, nil
}

// handle reads and handles an update.
func (t *turn) handle(ctx context.Context, a models.Arrival) (replies []handlers.Reply, err error) {
	defer guard.Recover("handle message", &err)
	ctx, cancel := context.WithTimeout(ctx, handleWithin)
	defer cancel()
	m, something, err := t.door.Read(a.Body)
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	t.logRead(a, m, something)
	if !something {
		return nil, nil
	}
	m.Arrival = a.ID
	defer t.typing(ctx)()
	return t.handler.Handle(ctx, t.chat, m)
}

// withoutOptional leaves out replies that say nothing while a notification is
// delivered in the same turn: it is answer enough.
func (t *turn) withoutOptional(ctx context.Context, replies []handlers.Reply) ([]handlers.Reply, error) {
	optional := func(r handlers.Reply) bool { return r.Optional }
	if !slices.ContainsFunc(replies, optional) {
		return replies, nil
	}
	pending, err := t.store.Pending(ctx, t.chat)
	if err != nil {
		return nil, fmt.Errorf("read pending notifications: %w", err)
	}
	direct, summed := divide(t.chat, pending)
	directNow, _ := t.policy.deliverNow(direct, t.moment())
	summedNow, _ := t.policy.summariseNow(t.chat, summed, t.moment())
	if directNow && hasContent(direct) || summedNow && hasContent(summed) {
		return slices.DeleteFunc(replies, optional), nil
	}
	return replies, nil
}

// apology stands for the replies to a message that is given up.
func (t *turn) apology() handlers.Reply {
	renderer := t.words.For(t.chat.Lang, t.chat.Spoken)
	r := handlers.PlainText(renderer.Say("sorry"))
	r.Lang = renderer.Tag()
	return r
}

// alertGivenUp tells the operators that something is not said because of a defect.
func (t *turn) alertGivenUp(ctx context.Context, what string, id int64, err error) {
	t.log.Error("given up", "chat", t.chat.ID, what, id, "attempts", attempts, "error", err)
	t.alerts.Alert(ctx, handlers.AlertGivenUp, "Door", t.door.Name())
}
