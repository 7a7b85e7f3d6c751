package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

const (
	exemptions   = 5 // calls inside the floor per waybill, over all providers,
	exemptWindow = 24 * time.Hour
)

// pair names a row of asked (number, provider) or of budgets (day, provider).
type pair struct{ of, provider string }

// desk holds, locked, every row that decides about a group of calls.
type desk struct {
	parcels map[int64]*parcelStart
	asked   map[pair]*providerCallRow
	passes  map[string]*exemptionRow
	budgets map[pair]*budgetRow
	calls   []callRow
}

// readDesk locks and reads what the calls are about, in the store's order.
func (s *Store) readDesk(tx *gorm.DB, asks []start) (*desk, error) {
	d := &desk{
		parcels: map[int64]*parcelStart{}, asked: map[pair]*providerCallRow{},
		passes: map[string]*exemptionRow{}, budgets: map[pair]*budgetRow{},
	}
	for _, step := range []func(*gorm.DB, *Store, []start) error{d.readParcels, d.readAsked, d.readPasses, d.readBudgets} {
		if err := step(tx, s, asks); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *desk) readParcels(tx *gorm.DB, _ *Store, asks []start) error {
	var ids []int64
	for _, a := range asks {
		if a.call.Parcel != 0 {
			ids = append(ids, a.call.Parcel)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []*parcelStart
	if err := locking(tx).Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		d.parcels[row.ID] = row
	}
	return nil
}

// readAsked locks the floor's rows. A row that is missing is made first, empty,
// so that there is something to lock: two processes that ask about a new
// waybill at once must meet.
func (d *desk) readAsked(tx *gorm.DB, s *Store, asks []start) error {
	want := map[pair]*providerCallRow{}
	for _, a := range asks {
		if a.paced() {
			key := pair{a.call.Number, a.call.Provider}
			want[key] = &providerCallRow{Number: key.of, Provider: key.provider}
		}
	}
	if err := d.lockAsked(tx, want); err != nil || len(want) == 0 {
		return err
	}
	if err := tx.Clauses(s.ignore()).Create(sorted(want)).Error; err != nil {
		return err
	}
	return d.lockAsked(tx, want)
}

// lockAsked reads the rows that are wanted and takes them off the wish list.
func (d *desk) lockAsked(tx *gorm.DB, want map[pair]*providerCallRow) error {
	if len(want) == 0 {
		return nil
	}
	var rows []*providerCallRow
	if err := locking(tx).Where("number IN ?", firsts(want)).Order("number, provider").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		key := pair{row.Number, row.Provider}
		d.asked[key] = row
		delete(want, key)
	}
	return nil
}

// readPasses locks the exemptions already used, under the lock of the asked
// rows or, for a waybill asked of two providers at once, of its own row.
func (d *desk) readPasses(tx *gorm.DB, s *Store, asks []start) error {
	want := map[pair]*exemptionRow{}
	for _, a := range asks {
		if a.paced() && a.call.Exempt != "" {
			want[pair{of: a.call.Number}] = &exemptionRow{Number: a.call.Number, Times: []models.Moment{}}
		}
	}
	if len(want) == 0 {
		return nil
	}
	if err := tx.Clauses(s.ignore()).Create(sorted(want)).Error; err != nil {
		return err
	}
	var rows []*exemptionRow
	if err := locking(tx).Where("number IN ?", firsts(want)).Order("number").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		d.passes[row.Number] = row
	}
	return nil
}

// readBudgets locks the days that some call has a limit for. The others are
// only counted up, at the end, so that they hold nobody else up.
func (d *desk) readBudgets(tx *gorm.DB, s *Store, asks []start) error {
	limited := map[pair]*budgetRow{}
	for _, a := range asks {
		key := pair{a.now.Day(), a.call.Provider}
		d.budgets[key] = &budgetRow{Day: key.of, Provider: key.provider}
		if a.call.Limit > 0 {
			limited[key] = d.budgets[key]
		}
	}
	if len(limited) == 0 {
		return nil
	}
	if err := tx.Clauses(s.ignore()).Create(sorted(limited)).Error; err != nil {
		return err
	}
	var rows []*budgetRow
	if err := locking(tx).Where("day IN ?", firsts(limited)).Order("day, provider").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		if own := limited[pair{row.Day, row.Provider}]; own != nil {
			own.before = row.Used
		}
	}
	return nil
}

// firsts are the distinct first halves of the keys, in order.
func firsts[V any](rows map[pair]V) []string {
	var all []string
	for key := range rows {
		all = append(all, key.of)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sorted are the rows in the order of their keys, in which all processes lock them.
func sorted[V any](rows map[pair]V) []V {
	keys := slices.SortedFunc(maps.Keys(rows), func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.provider, b.provider))
	})
	all := make([]V, len(keys))
	for i, key := range keys {
		all[i] = rows[key]
	}
	return all
}
