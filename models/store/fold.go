package store

import (
	"gorm.io/gorm"

	"waybill/models"
)

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
