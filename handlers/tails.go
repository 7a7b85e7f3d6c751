package handlers

import (
	"context"
	"errors"
	"sync"
	"time"

	"waybill/models"
)

// Tries of tails that are let through, per waybill and day.
const (
	triesOfChat    = 3
	triesOfWaybill = 10
)

// returnWithin is how long giving tries back may take, even when the message's
// time is over.
const returnWithin = 2 * time.Second

// guess is how a tail is tried.
type guess struct {
	remembered bool // the tail is the one that the chat had remembered
	compared   bool // it differs from one that opened the parcel for somebody
	left       int  // tries left today after this one
}

// open finds the tail for a parcel that wants one: the one given, what opened
// it for this chat before, the one that the chat had remembered; else it has to
// be asked for. The remembered one is left alone once a try of today was wrong:
// it may have been this very one, and whoever only asks again would spend all
// tries without typing a digit.
func (t *turn) open(ctx context.Context, l located) (step, error) {
	given := l.follow.TailState != models.TailNone && l.follow.TailState != models.TailWrong
	if !l.parcel.TailNeeded || l.tail == "" && given {
		return opened{located: l, state: l.follow.TailState}, nil
	}
	digits, ofChat := l.tail, triesOfChat
	if digits == "" {
		var err error
		if digits, err = t.store.ChatTail(ctx, t.chat.ID); err != nil || digits == "" {
			return needsTail{located: l}, wrap("read remembered tail", err)
		}
		ofChat = 1
	}
	taken, reserved, err := t.store.ReserveTail(ctx, t.chat.ID, l.number, ofChat, triesOfWaybill, t.now)
	switch {
	case err != nil:
		return nil, wrap("reserve try", err)
	case reserved:
		t.holdTry(l.number)
		return t.compare(ctx, l, digits, guess{remembered: l.tail == "", left: triesLeft(taken)})
	case l.tail == "" && taken.OfChat > 0:
		return needsTail{located: l}, nil
	case l.follow.TailState == models.TailOK:
		return opened{located: l, state: models.TailOK}, nil // it sees the parcel anyway
	}
	return refused{l, "tail.spent"}, nil
}

// compare opens a parcel without a call when the tail equals one that has
// opened it for somebody; else a provider is to judge it. Comparing takes a try
// too: else guessing would be free.
func (t *turn) compare(ctx context.Context, l located, digits string, g guess) (step, error) {
	o := opened{located: l, digits: digits, state: models.TailUntried, guess: g}
	if l.parcel.EventAt == 0 {
		return o, nil // a parcel without a scan has been opened for nobody
	}
	tails, err := t.store.Tails(ctx, l.parcel.ID)
	if err != nil {
		return nil, wrap("read tails", err)
	}
	for _, known := range tails {
		if known.State == models.TailOK && known.Digits == digits {
			o.state, o.guess.compared = models.TailOK, false
			return o, nil
		}
		o.guess.compared = o.guess.compared || known.State == models.TailOK
	}
	return o, nil
}

// tailWrong takes a provider's no to a tail: the try is spent, and another one
// is asked for while there are tries left.
func (t *turn) tailWrong(ctx context.Context, c checked) (step, error) {
	if c.untried() == "" {
		return t.storedTailWrong(ctx, c)
	}
	t.spendTry(c.number)
	switch {
	case c.follow.TailState == models.TailOK:
		return refused{c.located, "tail.wrong_open"}, nil // what opened it before still does
	case c.guess.remembered:
		return askAgain(c.located, "tail.kept_wrong", c.guess.left), nil
	}
	return askAgain(c.located, "tail.wrong", c.guess.left), nil
}

// storedTailWrong is for a stored tail that was refused now, perhaps another
// follower's. This chat is asked again only if it was its own.
func (t *turn) storedTailWrong(ctx context.Context, c checked) (step, error) {
	follow, ours, err := t.store.FollowOf(ctx, t.chat.ID, c.answer.Parcel.ID)
	if err != nil {
		return nil, wrap("find follow", err)
	}
	if !ours || follow.TailState != models.TailWrong {
		return t.follow(ctx, c)
	}
	taken, err := t.store.TailTries(ctx, t.chat.ID, c.number, t.now)
	return askAgain(c.located, "tail.wrong", triesLeft(taken)), wrap("count tries", err)
}

// askAgain asks for another tail, if there are tries left; why says the reason.
func askAgain(l located, why string, left int) step {
	if left == 0 {
		return refused{l, "tail.spent"}
	}
	return needsTail{l, why, left}
}

func triesLeft(taken models.TailTries) int {
	return max(0, min(triesOfChat-taken.OfChat, triesOfWaybill-taken.OfWaybill))
}

// heldTries are the numbers for which a message has reserved a try that has judged
// nothing yet. Parcels are checked beside one another.
type heldTries struct {
	mu   sync.Mutex
	held map[string]bool
}

// holdTry notes a try that was reserved for a number.
func (t *turn) holdTry(number string) {
	t.tries.mu.Lock()
	defer t.tries.mu.Unlock()
	t.tries.held[number] = true
}

// spendTry keeps the number's try from being given back: the tail was wrong, or
// it has been told that it is none of the proved ones.
func (t *turn) spendTry(number string) {
	t.tries.mu.Lock()
	defer t.tries.mu.Unlock()
	delete(t.tries.held, number)
}

// returnTries gives back what was reserved for tails that were right or that
// nobody has judged, also when the message has failed and will be handled again.
func (t *turn) returnTries(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnWithin)
	defer cancel()
	var errs []error
	for number := range t.tries.held {
		errs = append(errs, t.store.ReturnTail(ctx, t.chat.ID, number, t.now))
	}
	return errors.Join(errs...)
}
