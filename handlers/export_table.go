package handlers

import (
	"context"

	"waybill/handlers/table"
	"waybill/models"
)

// exportTable is what the chat follows as a table, written by write.
func (t *turn) exportTable(ctx context.Context, name string, write func(table.Sheet) ([]byte, error)) ([]Reply, error) {
	all, err := t.everything(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(all))
	for i, f := range all {
		ids[i] = f.Parcel.ID
	}
	newest, err := t.store.NewestScans(ctx, ids)
	if err != nil {
		return nil, wrap("read newest scans", err)
	}
	sheet := table.Sheet{Name: t.render.say("export.sheet"), Widths: []float64{24, 14, 24, 16, 56, 18, 18, 18}}
	for _, column := range []string{"number", "carrier", "name", "status", "newest", "newest_at", "since", "done_at"} {
		sheet.Titles = append(sheet.Titles, t.render.say("export."+column))
	}
	for _, f := range all {
		sheet.Rows = append(sheet.Rows, t.render.exportRow(f, newest[f.Parcel.ID]))
	}
	body, err := write(sheet)
	if err != nil {
		return nil, wrap("write table", err)
	}
	reply := t.render.reply("export.table", "Count", len(all))
	reply[0].File = &File{Name: name, Body: body}
	return reply, nil
}

// exportRow is one parcel, as far as the chat may see it.
func (r renderer) exportRow(f models.Followed, newest models.Event) []string {
	p := f.Parcel
	row := []string{p.Number, r.carrier(p.Carrier), f.Follow.Name, r.say("list.locked"), "", "", r.minute(f.Follow.CreatedAt), ""}
	if !f.Follow.Opens(p) {
		return row
	}
	row[3] = r.standing(p)
	if p.EventAt == 0 && (p.Status == "" || p.Status == models.Unknown) {
		row[3] = r.say("list.unheard")
	}
	if newest.At != 0 {
		row[4], row[5] = r.words.Written(newest.Text), r.minute(newest.At)
	}
	row[7] = r.minute(p.DoneAt)
	return row
}

// minute is when something was, with its year; "" when it was not.
func (r renderer) minute(m models.Moment) string {
	if m == 0 {
		return ""
	}
	return m.Time().In(r.zone).Format("2006-01-02 15:04")
}
