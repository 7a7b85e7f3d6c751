package store

import (
	"gorm.io/gorm"

	"waybill/models"
)

// closeCalls completes the ledger rows of a group that are still open, gives
// unbilled calls back to their day's budget and notes the providers' locks.
func closeCalls(tx *gorm.DB, asks []finish) error {
	closings := map[int64]models.Closing{}
	var ids []int64
	for _, f := range asks {
		for _, c := range f.Closings {
			if _, twice := closings[c.Ticket.ID]; !twice {
				closings[c.Ticket.ID] = c
				ids = append(ids, c.Ticket.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := lockWaybills(tx, closings); err != nil {
		return err
	}
	var rows []*callRow
	if err := locking(tx).Where("id IN ? AND finished_at = 0 AND started_at > 0", ids).Order("id").Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	back := map[pair]int64{}
	for _, row := range rows {
		c := closings[row.ID]
		row.Outcome, row.Billed, row.FinishedAt = c.Outcome, c.Billed, max(c.At, row.StartedAt, 1)
		if !c.Billed {
			back[pair{row.Day, row.Provider}]++
		}
	}
	if err := upsert(tx, &rows, []string{"id"}, "outcome", "billed", "finished_at"); err != nil {
		return err
	}
	return giveBack(tx, back)
}

// lockWaybills notes until when providers refuse to hear of a waybill.
func lockWaybills(tx *gorm.DB, closings map[int64]models.Closing) error {
	rows := map[pair]*providerCallRow{}
	for _, c := range closings {
		number := cut(c.Number, sizeNumber)
		if c.LockedUntil > 0 && number != "" {
			key := pair{number, c.Ticket.Provider}
			rows[key] = &providerCallRow{Number: number, Provider: key.provider, LockedUntil: c.LockedUntil}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return upsert(tx, sorted(rows), []string{"number", "provider"}, "locked_until")
}

// giveBack returns unbilled calls to the days they were taken from.
func giveBack(tx *gorm.DB, back map[pair]int64) error {
	counts := map[pair]*budgetRow{}
	for key, n := range back {
		counts[key] = &budgetRow{Day: key.of, Provider: key.provider, Used: n}
	}
	const sql = "UPDATE budgets SET used = used - ? WHERE day = ? AND provider = ? AND used >= ?"
	for _, row := range sorted(counts) {
		if err := tx.Exec(sql, row.Used, row.Day, row.Provider, row.Used).Error; err != nil {
			return err
		}
	}
	return nil
}
