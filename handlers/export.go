package handlers

import (
	"context"
	"encoding/json"
	"time"

	"waybill/handlers/table"
	"waybill/models"
)

// The words of an export. Tails appear as "set" only: they are never shown.
type (
	exported struct {
		Chat    exportedChat     `json:"chat"`
		Asking  *exportedAsking  `json:"open_question,omitempty"`
		Parcels []exportedParcel `json:"parcels"`
		At      string           `json:"exported_at"`
	}
	exportedChat struct {
		Door         string `json:"door"`
		Conversation string `json:"conversation"`
		Thread       string `json:"thread,omitempty"`
		Group        bool   `json:"group"`
		Language     string `json:"language,omitempty"`
		Platform     string `json:"platform_language,omitempty"`
		Tail         string `json:"phone_tail,omitempty"`
		Since        string `json:"since,omitempty"`
	}
	exportedAsking struct {
		About   models.Asking `json:"about"`
		Numbers []string      `json:"numbers,omitempty"`
		At      string        `json:"asked_at"`
	}
	exportedParcel struct {
		Number  string          `json:"number"`
		Carrier models.Carrier  `json:"carrier"`
		Name    string          `json:"name,omitempty"`
		Muted   bool            `json:"muted"`
		Tail    string          `json:"phone_tail,omitempty"`
		PushTo  string          `json:"push_to,omitempty"`
		Since   string          `json:"followed_since,omitempty"`
		Status  models.Status   `json:"status,omitempty"`
		Done    string          `json:"done_at,omitempty"`
		Events  []exportedEvent `json:"events,omitempty"`
	}
	exportedEvent struct {
		At    string      `json:"at"`
		Kind  models.Kind `json:"kind"`
		Text  string      `json:"text"`
		Place string      `json:"place,omitempty"`
	}
)

// export hands out everything that is stored about this chat: for programs, and as a
// table for people. format is one of both alone, or "csv".
func (t *turn) export(ctx context.Context, format string) ([]Reply, error) {
	if why, err := t.notAllowed(ctx, "no_admins"); err != nil || why != nil {
		return why, err
	}
	switch exportFormat(format) {
	case "csv":
		return t.exportTable(ctx, "waybill.csv", table.CSV)
	case "xlsx":
		return t.exportTable(ctx, "waybill.xlsx", table.Workbook)
	case "json":
		return t.exportAll(ctx)
	}
	all, err := t.exportAll(ctx)
	if err != nil {
		return all, err
	}
	people, err := t.exportTable(ctx, "waybill.xlsx", table.Workbook)
	if err != nil {
		return nil, err
	}
	people[0].Blocks = []Block{t.render.sentence("export.people")}
	if t.traits().Metered {
		people[0].Blocks = nil // each text beside a file is one message more
	}
	return append(all, people...), nil
}

// exportFormat is the kind of file that somebody names, "" when none is.
func exportFormat(text string) string {
	switch plainWord(text) {
	case "csv", "excel csv":
		return "csv"
	case "xlsx", "excel", "xls", "表格", "试算表", "試算表", "电子表格", "spreadsheet", "table":
		return "xlsx"
	case "json":
		return "json"
	}
	return ""
}

// exportAll is everything, for programs.
func (t *turn) exportAll(ctx context.Context) ([]Reply, error) {
	all, err := t.exported(ctx)
	if err != nil {
		return nil, err
	}
	body, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, wrap("write export", err)
	}
	reply := t.render.reply("export.done", "Count", len(all.Parcels))
	reply[0].File = &File{Name: "waybill.json", Body: append(body, '\n')}
	return reply, nil
}

func (t *turn) exported(ctx context.Context) (exported, error) {
	e := exported{Chat: t.exportedChat(), Parcels: []exportedParcel{}, At: stamp(t.now)}
	q, open, err := t.question(ctx)
	if err != nil {
		return e, err
	}
	if open {
		e.Asking = &exportedAsking{About: q.Asking, At: stamp(q.AskedAt)}
		for _, item := range append(q.Items, q.Rest...) {
			e.Asking.Numbers = append(e.Asking.Numbers, item.Number)
		}
	}
	all, err := t.everything(ctx)
	if err != nil {
		return e, err
	}
	for _, f := range all {
		parcel, err := t.exportedParcel(ctx, f)
		if err != nil {
			return e, err
		}
		e.Parcels = append(e.Parcels, parcel)
	}
	return e, nil
}

func (t *turn) exportedChat() exportedChat {
	c := t.chat
	return exportedChat{
		Door: c.Door, Conversation: c.Conversation, Thread: c.Thread, Group: c.Group,
		Language: c.Lang, Platform: c.Spoken, Tail: set(len(c.Tail) > 0), Since: stamp(c.CreatedAt),
	}
}

func (t *turn) exportedParcel(ctx context.Context, f models.Followed) (exportedParcel, error) {
	e := exportedParcel{
		Number: f.Parcel.Number, Carrier: f.Parcel.Carrier,
		Name: f.Follow.Name, Muted: f.Follow.Mute == models.Muted, PushTo: f.Follow.PushTo,
		Tail: set(len(f.Follow.Tail) > 0), Since: stamp(f.Follow.CreatedAt),
	}
	if !f.Follow.Opens(f.Parcel) {
		return e, nil // what a tail has not opened is not handed out either
	}
	e.Status, e.Done = f.Parcel.Status, stamp(f.Parcel.DoneAt)
	history, err := t.store.History(ctx, f.Parcel.ID, 0, 0)
	for _, h := range history {
		e.Events = append(e.Events, exportedEvent{At: stamp(h.At), Kind: h.Kind, Text: h.Text, Place: h.Place})
	}
	return e, wrap("read history", err)
}

func stamp(m models.Moment) string {
	if m == 0 {
		return ""
	}
	return m.Time().In(models.Shanghai).Format(time.RFC3339)
}

func set(is bool) string {
	if is {
		return "set"
	}
	return ""
}
