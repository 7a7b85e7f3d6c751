package handlers

import (
	"context"
	"errors"
	"sync"
	"time"

	"waybill/models"
)

// Attempts of tails that are let through, per waybill and day.
const (
	attemptsOfChat    = 3
	attemptsOfWaybill = 10
)

// returnWithin is how long giving attempts back may take, even when the
// message's time is over.
const returnWithin = 2 * time.Second

// attempt is how a tail is tried.
type attempt struct {
	remembered bool // the tail is the one that the chat had remembered
	compared   bool // it differs from one that opened the parcel for somebody
	left       int  // attempts left today after this one
}

// open finds the tail for a parcel that wants one: the one given, what opened
// it for this chat before, the one that the chat had remembered; else it has to
// be asked for. The remembered one is left alone once an attempt of today was
// wrong: it may have been this very one, and whoever only asks again would spend
// all attempts without typing a digit.
func (t *turn) open(ctx context.Context, l located) (step, error) {
	given := !l.follow.TailState.Wanting()
	if !l.parcel.TailNeeded || l.tail == "" && given {
		return opened{located: l, state: l.follow.TailState}, nil
	}
	digits, ofChat := l.tail, attemptsOfChat
	if digits == "" {
		var err error
		if digits, err = t.store.ChatTail(ctx, t.chat.ID); err != nil || digits == "" {
			return needsTail{located: l}, wrap("read remembered tail", err)
		}
		ofChat = 1
	}
	taken, reserved, err := t.store.ReserveTailAttempt(ctx, t.chat.ID, l.number, ofChat, attemptsOfWaybill, t.now)
	switch {
	case err != nil:
		return nil, wrap("reserve attempt", err)
	case reserved:
		t.holdAttempt(l.number)
		return t.compare(ctx, l, digits, attempt{remembered: l.tail == "", left: attemptsLeft(taken)})
	case l.tail == "" && taken.OfChat > 0:
		return needsTail{located: l}, nil
	case l.follow.TailState == models.TailOK:
		return opened{located: l, state: models.TailOK}, nil // it sees the parcel anyway
	}
	return refused{l, "tail.spent"}, nil
}

// compare opens a parcel without a call when the tail equals one that has
// opened it for somebody; else a provider is to judge it. Comparing takes an
// attempt too: else guessing would be free.
func (t *turn) compare(ctx context.Context, l located, digits string, a attempt) (step, error) {
	o := opened{located: l, digits: digits, state: models.TailUntried, attempt: a}
	if l.parcel.EventAt == 0 {
		return o, nil // a parcel without a scan has been opened for nobody
	}
	tails, err := t.store.Tails(ctx, l.parcel.ID)
	if err != nil {
		return nil, wrap("read tails", err)
	}
	for _, known := range tails {
		if known.State == models.TailOK && known.Digits == digits {
			o.state, o.attempt.compared = models.TailOK, false
			return o, nil
		}
		o.attempt.compared = o.attempt.compared || known.State == models.TailOK && known.Digits != ""
	}
	return o, nil
}

// tailWrong takes a provider's no to a tail: the attempt is spent, and another
// tail is asked for while there are attempts left.
func (t *turn) tailWrong(ctx context.Context, c checked) (step, error) {
	if c.untried() == "" {
		return t.storedTailWrong(ctx, c)
	}
	t.spendAttempt(c.number)
	switch {
	case c.follow.TailState == models.TailOK:
		return refused{c.located, "tail.wrong_open"}, nil // what opened it before still does
	case c.attempt.remembered:
		return askAgain(c.located, "tail.kept_wrong", c.attempt.left), nil
	}
	return askAgain(c.located, "tail.wrong", c.attempt.left), nil
}

// tailUnreadable is for a tail that the chat gave and that no key opens any more: the one
// that the chat remembers is tried, else it is asked again.
func (t *turn) tailUnreadable(ctx context.Context, c checked) (step, error) {
	l := c.located
	l.follow.TailState = models.TailLost
	next, err := t.open(ctx, l)
	o, ok := next.(opened)
	asked, asks := next.(needsTail)
	switch {
	case err != nil:
		return nil, err
	case ok:
		again, err := t.query(ctx, o)
		if err != nil {
			return nil, err
		}
		return t.conclude(ctx, again)
	case asks && asked.why == "":
		taken, err := t.store.TailAttempts(ctx, t.chat.ID, c.number, t.now)
		return askAgain(l, "tail.unreadable", attemptsLeft(taken)), wrap("count attempts", err)
	}
	return next, nil
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
	taken, err := t.store.TailAttempts(ctx, t.chat.ID, c.number, t.now)
	return askAgain(c.located, "tail.wrong", attemptsLeft(taken)), wrap("count attempts", err)
}

// askAgain asks for another tail, if there are attempts left; why says the reason.
func askAgain(l located, why string, left int) step {
	if left == 0 {
		return refused{l, "tail.spent"}
	}
	return needsTail{l, why, left}
}

func attemptsLeft(taken models.TailAttempts) int {
	return max(0, min(attemptsOfChat-taken.OfChat, attemptsOfWaybill-taken.OfWaybill))
}

// heldAttempts are the numbers for which a message has reserved an attempt that
// is to be given back at its end. Parcels are checked beside one another.
type heldAttempts struct {
	mu   sync.Mutex
	held map[string]bool
}

// holdAttempt notes an attempt that was reserved for a number.
func (t *turn) holdAttempt(number string) {
	t.attempts.mu.Lock()
	defer t.attempts.mu.Unlock()
	t.attempts.held[number] = true
}

// spendAttempt keeps the number's attempt from being given back: the tail was
// wrong, or the reply tells that it is none of the proved ones.
func (t *turn) spendAttempt(number string) {
	t.attempts.mu.Lock()
	defer t.attempts.mu.Unlock()
	delete(t.attempts.held, number)
}

// returnAttempts gives back what was reserved for tails that were right or that
// nobody has judged, also when the message has failed and will be handled again.
func (t *turn) returnAttempts(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnWithin)
	defer cancel()
	var errs []error
	for number := range t.attempts.held {
		errs = append(errs, t.store.ReturnTailAttempt(ctx, t.chat.ID, number, t.now))
	}
	return errors.Join(errs...)
}
