package delivery

import (
	"context"
	"errors"
	"time"

	"waybill/internal/guard"
	"waybill/internal/retry"
	"waybill/models"
)

// longestOurs is how long a chat waits at most after something of ours failed, most
// often the database: it need not wait longer than that is away. It is not shorter,
// because a message that cannot be recorded is sent again each time.
const longestOurs = 8 * time.Second

// turn is one claimed chat being served.
type turn struct {
	*Worker
	chat    models.Chat
	claim   models.Claim
	begun   time.Time     // before the claim was asked for
	dueAt   models.Moment // since when there has been work
	handled bool          // a message was handled: chat may have changed

	next    models.Moment // when the chat is due again; Never unless something is left
	retryAt models.Moment // something failed: the chat is left alone until then; zero when all is well
}

// serve answers what the chat wrote, delivers what is pending, and gives the
// chat back; again says that there may be more to do. ctx ends when nothing new
// is to begin, drain when what is in flight is to be given up.
func (t *turn) serve(ctx, drain context.Context) (again bool) {
	t.next = models.Never
	deadline, cancel := context.WithDeadline(drain, t.begun.Add(claimFor-writeWithin))
	defer cancel()
	err := t.work(ctx, deadline)
	switch {
	case errors.Is(err, models.ErrStale) && t.erased(deadline):
		t.log.Debug("serve chat: it is erased", "chat", t.chat.ID)
	case errors.Is(err, models.ErrStale):
		t.log.Warn("serve chat: the claim is lost", "chat", t.chat.ID, "error", err)
		t.due(t.moment().Add(retry.First)) // whoever has it now does the rest; if nobody has, this one
	case err != nil:
		t.log.Error("serve chat", "chat", t.chat.ID, "error", err)
		t.retryAt = max(t.retryAt, t.moment().Add(retry.Delay(t.chat.Failures+1, retry.First, longestOurs)))
	case t.moment() >= t.claim.WorkAt:
		t.due(t.moment()) // new work has left no trace since then
	}
	failed := t.retryAt != 0
	if failed {
		t.next = t.retryAt
	}
	err = record(deadline, func(ctx context.Context) error { return t.store.Release(ctx, t.claim, t.next, failed) })
	if err != nil {
		t.log.Error("give chat back", "chat", t.chat.ID, "error", err)
		return false
	}
	return true
}

// erased says that the chat is not there any more: it has asked for that, or was
// merged into another one. Its claim ended with it, and nobody else serves it.
func (t *turn) erased(ctx context.Context) bool {
	_, err := t.store.ChatByID(ctx, t.chat.ID)
	return errors.Is(err, models.ErrNotFound)
}

func (t *turn) work(ctx, deadline context.Context) (err error) {
	defer guard.Recover("serve chat", &err)
	ended, err := t.answerArrivals(ctx, deadline)
	if err != nil || ended {
		return err
	}
	return t.deliverPending(ctx, deadline)
}

// retry has the chat tried again after so many failures before this one, and
// not before the platform's own wait.
func (t *turn) retry(failures int, wait time.Duration) {
	wait = max(wait, retry.Delay(failures+1, retry.First, retry.Longest))
	t.retryAt = max(t.retryAt, t.moment().Add(wait))
}

// later has the chat tried again like retry, but new work makes it due at once:
// it is not the platform that failed.
func (t *turn) later(failures int) {
	t.due(t.moment().Add(retry.Delay(failures, retry.First, retry.Longest)))
}

// due has the chat due at a moment, or earlier if it is due earlier.
func (t *turn) due(at models.Moment) { t.next = min(t.next, at) }

// held is how long the claim has been held.
func (t *turn) held() time.Duration { return time.Since(t.begun) }

// record notes what has happened, however long the database does not answer,
// until the claim ends: what was sent and is not noted is sent again. While the
// process stops it tries for two seconds.
func record(ctx context.Context, note func(context.Context) error) error {
	for {
		err := recordWithin(ctx, note)
		if err == nil || errors.Is(err, models.ErrStale) || retry.Sleep(ctx, writeAgain) != nil {
			return err
		}
	}
}

func recordWithin(ctx context.Context, note func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
	defer cancel()
	for {
		err := note(ctx)
		if err == nil || errors.Is(err, models.ErrStale) || retry.Sleep(ctx, writeAgain) != nil {
			return err
		}
	}
}

// stopping says that nothing new is to begin.
func stopping(ctx context.Context) bool { return ctx.Err() != nil }
