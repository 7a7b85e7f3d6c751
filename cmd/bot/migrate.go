package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
)

type migrateCommand struct {
	settingsFile

	From string `help:"Also copy this SQLite database into WAYBILL_DB, a MySQL, MariaDB or TiDB without rows." placeholder:"sqlite://PATH"`
}

// Help is shown by bot migrate --help.
func (migrateCommand) Help() string {
	return "With --from, WAYBILL_SECRET_KEY must be the key of the SQLite database (the content of PATH.key; WAYBILL_SECRET_KEY_FILE=PATH.key reads it). " +
		"Stop the bot first; the file is not changed. A copy that breaks off is begun anew by running the same again, and until it has finished nothing serves the database."
}

// Run applies the database's migrations. It finds fault with the settings of
// the database alone, so it works before doors and providers are configured.
func (c migrateCommand) Run(ctx context.Context, p process) error {
	s, err := c.settings(p, config.ReadDatabase)
	if err != nil {
		return err
	}
	if c.From != "" {
		return c.move(ctx, p, s)
	}
	_, db, err := openKept(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = fmt.Fprintln(p.out, "the database is up to date")
	return err
}

// move copies a SQLite database into the one of the settings.
func (c migrateCommand) move(ctx context.Context, p process, s config.Settings) error {
	path, file := strings.CutPrefix(c.From, "sqlite://")
	if !file || path == "" {
		return wrongUse("--from: want sqlite://PATH")
	}
	if _, err := os.Stat(path); err != nil {
		return wrongUse("--from: there is no database at " + path)
	}
	if _, file := s.SQLitePath(); file {
		return config.Mistakes{{Name: "WAYBILL_DB", Problem: "must be mysql://user:password@host:3306/name, where the copy goes; --from names the SQLite file"}}
	}
	keys, err := seal.New(string(s.SecretKey))
	if err != nil {
		return err
	}
	if err := checkSource(ctx, c.From, path, keys); err != nil {
		return err
	}
	copied, err := p.copy(ctx, s, path, keys)
	if err != nil {
		return fmt.Errorf("migrate: %w", sourceProblem(err, c.From))
	}
	return p.reportCopy(copied, path)
}

// checkSource wants a database of Waybill's, and its own key.
func checkSource(ctx context.Context, dsn, path string, keys *seal.Keys) error {
	db, err := connect(ctx, dsn, keys)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if !db.Made(ctx) {
		return errors.Join(wrongUse("--from: there is no database of Waybill's in "+path), db.Close())
	}
	err = errors.Join(db.CheckKeys(ctx), db.Close())
	if errors.Is(err, models.ErrWrongKey) {
		return config.Mistakes{{Name: keySetting, Problem: fmt.Sprintf("this key does not open what is stored in %s; it must be the one of that database, which is in %s unless it was set (%s_FILE=%s reads it)",
			path, seal.FileName(path), keySetting, seal.FileName(path))}}
	}
	return err
}

// copy copies the file at path, with its progress on a terminal.
func (p process) copy(ctx context.Context, s config.Settings, path string, keys *seal.Keys) (copied []store.Copied, err error) {
	db, err := connect(ctx, s.DB, keys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.CheckTarget(ctx); err != nil {
		return nil, err // before the schema is made: the database may be another program's
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	step, finish := func(int) {}, func() {}
	me := newProcessName()
	copied, err = db.CopyFrom(ctx, store.Copy{
		From: path, Owner: me.name, Gone: me.gone,
		Begin: func(rows int64) { step, finish = p.progress("copying", rows) },
		Step:  func(rows int) { step(rows) },
	})
	finish()
	return copied, err
}

// sourceProblem is an error of a copy with what to do about it.
func sourceProblem(err error, from string) error {
	for _, known := range []struct {
		err error
		do  string
	}{
		{models.ErrInUse, "stop the bot that works with " + from + ", or wait for the other copy; one that was killed counts as gone after half a minute"},
		{models.ErrNotEmpty, "the copy goes into a database without rows; make a new one"},
		{models.ErrOlder, "keep a copy of " + from + " (bot backup), run this version's bot migrate on it once (WAYBILL_DB=" + from + " bot migrate), then this again"},
		{models.ErrNewer, "a later version has worked with " + from + "; use that version"},
		{models.ErrWrongKey, "the database of WAYBILL_DB was begun with another key; make a new one"},
	} {
		if errors.Is(err, known.err) {
			return fmt.Errorf("%w: %s", err, known.do)
		}
	}
	return err
}

// reportCopy says how many rows of each table were copied, and what comes next.
func (p process) reportCopy(copied []store.Copied, path string) error {
	var b strings.Builder
	total := int64(0)
	for _, c := range copied {
		fmt.Fprintf(&b, "%-18s %d\n", c.Table, c.Rows)
		total += c.Rows
	}
	fmt.Fprintf(&b, "copied %d rows of %d tables, and counted them in both\n", total, len(copied))
	fmt.Fprintf(&b, "%s is as it was: keep it for a while, and do not serve it any more\n", path)
	_, err := io.WriteString(p.out, b.String())
	return err
}
