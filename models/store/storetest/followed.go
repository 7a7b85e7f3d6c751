package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"waybill/models"
)

// Followed is a parcel that is to be there, and the conversations that follow it.
type Followed struct {
	Number        string
	Conversations []string
}

// rowsTogether is how many rows one statement writes: SQLite takes 32,766 values.
const rowsTogether = 500

// FillFollowed puts parcels of one carrier that nobody has been asked about yet into a
// migrated database, due at now, and the chats of a door that follow them. The rows are those
// of Store.Ensure, Chat and Follow one after another, which takes fifty times as long.
// Neither the parcels nor their chats are there before.
func FillFollowed(tb testing.TB, kind, dsn, door string, carrier models.Carrier, now models.Moment, parcels []Followed) {
	tb.Helper()
	ask(tb, kind, dsn, func(ctx context.Context, pool *sql.DB) error {
		f := filling{door: door, carrier: carrier, now: now, chatID: map[string]int64{}}
		for _, last := range []struct {
			of   string
			into *int64
		}{{"parcels", &f.lastParcel}, {"chats", &f.lastChat}} {
			if err := pool.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM "+last.of).Scan(last.into); err != nil {
				return fmt.Errorf("read last of %s: %w", last.of, err)
			}
		}
		for _, p := range parcels {
			f.add(p)
		}
		return f.write(ctx, pool)
	})
}

// filling are the rows of FillFollowed.
type filling struct {
	door    string
	carrier models.Carrier
	now     models.Moment

	lastParcel, lastChat    int64
	chatID                  map[string]int64 // by conversation
	parcels, chats, follows [][]any
}

func (f *filling) add(p Followed) {
	f.lastParcel++
	f.parcels = append(f.parcels, []any{f.lastParcel, p.Number, f.carrier, 1, f.now, f.now, f.now})
	for _, conversation := range p.Conversations {
		id, known := f.chatID[conversation]
		if !known {
			f.lastChat++
			id = f.lastChat
			f.chatID[conversation] = id
			f.chats = append(f.chats, []any{id, f.door, conversation, f.now})
		}
		f.follows = append(f.follows, []any{id, f.lastParcel, f.now})
	}
}

// write stores the rows in one transaction.
func (f *filling) write(ctx context.Context, pool *sql.DB) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing to undo
	for _, into := range []struct {
		table string
		rows  [][]any
	}{
		{"parcels (id, number, carrier, version, due_at, status_at, created_at)", f.parcels},
		{"chats (id, door, conversation, created_at)", f.chats},
		{"follows (chat_id, parcel_id, created_at)", f.follows},
	} {
		for len(into.rows) > 0 {
			part := into.rows[:min(rowsTogether, len(into.rows))]
			into.rows = into.rows[len(part):]
			if err := insert(ctx, tx, into.table, part); err != nil {
				return fmt.Errorf("write %s: %w", into.table, err)
			}
		}
	}
	return tx.Commit()
}

// insert writes rows into a table whose columns are named.
func insert(ctx context.Context, tx *sql.Tx, table string, rows [][]any) error {
	row := "(?" + strings.Repeat(", ?", len(rows[0])-1) + ")"
	var values []any
	for _, r := range rows {
		values = append(values, r...)
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" VALUES "+row+strings.Repeat(", "+row, len(rows)-1), values...)
	return err
}
