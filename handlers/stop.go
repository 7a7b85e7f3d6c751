package handlers

import (
	"context"
	"slices"
	"strconv"

	"waybill/models"
)

const (
	stoppedUnasked = 4  // how many parcels are stopped at once without asking first
	namedInAsking  = 10 // how many of those are named that are asked about
)

// stop ends following what the argument names; bare it drops an open question, or
// means the only parcel, or asks which. To cancel is bare, too, but stops nothing that
// was not named.
func (t *turn) stop(ctx context.Context, c command) ([]Reply, error) {
	if c.args != "" {
		return t.aboutParcel(ctx, command{verb: verbStop, args: c.args})
	}
	_, open, err := t.question(ctx)
	switch {
	case err != nil:
		return nil, err
	case open:
		return t.declined(ctx)
	case c.verb == verbCancel:
		return t.which(ctx, verbStop, "")
	}
	return t.aboutWhich(ctx, verbStop)
}

// stopSome stops what was found, and asks first when that is much. Rows that have
// been stopped already count as found.
func (t *turn) stopSome(ctx context.Context, p picked) ([]Reply, error) {
	if len(p.rows)+len(p.gone) > stoppedUnasked {
		return t.askStop(ctx, models.AskStopMany, p)
	}
	return t.stopPicked(ctx, p)
}

// stopPicked stops what was found. For ten minutes it can be taken back.
func (t *turn) stopPicked(ctx context.Context, p picked) ([]Reply, error) {
	block := t.render.sentence("stop.done", "Count", len(p.rows)+len(p.gone))
	ids := make([]int64, len(p.rows))
	for i, f := range p.rows {
		ids[i] = f.Parcel.ID
		block = append(block, t.render.head(f.Parcel, f.Follow.Name))
	}
	for _, parcel := range p.gone {
		block = append(block, t.render.head(parcel, ""))
	}
	if err := t.notePicked(ctx, p); err != nil {
		return nil, err
	}
	if err := t.store.Unfollow(ctx, t.chat.ID, ids, t.now); err != nil {
		return nil, wrap("stop following", err)
	}
	undo := Button{Text: t.render.say("button.undo"), Data: "u"}
	return []Reply{{Blocks: []Block{block}, Buttons: [][]Button{{undo}}}}, nil
}

// undo follows again what was stopped last, with names and tails, and shows the list.
func (t *turn) undo(ctx context.Context) ([]Reply, error) {
	before, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	again, err := t.pickedBefore(ctx, picked{})
	if err != nil {
		return nil, err
	}
	undone, err := t.store.Undo(ctx, t.chat.ID, t.now)
	if err != nil {
		return nil, wrap("undo stop", err)
	}
	followed := func(id int64) bool {
		return slices.ContainsFunc(before, func(f models.Followed) bool { return f.Parcel.ID == id })
	}
	isNew := slices.ContainsFunc(undone, func(id int64) bool { return !followed(id) })
	if len(undone) == 0 || !isNew && !again.byWords {
		return t.render.reply("undo.nothing"), nil
	}
	if err := t.notePicked(ctx, picked{byWords: true}); err != nil {
		return nil, err
	}
	clear(t.followed)
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if t.rewrites() && len(undone) == 1 {
		f, ok, err := t.owned(ctx, strconv.FormatInt(undone[0], 10))
		if err != nil {
			return nil, err
		}
		if ok {
			return t.rewritten(ctx, f, t.render.say("undo.done"))
		}
	}
	finished := func(id int64) bool {
		return !slices.ContainsFunc(live, func(f models.Followed) bool { return f.Parcel.ID == id })
	}
	list, err := t.list(ctx, slices.ContainsFunc(undone, finished))
	return joinReplies(t.render.reply("undo.done"), list), err
}

func (t *turn) askStopAll(ctx context.Context) ([]Reply, error) {
	if why, err := t.notAllowed(ctx, "no_admins_all"); err != nil || why != nil {
		return why, err
	}
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return t.render.reply("list.empty", "Number", example), nil
	}
	return t.askStop(ctx, models.AskStopAll, picked{rows: live})
}

// askStop asks whether to stop all these, and names them.
func (t *turn) askStop(ctx context.Context, asking models.Asking, p picked) ([]Reply, error) {
	q := models.Question{Asking: asking}
	for _, f := range p.rows {
		q.Items = append(q.Items, models.Item{Number: f.Parcel.Number, Carrier: f.Parcel.Carrier, Name: f.Follow.Name})
	}
	for _, gone := range p.gone {
		q.Items = append(q.Items, models.Item{Number: gone.Number, Carrier: gone.Carrier})
	}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// stopSure is the question whether to stop all items, and what they are called.
func (t *turn) stopSure(q models.Question) []Reply {
	replies := t.yesNo(q, "stop.all_sure", "Count", len(q.Items))
	block := &replies[0].Blocks[0]
	for _, item := range q.Items[:min(len(q.Items), namedInAsking)] {
		*block = append(*block, t.render.head(models.Parcel{Number: item.Number, Carrier: item.Carrier}, item.Name))
	}
	if more := len(q.Items) - namedInAsking; more > 0 {
		*block = append(*block, t.render.sentence("stop.more", "Count", more)...)
	}
	return replies
}
