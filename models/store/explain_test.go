package store_test

import (
	"fmt"
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
		_, err := k.FollowMany(k.ctx(), c.ID, 2000, noon())
		k.ok(err)
		for _, sql := range []string{
			fmt.Sprintf("UPDATE parcels SET due_at = %d WHERE id > 20", models.Never),
			"UPDATE follows SET pending_seq = 0 WHERE id > 20",
			"INSERT INTO chats (door, conversation) SELECT 'telegram', number FROM parcels",
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		for _, table := range []string{"parcels", "follows", "chats"} {
			analyze := "ANALYZE " + table
			if strings.HasSuffix(t.Name(), "mariadb") {
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
			whole := strings.ReplaceAll(all, "SCAN f ", "") // a subquery's few rows
			if !strings.Contains(all, query.index) || strings.Contains(whole, "SCAN ") || strings.Contains(whole, "type:ALL") {
				t.Errorf("%s does not use %s, or reads a whole table:\n%s", query.name, query.index, all)
			}
		}
	})
}
