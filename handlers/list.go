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
	rows, err := t.Follows.Followed(ctx, t.chat.ID, all)
	if err != nil {
		return nil, wrap("read follows", err)
	}
	if len(rows) == 0 {
		return t.emptyList(ctx, all)
	}
	more := max(0, len(rows)-maxListed)
	rows = rows[:len(rows)-more]
	if err := t.remember(ctx, rows); err != nil {
		return nil, err
	}
	key := "list.live"
	if all {
		key = "list.all"
	}
	blocks := []Block{t.sentence(key, "Count", len(rows)+more)}
	for i, f := range rows {
		blocks = append(blocks, t.row(i+1, f))
	}
	if more > 0 {
		blocks = append(blocks, t.sentence("list.more", "Count", more))
	}
	return []Reply{{Blocks: blocks}}, nil
}

func (t *turn) emptyList(ctx context.Context, all bool) ([]Reply, error) {
	if err := t.remember(ctx, nil); err != nil {
		return nil, err
	}
	if all {
		return t.tell("list.empty", "Number", example), nil
	}
	done, err := t.Follows.Followed(ctx, t.chat.ID, true)
	if err != nil {
		return nil, wrap("read follows", err)
	}
	if len(done) > 0 {
		return t.tell("list.only_done", "Count", len(done), "Number", example), nil
	}
	return t.tell("list.empty", "Number", example), nil
}

func (t *turn) remember(ctx context.Context, rows []models.Followed) error {
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.Parcel.ID
	}
	t.chat.Listed = ids
	return wrap("remember list", t.Labels.SetListed(ctx, t.chat.ID, ids))
}
