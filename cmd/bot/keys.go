package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"waybill/cmd/bot/config"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
)

const keySetting = "WAYBILL_SECRET_KEY"

// openKept opens the database for whoever works with it: with the keys that belong to
// it, and with the schema of this version. A key that is not the right one is a
// config.Mistakes, and then nothing was changed.
func openKept(ctx context.Context, s config.Settings, log *slog.Logger) (*seal.Keys, *store.Store, error) {
	keys, err := openKeys(ctx, s, true)
	if err != nil {
		return nil, nil, err
	}
	db, err := connect(ctx, s.DB, keys)
	if err != nil {
		return nil, nil, err
	}
	left, err := prepare(ctx, db, keys)
	if err != nil {
		return nil, nil, errors.Join(explained(s, err), db.Close())
	}
	if left {
		log.Warn("an older key was taken out of " + keySetting + " before everything was sealed anew; put it back behind the first, or its chats are asked for their tails again")
	}
	return keys, db, nil
}

// prepare makes the schema once it is sure that the keys are the right ones.
func prepare(ctx context.Context, db *store.Store, keys *seal.Keys) (left bool, err error) {
	if err := db.CheckKeys(ctx); err != nil {
		return false, err
	}
	if err := db.Migrate(ctx); err != nil {
		return false, err
	}
	return db.KeepProbe(ctx, keys.Count() > 1, models.At(time.Now()))
}

// connect opens a database; an error says what to do about it.
func connect(ctx context.Context, dsn string, sealer store.Sealer) (*store.Store, error) {
	db, err := store.Open(ctx, dsn, sealer)
	if err == nil {
		return db, nil
	}
	if path, file := strings.CutPrefix(dsn, "sqlite://"); file {
		return nil, fmt.Errorf("%w: %s must be a SQLite database of Waybill's, or not there yet, in a folder in which this user may write", err, path)
	}
	return nil, fmt.Errorf("%w: check WAYBILL_DB, and that the server runs and lets this user in", err)
}

// lookIntoStore opens the database and changes nothing, not even a key is made.
func lookIntoStore(ctx context.Context, s config.Settings) (*store.Store, error) {
	keys, err := openKeys(ctx, s, false)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, s.DB, keys)
}

// openKeys reads the keys that seal what is kept: those of the settings, else those in
// the file beside the SQLite file. One is made only beside a database that needs none
// yet, and only when it may be; else one that is forgotten at the end stands in for it.
func openKeys(ctx context.Context, s config.Settings, may bool) (*seal.Keys, error) {
	path, file := s.SQLitePath()
	if s.SecretKey != "" || !file {
		return seal.New(string(s.SecretKey))
	}
	text, err := seal.ReadKeyFile(seal.FileName(path))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = firstKey(ctx, s, path, may)
	}
	if err != nil {
		return nil, err
	}
	keys, err := seal.New(text)
	if err != nil {
		return nil, config.Mistakes{{Name: keySetting, Problem: fmt.Sprintf("the key file %s cannot be used: %v; %s", seal.FileName(path), err, putBack)}}
	}
	return keys, nil
}

// firstKey makes the key of a database that has none yet.
func firstKey(ctx context.Context, s config.Settings, path string, may bool) (string, error) {
	sealed, err := holdsSealed(ctx, s, path)
	if err != nil {
		return "", err
	}
	if sealed {
		return "", config.Mistakes{{Name: keySetting, Problem: fmt.Sprintf("the database %s was made with a key, and the key file %s is not there; %s", path, seal.FileName(path), putBack)}}
	}
	if !may {
		return seal.NewKey(), nil
	}
	return seal.KeyFile(seal.FileName(path))
}

func holdsSealed(ctx context.Context, s config.Settings, path string) (sealed bool, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	db, err := connect(ctx, s.DB, nil)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.HoldsSealed(ctx)
}

// putBack is what to do without the right key.
const putBack = "put back the copy of the key that was kept with the backup. " +
	"If it is lost for good, bot new-key --yes goes on without it: phone tails are given up and asked for again, links to pages end"

// explained is an error of the store with what to do about it.
func explained(s config.Settings, err error) error {
	switch {
	case errors.Is(err, models.ErrWrongKey):
		return config.Mistakes{{Name: keySetting, Problem: wrongKey(s)}}
	case errors.Is(err, models.ErrUnfinished):
		return fmt.Errorf("%w: run bot migrate --from sqlite://PATH again", err)
	}
	return err
}

// wrongKey says which key does not fit, and where the right one may be.
func wrongKey(s config.Settings) string {
	path, file := s.SQLitePath()
	beside := seal.FileName(path)
	switch {
	case !file:
		return "this key does not open what is stored in the database; " + putBack
	case s.SecretKey == "":
		return fmt.Sprintf("the key in %s does not open what is stored in %s; %s", beside, path, putBack)
	}
	if _, err := os.Stat(beside); err == nil {
		return fmt.Sprintf("this key does not open what is stored in %s. There is a key file beside it: leave %s out, or set NEW,OLD with the content of %s as OLD. Else %s",
			path, keySetting, beside, putBack)
	}
	return fmt.Sprintf("this key does not open what is stored in %s; %s", path, putBack)
}

// sealAnew seals with the first key what older ones have sealed, so that these can go.
func (a *app) sealAnew(ctx context.Context) error {
	n, err := a.store.Reseal(ctx)
	if n > 0 {
		a.log.Info("sealed anew with the first key", "values", n)
	}
	return err
}

type newKeyCommand struct {
	settingsFile

	Yes bool `help:"Do it."`
}

// Help is shown by bot new-key --help.
func (newKeyCommand) Help() string {
	return "For who has lost the key for good. Stop the bot first. Phone tails that the lost key sealed are given up, and chats are asked for them again when their parcels are next checked; " +
		"links to parcel pages that were sent before end. With SQLite a new key is made, and a key file that does not fit is kept beside it; with " + keySetting + " set, that becomes the key."
}

// Run gives up what the lost key sealed.
func (c newKeyCommand) Run(ctx context.Context, p process) error {
	s, err := c.settings(p, config.ReadDatabase)
	if err != nil {
		return err
	}
	if err := wantDatabase(s); err != nil {
		return err
	}
	fits, err := fitsAndFree(ctx, s)
	if err != nil {
		return fmt.Errorf("new-key: %w", err)
	}
	if fits {
		return wrongUse("new-key: the key opens what is stored; nothing is lost. To change it, set " + keySetting + "=NEW,OLD")
	}
	if !c.Yes {
		return wrongUse("new-key: this gives up every phone tail and every link that was sent; say --yes if the key is lost for good")
	}
	now := time.Now()
	keys, err := replaceKey(s, now)
	if err != nil {
		return fmt.Errorf("new-key: %w", err)
	}
	db, err := connect(ctx, s.DB, keys)
	if err != nil {
		return fmt.Errorf("new-key: %w", err)
	}
	dropped, err := dropSealed(ctx, db, now)
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("new-key: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%d sealed values are given up; their chats are asked again. Keep a copy of the new key apart from the database's\n", dropped)
	return err
}

// fitsAndFree says whether the keys open what the database holds; an error while a
// process works with it, whose keys may be the right ones.
func fitsAndFree(ctx context.Context, s config.Settings) (fits bool, err error) {
	keys, keysErr := openKeys(ctx, s, false)
	db, err := connect(ctx, s.DB, keys)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if db.Made(ctx) {
		err = db.CheckFree(ctx, newProcessName().gone)
	}
	if errors.Is(err, models.ErrInUse) {
		return false, fmt.Errorf("%w: stop it first; one that was killed on another machine counts as gone after twelve seconds", err)
	}
	if err != nil || keysErr != nil {
		return false, err
	}
	err = db.CheckKeys(ctx)
	if errors.Is(err, models.ErrWrongKey) {
		return false, nil
	}
	return err == nil, explained(s, err)
}

// replaceKey are the keys from now on. A key file that does not fit is kept under
// another name.
func replaceKey(s config.Settings, now time.Time) (*seal.Keys, error) {
	path, file := s.SQLitePath()
	if s.SecretKey != "" || !file {
		return seal.New(string(s.SecretKey))
	}
	name := seal.FileName(path)
	err := os.Rename(name, name+".until-"+now.UTC().Format("20060102T150405Z"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keep the key that does not fit: %w", err)
	}
	text, err := seal.KeyFile(name)
	if err != nil {
		return nil, err
	}
	return seal.New(text)
}

func dropSealed(ctx context.Context, db *store.Store, now time.Time) (int, error) {
	if err := db.Migrate(ctx); err != nil {
		return 0, err
	}
	return db.DropSealed(ctx, models.At(now))
}

// wantDatabase wants a SQLite file to be there.
func wantDatabase(s config.Settings) error {
	path, file := s.SQLitePath()
	if _, err := os.Stat(path); file && err != nil {
		return config.Mistakes{{Name: "WAYBILL_DB", Problem: fmt.Sprintf("there is no database at %s", path)}}
	}
	return nil
}
