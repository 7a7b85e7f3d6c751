package store

import (
	"context"
	"fmt"

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
	var rows []*callEnd
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

const blockSize = 4096

// block is a run of ledger ids that this process has reserved. Ids are given
// by the store, because what a multi-row insert got is not portable. Only one
// goroutine, that of the begins, uses it.
type block struct{ next, end int64 }

// take returns the first of n consecutive ids.
func (b *block) take(ctx context.Context, s *Store, n int64) (int64, error) {
	if b.end-b.next < n {
		var last int64
		err := s.within(ctx, func(tx *gorm.DB) (err error) {
			last, err = s.reserve(tx, "calls", blockSize)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("reserve ledger ids: %w", err)
		}
		b.next, b.end = last-blockSize+1, last+1
	}
	b.next += n
	return b.next - n, nil
}

// counterRow is one named counter.
type counterRow struct {
	Name  string `gorm:"primaryKey"`
	Value int64
}

// TableName is where GORM finds the rows.
func (counterRow) TableName() string { return "counters" }

// reserve raises a counter by n and returns its new value. The counter stays
// locked until the transaction ends; a missingRow when it is yet to be made.
func (s *Store) reserve(tx *gorm.DB, name string, n int64) (int64, error) {
	raised := tx.Exec("UPDATE counters SET value = value + ? WHERE name = ?", n, name)
	if raised.Error != nil {
		return 0, raised.Error
	}
	if raised.RowsAffected == 0 {
		return 0, &missingRow{&counterRow{Name: name}}
	}
	var value int64
	err := tx.Raw("SELECT value FROM counters WHERE name = ?", name).Scan(&value).Error
	return value, err
}

// folded is what the calls of one folded ledger row have in common.
type folded struct {
	Day      string
	Provider string
	Kind     models.CallKind
	Outcome  models.Outcome
	Billed   bool
}

// fold sums some of the ledger rows that began before a moment, and returns
// how many. The counter's lock keeps two sweeps apart.
func (s *Store) fold(tx *gorm.DB, before models.Moment) (int, error) {
	last, err := s.reserve(tx, "calls", chunk)
	if err != nil {
		return 0, err
	}
	var rows []callRow
	err = locking(tx).Where("started_at > 0 AND started_at < ?", before).Order("started_at").Limit(chunk).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	sums, ids := map[folded]int64{}, make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		sums[folded{row.Day, row.Provider, row.Kind, row.Outcome, row.Billed}] += row.Count
	}
	for key, n := range sums {
		if err := addFolded(tx, key, n, last); err != nil {
			return 0, err
		}
		last--
	}
	return len(rows), tx.Exec("DELETE FROM calls WHERE id IN ?", ids).Error
}

// addFolded adds n calls to their folded row, which gets the given id if it
// has to be made.
func addFolded(tx *gorm.DB, key folded, n, id int64) error {
	const add = "UPDATE calls SET `count` = `count` + ? WHERE day = ? AND provider = ? AND kind = ? AND outcome = ? AND billed = ? AND started_at = 0"
	done := tx.Exec(add, n, key.Day, key.Provider, key.Kind, key.Outcome, key.Billed)
	if done.Error != nil || done.RowsAffected > 0 {
		return done.Error
	}
	return tx.Create(&callRow{
		ID: id, Day: key.Day, Provider: key.Provider, Kind: key.Kind, Outcome: key.Outcome, Billed: key.Billed, Count: n, FinishedAt: 1,
	}).Error
}
