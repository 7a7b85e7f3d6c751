package handlers

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/guard"
	"waybill/models"
)

const (
	atOnce   = 8                // steps of one message under way together
	patience = 20 * time.Second // how long a reply waits for all checks of its message: two vendors that hang, and one that answers
)

// step is how far the question about one number has come. It goes
//
//	request | resumed -> located -> opened -> checked -> followed
//
// and may end as needsCarrier, needsTail or refused instead of going on.
type step interface{ about() request }

// request is a number that somebody asks about.
type request struct {
	number   string
	name     string // what to call it, "" when nothing is said
	tail     string // of a phone: given with the number, or the answer to the question for it
	answered bool   // tail is an answer: when it does not fit, the number is asked about on its own

	// What the text and the shape say of whose number it is; see recognise.Number.
	sure     bool
	carriers []models.Carrier
	foreign  models.Carrier // the key of a carrier without a code of ours
	named    models.Carrier // the one that somebody said it is, "" when nobody did
}

func (r request) about() request { return r }

// resumed is a request whose question has been answered: the carrier is known
// ("" where no one knows it), and nothing that led to the question is done again.
type resumed struct {
	request
	carrier models.Carrier
}

// located is a request whose parcel has a row.
type located struct {
	request
	parcel models.Parcel
	follow models.Follow // this chat's; zero when it does not follow yet
}

// opened is a parcel that may be asked about: it wants no tail, or has one.
type opened struct {
	located
	digits  string           // the tail to keep with the follow, "" when there is none or the follow has it
	state   models.TailState // of digits, or of the follow's tail
	attempt attempt          // how digits were tried; zero when they were not
}

// checked is a parcel with what came of asking about it.
type checked struct {
	opened
	answer models.Checked
	stored bool // nobody was asked, because the journey is over
}

// followed is a parcel that the chat follows.
type followed struct {
	checked
	begun bool // since this message
}

// needsCarrier waits for the chat to say whose number it is.
type needsCarrier struct {
	request
	choices []models.Carrier // empty: it has to be typed
}

// needsTail waits for the chat to give the tail of a phone.
type needsTail struct {
	located
	why  string // key of the sentence why another one is wanted, "" when none has been tried
	left int    // more tails that may be tried today
}

// refused ends here; why is the key of the sentence that says so.
type refused struct {
	located
	why string
}

// untried is the tail that a provider is to judge, "" when there is none.
func (o opened) untried() string {
	if o.state == models.TailUntried {
		return o.digits
	}
	return ""
}

// proved says that the answer proves the tail: it brought a trace.
func (c checked) proved() bool {
	return c.untried() != "" && c.answer.Err == nil && c.answer.Fresh && c.answer.Parcel.EventAt != 0
}

// opens says whether this chat may see the trace.
func (f followed) opens() bool { return f.follow.Opens(f.answer.Parcel) }

// live says that the journey is not over.
func (f followed) live() bool { return f.answer.Parcel.Live() }

// begins says that the chat begins to follow the journey that it is shown.
func (f followed) begins() bool {
	return f.begun && f.live() && f.answer.Parcel.EventAt != 0 && f.opens()
}

// item is what the question for the carrier is about.
func (n needsCarrier) item() models.Item {
	return models.Item{Number: n.number, Name: n.name, Carriers: n.choices, Needs: models.AskCarrier}
}

// item is what the question for the tail is about.
func (n needsTail) item() models.Item {
	item := models.Item{Number: n.number, Name: n.name, Carrier: n.parcel.Carrier, Needs: models.AskTail}
	if n.answered {
		item.Needs = askAlone
	}
	return item
}

// track takes steps to their end: one reply for those that can be answered,
// and one question for what is missing. rest is what was to be asked anyway.
func (t *turn) track(ctx context.Context, steps []step, rest []models.Item) ([]Reply, error) {
	t.listedNow = t.listedNow || len(steps) > 1
	for _, phase := range []func(context.Context, []step) error{t.locateAll, t.openAll, t.checkAll, t.followAll} {
		if err := phase(ctx, steps); err != nil {
			return nil, err
		}
	}
	return t.replyTo(ctx, steps, rest)
}

// locateAll finds the parcels, some at once: a carrier may have to be asked for
// over the network.
func (t *turn) locateAll(ctx context.Context, steps []step) error {
	return errors.Join(
		together(steps, func(r request) (step, error) { return t.locate(ctx, r) }),
		together(steps, func(r resumed) (step, error) { return t.resume(ctx, r) }),
	)
}

// openAll finds the tails that are wanted. A live parcel that would be one too
// many for the chat is refused before it costs a call.
func (t *turn) openAll(ctx context.Context, steps []step) error {
	remaining := -1
	return oneByOne(steps, func(l located) (step, error) {
		if t.maxParcels() > 0 && l.follow.ID == 0 && l.parcel.Live() {
			if remaining < 0 {
				live, err := t.store.CountLive(ctx, t.chat.ID)
				if err != nil {
					return nil, wrap("count parcels", err)
				}
				remaining = max(0, t.maxParcels()-live)
			}
			if remaining == 0 {
				return refused{l, "full"}, nil
			}
			remaining--
		}
		return t.open(ctx, l)
	})
}

// checkAll asks about all parcels that can be asked about, some at once.
// Whatever has not been answered in time is followed all the same: news of it
// will come.
func (t *turn) checkAll(ctx context.Context, steps []step) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return together(steps, func(o opened) (step, error) { return t.check(ctx, o) })
}

// followAll has the chat follow what was checked.
func (t *turn) followAll(ctx context.Context, steps []step) error {
	return oneByOne(steps, func(c checked) (step, error) { return t.conclude(ctx, c) })
}

// together takes the steps of one type on to the next, some at once.
func together[S step](steps []step, next func(S) (step, error)) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i := range steps {
		if s, ok := steps[i].(S); ok {
			g.Go(func() (err error) {
				defer guard.Recover("track parcel", &err)
				steps[i], err = next(s)
				return err
			})
		}
	}
	return g.Wait()
}

// oneByOne takes the steps of one type on to the next, in their order.
func oneByOne[S step](steps []step, next func(S) (step, error)) (err error) {
	for i := range steps {
		if s, ok := steps[i].(S); ok {
			if steps[i], err = next(s); err != nil {
				return err
			}
		}
	}
	return nil
}
