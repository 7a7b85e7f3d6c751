package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/internal/guard"
	"waybill/models"
)

const (
	// tries is how often a message is handled before it is given up with an apology.
	tries = 8

	// untilWritten is how long a reply waits that the platform does not allow
	// before the customer writes. Their message makes it due at once.
	untilWritten = 24 * time.Hour
)

// visit is one claimed chat being served.
type visit struct {
	*Inbox
	chat    models.Chat
	claimed models.Moment
	served  int
}

// serve works off the chat's messages until none is due, one has to wait, ctx
// ends, or the claim grows old; work outlives ctx by the inbox's grace.
func (v *visit) serve(ctx, work context.Context) error {
	for {
		pending, err := v.Box.Pending(work, v.chat.ID, v.now())
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		for _, a := range pending {
			if v.over(ctx) {
				return nil
			}
			ended, err := v.work(work, a)
			if err != nil {
				return err
			}
			if !ended {
				return nil
			}
		}
		if len(pending) == 0 {
			return nil
		}
	}
}

// over says that no further message is to be begun.
func (v *visit) over(ctx context.Context) bool { return ctx.Err() != nil || v.held() > beginWithin }

// held is how long the chat has been claimed.
func (v *visit) held() time.Duration { return v.now().Sub(v.claimed) }

// work brings one message to its end; false when it has to wait.
func (v *visit) work(ctx context.Context, a models.Arrival) (ended bool, err error) {
	if err := v.reread(ctx); err != nil {
		return false, err
	}
	replies, err := v.replies(ctx, a)
	if err != nil {
		v.Log.Warn("handle message", "door", a.Door, "chat", a.ChatID, "arrival", a.ID, "failures", a.Failures, "error", err)
		return false, v.postpone(ctx, a, 0)
	}
	for n := a.Sent; n < len(replies); {
		if v.held() > sendWithin {
			return false, nil
		}
		sent, err := v.deliver(ctx, replies[n:])
		if err != nil {
			return v.undelivered(ctx, a, err)
		}
		if n += sent; n == len(replies) {
			break
		}
		if err := write(ctx, func(ctx context.Context) error { return v.Progress.SentOne(ctx, a.ID, n) }); err != nil {
			return false, fmt.Errorf("note sent replies: %w", err)
		}
	}
	return true, wrap("end message", write(ctx, func(ctx context.Context) error { return v.Progress.EndArrival(ctx, a.ID) }))
}

// reread gets the chat as the message before has left it.
func (v *visit) reread(ctx context.Context) error {
	v.served++
	if v.served == 1 {
		return nil
	}
	chat, err := v.Box.ChatByID(ctx, v.chat.ID)
	if err != nil {
		return fmt.Errorf("read chat: %w", err)
	}
	v.chat = chat
	return nil
}

// replies are the replies to a message: the stored ones, or those decided now.
func (v *visit) replies(ctx context.Context, a models.Arrival) ([]Reply, error) {
	var replies []Reply
	if a.Answered {
		err := json.Unmarshal(a.Replies, &replies)
		return replies, wrap("read stored replies", err)
	}
	replies, err := v.handle(ctx, a)
	if err != nil && a.Failures+1 < tries {
		return nil, err
	}
	if err != nil {
		v.Log.Error("give message up", "door", a.Door, "chat", a.ChatID, "arrival", a.ID, "error", err)
		v.Alerts.Alert(ctx, AlertGivenUp, "Door", a.Door)
		speech := v.Words.For(v.chat.Lang, v.chat.Spoken)
		replies = []Reply{text(speech.Say("sorry"))}
		replies[0].Lang = speech.Tag()
	}
	body, err := json.Marshal(replies)
	if err != nil {
		return nil, fmt.Errorf("write replies: %w", err)
	}
	return replies, wrap("store replies", v.Progress.Answer(ctx, a.ID, body))
}

// handle reads and handles a message.
func (v *visit) handle(ctx context.Context, a models.Arrival) (replies []Reply, err error) {
	defer guard.Recover("handle message", &err)
	ctx, cancel := context.WithTimeout(ctx, handleWithin)
	defer cancel()
	m, something, err := v.Door.Read(a.Body)
	if err != nil || !something {
		return nil, wrap("read message", err)
	}
	return v.Handler.Handle(ctx, v.chat, m)
}

// deliver sends the first replies as one message, as plain text when the
// platform refuses it as it is, and says how many these were.
func (v *visit) deliver(ctx context.Context, rs []Reply) (sent int, err error) {
	sent, err = sendFirst(v.Door, rs, func(r Reply, _ int) error { return v.sendOn(ctx, r) })
	if errors.Is(err, models.ErrRefused) {
		v.Log.Error("send reply: refused for good", "door", v.chat.Door, "chat", v.chat.ID, "error", err)
		v.Alerts.Alert(ctx, AlertRefused, "Door", v.chat.Door)
		return sent, nil
	}
	return sent, err
}

// sendOn sends one message, to the chat's new address when it has moved.
func (v *visit) sendOn(ctx context.Context, r Reply) error {
	err := v.send(ctx, r)
	var moved *models.Moved
	if !errors.As(err, &moved) {
		return err
	}
	if err := v.Lives.MoveChat(ctx, v.chat.ID, moved.Room, v.now()); err != nil {
		return fmt.Errorf("move chat: %w", err)
	}
	v.chat.Room = moved.Room
	return v.send(ctx, r)
}

func (v *visit) send(ctx context.Context, r Reply) (err error) {
	defer guard.Recover("send reply", &err)
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return v.Door.Send(ctx, v.chat.Address, r)
}

// undelivered ends the message when the chat is gone, and has it wait otherwise.
func (v *visit) undelivered(ctx context.Context, a models.Arrival, err error) (ended bool, _ error) {
	if errors.Is(err, models.ErrGone) {
		v.Log.Info("send reply: the chat is gone", "door", a.Door, "chat", a.ChatID, "error", err)
		if err := v.Lives.Gone(ctx, v.chat.ID, v.now()); err != nil {
			return false, fmt.Errorf("leave chat: %w", err)
		}
		return true, wrap("end message", write(ctx, func(ctx context.Context) error { return v.Progress.EndArrival(ctx, a.ID) }))
	}
	if errors.Is(err, models.ErrNoCredit) {
		v.Log.Debug("send reply: it waits until the customer writes", "door", a.Door, "chat", a.ChatID, "arrival", a.ID)
		return false, v.postpone(ctx, a, untilWritten)
	}
	var wait *models.Wait
	after := time.Duration(0)
	if errors.As(err, &wait) {
		after = wait.After
	}
	v.Log.Warn("send reply", "door", a.Door, "chat", a.ChatID, "arrival", a.ID, "failures", a.Failures, "error", err)
	return false, v.postpone(ctx, a, after)
}

func (v *visit) postpone(ctx context.Context, a models.Arrival, after time.Duration) error {
	until := v.now().Add(max(after, backoff(a.Failures)))
	return wrap("postpone message", write(ctx, func(ctx context.Context) error { return v.Progress.PostponeArrival(ctx, a.ID, until) }))
}

// backoff is how long to wait after so many failures: a second, doubling to a minute.
func backoff(failures int) time.Duration {
	return min(time.Second<<min(failures, 6), time.Minute)
}

// bare is a reply as plain text, for a platform that refuses how it looks. Its
// blocks stay: a long one is cut where it was.
func bare(r Reply) Reply {
	plain := Reply{Token: r.Token, File: r.File, For: r.For, Lang: r.Lang}
	for _, b := range r.Blocks {
		plain.Blocks = append(plain.Blocks, b.bare())
	}
	return plain
}

func (b Block) bare() Block {
	plain := make(Block, len(b))
	for i, line := range b {
		plain[i] = Line{{Text: line.text()}}
	}
	return plain
}

// text is a reply of plain text.
func text(s string) Reply { return Reply{Blocks: []Block{{Line{{Text: s}}}}} }
