package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// TestFrequentQueriesFindTheirRowsInAnIndex: none of them gets slower with what
// is not due.
func TestFrequentQueriesFindTheirRowsInAnIndex(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		_, err := k.FollowMany(k.ctx(), c.ID, 2000, 20, noon())
		k.ok(err)
		few := k.chat(2)
		for _, sql := range []string{
			fmt.Sprintf("UPDATE parcels SET done_at = %d + id WHERE id > 20", noon()-day),
			fmt.Sprintf("UPDATE follows SET done_at = %d + parcel_id WHERE parcel_id > 20", noon()-day),
			fmt.Sprintf("INSERT INTO follows (chat_id, parcel_id, created_at) VALUES (%d, 2000, %d)", few.ID, noon()),
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
			"INSERT INTO subscriptions (parcel_id, provider, token, state, due_at) SELECT id, 'kuaidi100', number, 'living', due_at FROM parcels",
			fmt.Sprintf("INSERT INTO journeys (parcel_id, carrier, origin, destination, origin_area, destination_area, delivered_at) SELECT id, 'sf', '深圳', '北京', '广东', '北京', %d + id FROM parcels WHERE id > 1960", noon()),
			"INSERT INTO journeys (parcel_id, carrier, origin, destination, origin_area, destination_area, delivered_at) SELECT id, 'zto', number, number, '浙江', '上海', id FROM parcels WHERE id <= 1960",
			fmt.Sprintf("INSERT INTO arrivals (door, update_key, chat_id, due_at, at) SELECT 'telegram', number, id, %d, %d FROM parcels WHERE id > 1", models.Never, noon()),
			fmt.Sprintf("UPDATE chats SET failures = 1, failing_at = 1 WHERE conversation = 'SF1%012d'", 40),
			fmt.Sprintf("INSERT INTO imports (chat_id, started_at, due_at) SELECT id, %d, CASE WHEN id = 1 THEN 1 ELSE %d END FROM parcels", noon(), models.Never),
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		k.analyze("parcels", "follows", "chats", "subscriptions", "arrivals", "journeys", "imports")
		k.arrive("1", 1)
		for _, query := range []struct {
			name, index string
			run         func() error
		}{
			{"ClaimChats", "chats_work", func() error {
				got, err := k.ClaimChats(k.ctx(), "telegram", "me", noon(), time.Millisecond, 32)
				if err == nil && len(got) != 1 {
					err = fmt.Errorf("claimed %d chats", len(got))
				}
				return err
			}},
			{"Pending", "follows_pending", func() error {
				got, err := k.Pending(k.ctx(), c)
				if err == nil && len(got) != 20 {
					err = fmt.Errorf("%d are pending", len(got))
				}
				return err
			}},
			{"OpenArrivals", "arrivals_chat", func() error {
				got, err := k.OpenArrivals(k.ctx(), c.ID, noon())
				if err == nil && len(got) != 1 {
					err = fmt.Errorf("%d are open", len(got))
				}
				return err
			}},
			{"TakeDueSubscriptions", "subscriptions_due", func() error {
				got, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10)
				if err == nil && len(got) != 10 {
					err = fmt.Errorf("%d are wanted", len(got))
				}
				return err
			}},
			{"ReleaseStale", "chats_claimed", func() error {
				return k.ReleaseStale(k.ctx(), "me", func(string) bool { return false }, noon())
			}},
			{"FollowsBegun", "follows_chat_", func() error {
				got, err := k.FollowsBegun(k.ctx(), few.ID, noon())
				if err == nil && len(got) != 1 {
					err = fmt.Errorf("%d began then", len(got))
				}
				return err
			}},
			{"ChatAt", "chats_address", func() error {
				_, ok, err := k.ChatAt(k.ctx(), c.Address)
				if err == nil && !ok {
					err = fmt.Errorf("there is no chat")
				}
				return err
			}},
			{"Listed", "parcels_number_carrier", func() error {
				got, err := k.Listed(k.ctx(), c.ID, []string{number(3), number(4)})
				if err == nil && len(got) != 2 {
					err = fmt.Errorf("%d are known", len(got))
				}
				return err
			}},
			{"DueImports", "imports_due", func() error {
				got, err := k.DueImports(k.ctx(), noon(), 10)
				if err == nil && len(got) != 1 {
					err = fmt.Errorf("%d are due", len(got))
				}
				return err
			}},
			{"ImportParts", "follows_chat_", func() error {
				_, err := k.ImportParts(k.ctx(), models.Import{ChatID: c.ID + 1, StartedAt: noon()}, noon())
				return err
			}},
			{"Followed", "follows_chat_done", func() error {
				got, err := k.Followed(k.ctx(), c.ID, true)
				if err == nil && len(got) != 20+models.MostFinished {
					err = fmt.Errorf("%d are at hand", len(got))
				}
				return err
			}},
			{"CountLive", "follows_chat_done", func() error {
				got, err := k.CountLive(k.ctx(), c.ID)
				if err == nil && got != 20 {
					err = fmt.Errorf("%d live", got)
				}
				return err
			}},
			{"FollowedOf", "follows_chat_parcel", func() error {
				got, err := k.FollowedOf(k.ctx(), c.ID, []int64{3, 1700})
				if err == nil && len(got) != 2 {
					err = fmt.Errorf("%d are followed", len(got))
				}
				return err
			}},
			{"FollowedByNumber", "parcels_number_carrier", func() error {
				got, err := k.FollowedByNumber(k.ctx(), c.ID, number(1700))
				if err == nil && len(got) != 1 {
					err = fmt.Errorf("%d are followed", len(got))
				}
				return err
			}},
			{"Backlog", "chats_work", func() error {
				got, err := k.Backlog(k.ctx(), noon())
				if err == nil && got.Due != 20 {
					err = fmt.Errorf("got %+v", got)
				}
				return err
			}},
			{"RetireSubscriptions", "follows_parcel", func() error { return k.RetireSubscriptions(k.ctx(), noon()) }},
			{"Take", "parcels_due", func() error {
				got, err := k.Take(k.ctx(), noon(), time.Minute, 256)
				if err == nil && len(got) != 20 {
					err = fmt.Errorf("took %d", len(got))
				}
				return err
			}},
			{"Failing", "chats_failing_at", func() error {
				got, err := k.Failing(k.ctx(), "telegram", noon())
				if err == nil && got.Chats != 1 {
					err = fmt.Errorf("%d chats fail", got.Chats)
				}
				return err
			}},
			{"Waits", "parcels_due", func() error {
				_, err := k.Waits(k.ctx(), noon())
				return err
			}},
			{"Exhausted", "chats_credit", func() error {
				_, err := k.Exhausted(k.ctx(), "telegram", noon())
				return err
			}},
			{"Back", "follows_chat_done", func() error { return k.Back(k.ctx(), few.ID, noon()) }},
			{"Journeys of a route", "journeys_route", k.journeysOf(models.Route{Carrier: "sf", Origin: "深圳", Destination: "北京"}, 40)},
			{"Journeys between provinces", "journeys_areas", k.journeysOf(models.Route{Carrier: "sf", OriginArea: "广东", DestinationArea: "北京"}, 40)},
			{"Journeys from a province", "journeys_from", k.journeysOf(models.Route{Carrier: "sf", OriginArea: "广东"}, 40)},
			{"Journeys of a carrier", "journeys_carrier", k.journeysOf(models.Route{Carrier: "sf"}, 40)},
		} {
			plans, err := k.Explain(k.ctx(), func() { k.ok(query.run()) })
			k.ok(err)
			all := strings.Join(plans, "\n")
			if !strings.Contains(all, query.index) || slices.ContainsFunc(plans, readsWholeTable) {
				t.Errorf("%s does not use %s, or reads a whole table:\n%s", query.name, query.index, all)
			}
		}
	})
}

// journeysOf reads journeys, of which the first group must have so many.
func (k kit) journeysOf(r models.Route, first int) func() error {
	return func() error {
		got, err := k.Journeys(k.ctx(), r)
		if err == nil && (len(got) == 0 || len(got[0]) != first) {
			err = fmt.Errorf("found %d groups of journeys", len(got))
		}
		return err
	}
}

// analyze has the database count the rows of tables.
func (k kit) analyze(tables ...string) {
	k.t.Helper()
	words := "ANALYZE TABLE "
	if strings.HasSuffix(k.t.Name(), "sqlite") {
		words = "ANALYZE "
	}
	for _, table := range tables {
		if strings.HasSuffix(k.t.Name(), "mariadb") || strings.HasSuffix(k.t.Name(), "mysql") {
			k.ok(k.Exec(k.ctx(), "ALTER TABLE "+table+" FORCE")) // indexes are counted with what updates have left in them, until it is purged
		}
		k.ok(k.Exec(k.ctx(), words+table))
	}
}

// TestASweepLooksIntoIndexes: whether there is anything to do is seen without reading what
// is not over yet.
func TestASweepLooksIntoIndexes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		_, err := k.FollowMany(k.ctx(), c.ID, 2000, 2000, noon())
		k.ok(err)
		late := noon() + 1000*day
		for _, sql := range []string{
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
			"INSERT INTO questions (chat_id, expires_at) SELECT id + 10, %d FROM parcels",
			"INSERT INTO stopped (id, chat_id, parcel_id, stopped_at) SELECT id, 1, id, %d FROM parcels",
			"INSERT INTO cache (kind, cache_key, until_at) SELECT 'x', number, %d FROM parcels",
			"INSERT INTO dispatched (parcel_id, version, until_at) SELECT id, 1, %d FROM parcels",
			"INSERT INTO tail_attempts (number, day, chat_id) SELECT number, '2099-01-01', 0 FROM parcels",
			"INSERT INTO subscriptions (parcel_id, provider, token) SELECT id, 'kuaidi100', number FROM parcels",
			"INSERT INTO journeys (parcel_id, delivered_at) SELECT id, %d FROM parcels",
			"INSERT INTO calls (id, day, provider, started_at) SELECT id, '2099-01-01', 'muzhi', %d FROM parcels",
			"INSERT INTO sent (parcel_id, chat_id, upto, outcome, at) SELECT id, 1, 1, 'sent', %d FROM parcels",
			"INSERT INTO notes (at) SELECT %d FROM parcels",
			"INSERT INTO arrivals (door, update_key, chat_id, at) SELECT 'x', number, 1, %d FROM parcels",
		} {
			if strings.Contains(sql, "%d") {
				sql = fmt.Sprintf(sql, late)
			}
			k.ok(k.Exec(k.ctx(), sql))
		}
		k.analyze("parcels", "follows", "chats", "questions", "stopped", "cache", "dispatched", "tail_attempts", "subscriptions", "journeys", "calls", "sent", "notes", "arrivals")
		plans, err := k.Explain(k.ctx(), func() { k.ok(k.Sweep(k.ctx(), keep(), noon())) })
		k.ok(err)
		if len(plans) < 20 {
			t.Fatalf("%d queries", len(plans))
		}
		for _, plan := range plans {
			if readsWholeTable(plan) {
				t.Errorf("reads a whole table:\n%s", plan)
			}
		}
	})
}

// TestSubscriptionsAreFoundByTheirIDs: most parcels live and all subscriptions may be due, so
// that all of them are in one part of an index, which must not be gone through for the few
// that are looked at.
func TestSubscriptionsAreFoundByTheirIDs(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		_, err := k.FollowMany(k.ctx(), c.ID, 4000, 4000, noon())
		k.ok(err)
		k.ok(k.Exec(k.ctx(), "INSERT INTO subscriptions (parcel_id, provider, token, due_at) SELECT id, 'kuaidi100', number, 1 FROM parcels"))
		for _, known := range []string{"nothing", "how many rows there are"} {
			plans, err := k.Explain(k.ctx(), func() {
				k.ok(k.RetireSubscriptions(k.ctx(), noon()))
				got, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10)
				k.ok(err)
				if len(got) != 10 {
					t.Errorf("%d are due, want 10", len(got))
				}
			})
			k.ok(err)
			looked := 0
			for _, plan := range plans {
				if !strings.Contains(plan, "id IN (") {
					continue
				}
				looked++
				if strings.Contains(plan, "parcels_open") || strings.Contains(plan, "subscriptions_due") {
					t.Errorf("with %s known it goes through all that live or are due:\n%s", known, plan)
				}
			}
			if looked < 3 {
				t.Errorf("%d of 3 queries are explained", looked)
			}
			k.analyze("parcels", "follows", "chats", "subscriptions")
		}
	})
}

// readsWholeTable says that a plan does so with a table that grows; f, part, counted,
// <derived and <union are a subquery's few rows.
func readsWholeTable(plan string) bool {
	for _, small := range []string{"FROM leases", "FROM counters", "FROM budgets", "FROM raw_pushes", "FROM admin_sessions", "FROM wrong_tokens"} {
		if strings.Contains(plan, small) && !strings.Contains(plan, "parcels") {
			return false
		}
	}
	return slices.ContainsFunc(strings.Split(plan, "\n")[1:], func(step string) bool {
		few := strings.Contains(step, "SCAN f ") || strings.Contains(step, "SCAN part") || strings.Contains(step, "SCAN counted")
		return strings.Contains(step, "SCAN ") && !few ||
			strings.Contains(step, "type:ALL") && !strings.Contains(step, "table:<") ||
			strings.Contains(step, "FullScan") // TiDB's
	})
}
