package main

import (
	"context"
	"errors"
	"fmt"
)

type migrateCommand struct{}

// Run applies the database's migrations. It reads the settings of the database
// alone, so it works before doors and providers are configured.
func (migrateCommand) Run(ctx context.Context, w world) error {
	s, err := ReadDatabase(w.lookup)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, s)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := errors.Join(db.Migrate(ctx), db.Close()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = fmt.Fprintln(w.out, "the database is up to date")
	return err
}
