package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/models/seal"
	"waybill/models/store"
)

type backupCommand struct {
	settingsFile

	File string `arg:"" help:"The file that the copy becomes; it must not be there yet." type:"path"`
}

// Help is shown by bot backup --help.
func (backupCommand) Help() string {
	return "The copy is consistent, whole in one file and readable by its owner only; the bot goes on meanwhile. It is checked before it gets its name. " +
		"The key is not in it: keep a copy of that apart. With MySQL it only says which command to use (exit code 2)."
}

// Run copies the database, and says what belongs to the copy.
func (c backupCommand) Run(ctx context.Context, p process) error {
	s, err := c.settings(p, config.ReadDatabase)
	if err != nil {
		return err
	}
	path, file := s.SQLitePath()
	if !file {
		return wrongUse(dumpCommands(s.DB, c.File))
	}
	if err := wantDatabase(s); err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); err == nil {
		return wrongUse(fmt.Sprintf("FILE: %s is there already, and nothing is overwritten", c.File))
	}
	if _, err := os.Stat(filepath.Dir(c.File)); err != nil {
		return wrongUse(fmt.Sprintf("FILE: there is no folder %s", filepath.Dir(c.File)))
	}
	db, keys, err := openForBackup(ctx, s)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	parcels, err := writeCopy(ctx, db, keys, c.File)
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return p.reportBackup(c.File, parcels, keyPlace(s, path))
}

// openForBackup opens the database with the keys that belong to it, and changes nothing.
func openForBackup(ctx context.Context, s config.Settings) (*store.Store, *seal.Keys, error) {
	keys, err := openKeys(ctx, s, false)
	if err != nil {
		return nil, nil, err
	}
	db, err := connect(ctx, s.DB, keys)
	if err != nil {
		return nil, nil, err
	}
	if err := db.CheckKeys(ctx); err != nil {
		return nil, nil, errors.Join(explained(s, err), db.Close())
	}
	return db, keys, nil
}

// writeCopy copies the database, checks the copy, and only then gives it its name.
func writeCopy(ctx context.Context, db *store.Store, keys *seal.Keys, to string) (parcels int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(to), ".waybill-backup-*") // mode 0600
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err := db.BackUp(ctx, f.Name()); err != nil {
		return 0, err
	}
	copied, err := store.OpenCopy(ctx, f.Name(), keys)
	if err != nil {
		return 0, err
	}
	parcels, err = copied.Verify(ctx)
	if err := errors.Join(err, copied.Close(), f.Sync()); err != nil {
		return 0, err
	}
	return parcels, give(f.Name(), to)
}

// give gives a file that is complete its other name, unless somebody else has it by now.
func give(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // where there are no links
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	kept, err := os.OpenFile(from, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // what the caller removes
	if err != nil {
		return err
	}
	return kept.Close()
}

// keyPlace is where the key is that opens the database at path.
func keyPlace(s config.Settings, path string) string {
	if s.SecretKey != "" {
		return keySetting
	}
	return seal.FileName(path)
}

func (p process) reportBackup(file string, parcels int64, key string) error {
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s: %.1f MB, %d parcels, checked\n"+
		"The key that opens it is not in it: it is in %s. Keep a copy of that apart from this file; without it phone tails and links are lost\n",
		file, float64(info.Size())/1e6, parcels, key)
	return err
}

// dumpCommands say how a server's database is saved. The password is none of it.
func dumpCommands(dsn, file string) string {
	host, port, user, name := "HOST", "3306", "USER", "NAME"
	if u, err := url.Parse(dsn); err == nil && u.User != nil {
		host, user, name = u.Hostname(), u.User.Username(), strings.Trim(u.Path, "/")
		if u.Port() != "" {
			port = u.Port()
		}
	}
	at := " --host=" + quoted(host) + " --port=" + port + " --user=" + quoted(user) + " --password"
	dump := at + " --single-transaction --quick --hex-blob --no-tablespaces " + quoted(name) + " >" + quoted(file)
	return strings.Join([]string{
		"backup: copies a SQLite file; this database is on a server. The first two ask for the password:",
		"  MariaDB: mariadb-dump" + dump,
		"  MySQL:   mysqldump" + dump,
		"  TiDB:    tiup dumpling" + strings.TrimSuffix(at, " --password") + ` --password "$PASSWORD"` + " --filetype sql --database " + quoted(name) + " --output " + quoted(file) + ".d",
		"Keep a copy of " + keySetting + " apart from it; without it phone tails and links are lost",
	}, "\n")
}

// quoted is a word for a shell.
func quoted(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
