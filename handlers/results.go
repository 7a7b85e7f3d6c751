package handlers

import (
	"context"
	"errors"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// underWay is the key of the sentence that promises an answer as soon as it is there.
const underWay = "under_way"

// replyTo is one reply about all requests that have come to an end, and the
// question for what the others need.
func (t *turn) replyTo(ctx context.Context, steps []step, rest []models.Item) ([]Reply, error) {
	var missing []models.Item
	for _, s := range steps {
		if s, ok := s.(interface{ item() models.Item }); ok {
			missing = append(missing, s.item())
		}
	}
	missing = append(missing, rest...)
	steps = joinFull(steps)
	replies, err := t.results(ctx, steps, len(missing) > 0)
	if err != nil {
		return nil, err
	}
	question, err := t.askNext(ctx, missing)
	return joinReplies(replies, question), err
}

// results are a reply about one parcel with its newest scans and buttons, or
// about several with the newest scan of each; nothing when all need an answer
// first. asking: a question follows.
func (t *turn) results(ctx context.Context, steps []step, asking bool) ([]Reply, error) {
	said, watched, begun := concluded(steps)
	if len(said) == 0 {
		return nil, nil
	}
	most := shownEvents
	if len(said) > 1 {
		most = 1
	}
	if wrong, ok := said[0].(needsTail); ok && len(said) == 1 && wrong.why == "tail.wrong" {
		t.wrongTail = wrong.number
	}
	var reply Reply
	for i, s := range said {
		blocks, err := t.result(ctx, s, most, watched == 1 && (len(said) == 1 || !asking))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			blocks[0] = append(Block{Line{}}, blocks[0]...)
		}
		reply.Blocks = append(reply.Blocks, blocks...)
	}
	f, shown := said[0].(followed)
	switch {
	case watched > 1 && !asking && begun:
		reply.Blocks = append(reply.Blocks, append(Block{Line{}}, t.render.sentence(watchingKey(said, watched))...))
	case len(said) == 1 && shown:
		if page := t.render.page(models.Followed{Follow: f.follow, Parcel: f.answer.Parcel}); page != nil {
			reply.Blocks = append(reply.Blocks, page)
		}
		reply.Buttons = t.render.parcelButtons(f.follow, f.answer.Parcel, t.chat.News)
	}
	return []Reply{reply}, nil
}

// concluded are the steps of which something is said, how many of their parcels
// are watched from now on, and whether any of them is new to the chat.
func concluded(steps []step) (said []step, watched int, begun bool) {
	for _, s := range steps {
		switch s := s.(type) {
		case refused, fullFor:
			said = append(said, s)
		case needsTail:
			if s.why != "" {
				said = append(said, s)
			}
		case followed:
			said = append(said, s)
			begun = begun || s.begins()
			if s.live() {
				watched++
			}
		}
	}
	return said, watched, begun
}

// result is what is said of one request; alone: its parcel is the only one in
// the reply that is watched.
func (t *turn) result(ctx context.Context, s step, most int, alone bool) ([]Block, error) {
	switch s := s.(type) {
	case refused:
		return t.reason(s.located, s.why, 0), nil
	case fullFor:
		return t.fullWords(s), nil
	case needsTail:
		return t.reason(s.located, s.why, s.left), nil
	case followed:
		blocks, err := t.shownParcel(ctx, s, most, alone)
		return append(blocks, t.corrected(s)...), err
	}
	return nil, nil
}

// corrected says that a parcel is another carrier's than the one that somebody named.
func (t *turn) corrected(f followed) []Block {
	is := f.answer.Parcel.Carrier
	if f.named == "" || is == "" || f.named == is || !f.opens() {
		return nil
	}
	return []Block{t.render.sentence("carrier_corrected", "Carrier", t.render.carrier(is))}
}

// watchingKey is the promise under several parcels: one that has arrived is watched no
// more.
func watchingKey(said []step, watched int) string {
	for _, s := range said {
		if f, ok := s.(followed); ok && !f.live() && watched > 0 {
			return "watching_rest"
		}
	}
	return "watching_all"
}

// reason is the sentence that stands instead of a trace.
func (t *turn) reason(l located, why string, left int) []Block {
	block := t.render.sentence(why,
		"Number", l.number, "Carrier", t.render.carrier(l.parcel.Carrier), "Max", t.maxParcels(), "Count", left,
	)
	if why == "unserved" {
		block = append(block, t.render.elsewhere(l.parcel.Carrier)...)
	}
	return []Block{block}
}

// elsewhere is where somebody can look a parcel up of which nobody can be asked here.
func (r renderer) elsewhere(c models.Carrier) Block {
	if page := r.contact(c).Page; page != "" {
		return Block{{{Text: r.say("contact.look", "Carrier", r.carrier(c)) + " "}, {Text: page, Style: Link, URL: page}}}
	}
	return nil
}

// shownParcel is a followed parcel with its newest scans, as far as the chat may see it.
func (t *turn) shownParcel(ctx context.Context, f followed, most int, alone bool) ([]Block, error) {
	if !f.opens() {
		why := "tail.unverified"
		if errors.Is(f.answer.Err, tracking.ErrNoRecord) {
			why = "no_record"
		}
		return []Block{{t.render.head(f.answer.Parcel, f.follow.Name)}, t.render.sentence(why)}, nil
	}
	found, err := t.foundScans(ctx, f.answer.Parcel.ID, most)
	if err != nil {
		return nil, err
	}
	return t.render.answer(f, t.expected(ctx, f.answer.Parcel), found, most, alone), nil
}

// foundScans are a parcel's scans, newest first: all of them, because the rest is counted,
// or only the newest where most is 1.
func (t *turn) foundScans(ctx context.Context, parcelID int64, most int) ([]models.Event, error) {
	if most == 1 {
		newest, err := t.store.NewestScans(ctx, []int64{parcelID})
		if e, ok := newest[parcelID]; ok {
			return []models.Event{e}, nil
		}
		return nil, wrap("read newest scan", err)
	}
	history, err := t.store.History(ctx, parcelID, 0, 0)
	return scans(history), wrap("read history", err)
}

// answer is a parcel as a reply shows it, and why there is nothing newer.
func (r renderer) answer(f followed, e models.Expected, found []models.Event, most int, alone bool) []Block {
	p := f.answer.Parcel
	blocks := r.trace(p, e, f.follow.Name, found, most)
	why := reason(f.answer.Err)
	switch {
	case p.HeardAt == 0 && why == "" && !f.stored:
		why = "later"
	case p.HeardAt != 0 && why == "later" && r.now.Sub(p.HeardAt) < time.Minute:
		why = "" // there is hardly anything newer than what is shown
	case p.Status == models.Invalid && p.EventAt == 0 && (why == "" || why == "no_record"):
		why = nothingFound(p)
	}
	if p.EventAt == 0 && (p.Status == "" || p.Status == models.Pending || p.Status == models.Unknown) {
		blocks[0] = blocks[0][:1] // a state without any scan says less than the sentence below
		if why == "" {
			why = nothingFound(p)
		}
	}
	if trouble := r.trouble(p); trouble != nil {
		blocks = append(blocks, trouble)
	} else if why == "" && f.begins() && alone {
		why = "watching"
	}
	if why == "" {
		return blocks
	}
	return append(blocks, r.sentence(why))
}

// nothingFound is the key of what is said of a parcel without any scan.
func nothingFound(p models.Parcel) string {
	if p.Status == models.Invalid {
		return "doubtful"
	}
	return "no_record"
}

// reason is the key of what a person is told about an error, "" when it helps
// nobody to be told: what is stored, and how old it is, says enough.
func reason(err error) string {
	switch {
	case err == nil, errors.Is(err, models.ErrFloor):
		return ""
	case errors.Is(err, tracking.ErrNoRecord):
		return "no_record"
	case errors.Is(err, models.ErrStale), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return underWay
	}
	return "later"
}
