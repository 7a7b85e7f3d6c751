package handlers

import (
	"context"

	"waybill/models"
)

// detail shows a parcel's whole trace, and where its page is.
func (t *turn) detail(ctx context.Context, args string) ([]Reply, error) {
	p, err := t.pick(ctx, args)
	if err != nil {
		return nil, err
	}
	if len(p.rows) == 0 {
		return t.nothing(p, "detail"), nil
	}
	return t.details(ctx, p.rows[0])
}

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
	return []Reply{{Blocks: blocks, Buttons: t.render.parcelButtons(f.Parcel)}}, nil
}
