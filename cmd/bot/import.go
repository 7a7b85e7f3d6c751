package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/handlers/table"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store"
	"waybill/tracking/recognise"
)

type importCommand struct {
	settingsFile

	File   string `arg:"" help:"A .csv, .xlsx or .txt file, or the JSON of /export." type:"path"`
	Chat   string `required:"" help:"Whose parcels they become, e.g. telegram:123456; it may be a chat that the bot has not seen." placeholder:"DOOR:ROOM"`
	DryRun bool   `help:"Only say what would be followed: nothing changes, and nobody is called."`
}

// Help is shown by bot import --help.
func (importCommand) Help() string {
	return "Columns are found by their titles (单号, 快递公司, 备注, 手机号; tracking number, carrier, name, phone) or by what is in them. " +
		"It may run while bot serve does, which checks the parcels and tells the chat in one message how they stand. " +
		"Running it twice follows nothing twice. WAYBILL_MAX_PARCELS holds: 50,telegram:123456=5000 gives a shop more."
}

// wrongUse is a mistake at the command line that kong cannot see.
type wrongUse string

// Error says what to write instead.
func (w wrongUse) Error() string { return string(w) }

// Run follows what the file lists for the chat.
func (c importCommand) Run(ctx context.Context, p process) error {
	s, err := c.settings(p, config.ReadStored)
	if err != nil {
		return err
	}
	to, err := chatNamed(c.Chat)
	if err != nil {
		return err
	}
	words, err := locales.Load(s.Locale)
	if err != nil {
		return err
	}
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		return err
	}
	t, err := readTable(c.File, carriers)
	var problem table.Problem
	if errors.As(err, &problem) {
		return fmt.Errorf("import %s: %s", filepath.Base(c.File), handlers.ProblemWords(words, problem))
	}
	if err != nil {
		return err
	}
	i := &importRun{process: p, settings: s, words: words, to: to, table: t, limit: s.MaxParcels.Of(to)}
	i.importer = handlers.Importer{Carriers: carriers, TailCarriers: tailCarriers(s)}
	if c.DryRun {
		return i.dry(ctx)
	}
	return i.run(ctx)
}

// chatNamed reads DOOR:ROOM.
func chatNamed(text string) (models.Address, error) {
	door, conversation, ok := strings.Cut(text, ":")
	if !ok || strings.TrimSpace(conversation) == "" {
		return models.Address{}, wrongUse("--chat: want DOOR:ROOM, e.g. telegram:123456; the doors are " + strings.Join(config.DoorNames(), ", "))
	}
	if !slices.Contains(config.DoorNames(), door) {
		return models.Address{}, wrongUse(fmt.Sprintf("--chat: there is no door %q; the doors are %s", door, strings.Join(config.DoorNames(), ", ")))
	}
	return models.Address{Door: door, Conversation: strings.TrimSpace(conversation)}, nil
}

// isGroup says by an address that more than one person reads the chat.
func isGroup(a models.Address) bool {
	return a.Door == "telegram" && strings.HasPrefix(a.Conversation, "-") || a.Door == "wecom_aibot" && strings.HasPrefix(a.Conversation, "group:")
}

// readTable reads a file, one byte more than may be read at most.
func readTable(path string, names table.Names) (t table.Table, err error) {
	f, err := os.Open(path)
	if err != nil {
		return t, wrongUse(fmt.Sprintf("FILE: %v", err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	body, err := io.ReadAll(io.LimitReader(f, table.MaxBytes+1))
	if err != nil {
		return t, wrongUse(fmt.Sprintf("FILE: %v", err))
	}
	return table.Read(filepath.Base(path), body, names)
}

// importRun is one import on its way.
type importRun struct {
	process
	settings config.Settings
	words    *locales.Bundle
	to       models.Address
	table    table.Table
	limit    int
	importer handlers.Importer
}

// dry says what would be followed. A database that is not there, or has no schema yet,
// knows nothing.
func (i *importRun) dry(ctx context.Context) (err error) {
	i.importer.Store = nothingKnown{}
	var chat models.Chat
	if path, file := i.settings.SQLitePath(); !file || exists(path) {
		db, err := store.Open(ctx, i.settings.DB, nil)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		if db.Made(ctx) {
			i.importer.Store = db
			if chat, _, err = db.ChatAt(ctx, i.to); err != nil {
				return fmt.Errorf("import: %w", err)
			}
		}
	}
	plan, err := i.importer.Plan(ctx, chat.ID, i.limit, "", i.table)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return i.report("would be followed", plan, plan.Begun)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// run follows what the file lists. When it is told to stop, what was followed stays,
// and the next run goes on.
func (i *importRun) run(ctx context.Context) (err error) {
	_, db, err := openKept(ctx, i.settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	i.importer.Store = db
	now := models.At(time.Now())
	chat, known, err := db.ChatAt(ctx, i.to)
	if err == nil && !known {
		chat, err = db.Chat(ctx, i.to, isGroup(i.to), now)
	}
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	tail, err := db.ChatTail(ctx, chat.ID)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	plan, err := i.importer.Plan(ctx, chat.ID, i.limit, tail, i.table)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	done, err := i.follow(ctx, chat, plan, now)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("import: %w", err)
	}
	if err := i.report("followed", plan, done.Begun); err != nil {
		return err
	}
	if ctx.Err() != nil {
		_, err := fmt.Fprintf(i.out, "stopped; %d are left: run the same again to go on\n", plan.Begun-done.Begun)
		return err
	}
	if len(done.Locked) > 0 {
		_, err = fmt.Fprintf(i.out, "%d need the last four digits of a phone: add a column \"phone\" and run it again, or answer in the chat\n", len(done.Locked))
	}
	return err
}

// follow follows the plan's items, and shows how far that is where somebody looks on.
func (i *importRun) follow(ctx context.Context, chat models.Chat, plan handlers.Plan, now models.Moment) (handlers.Imported, error) {
	if len(plan.Items) == 0 {
		return handlers.Imported{}, nil
	}
	step, finish := i.progress("following", int64(len(plan.Items)))
	defer finish()
	lang := ""
	if i.words.For(chat.Lang, chat.Spoken).Tag() == models.English {
		lang = models.English
	}
	return i.importer.Follow(ctx, handlers.Attempt{Chat: chat, Limit: i.limit, Lang: lang, Started: now, Items: plan.Items, Step: step}, now)
}

// report says what became of the rows.
func (i *importRun) report(followed string, plan handlers.Plan, count int) error {
	lines := []string{
		fmt.Sprintf("%s: %d", followed, count),
		fmt.Sprintf("known: %d", plan.Known+plan.Repeated),
		fmt.Sprintf("refused: %d", len(plan.Refused)),
	}
	if plan.Repeated > 0 {
		lines[1] += fmt.Sprintf(" (%d of them stand in the file twice)", plan.Repeated)
	}
	for _, row := range plan.Refused {
		lines = append(lines, "  "+handlers.RefusedWords(i.words, row))
	}
	if plan.Full > 0 {
		lines = append(lines, fmt.Sprintf("%d of %d new ones fit into the limit of %d (WAYBILL_MAX_PARCELS)", plan.Begun, plan.Begun+plan.Full, i.limit))
	}
	if plan.Cut > 0 {
		lines = append(lines, fmt.Sprintf("%d rows behind the first %d were not read: put them into a file of their own", plan.Cut, table.MaxRows))
	}
	_, err := io.WriteString(i.out, strings.Join(lines, "\n")+"\n")
	return err
}

// nothingKnown is the store of a database that is not there.
type nothingKnown struct{ handlers.ImportStore }

// Listed knows no parcel.
func (nothingKnown) Listed(context.Context, int64, []string) ([]models.Listed, error) {
	return nil, nil
}

// CountLive counts none.
func (nothingKnown) CountLive(context.Context, int64) (int, error) { return 0, nil }
