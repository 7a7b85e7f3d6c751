package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/models"
	"waybill/tracking"
)

const (
	atOnce    = 8                   // checks of one message under way together
	patience  = 20 * time.Second    // how long a reply waits for all checks of its message: two vendors that hang, and one that answers
	staysDone = 30 * 24 * time.Hour // a carrier may use a number again after a year
)

// lookup is a wish on its way: what is known, what was found out, what is missing.
type lookup struct {
	wish
	parcel   models.Parcel
	follow   models.Follow // this chat's; zero when it does not follow yet
	untried  string        // the tail that a provider is to be asked with
	state    models.TailState
	needs    models.Asking // what has to be asked before there is a trace
	note     string        // key of a sentence that stands instead of the trace, or before a question
	stored   bool          // what is stored is shown without asking anybody
	checked  models.Checked
	keptTail bool // untried is the one the chat told the bot to remember
	compared bool // tail was compared with one that opened the parcel for somebody, and differs
	fresh    bool // the chat follows it since just now
	alone    bool // it is the only one in the reply that is watched
	left     int  // how many more tails may be tried today
}

// track brings wishes to an end: replies for those that can be answered, and
// one question for what is missing. rest is what was to be asked anyway.
func (t *turn) track(ctx context.Context, wishes []wish, rest []models.Item) ([]Reply, error) {
	lookups, err := t.prepare(ctx, wishes)
	if err != nil {
		return nil, err
	}
	if err := t.look(ctx, lookups); err != nil {
		return nil, err
	}
	var missing []models.Item
	for _, l := range lookups {
		if err := t.settle(ctx, l); err != nil {
			return nil, err
		}
		if l.needs != "" {
			missing = append(missing, l.missing())
		}
	}
	replies, err := t.results(ctx, lookups, len(missing)+len(rest) > 0)
	if err != nil {
		return nil, err
	}
	question, err := t.askNext(ctx, append(missing, rest...))
	return together(replies, question), err
}

// missing is the item that a question has to be asked about.
func (l *lookup) missing() models.Item {
	item := l.Item
	item.Carrier, item.Needs = l.parcel.Carrier, l.needs
	if l.needs == models.AskTail && l.answered {
		item.Needs = askAlone
	}
	return item
}

func (t *turn) prepare(ctx context.Context, wishes []wish) ([]*lookup, error) {
	room, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	lookups, err := t.places(ctx, wishes)
	if err != nil {
		return nil, err
	}
	for _, l := range lookups {
		if l.needs == "" && l.follow.ID == 0 && l.parcel.Live() {
			room--
			if room < 0 {
				l.note = "full"
			}
		}
		if err := t.unlock(ctx, l); err != nil {
			return nil, err
		}
		l.stored = l.parcel.Status.Done() && !l.parcel.Live() && t.now.Sub(l.parcel.DoneAt) < staysDone && l.untried == ""
	}
	return lookups, nil
}

// room is how many more parcels this chat may follow.
func (t *turn) room(ctx context.Context) (int, error) {
	if t.Settings.MaxParcels <= 0 {
		return int(^uint(0) >> 1), nil
	}
	live, err := t.Follows.Followed(ctx, t.chat.ID, false)
	return t.Settings.MaxParcels - len(live), wrap("count parcels", err)
}

// look asks about all lookups that can be asked about, some at once. Whatever
// has not been answered in time is followed all the same: news of it will come.
func (t *turn) look(ctx context.Context, lookups []*lookup) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, l := range lookups {
		l.checked = models.Checked{Parcel: l.parcel}
		if l.needs == "" && l.note == "" && !l.stored {
			g.Go(func() error { return t.check(ctx, l) })
		}
	}
	return g.Wait()
}

// check asks about one parcel; when it turns out to want a tail, the one at
// hand is tried.
func (t *turn) check(ctx context.Context, l *lookup) (err error) {
	defer caught("check parcel", &err)
	if err := t.checkOnce(ctx, l); err != nil {
		return err
	}
	wanted := errors.Is(l.checked.Err, tracking.ErrTailNeeded) || l.checked.Parcel.TailNeeded
	if !wanted || l.parcel.TailNeeded {
		return nil
	}
	p := l.checked.Parcel
	if l.parcel, err = t.Parcels.Ensure(ctx, p.Number, p.Carrier, true, t.now); err != nil {
		return wrap("keep parcel", err)
	}
	l.checked.Parcel = l.parcel
	if err := t.unlock(ctx, l); err != nil || l.untried == "" {
		return err
	}
	return t.checkOnce(ctx, l)
}

func (t *turn) checkOnce(ctx context.Context, l *lookup) error {
	checked, err := t.Checker.Check(ctx, l.parcel, l.untried, models.Person)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("check parcel: %w", err)
	}
	if err != nil {
		checked = models.Checked{Parcel: l.parcel, Err: ctx.Err()}
	}
	if checked.Parcel.ID == 0 {
		checked.Parcel = l.parcel
	}
	l.checked = checked
	return nil
}
