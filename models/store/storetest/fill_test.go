package storetest_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/test/db"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const now = models.Moment(1_750_000_000_000)

// What is filled in is row for row what the store writes, and the store goes on from there.
func TestFilledParcelsAreThoseThatTheStoreWouldMake(t *testing.T) {
	parcels := []storetest.Followed{
		{Number: "YT1000000000001", Conversations: []string{"a", "b"}},
		{Number: "YT1000000000002", Conversations: []string{"a"}},
	}
	for i := range 1200 { // more than one statement's, in chats and in parcels
		parcels = append(parcels, storetest.Followed{Number: fmt.Sprint("YT", 2_000_000_000_000+i), Conversations: []string{fmt.Sprint(i % 700)}})
	}
	for _, kind := range storetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			made, filled := storetest.DSN(t, kind), storetest.DSN(t, kind)
			makers := storetest.Open(t, made)
			storetest.Migrate(t, makers)
			followEach(t, makers, parcels[:12])
			fillers := storetest.Open(t, filled)
			storetest.Migrate(t, fillers)
			storetest.FillFollowed(t, kind, filled, "bench", "yto", now, parcels[:12])
			if diff := cmp.Diff(rowsOf(t, kind, made), rowsOf(t, kind, filled)); diff != "" {
				t.Errorf("what is filled in is other than what the store makes:\n%s", diff)
			}
			storetest.FillFollowed(t, kind, filled, "other", "yto", now, parcels[12:])
			followEach(t, fillers, []storetest.Followed{{Number: "YT3000000000001", Conversations: []string{"a", "new"}}})
			hints, err := fillers.Take(t.Context(), now, 1000, 2*len(parcels))
			if err != nil || len(hints) != len(parcels)+1 {
				t.Errorf("%d of %d parcels are due, %v", len(hints), len(parcels)+1, err)
			}
		})
	}
}

// followEach makes parcels and their chats as the program does.
func followEach(t *testing.T, s *store.Store, parcels []storetest.Followed) {
	t.Helper()
	for _, of := range parcels {
		p, err := s.Ensure(t.Context(), of.Number, "yto", "", false, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, conversation := range of.Conversations {
			chat, err := s.Chat(t.Context(), models.Address{Door: "bench", Conversation: conversation}, false, now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Follow(t.Context(), models.Following{ChatID: chat.ID, ParcelID: p.ID}, now); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// rowsOf are all rows of the tables that following touches, ids replaced by what they stand for.
func rowsOf(t *testing.T, kind, dsn string) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	for name, query := range map[string]string{
		"parcels": "SELECT p.* FROM parcels p",
		"chats":   "SELECT c.* FROM chats c",
		"follows": "SELECT p.number, c.conversation, f.* FROM follows f JOIN parcels p ON p.id = f.parcel_id JOIN chats c ON c.id = f.chat_id",
		"others":  "SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM dispatched), (SELECT COUNT(*) FROM arrivals), (SELECT COUNT(*) FROM calls)",
	} {
		rows[name] = read(t, kind, dsn, query)
	}
	return rows
}

// read are the rows of a query, column by column, without ids, in the order of their texts.
func read(t *testing.T, kind, dsn, query string) (all []string) {
	t.Helper()
	pool := open(t, kind, dsn)
	found, err := pool.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var row strings.Builder
		for i, column := range columns {
			if column != "id" && !strings.HasSuffix(column, "_id") {
				fmt.Fprintf(&row, "%s=%v ", column, values[i])
			}
		}
		all = append(all, row.String())
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func open(t *testing.T, kind, dsn string) *sql.DB {
	t.Helper()
	driver, source := "sqlite", strings.TrimPrefix(dsn, "sqlite://")
	if kind != db.SQLite {
		at, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		driver, source = "mysql", at.User.String()+"@tcp("+at.Host+")"+at.Path
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}
