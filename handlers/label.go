package handlers

import (
	"context"
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// maxName is how long a parcel's name may be, in characters.
const maxName = 40

// name calls a parcel something; without a name it asks for one.
func (t *turn) name(ctx context.Context, args string) ([]Reply, error) {
	p, err := t.pick(ctx, args)
	if err != nil {
		return nil, err
	}
	if len(p.rows) == 0 {
		return t.notFound(p, "name"), nil
	}
	if p.rest == "" {
		return t.askName(ctx, p.rows[0].Parcel)
	}
	return t.rename(ctx, p.rows[0].Parcel, p.rest)
}

func (t *turn) askName(ctx context.Context, p models.Parcel) ([]Reply, error) {
	q := models.Question{Asking: models.AskName, Items: []models.Item{{Number: p.Number, Carrier: p.Carrier}}}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// answerName takes whatever was said as the name that was asked for.
func (t *turn) answerName(ctx context.Context, q models.Question, text string) ([]Reply, error) {
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	item := q.Items[0]
	for _, f := range all {
		if f.Parcel.Number == item.Number && f.Parcel.Carrier == item.Carrier {
			replies, err := t.rename(ctx, f.Parcel, text)
			if err != nil {
				return nil, err
			}
			return replies, t.dropQuestion(ctx)
		}
	}
	return t.render.reply("not_followed_number", "Number", item.Number), t.dropQuestion(ctx)
}

func (t *turn) rename(ctx context.Context, p models.Parcel, name string) ([]Reply, error) {
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxName {
		return t.render.reply("name.too_long", "Number", p.Number, "Max", maxName), nil
	}
	if err := t.store.Rename(ctx, t.chat.ID, p.ID, name); err != nil {
		return nil, wrap("rename parcel", err)
	}
	return t.render.reply("name.done", "Number", p.Number, "Name", name), nil
}

// mute lets only urgent news of a parcel through, or all of it again.
func (t *turn) mute(ctx context.Context, args string, muted bool) ([]Reply, error) {
	word, key := "unmute", "mute.off"
	if muted {
		word, key = "mute", "mute.on"
	}
	p, err := t.pickSome(ctx, args)
	if err != nil {
		return nil, err
	}
	if len(p.rows) == 0 || len(p.gone) > 0 || p.unknown != "" {
		return t.notFound(p, word), nil
	}
	block := t.render.sentence(key, "Count", len(p.rows))
	for _, f := range p.rows {
		if err := t.store.Mute(ctx, t.chat.ID, f.Parcel.ID, muted, t.now); err != nil {
			return nil, wrap("mute parcel", err)
		}
		block = append(block, t.render.head(f.Parcel, f.Follow.Name))
	}
	return []Reply{{Blocks: []Block{block}}}, nil
}

// pickSome is pickAll, where nothing means the only parcel and "all" every live one.
func (t *turn) pickSome(ctx context.Context, args string) (picked, error) {
	if wantsAll(args) {
		live, err := t.follows(ctx, false)
		return picked{rows: live}, err
	}
	if args == "" {
		return t.pick(ctx, "")
	}
	return t.pickAll(ctx, args)
}
