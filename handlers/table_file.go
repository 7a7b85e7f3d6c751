package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"waybill/handlers/table"
	"waybill/locales"
	"waybill/models"
)

// tableSent is the table that came with a message; false when there is none, or a group
// did not mean the bot.
func (t *turn) tableSent() (Attachment, bool) {
	if t.overheard() || t.m.Edited {
		return Attachment{}, false
	}
	for _, f := range t.m.Files {
		if f.Kind == Document && table.IsTable(f.Name, f.MIME) {
			return f, true
		}
	}
	return Attachment{}, false
}

// otherFileSent says that a message is a file of a kind that is not read, and no words
// to answer; never so in a group that did not mean the bot.
func (t *turn) otherFileSent() bool {
	return tidy(t.m.Text) == "" && !t.overheard() && !t.m.Edited &&
		slices.ContainsFunc(t.m.Files, func(f Attachment) bool { return f.Kind == Document })
}

// otherFile says what files are read, and what is waited for.
func (t *turn) otherFile(ctx context.Context) ([]Reply, error) {
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	replies := t.refusedFile(table.NoTable)
	if open {
		return joinReplies(replies, t.remind(q)), nil
	}
	return replies, nil
}

// tableFile reads a table, says what is in it, and asks whether to follow that.
func (t *turn) tableFile(ctx context.Context, f Attachment) ([]Reply, error) {
	if f.Size > table.MaxBytes {
		return t.refusedFile(table.TooLarge), nil
	}
	within, cancel := context.WithTimeout(ctx, downloadWithin)
	defer cancel()
	body, err := f.Open(within, table.MaxBytes)
	switch {
	case errors.Is(err, ErrTooLarge):
		return t.refusedFile(table.TooLarge), nil
	case errors.Is(err, models.ErrGone):
		return t.render.reply("file_refused.gone"), nil
	case ctx.Err() != nil:
		return nil, wrap("read file", err)
	case err != nil: // trying again would hold up what the chat writes next
		return t.render.reply("file_refused.download"), nil
	}
	read, err := table.Read(f.Name, body, t.settings.Carriers)
	var problem table.Problem
	if errors.As(err, &problem) {
		return t.refusedFile(problem), nil
	}
	if err != nil {
		return nil, wrap("read table", err)
	}
	tail, err := t.store.ChatTail(ctx, t.chat.ID)
	if err != nil {
		return nil, wrap("read remembered tail", err)
	}
	plan, err := t.importer().Plan(ctx, t.chat.ID, t.maxParcels(), tail, read)
	if err != nil {
		return nil, err
	}
	return t.askTable(ctx, plan)
}

func (t *turn) importer() Importer {
	return Importer{Store: t.store, Carriers: t.settings.Carriers, TailCarriers: t.settings.TailCarriers}
}

func (t *turn) refusedFile(why table.Problem) []Reply {
	return t.render.reply("file_refused."+string(why), "Rows", table.MaxRows, "Size", table.MaxBytes>>20, "Number", example)
}

// askTable says what is in a table, and asks whether to follow it, if there is
// something to follow.
func (t *turn) askTable(ctx context.Context, p Plan) ([]Reply, error) {
	said := []Reply{{Blocks: t.render.plan(p, t.maxParcels())}}
	if len(p.Items) == 0 {
		return said, nil
	}
	q := models.Question{Asking: models.AskTable, Items: p.Items}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return joinReplies(said, t.renderQuestion(q)), nil
}

// plan says what is in a table: what is new, known, refused, and why.
func (r renderer) plan(p Plan, limit int) []Block {
	head := r.sentence("table.found", "Count", p.Rows())
	for _, part := range []struct {
		key   string
		count int
	}{{"table.new", p.Begun}, {"table.known", p.Known}, {"table.repeated", p.Repeated}, {"table.refused", len(p.Refused)}} {
		if part.count > 0 {
			head = append(head, r.sentence(part.key, "Count", part.count)...)
		}
	}
	blocks := append([]Block{head}, r.refusedRows(p.Refused)...)
	if p.Full > 0 {
		blocks = append(blocks, r.sentence("table.full", "Count", p.Full, "Max", limit, "Fits", p.Begun))
	}
	if p.Cut > 0 {
		blocks = append(blocks, r.sentence("table.cut", "Count", p.Cut, "Rows", table.MaxRows))
	}
	return blocks
}

// shownRows is how many rows are named that were refused for the same reason.
const shownRows = 5

// refusedRows are the first refused rows of each reason, and the reason.
func (r renderer) refusedRows(rows []RefusedRow) []Block {
	var reasons []table.Reason
	byReason := map[table.Reason][]RefusedRow{}
	for _, row := range rows {
		if byReason[row.Why] == nil {
			reasons = append(reasons, row.Why)
		}
		byReason[row.Why] = append(byReason[row.Why], row)
	}
	var blocks []Block
	for _, why := range reasons {
		if why == whyFull {
			continue // said with the limit
		}
		of := byReason[why]
		var named []string
		for _, row := range of[:min(len(of), shownRows)] {
			named = append(named, r.rowName(row))
		}
		line := strings.Join(named, r.say("table.comma"))
		if more := len(of) - shownRows; more > 0 {
			line += r.say("table.more_rows", "Count", more)
		}
		blocks = append(blocks, Block{{{Text: line + r.say("table.colon"), Style: Strong}, {Text: r.say("row_refused." + string(why))}}})
	}
	return blocks
}

func (r renderer) rowName(row RefusedRow) string {
	name := r.say("table.row", "Row", row.Line)
	if row.Cell != "" {
		name += r.say("table.cell", "Cell", row.Cell)
	}
	return name
}

// followTable follows what a table lists, after the yes.
func (t *turn) followTable(ctx context.Context, q models.Question) ([]Reply, error) {
	done, err := t.importItems(ctx, q, q.Items)
	if err != nil {
		return nil, err
	}
	head := t.render.sentence("table.begun", "Count", done.Total)
	if done.Full > 0 {
		head = append(head, t.render.sentence("table.full_meanwhile", "Count", done.Full, "Max", t.maxParcels())...)
	}
	return t.importBegun(ctx, head, done, q.Rest)
}

// importItems follows items in parts. It is named by when its question was asked, so
// that it is the same when it is done once more.
func (t *turn) importItems(ctx context.Context, q models.Question, items []models.Item) (Imported, error) {
	token := ""
	if t.m.Happening == Tapped && t.traits().Edits {
		token = t.m.Token
	}
	return t.importer().Follow(ctx, Attempt{
		Chat: t.chat, Limit: t.maxParcels(), Lang: t.render.scanLanguage(), Started: q.AskedAt, Token: token, Items: items,
	}, t.now)
}

// importBegun says that parcels will be checked, and asks for the tail that some of
// them want.
func (t *turn) importBegun(ctx context.Context, head Block, done Imported, others []models.Item) ([]Reply, error) {
	said := Reply{Blocks: []Block{head}, Edit: t.m.Happening == Tapped && t.traits().Edits}
	if checking := done.Total - len(done.Locked); checking > 0 {
		said.Blocks[0] = append(said.Blocks[0], t.render.sentence("table.checking", "Count", checking)...)
	}
	question, err := t.askNext(ctx, append(done.Locked, others...))
	if err != nil {
		return nil, err
	}
	if said.Edit {
		return append([]Reply{said}, question...), nil // what follows must not vanish with the next edit
	}
	return joinReplies([]Reply{said}, question), nil
}

// answerTails has the scheduler try a tail on more parcels than a message may ask about.
func (t *turn) answerTails(ctx context.Context, q models.Question, tail string) ([]Reply, error) {
	items := slices.Clone(q.Items)
	for i := range items {
		items[i].Tail = tail
	}
	done, err := t.importItems(ctx, q, items)
	if err != nil {
		return nil, err
	}
	exhausted := len(done.Locked)
	head := t.render.sentence("table.tail_noted", "Count", done.Total-exhausted)
	if exhausted > 0 {
		head = append(head, t.render.sentence("table.tail_spent", "Count", exhausted)...)
	}
	done.Locked = nil
	return t.importBegun(ctx, head, done, q.Rest)
}

// RefusedWords say in English, for a terminal, why a row of a table is refused.
func RefusedWords(words *locales.Bundle, row RefusedRow) string {
	why := words.For(models.English).Say("row_refused." + string(row.Why))
	if row.Cell == "" {
		return fmt.Sprintf("row %d: %s", row.Line, why)
	}
	return fmt.Sprintf("row %d (%s): %s", row.Line, row.Cell, why)
}

// ProblemWords say in English, for a terminal, why a file cannot be read.
func ProblemWords(words *locales.Bundle, why table.Problem) string {
	return words.For(models.English).Say("file_refused."+string(why), "Rows", table.MaxRows, "Size", table.MaxBytes>>20, "Number", example)
}
