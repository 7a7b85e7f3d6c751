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
			fmt.Sprintf("INSERT INTO follows (chat_id, parcel_id, created_at) VALUES (%d, 2000, %d)", few.ID, noon()),
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
			"INSERT INTO subscriptions (parcel_id, provider, token, state, due_at) SELECT id, 'kuaidi100', number, 'living', due_at FROM parcels",
			fmt.Sprintf("INSERT INTO journeys (parcel_id, carrier, origin, destination, origin_area, destination_area, delivered_at) SELECT id, 'sf', '深圳', '北京', '广东', '北京', %d + id FROM parcels WHERE id > 1960", noon()),
			"INSERT INTO journeys (parcel_id, carrier, origin, destination, origin_area, destination_area, delivered_at) SELECT id, 'zto', number, number, '浙江', '上海', id FROM parcels WHERE id <= 1960",
			fmt.Sprintf("INSERT INTO arrivals (door, update_key, chat_id, due_at, at) SELECT 'telegram', number, id, %d, %d FROM parcels WHERE id > 1", models.Never, noon()),
			"UPDATE chats SET failures = 1, failing_at = 1 WHERE id = 40",
			fmt.Sprintf("INSERT INTO imports (chat_id, started_at, due_at) SELECT id, %d, CASE WHEN id = 1 THEN 1 ELSE %d END FROM parcels", noon(), models.Never),
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		for _, table := range []string{"parcels", "follows", "chats", "subscriptions", "arrivals", "journeys", "imports"} {
			analyze := "ANALYZE " + table
			if !strings.HasSuffix(t.Name(), "sqlite") {
				analyze = "ANALYZE TABLE " + table
			}
			k.ok(k.Exec(k.ctx(), analyze))
		}
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
			{"FollowsBegun", "follows_chat_parcel", func() error {
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
			{"ImportParts", "follows_chat_parcel", func() error {
				_, err := k.ImportParts(k.ctx(), models.Import{ChatID: c.ID + 1, StartedAt: noon()}, noon())
				return err
			}},
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

// readsWholeTable says that a plan does so with a table that grows; f, <derived and
// <union are a subquery's few rows.
func readsWholeTable(plan string) bool {
	return !strings.Contains(plan, "FROM leases") && slices.ContainsFunc(strings.Split(plan, "\n"), func(step string) bool {
		return strings.Contains(step, "SCAN ") && !strings.Contains(step, "SCAN f ") ||
			strings.Contains(step, "type:ALL") && !strings.Contains(step, "table:<")
	})
}
