package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"waybill/models/store/storetest"
)

// traces are the places in the database where a text stands, as table.column: value.
func traces(t *testing.T, dsn, text string) (found []string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const columns = `SELECT m.name || '.' || c.name,
			'SELECT hex(0), CAST("' || c.name || '" AS TEXT) FROM "' || m.name || '" WHERE "' || c.name || '" IS NOT NULL'
		FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	for _, column := range twoTexts(t, db, columns) {
		for _, value := range twoTexts(t, db, column[1]) {
			if strings.Contains(value[1], text) {
				found = append(found, fmt.Sprintf("%s: %s", column[0], value[1]))
			}
		}
	}
	return found
}

// twoTexts reads what a query for two texts finds.
func twoTexts(t *testing.T, db *sql.DB, query string) (all [][2]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var pair [2]string
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, pair)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhoIsForgottenIsNowhereInTheDatabaseAndIsGreetedAnew(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t, "sqlite")
	f := newWeComTestbed(t, dsn, "1", byApp)
	b := f.begin()
	b.ready(http.StatusOK)
	f.we.Member(member)
	f.delivers(f.we.MemberDoes(member, "enter_agent", ""))
	f.gets(member, "单号")
	f.types(open)
	f.gets(member, open, "运输中")
	f.types("368000000012")
	f.gets(member, "368000000012", "[1]")
	f.types("忘记我")
	f.gets(member, "要删掉")
	if len(traces(t, dsn, member)) == 0 {
		t.Fatal("a member who is known is nowhere in the database")
	}
	f.types("是")
	f.gets(member, "都删干净了")
	b.stop()
	if found := traces(t, dsn, member); len(found) != 0 {
		t.Errorf("who is forgotten still stands in %q", found)
	}
	b = f.begin()
	b.ready(http.StatusOK)
	greeted := len(f.we.Sent(member))
	again := f.we.MemberDoes(member, "enter_agent", "")
	again.At -= 60 // what happens in one second is one happening
	f.delivers(again)
	f.types("/lang en")
	f.gets(member, "English")
	if got := len(f.we.Sent(member)) - greeted; got != 2 {
		t.Errorf("a newcomer who asks for English has got %d messages, want the greeting, too", got)
	}
	b.stop()
}
