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
		for _, sql := range []string{
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
			"INSERT INTO subscriptions (parcel_id, provider, token, state, due_at) SELECT id, 'kuaidi100', number, 'living', due_at FROM parcels",
			fmt.Sprintf("INSERT INTO arrivals (door, update_key, chat_id, due_at, at) SELECT 'telegram', number, id, %d, %d FROM parcels WHERE id > 1", models.Never, noon()),
			fmt.Sprintf("INSERT INTO imports (chat_id, started_at, due_at) SELECT id, %d, CASE WHEN id = 1 THEN 1 ELSE %d END FROM parcels", noon(), models.Never),
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		for _, table := range []string{"parcels", "follows", "chats", "subscriptions", "arrivals", "imports"} {
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

// readsWholeTable says that a plan does so with a table that grows; f and
// <derived are a subquery's few rows.
func readsWholeTable(plan string) bool {
	return !strings.Contains(plan, "FROM leases") && slices.ContainsFunc(strings.Split(plan, "\n"), func(step string) bool {
		return strings.Contains(step, "SCAN ") && !strings.Contains(step, "SCAN f ") ||
			strings.Contains(step, "type:ALL") && !strings.Contains(step, "table:<derived")
	})
}
