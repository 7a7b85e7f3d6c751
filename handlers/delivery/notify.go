package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/models"
)

// inSummary is how many parcels one message of a summary tells about.
const inSummary = 20

// worded is a message, and the notifications that it tells.
type worded struct {
	of    []models.Notification
	reply handlers.Reply
}

// deliverPending delivers what is pending for the chat, one message after
// another; after ten seconds the rest is left to the next turn.
func (t *turn) deliverPending(ctx, deadline context.Context) error {
	if err := t.reread(deadline); err != nil || t.chat.GoneAt != 0 {
		return err
	}
	pending, err := t.store.Pending(deadline, t.chat)
	if err != nil {
		return fmt.Errorf("read pending notifications: %w", err)
	}
	pending = rank(pending)
	empty := 0
	for empty < len(pending) && pending[empty].Empty() {
		empty++
	}
	if err := t.delivered(deadline, pending[:empty], models.SentHidden, nil); err != nil {
		return err
	}
	if pending = pending[empty:]; len(pending) == 0 {
		return nil
	}
	words, err := t.wordNow(deadline, pending)
	if err != nil {
		return err
	}
	return t.sendAll(ctx, deadline, words)
}

// wordNow puts into words what is to be delivered now, and says when the chat is due
// for the rest.
func (t *turn) wordNow(ctx context.Context, pending []models.Notification) (words []worded, err error) {
	direct, summed := divide(t.chat, pending)
	if now, later := t.policy.deliverNow(direct, t.moment()); !now && len(direct) > 0 {
		t.due(later)
		t.logLater(direct, later)
	} else if words, err = t.word(ctx, direct); err != nil {
		return nil, err
	}
	now, later := t.policy.summariseNow(t.chat, summed, t.moment())
	if !now {
		t.due(later)
		t.logLater(summed, later)
		return words, nil
	}
	for part := range slices.Chunk(summed, inSummary) {
		summary, err := t.wordSummary(ctx, part)
		if err != nil {
			return nil, err
		}
		words = append(words, summary...)
	}
	return words, nil
}

// wordSummary puts notifications into one message, or each into its own when they
// cannot be put together.
func (t *turn) wordSummary(ctx context.Context, part []models.Notification) ([]worded, error) {
	reply, err := t.summarise(ctx, part)
	if err == nil {
		return []worded{{part, reply}}, nil
	}
	t.log.Error("word summary", "chat", t.chat.ID, "error", err)
	return t.word(ctx, part)
}

func (t *turn) summarise(ctx context.Context, part []models.Notification) (reply handlers.Reply, err error) {
	defer guard.Recover("word summary", &err)
	return t.notifier.Summarise(ctx, part)
}

// word puts notifications into words. One that cannot be keeps no other back: it
// is tried again with the chat's next turns, and given up after eight.
func (t *turn) word(ctx context.Context, pending []models.Notification) ([]worded, error) {
	var all []worded
	for _, n := range pending {
		reply, err := t.notify(ctx, n)
		if err != nil && ctx.Err() != nil {
			return nil, fmt.Errorf("word notification: %w", err)
		}
		if err == nil {
			all = append(all, worded{[]models.Notification{n}, reply})
			continue
		}
		if err := t.undeliverable(ctx, n, err); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (t *turn) notify(ctx context.Context, n models.Notification) (reply handlers.Reply, err error) {
	defer guard.Recover("word notification", &err)
	return t.notifier.Notify(ctx, n)
}

// askTail opens the question before the mark moves: the chat's answer to it is
// handled in a later turn.
func (t *turn) askTail(ctx context.Context, n models.Notification) (err error) {
	defer guard.Recover("ask for tail", &err)
	return record(ctx, func(ctx context.Context) error { return t.notifier.AskTail(ctx, n) })
}

// sendAll sends the notifications and marks each after it was sent. What fails
// keeps no other parcel's news back, unless it is about the whole chat.
func (t *turn) sendAll(ctx, deadline context.Context, rest []worded) error {
	for len(rest) > 0 {
		if stopping(ctx) || t.held() > beginWithin {
			t.due(t.moment()) // first comes what the chat may have written meanwhile
			return nil
		}
		replies := make([]handlers.Reply, len(rest))
		for i, w := range rest {
			replies[i] = w.reply
		}
		begun := time.Now()
		sent, err := t.sendFirst(deadline, replies)
		if errors.Is(err, models.ErrStale) {
			return err
		}
		outcome := outcomeOf(err)
		t.logNews(notifications(rest[:sent]), outcome, time.Since(begun))
		if outcome == OutcomeSent {
			t.meter.Sent(t.door.Name(), KindNews)
		}
		t.meter.Delivered(t.door.Name(), outcome, max(0, t.moment().Sub(t.dueAt)))
		over, err := t.record(deadline, rest[:sent], outcome, err)
		if err != nil || over {
			return err
		}
		rest = rest[sent:]
	}
	return nil
}

// record writes down what became of a message; over says that the chat can be sent
// nothing more now.
func (t *turn) record(ctx context.Context, sent []worded, outcome string, why error) (over bool, err error) {
	switch outcome {
	case OutcomeSent, OutcomeRefused:
		done := notifications(sent)
		for _, n := range done {
			if err := t.askTail(ctx, n); err != nil { // the message was sent: it must not come again for that
				t.log.Error("ask for tail", "chat", t.chat.ID, "parcel", n.Parcel.ID, "error", err)
			}
		}
		return false, t.delivered(ctx, done, models.SentOutcome(outcome), why)
	case OutcomeDefect:
		for _, n := range notifications(sent) {
			if err := t.undeliverable(ctx, n, why); err != nil {
				return true, err
			}
		}
		return false, nil
	case OutcomeFailed:
		t.noteUnsent(ctx, notifications(sent), outcome, why)
		return false, t.unsent(ctx, outcome, why)
	}
	t.noteUnsent(ctx, notifications(sent), outcome, why)
	return true, t.unsent(ctx, outcome, why)
}

func notifications(sent []worded) []models.Notification {
	var all []models.Notification
	for _, w := range sent {
		all = append(all, w.of...)
	}
	return all
}

// delivered moves the marks behind what was sent, all together: what is not
// marked is sent again. outcome says how that ended, and why it was not accepted.
func (t *turn) delivered(ctx context.Context, all []models.Notification, outcome models.SentOutcome, why error) error {
	if len(all) == 0 {
		return nil
	}
	reason := ""
	if why != nil {
		reason = why.Error()
	}
	return record(ctx, func(ctx context.Context) error {
		var marks errgroup.Group
		for _, n := range all {
			m := models.Mark{FollowID: n.Follow.ID, ParcelID: n.Parcel.ID, Upto: n.Upto, Outcome: outcome, Reason: reason, At: t.moment()}
			marks.Go(func() error { return t.store.Delivered(ctx, t.claim, m) })
		}
		return marks.Wait()
	})
}

// undeliverable counts a defect, and gives the notification up after eight: the
// operators are told and the mark moves.
func (t *turn) undeliverable(ctx context.Context, n models.Notification, why error) error {
	t.log.Error("deliver notification", "chat", t.chat.ID, "parcel", n.Parcel.ID, "error", why)
	var failures int
	err := record(ctx, func(ctx context.Context) (err error) {
		failures, err = t.store.Undeliverable(ctx, t.claim, n.Follow.ID)
		return err
	})
	if err != nil {
		return err
	}
	if failures < attempts {
		t.noteUnsent(ctx, []models.Notification{n}, OutcomeFailed, why)
		t.later(failures)
		return nil
	}
	t.alertGivenUp(ctx, "parcel", n.Parcel.ID, why)
	return t.delivered(ctx, []models.Notification{n}, models.SentGivenUp, why)
}
