package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// ofOneDatabase are the tables whose rows are not copied: leases and hand-outs of
// processes, properties of the database, and how the schema is kept. A table that is
// added to the schema is copied unless it is added here.
const ofOneDatabase = "leases dispatched properties migrating goose_db_version goose_lock"

// eachServer runs a test on the server that a copy goes into.
func eachServer(t *testing.T, test func(t *testing.T, from, to kit)) {
	t.Helper()
	t.Parallel()
	kind := storetest.NeedServer(t)
	t.Run(kind, func(t *testing.T) {
		into, dsn := storetest.Migrated(t, kind), storetest.Migrated(t, "sqlite")
		to := kit{Store: storetest.Open(t, into), t: t, open: func() *store.Store { return storetest.Open(t, into) }, dsn: into}
		test(t, kit{Store: storetest.Open(t, dsn), t: t, dsn: dsn}, to)
	})
}

// copyTo copies a database.
func (k kit) copyTo(to *store.Store) ([]store.Copied, error) {
	return to.CopyFrom(k.ctx(), k.copy())
}

func (k kit) copy() store.Copy {
	return store.Copy{
		From: strings.TrimPrefix(k.dsn, "sqlite://"), Owner: "me", Gone: func(string) bool { return false },
		Begin: func(int64) {}, Step: func(int) {},
	}
}

// rows are the rows of a table as texts, in order; text makes one of a column.
func rows(t *testing.T, pool *sql.DB, table, text string, columns []string) []string {
	t.Helper()
	var parts []string
	for _, c := range columns {
		parts = append(parts, "CASE WHEN "+c+" IS NULL THEN 'null' ELSE HEX("+fmt.Sprintf(text, c)+") END")
	}
	found, err := pool.QueryContext(t.Context(), "SELECT "+strings.Join(parts, ", ")+" FROM "+table)
	if err != nil {
		t.Fatalf("%s: %v", table, err)
	}
	defer found.Close()
	var all []string
	for found.Next() {
		row, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Join(row, " "))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// tablesOf are the tables of a SQLite file with the columns that are stored.
func tablesOf(t *testing.T, pool *sql.DB) map[string][]string {
	t.Helper()
	const all = `SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	found, err := pool.QueryContext(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	tables := map[string][]string{}
	for found.Next() {
		var table, column, kind string
		if err := found.Scan(&table, &column, &kind); err != nil {
			t.Fatal(err)
		}
		tables[table] = append(tables[table], column+" "+kind)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}

// fillTables gives every table two rows with something in each column.
func fillTables(t *testing.T, pool *sql.DB, tables map[string][]string) {
	t.Helper()
	for table, columns := range tables {
		if table == "migrating" || table == "goose_db_version" || table == "properties" {
			continue
		}
		for n := 1; n <= 2; n++ {
			var names, values []string
			for i, c := range columns {
				name, kind, _ := strings.Cut(c, " ")
				value := fmt.Sprint(n + i)
				if kind != "INTEGER" && kind != "REAL" {
					value = fmt.Sprintf("'%d包%d'", n, i)
				}
				if kind == "REAL" {
					value = fmt.Sprintf("%d.5", n+i)
				}
				if kind == "BLOB" {
					value = fmt.Sprintf("X'00FF%02d%02d'", n, i)
				}
				switch name {
				case "muted", "awaited", "tail_needed", "final", "is_group", "forgotten", "answered", "billed", "urgent":
					value = "1"
				case "items", "rest", "previous", "listed", "times":
					value = "NULL"
				case "chat_id", "parcel_id", "id":
					value = fmt.Sprint(40 + n)
				case "expires_at":
					value = "5" // of a lease, long over
				case "month":
					value = "'2025-06'"
				case "day":
					value = fmt.Sprintf("'2025-06-0%d'", n)
				}
				names, values = append(names, name), append(values, value)
			}
			insert := "INSERT INTO " + table + " (" + strings.Join(names, ",") + ") VALUES (" + strings.Join(values, ",") + ")"
			if _, err := pool.ExecContext(t.Context(), insert); err != nil {
				t.Fatalf("%s: %v", insert, err)
			}
		}
	}
}

func TestEveryTableIsCopied(t *testing.T) {
	eachServer(t, func(t *testing.T, from, to kit) {
		source := from.Pool()
		tables := tablesOf(t, source)
		fillTables(t, source, tables)
		from.ok(from.Exec(t.Context(), "DELETE FROM raw_pushes WHERE id = 42"))
		begun, stepped := int64(0), 0
		c := from.copy()
		c.Begin, c.Step = func(rows int64) { begun = rows }, func(rows int) { stepped += rows }
		copied, err := to.CopyFrom(t.Context(), c)
		to.ok(err)
		counted := int64(0)
		for table, columns := range tables {
			at := slices.IndexFunc(copied, func(c store.Copied) bool { return c.Table == table })
			if own := slices.Contains(strings.Fields(ofOneDatabase), table); own != (at < 0) {
				t.Errorf("%s is copied: %v", table, at >= 0)
				continue
			} else if own {
				continue
			}
			counted += copied[at].Rows
			var names []string
			for _, c := range columns {
				if name, _, _ := strings.Cut(c, " "); name != "claim_owner" && name != "claim_until" {
					names = append(names, "`"+name+"`")
				}
			}
			here, there := rows(t, source, table, "%s", names), rows(t, to.Pool(), table, "CONCAT(%s, '')", names)
			if !slices.Equal(here, there) || int64(len(here)) != copied[at].Rows || len(here) == 0 {
				t.Errorf("%s: %d rows, said are %d\n%v\n%v", table, len(here), copied[at].Rows, here, there)
			}
		}
		if begun != counted || int64(stepped) != counted {
			t.Errorf("%d rows are announced and %d shown, %d are copied", begun, stepped, counted)
		}
		var claims int
		to.ok(to.Pool().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM chats WHERE claim_owner <> '' OR claim_until <> 0").Scan(&claims))
		if claims != 0 {
			t.Errorf("%d claims are copied", claims)
		}
		// An id that was given there, even to a row that is gone, is given to no other here.
		to.ok(to.KeepRawPush(t.Context(), "kuaibao", "body", noon()))
		var next int64
		to.ok(to.Pool().QueryRowContext(t.Context(), "SELECT MAX(id) FROM raw_pushes").Scan(&next))
		if next <= 42 {
			t.Errorf("id %d is given again", next)
		}
	})
}

func TestWhatWasSealedOpensAfterTheCopy(t *testing.T) {
	eachServer(t, func(t *testing.T, from, to kit) {
		from.keeps(from.Store, true)
		f := from.withTail(1, "1234")
		from.ok(from.SetChatTail(t.Context(), f.ChatID, "5678"))
		q := from.question("4444")
		_, err := from.copyTo(to.Store)
		to.ok(err)
		to.keeps(to.Store, true)
		if tails, err := to.Tails(t.Context(), f.ParcelID); err != nil || len(tails) != 1 || tails[0].Digits != "1234" {
			t.Errorf("got %+v, %v", tails, err)
		}
		if tail, err := to.ChatTail(t.Context(), f.ChatID); tail != "5678" || err != nil {
			t.Errorf("got %q, %v", tail, err)
		}
		if got, ok, err := to.Question(t.Context(), q.ID, 0, noon()); err != nil || !ok || got.Items[0].Tail != "4444" {
			t.Errorf("got %+v, %v, %v", got, ok, err)
		}
		to.withTail(7, "7777")
	})
}

func TestACopyThatBrokeOffIsNotServedAndBegunAnew(t *testing.T) {
	eachServer(t, func(t *testing.T, from, to kit) {
		from.keeps(from.Store, true)
		for n := range 40 {
			from.withTail(n+1, "1234")
		}
		c := from.copy()
		ctx, stop := context.WithCancel(t.Context())
		c.Step = func(int) { stop() }
		if _, err := to.CopyFrom(ctx, c); err == nil {
			t.Fatal("it did not break off")
		}
		if err := to.CheckKeys(t.Context()); !errors.Is(err, models.ErrUnfinished) {
			t.Fatalf("got %v", err)
		}
		if _, err := to.KeepProbe(t.Context(), false, noon()); !errors.Is(err, models.ErrUnfinished) {
			t.Fatalf("got %v", err)
		}
		another := from.copy()
		another.Owner = "another"
		if _, err := to.CopyFrom(t.Context(), another); !errors.Is(err, models.ErrInUse) {
			t.Fatalf("two at once: %v", err)
		}
		_, err := from.copyTo(to.Store)
		to.ok(err)
		to.keeps(to.Store, true)
		if _, err := from.copyTo(to.Store); !errors.Is(err, models.ErrNotEmpty) {
			t.Fatalf("once more: %v", err)
		}
	})
}

// counts are how many rows each table has.
func (k kit) counts() map[string]int {
	k.t.Helper()
	all, err := k.Column(k.ctx(), "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	k.ok(err)
	counts := map[string]int{}
	for _, name := range all {
		var n int
		k.ok(k.Pool().QueryRowContext(k.ctx(), "SELECT COUNT(*) FROM `"+name+"`").Scan(&n))
		counts[name] = n
	}
	return counts
}

func TestACopyIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(from, to kit)
		want    error
	}{
		"while a process works with the source": {func(from, _ kit) {
			_, _, err := from.Lease(from.ctx(), "cron", "somebody", time.Minute)
			from.ok(err)
		}, models.ErrInUse},
		"into a database with rows": {func(_, to kit) { to.chat(1) }, models.ErrNotEmpty},
		"into one that is served": {func(_, to kit) {
			_, _, err := to.Lease(to.ctx(), "cron", "somebody", time.Minute)
			to.ok(err)
		}, models.ErrNotEmpty},
		"from an older schema": {func(from, _ kit) { from.ok(from.Exec(from.ctx(), "DELETE FROM goose_db_version WHERE version_id > 4")) }, models.ErrOlder},
		"from a newer schema": {func(from, _ kit) {
			from.ok(from.Exec(from.ctx(), "UPDATE goose_db_version SET version_id = 99 WHERE version_id = 5"))
		}, models.ErrNewer},
		"under a key of another copy": {func(_, to kit) { to.keeps(to.under(others), true) }, models.ErrWrongKey},
	} {
		t.Run(name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, from, to kit) {
				c.prepare(from, to)
				before := to.counts()
				if _, err := from.copyTo(to.Store); !errors.Is(err, c.want) {
					t.Fatalf("got %v", err)
				}
				if after := to.counts(); !maps.Equal(before, after) {
					t.Errorf("rows before %v, after %v", before, after)
				}
			})
		})
	}
}
