package handlers

import (
	"context"
	"slices"

	"waybill/handlers/table"
	"waybill/models"
)

// ImportStore is what following a table needs of the store.
type ImportStore interface {
	Listed(ctx context.Context, chatID int64, numbers []string) ([]models.Listed, error)
	CountLive(ctx context.Context, chatID int64) (int, error)
	FollowBatch(ctx context.Context, b models.Batch, now models.Moment) ([]models.BatchResult, error)
	PutImport(ctx context.Context, i models.Import) error
	EndImport(ctx context.Context, i models.Import) error
}

// Importer has chats follow what tables list: for the conversation, and for bot import.
type Importer struct {
	Store        ImportStore
	Carriers     Carriers
	TailCarriers []models.Carrier
}

// Why a row is refused that a number was read of. The other reasons are the table's.
const (
	whyCarrier table.Reason = "carrier" // several carriers' shape, and no column says whose it is
	whyForeign table.Reason = "foreign" // no provider can be asked about its carrier
	whyFull    table.Reason = "full"    // one too many for the chat
)

// RefusedRow is a row of a table that is not followed.
type RefusedRow struct {
	Line int
	Cell string // what stands there, "" where that is somebody's own
	Why  table.Reason
}

// Plan is what a table means for a chat.
type Plan struct {
	Items    []models.Item // to be followed; with those that the chat follows already and that have another tail here
	Begun    int           // of Items, those that are new to the chat
	Known    int           // rows whose parcel the chat follows already
	Repeated int           // rows whose number stands above in the table
	Refused  []RefusedRow
	Full     int // of Refused, those beyond the chat's limit
	Cut      int // rows that were not read
}

// Rows is how many rows were read.
func (p Plan) Rows() int { return p.Begun + p.Known + p.Repeated + len(p.Refused) }

// Plan says what a table means for a chat, which may be one that nobody has seen (0).
// limit is how many live parcels the chat may follow; 0: no limit. tail is the one that
// the chat has remembered, "" without one. Nothing changes, and nobody else is asked.
func (i Importer) Plan(ctx context.Context, chatID int64, limit int, tail string, t table.Table) (Plan, error) {
	known, err := i.listed(ctx, chatID, t)
	if err != nil {
		return Plan{}, err
	}
	remaining := -1
	if limit > 0 {
		live, err := i.Store.CountLive(ctx, chatID)
		if err != nil {
			return Plan{}, wrap("count parcels", err)
		}
		remaining = max(0, limit-live)
	}
	p := Plan{Cut: t.Cut}
	for _, row := range t.Rows {
		i.plan(&p, row, known[row.Number.Number], tail, &remaining)
	}
	return p, nil
}

// listed is what is known of a table's numbers.
func (i Importer) listed(ctx context.Context, chatID int64, t table.Table) (map[string][]models.Listed, error) {
	var numbers []string
	for _, row := range t.Rows {
		if row.Why == "" {
			numbers = append(numbers, row.Number.Number)
		}
	}
	all, err := i.Store.Listed(ctx, chatID, numbers)
	if err != nil {
		return nil, wrap("find numbers", err)
	}
	known := map[string][]models.Listed{}
	for _, l := range all {
		known[l.Number] = append(known[l.Number], l)
	}
	return known, nil
}

// plan takes one row in. remaining is how many more live parcels the chat may follow,
// below zero without a limit.
func (i Importer) plan(p *Plan, row table.Row, known []models.Listed, tail string, remaining *int) {
	refuse := func(why table.Reason) {
		p.Refused = append(p.Refused, RefusedRow{row.Line, row.Cell, why})
	}
	if row.Why == table.Repeated {
		p.Repeated++
		return
	}
	if row.Why != "" {
		refuse(row.Why)
		return
	}
	item := models.Item{Number: row.Number.Number, Name: row.Name, Tail: row.Tail}
	if at := slices.IndexFunc(known, func(l models.Listed) bool { return l.Followed }); at >= 0 {
		p.Known++
		if known[at].Locked() && row.Tail != "" {
			item.Carrier = known[at].Carrier
			p.Items = append(p.Items, item)
		}
		return
	}
	carrier, why := i.carrierOf(row, known)
	if why != "" {
		refuse(why)
		return
	}
	if *remaining == 0 {
		p.Full++
		refuse(whyFull)
		return
	}
	*remaining--
	item.Carrier = carrier
	if item.Tail == "" && slices.Contains(i.TailCarriers, carrier) {
		item.Tail = tail
	}
	p.Begun++
	p.Items = append(p.Items, item)
}

// carrierOf decides whose number a row's is, or why nobody can say. What the row names
// counts where the shape leaves it open: whoever keeps a table knows the carriers, and a
// provider puts a wrong one right. It is never guessed.
func (i Importer) carrierOf(row table.Row, known []models.Listed) (models.Carrier, table.Reason) {
	proved := slices.DeleteFunc(slices.Clone(known), func(l models.Listed) bool { return !l.Proved() })
	named, isNamed := i.Carriers.Typed(row.Carrier)
	switch {
	case row.Foreign != "":
		return "", whyForeign
	case len(proved) == 1:
		return proved[0].Carrier, ""
	case row.Sure && len(row.Carriers) > 0:
		return row.Carriers[0], ""
	case isNamed:
		return named, ""
	case len(row.Carriers) == 1:
		return row.Carriers[0], ""
	}
	return "", whyCarrier
}

// Attempt says who follows what a plan lists.
type Attempt struct {
	Chat    models.Chat
	Limit   int           // live parcels; 0: no limit
	Lang    string        // in which scans are asked for (models.Parcel Lang)
	Started models.Moment // names the import: the same for whoever does it once more
	Token   string        // of the button whose message shows how far it is; "" when none does
	Items   []models.Item
	Step    func(items int) // called after each part; may be nil
}

// Imported is what became of a plan's items.
type Imported struct {
	Total  int           // followed now, those among them that were before
	Begun  int           // followed since now
	Full   int           // not followed: one too many
	Locked []models.Item // followed, and nothing of them is seen before a tail is given
}

const (
	importPart  = 500             // items in one transaction
	importEvery = 5 * importGrain // between two looks at an import
	importGrain = 1000            // milliseconds in a second
)

// Follow has a chat follow what a plan lists, in parts of some hundred. When ctx ends
// the part under way is finished or undone, and what was followed until then stays.
// Parcels are checked when the scheduler comes to them.
func (i Importer) Follow(ctx context.Context, a Attempt, now models.Moment) (Imported, error) {
	im := models.Import{ChatID: a.Chat.ID, StartedAt: a.Started, Total: len(a.Items), Token: a.Token, ReportedAt: now, DueAt: now + 60*importGrain}
	if err := i.Store.PutImport(ctx, im); err != nil {
		return Imported{}, wrap("begin import", err)
	}
	var done Imported
	for part := range slices.Chunk(a.Items, importPart) {
		results, err := i.Store.FollowBatch(ctx, models.Batch{
			ChatID: a.Chat.ID, Items: part, Lang: a.Lang, TailCarriers: i.TailCarriers, Started: a.Started, Max: a.Limit,
			AttemptsOfChat: attemptsOfChat, AttemptsOfWaybill: attemptsOfWaybill,
		}, now)
		if err != nil {
			return done, wrap("follow part of a table", err)
		}
		done.add(part, results)
		if a.Step != nil {
			a.Step(len(part))
		}
	}
	im.Total, im.DueAt = done.Total, now+importEvery
	if done.Total == len(done.Locked) {
		return done, wrap("end import", i.Store.EndImport(ctx, im)) // there is nothing to wait for
	}
	im.Checked = len(done.Locked)
	return done, wrap("begin import", i.Store.PutImport(ctx, im))
}

func (d *Imported) add(items []models.Item, results []models.BatchResult) {
	for at, r := range results {
		if r.Full {
			d.Full++
			continue
		}
		d.Total++
		if r.Begun {
			d.Begun++
		}
		if r.Locked {
			item := items[at]
			item.Tail, item.Needs = "", models.AskTail
			d.Locked = append(d.Locked, item)
		}
	}
}
