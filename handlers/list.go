package handlers

import (
	"context"

	"waybill/models"
)

// example is a number to show people how to send one.
const example = "SF1000000000015"

// maxListed is how many rows one list shows; the rest is counted.
const maxListed = 60

// list shows the chat's parcels, newest news first, and remembers their rows.
func (t *turn) list(ctx context.Context, all bool) ([]Reply, error) {
	rows, err := t.follows(ctx, all)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return t.emptyList(ctx, all)
	}
	more := max(0, len(rows)-maxListed)
	rows = rows[:len(rows)-more]
	if err := t.rememberRows(ctx, rows); err != nil {
		return nil, err
	}
	key := "list.live"
	if all {
		key = "list.all"
	}
	blocks := []Block{t.render.sentence(key, "Count", len(rows)+more)}
	for i, f := range rows {
		blocks = append(blocks, t.render.row(i+1, f))
	}
	if more > 0 {
		blocks = append(blocks, t.render.sentence("list.more", "Count", more))
	}
	return []Reply{{Blocks: blocks}}, nil
}

func (t *turn) emptyList(ctx context.Context, all bool) ([]Reply, error) {
	if err := t.rememberRows(ctx, nil); err != nil {
		return nil, err
	}
	if all {
		return t.render.reply("list.empty", "Number", example), nil
	}
	_, done, err := t.store.CountFollowed(ctx, t.chat.ID)
	if err != nil {
		return nil, wrap("count parcels", err)
	}
	if done > 0 {
		return t.render.reply("list.only_done", "Count", done, "Number", example), nil
	}
	return t.render.reply("list.empty", "Number", example), nil
}

func (t *turn) rememberRows(ctx context.Context, rows []models.Followed) error {
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.Parcel.ID
	}
	t.chat.Listed, t.listedNow = ids, len(ids) > 0
	return wrap("remember list", t.store.SetListed(ctx, t.chat.ID, ids))
}

// details shows a parcel's whole trace, and where its page is.
func (t *turn) details(ctx context.Context, f models.Followed) ([]Reply, error) {
	if !f.Follow.Opens(f.Parcel) {
		return []Reply{{Blocks: []Block{{t.render.head(f.Parcel, f.Follow.Name)}, t.render.sentence("tail.unverified")}}}, nil
	}
	history, err := t.store.History(ctx, f.Parcel.ID, 0, 0)
	if err != nil {
		return nil, wrap("read history", err)
	}
	found := scans(history)
	blocks := t.render.trace(f.Parcel, f.Follow.Name, found, 0)
	if len(found) == 0 {
		blocks = append(blocks, t.render.sentence("no_record"))
	}
	if t.settings.Links != nil {
		link := Span{Text: t.render.say("page_link"), Style: Link, URL: t.settings.Links(f.Parcel)}
		blocks = append(blocks, Block{Line{link}})
	}
	return []Reply{{Blocks: blocks, Buttons: t.render.parcelButtons(f.Follow, f.Parcel, t.chat.News)}}, nil
}
