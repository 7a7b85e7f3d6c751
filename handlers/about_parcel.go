package handlers

import (
	"context"
	"slices"

	"waybill/models"
)

// aboutParcel does what a command says about the parcels that its argument names;
// without one it means the only live parcel, or the one that was shown last, or asks.
func (t *turn) aboutParcel(ctx context.Context, c command) ([]Reply, error) {
	switch {
	case c.args == "":
		return t.aboutWhich(ctx, c.verb)
	case wantsAll(c.args):
		return t.aboutAll(ctx, c.verb)
	case c.verb == verbName:
		return t.name(ctx, c.args)
	}
	p, err := t.pickAll(ctx, c.args)
	if err != nil {
		return nil, err
	}
	return t.about(ctx, c.verb, p)
}

// about does something with what was picked, or asks which of several was meant.
func (t *turn) about(ctx context.Context, v verb, p picked) ([]Reply, error) {
	if v == verbStop {
		var err error
		if p, err = t.pickedBefore(ctx, p); err != nil {
			return nil, err
		}
	}
	p.preferLive()
	switch {
	case p.unknown == "" && len(p.several) > 0:
		return t.choose(ctx, v, p.rest, p.several)
	case p.unknown != "" || len(p.rows) == 0 && (v != verbStop || len(p.gone) == 0), len(p.gone) > 0 && v != verbStop:
		return t.notFound(p, string(v)), nil
	}
	return t.do(ctx, v, p)
}

// preferLive leaves the finished parcels out of those that a word may mean when there
// are live ones, and takes the only one that is left.
func (p *picked) preferLive() {
	finished := func(f models.Followed) bool { return !f.Parcel.Live() }
	if live := slices.DeleteFunc(slices.Clone(p.several), finished); len(live) > 0 {
		p.several = live
	}
	if len(p.several) == 1 {
		p.add(p.several, func(models.Followed) bool { return true })
		p.several = nil
	}
}

// do does something with parcels. p.rest is the name, or the group robot.
func (t *turn) do(ctx context.Context, v verb, p picked) ([]Reply, error) {
	switch v {
	case verbStop:
		return t.stopSome(ctx, p)
	case verbName:
		if p.rest == "" {
			return t.askName(ctx, p.rows[0])
		}
		if err := t.notePicked(ctx, p); err != nil {
			return nil, err
		}
		return t.rename(ctx, p.rows[0].Parcel, p.rest)
	case verbMute, verbUnmute:
		return t.mute(ctx, p.rows, v == verbMute)
	case verbPush:
		return t.pushPicked(ctx, p.rest, p.rows)
	}
	return t.detailsOf(ctx, p.rows)
}

// detailsOf shows the whole trace of some parcels, each in a message of its own, or
// where messages are counted all in one.
func (t *turn) detailsOf(ctx context.Context, rows []models.Followed) ([]Reply, error) {
	var replies []Reply
	for _, f := range rows[:min(len(rows), mostDetails)] {
		some, err := t.details(ctx, f, len(rows) == 1)
		if err != nil {
			return nil, err
		}
		if len(replies) > 0 && t.traits().Metered {
			replies[0].Buttons = nil
			replies, some = joinReplies(replies, some), nil
			replies[0].Buttons = nil
		}
		replies = append(replies, some...)
	}
	if more := len(rows) - mostDetails; more > 0 {
		last := &replies[len(replies)-1]
		last.Blocks = append(last.Blocks, t.render.sentence("detail.more", "Count", more, "Max", mostDetails))
	}
	return replies, nil
}

// mostDetails is of how many parcels the whole trace is shown at once: each is a
// message.
const mostDetails = 5

// aboutAll does something with every live parcel.
func (t *turn) aboutAll(ctx context.Context, v verb) ([]Reply, error) {
	switch v {
	case verbStop:
		return t.askStopAll(ctx)
	case verbMute:
		return t.setNews(ctx, models.NewsUrgent, t.chat.NewsAt)
	case verbUnmute:
		return t.unmuteAll(ctx)
	}
	return t.list(ctx, false)
}

// aboutWhich is a command without an argument. Stopping does not go by what was shown
// last: news may have come in between.
func (t *turn) aboutWhich(ctx context.Context, v verb) ([]Reply, error) {
	if _, slash := cutSlash(tidy(t.m.Text)); !slash && v != verbStop && t.m.Addressed && !t.m.Group {
		f, ok, err := t.shownLast(ctx)
		if err != nil {
			return nil, err
		}
		if ok {
			return t.do(ctx, v, picked{rows: []models.Followed{f}})
		}
	}
	if v == verbStop {
		p, err := t.pickedBefore(ctx, picked{})
		if err != nil {
			return nil, err
		}
		if p.found() {
			return t.do(ctx, v, p)
		}
	}
	return t.onlyOrWhich(ctx, v, "")
}

// onlyOrWhich does something with the only live parcel, or asks which.
func (t *turn) onlyOrWhich(ctx context.Context, v verb, args string) ([]Reply, error) {
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if len(live) == 1 && !t.overheard() {
		return t.do(ctx, v, picked{rows: live, rest: args, byWords: true})
	}
	return t.which(ctx, v, args)
}
