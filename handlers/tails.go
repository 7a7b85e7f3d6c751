package handlers

import (
	"context"
	"errors"

	"waybill/models"
	"waybill/tracking"
)

// Wrong tails that are let through to a provider, per waybill and day.
const (
	triesOfChat    = 3
	triesOfWaybill = 10
)

// unlock finds the tail for a parcel that wants one: the one given, what opened
// it for this chat before, the one the chat wants remembered; else it has to be
// asked for. A tail that opened the parcel for somebody else opens it without a
// call; one that nobody has tried yet is tried upstream, a few times a day.
func (t *turn) unlock(ctx context.Context, l *lookup) error {
	if !l.parcel.TailNeeded || l.needs != "" || l.note != "" {
		return nil
	}
	if l.tail == "" && l.follow.TailState != models.TailNone && l.follow.TailState != models.TailWrong {
		l.state = l.follow.TailState
		return nil
	}
	tail, err := t.tailFor(ctx, l)
	if err != nil {
		return err
	}
	if tail == "" {
		l.needs = models.AskTail
		return nil
	}
	return t.tryTail(ctx, l, tail)
}

// tryTail decides what becomes of a tail. It is compared with the proved ones
// only while there are tries left: else guessing would be free.
func (t *turn) tryTail(ctx context.Context, l *lookup, tail string) error {
	left, err := t.triesLeft(ctx, l.Number)
	if err != nil {
		return err
	}
	if left == 0 && l.follow.TailState == models.TailOK {
		l.tail, l.state = "", models.TailOK // it sees the parcel anyway
		return nil
	}
	if left == 0 {
		l.note = "tail.spent"
		return nil
	}
	tails, err := t.Tails.Tails(ctx, l.parcel.ID)
	if err != nil {
		return wrap("read tails", err)
	}
	for _, k := range tails {
		if k.State != models.TailOK {
			continue
		}
		if k.Digits == tail {
			l.tail, l.state = tail, models.TailOK
			return nil
		}
		l.compared = true
	}
	l.tail, l.untried, l.state = tail, tail, models.TailUntried
	return nil
}

// guessed counts a tail that was compared with a proved one and did not equal
// it, and that no provider has judged: without that, whoever asks while the
// providers are out could compare as often as it takes.
func (t *turn) guessed(ctx context.Context, l *lookup) error {
	if !l.compared || l.state == models.TailOK {
		return nil
	}
	return wrap("count wrong tail", t.Tails.WrongTail(ctx, t.chat.ID, l.Number, t.now))
}

// tailFor is the tail given, else the one this chat wants remembered. That one
// is left alone once a tail was wrong today: it may have been this very one, and
// whoever only asks again would spend all tries without typing a digit.
func (t *turn) tailFor(ctx context.Context, l *lookup) (string, error) {
	if l.tail != "" {
		return l.tail, nil
	}
	kept, err := t.Habits.ChatTail(ctx, t.chat.ID)
	if err != nil || kept == "" {
		return "", wrap("read kept tail", err)
	}
	wrong, _, err := t.Tails.WrongTails(ctx, t.chat.ID, l.Number, t.now)
	if err != nil || wrong > 0 {
		return "", wrap("count wrong tails", err)
	}
	l.keptTail = true
	return kept, nil
}

// triesLeft is how many more tails of this number may be tried upstream today.
func (t *turn) triesLeft(ctx context.Context, number string) (int, error) {
	ofChat, ofWaybill, err := t.Tails.WrongTails(ctx, t.chat.ID, number, t.now)
	return max(0, min(triesOfChat-ofChat, triesOfWaybill-ofWaybill)), wrap("count wrong tails", err)
}

// tailWrong takes a provider's no to a tail: it counts, and another one is
// asked for while there are tries left.
func (t *turn) tailWrong(ctx context.Context, l *lookup) error {
	if l.untried == "" {
		return t.keptWrong(ctx, l)
	}
	if err := t.Tails.WrongTail(ctx, t.chat.ID, l.Number, t.now); err != nil {
		return wrap("count wrong tail", err)
	}
	switch {
	case l.follow.TailState == models.TailOK:
		l.note = "tail.wrong_open" // what opened it before still does
		return nil
	case l.keptTail:
		return t.again(ctx, l, "tail.kept_wrong")
	}
	return t.again(ctx, l, "tail.wrong")
}

// again asks for another tail, if there are tries left; note says why.
func (t *turn) again(ctx context.Context, l *lookup, note string) (err error) {
	l.left, err = t.triesLeft(ctx, l.Number)
	l.note, l.needs = note, models.AskTail
	if l.left == 0 {
		l.note, l.needs = "tail.spent", ""
	}
	return err
}

// keptWrong is for a stored tail that was refused now, perhaps another
// follower's. This chat is asked again only if it was its own.
func (t *turn) keptWrong(ctx context.Context, l *lookup) error {
	follow, ours, err := t.Follows.FollowOf(ctx, t.chat.ID, l.checked.Parcel.ID)
	if err != nil {
		return wrap("find follow", err)
	}
	if ours && follow.TailState == models.TailWrong {
		return t.again(ctx, l, "tail.wrong")
	}
	return t.join(ctx, l)
}

// verified says that the answer proves the tail: it brought a trace.
func (l *lookup) verified() bool {
	return l.untried != "" && l.checked.Err == nil && l.checked.Fresh && l.checked.Parcel.EventAt != 0
}

// opens says whether this chat may see the trace.
func (l *lookup) opens() bool {
	return !l.checked.Parcel.TailNeeded || l.state == models.TailOK
}

func tailRefused(err error) bool { return errors.Is(err, tracking.ErrTailWrong) }
