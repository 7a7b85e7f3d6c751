package handlers

import (
	"context"
	"strconv"

	"waybill/models"
)

// stopButtons is how many parcels a question which to stop offers as buttons.
const stopButtons = 8

// stop ends following what the argument names; bare it drops an open question,
// or asks which.
func (t *turn) stop(ctx context.Context, args string) ([]Reply, error) {
	switch {
	case args == "":
		return t.stopBare(ctx)
	case wantsAll(args):
		return t.askStopAll(ctx)
	}
	p, err := t.pickAll(ctx, args)
	if err != nil {
		return nil, err
	}
	return t.stopPicked(ctx, p)
}

// stopPicked stops what was found, unless something was named that is not
// there. Rows that have been stopped already count as found.
func (t *turn) stopPicked(ctx context.Context, p picked) ([]Reply, error) {
	if p.unknown != "" || len(p.rows)+len(p.gone) == 0 {
		return t.notFound(p, "stop"), nil
	}
	block := t.render.sentence("stop.done", "Count", len(p.rows)+len(p.gone))
	ids := make([]int64, len(p.rows))
	for i, f := range p.rows {
		ids[i] = f.Parcel.ID
		block = append(block, t.render.head(f.Parcel, f.Follow.Name))
	}
	for _, parcel := range p.gone {
		block = append(block, t.render.head(parcel, ""))
	}
	if err := t.store.Unfollow(ctx, t.chat.ID, ids, t.now); err != nil {
		return nil, wrap("stop following", err)
	}
	return []Reply{{Blocks: []Block{block}}}, nil
}

func (t *turn) stopBare(ctx context.Context) ([]Reply, error) {
	_, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	if open {
		return t.declined(ctx)
	}
	replies, err := t.list(ctx, false)
	if err != nil || len(t.chat.Listed) == 0 {
		return replies, err
	}
	live, err := t.follows(ctx, false)
	if err != nil || len(live) == 0 {
		return replies, err
	}
	q := models.Question{Asking: models.AskStop}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	question := t.renderQuestion(q)
	question[0].Buttons = t.stopChoices(live)
	return joinReplies(replies, question), nil
}

// stopChoices are the rows of the list as buttons, four beside one another.
func (t *turn) stopChoices(live []models.Followed) [][]Button {
	var buttons [][]Button
	for i, f := range live[:min(len(live), stopButtons)] {
		if i%4 == 0 {
			buttons = append(buttons, nil)
		}
		row := &buttons[len(buttons)-1]
		*row = append(*row, Button{Text: strconv.Itoa(i + 1), Data: "s:" + strconv.FormatInt(f.Parcel.ID, 10)})
	}
	return buttons
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
	q := models.Question{Asking: models.AskStopAll}
	for _, f := range live {
		q.Items = append(q.Items, models.Item{Number: f.Parcel.Number})
	}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// stopAll ends following every live parcel.
func (t *turn) stopAll(ctx context.Context) ([]Reply, error) {
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return t.render.reply("list.empty", "Number", example), nil
	}
	return t.stopPicked(ctx, picked{rows: live})
}
