package storetest

import (
	"database/sql"
	"strings"
	"testing"
)

// perChat is how many parcels one chat follows of those that Fill makes.
const perChat = 50

// Fill puts live parcels into a migrated SQLite database, faster than following
// them one by one would: YT1000000000000 and so on, all due, each with one scan
// and followed by a chat of the door that wants urgent news only.
func Fill(tb testing.TB, dsn, door string, parcels int) {
	tb.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite://"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = db.Close() }() // what was written is committed
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(tb.Context(), "PRAGMA synchronous = OFF; PRAGMA cache_size = -65536"); err != nil { // who loses power fills it anew
		tb.Fatal(err)
	}
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < ?) "
	for _, fill := range []struct {
		what string
		args []any
	}{
		{"INSERT INTO parcels (id, number, carrier, status, seq, due_at) " + numbers +
			"SELECT i+1, printf('YT%d', 1000000000000+i), 'yto', 'in_transit', 1, i FROM n", []any{parcels}},
		{"INSERT INTO events (parcel_id, seq, kind, identity, text) " + numbers +
			"SELECT i+1, 1, 'scan', 'filled', '快件离开【泉州转运中心】已发往【上海转运中心】' FROM n", []any{parcels}},
		{
			"INSERT INTO chats (id, door, conversation, work_at) " + numbers + "SELECT i+1, ?, i+1, 4611686018427387904 FROM n",
			[]any{(parcels + perChat - 1) / perChat, door},
		},
		{"INSERT INTO follows (chat_id, parcel_id, muted, delivered_seq) " + numbers + "SELECT 1+i/?, i+1, 1, 1 FROM n", []any{parcels, perChat}},
	} {
		if _, err := db.ExecContext(tb.Context(), fill.what, fill.args...); err != nil {
			tb.Fatal(err)
		}
	}
}

// FillFinished puts finished parcels that one chat follows into a migrated SQLite database:
// JD1000000000000 and so on, delivered a second apart until ended, each with one scan. The
// chat is there already.
func FillFinished(tb testing.TB, dsn string, chatID int64, parcels int, ended int64) {
	tb.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite://"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = db.Close() }() // what was written is committed
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < ?) "
	const first = 1_000_000_000 // above all other ids
	for _, fill := range []struct {
		what string
		args []any
	}{
		{"INSERT INTO parcels (id, number, carrier, status, final, seq, newest_seq, event_at, heard_at, done_at, next_at) " + numbers +
			"SELECT ?+i, printf('JD%d', 1000000000000+i), 'jd', 'delivered', 1, 1, 1, ?3-1000*i, ?3-1000*i, ?3-1000*i, 4611686018427387904 FROM n", []any{parcels, first, ended}},
		{"INSERT INTO events (parcel_id, seq, kind, identity, at, text) " + numbers +
			"SELECT ?+i, 1, 'scan', 'filled', ?-1000*i, '您的快件已签收，签收人：前台' FROM n", []any{parcels, first, ended}},
		{"INSERT INTO follows (chat_id, parcel_id, delivered_seq, done_at) " + numbers +
			"SELECT ?, ?+i, 1, ?-1000*i FROM n", []any{parcels, chatID, first, ended}},
	} {
		if _, err := db.ExecContext(tb.Context(), fill.what, fill.args...); err != nil {
			tb.Fatal(err)
		}
	}
}
