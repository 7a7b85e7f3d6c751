package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// settle takes what came of asking: the chat follows the parcel, or is told
// why not, or has to be asked something first.
func (t *turn) settle(ctx context.Context, l *lookup) error {
	if l.needs != "" || l.note != "" {
		return nil
	}
	err := l.checked.Err
	switch {
	case tailRefused(err):
		return t.tailWrong(ctx, l)
	case errors.Is(err, tracking.ErrNumber):
		l.note = "bad_number"
		return nil
	case errors.Is(err, tracking.ErrCarrier):
		l.wrongCarrier(err)
		return nil
	}
	return t.join(ctx, l)
}

// wrongCarrier is for a number that no provider can be asked about under its
// carrier: without one, the chat may know it.
func (l *lookup) wrongCarrier(err error) {
	var e *tracking.Error
	if l.parcel.Carrier != "" && errors.As(err, &e) && e.Unsent {
		l.note = "unserved"
		return
	}
	l.needs, l.Carriers = models.AskCarrier, nil
}

// join makes the chat follow the parcel. It counts as told what the reply
// shows; a tail that no answer has verified yet opens nothing.
func (t *turn) join(ctx context.Context, l *lookup) error {
	p := l.checked.Parcel
	if l.verified() {
		l.state = models.TailOK
	}
	if p.TailNeeded && l.state == models.TailNone {
		l.needs = models.AskTail
		return nil
	}
	if err := t.guessed(ctx, l); err != nil {
		return err
	}
	follow, err := t.Follows.Follow(ctx, t.following(l), t.now)
	if errors.Is(err, models.ErrTooMany) {
		l.note = "full"
		return nil
	}
	if err != nil {
		return wrap("follow parcel", err)
	}
	l.fresh, l.follow = l.follow.ID == 0, follow
	if p.TailNeeded {
		l.state = follow.TailState
	}
	return nil
}

// following is the row that join wants. A tail that has opened the parcel
// before is not replaced by one that has opened nothing yet.
func (t *turn) following(l *lookup) models.Following {
	p := l.checked.Parcel
	w := models.Following{
		ChatID: t.chat.ID, ParcelID: p.ID, Name: l.Name,
		Delivered: p.Seq, Awaited: reason(l.checked.Err) == underWay, Max: t.Settings.MaxParcels,
	}
	kept := l.follow.TailState == models.TailOK && l.state != models.TailOK
	if p.TailNeeded && l.tail != "" && !kept {
		w.Tail, w.TailState = l.tail, l.state
	}
	return w
}

// results are the replies about lookups: one parcel with its newest scans and
// buttons, several as one message. asking: a question follows.
func (t *turn) results(ctx context.Context, lookups []*lookup, asking bool) ([]Reply, error) {
	var said []*lookup
	for _, l := range lookups {
		if l.note != "" || l.needs == "" {
			said = append(said, l)
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	most := shownEvents
	if len(said) > 1 {
		most = 1
	}
	watched := howMany(said, (*lookup).watched)
	var reply Reply
	for i, l := range said {
		l.alone = watched == 1 && (len(said) == 1 || !asking)
		blocks, err := t.result(ctx, l, most)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			blocks[0] = append(Block{Line{}}, blocks[0]...)
		}
		reply.Blocks = append(reply.Blocks, blocks...)
	}
	switch {
	case watched > 1 && !asking && slices.ContainsFunc(said, (*lookup).begins):
		reply.Blocks = append(reply.Blocks, append(Block{Line{}}, t.sentence("watching_all")...))
	case len(said) == 1 && said[0].note == "":
		reply.Buttons = t.parcelButtons(said[0].checked.Parcel)
	}
	return []Reply{reply}, nil
}

func (t *turn) result(ctx context.Context, l *lookup, most int) ([]Block, error) {
	switch {
	case l.note != "":
		return []Block{t.sentence(l.note,
			"Number", l.Number, "Carrier", t.carrier(l.parcel.Carrier), "Max", t.Settings.MaxParcels, "Count", l.left,
		)}, nil
	case !l.opens():
		return []Block{{t.head(l.checked.Parcel, l.follow.Name)}, t.sentence(lockedReason(l.checked.Err))}, nil
	}
	history, err := t.Parcels.History(ctx, l.checked.Parcel.ID, 0, 0)
	if err != nil {
		return nil, wrap("read history", err)
	}
	found := scans(history)
	if len(found) > most && most == 1 {
		found = found[:1]
	}
	return t.seen(l, found, most), nil
}

// seen is a parcel as this reply shows it, and why there is nothing newer.
func (t *turn) seen(l *lookup, found []models.Event, most int) []Block {
	p := l.checked.Parcel
	blocks := t.trace(p, l.follow.Name, found, most)
	why := reason(l.checked.Err)
	switch {
	case p.HeardAt == 0 && why == "" && !l.stored:
		why = "later"
	case p.HeardAt != 0 && why == "later" && t.now.Sub(p.HeardAt) < time.Minute:
		why = "" // there is hardly anything newer than what is shown
	case p.Status == models.Invalid && p.EventAt == 0 && why == "":
		why = "doubtful"
	}
	if p.EventAt == 0 && (p.Status == "" || p.Status == models.Pending || p.Status == models.Unknown) {
		blocks[0] = blocks[0][:1] // a state without any scan says less than the sentence below
		if why == "" {
			why = "no_record"
		}
	}
	if why != "" {
		return append(blocks, t.sentence(why))
	}
	if l.begins() && l.alone {
		return append(blocks, t.sentence("watching"))
	}
	return blocks
}

// watched says that the chat follows a journey that is not over.
func (l *lookup) watched() bool {
	return l.note == "" && l.checked.Parcel.Live()
}

// howMany is how many lookups are so.
func howMany(all []*lookup, so func(*lookup) bool) (n int) {
	for _, l := range all {
		if so(l) {
			n++
		}
	}
	return n
}

// begins says that the chat begins to follow the journey it is shown.
func (l *lookup) begins() bool {
	p := l.checked.Parcel
	return l.fresh && p.Live() && p.EventAt != 0 && l.opens()
}
