package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// start is one call that asks for leave.
type start struct {
	call models.Call
	now  models.Moment
}

// paced says that the floor and the provider's lock concern this call.
func (a start) paced() bool {
	return a.call.Number != "" && (a.call.Floor > 0 || a.call.Kind == models.CallQuery)
}

// Begin asks for leave to make one call. All or nothing, it raises the
// parcel's version and moves its due time (when the call names a parcel),
// notes the start for the floor, takes the call out of the day's budget and
// writes the ledger row that stands until Finish or Settle completes it.
// Concurrent calls are written together. A no is models.ErrStale or a
// *models.Refusal.
func (s *Store) Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error) {
	c.Number, c.Provider = cut(c.Number, sizeNumber), cut(c.Provider, sizeProvider)
	t, err := s.begins.do(ctx, start{call: c, now: now})
	if err != nil {
		return models.Ticket{}, fmt.Errorf("begin call to %s: %w", c.Provider, err)
	}
	return t, nil
}

// beginAll decides many calls in one transaction, in their order.
func (s *Store) beginAll(ctx context.Context, asks []start) ([]outcome[models.Ticket], error) {
	first, err := s.ids.take(ctx, s, int64(len(asks)))
	if err != nil {
		return nil, err
	}
	if err := s.expect(ctx, asks); err != nil {
		return nil, err
	}
	var outcomes []outcome[models.Ticket]
	someone := slices.ContainsFunc(asks, func(a start) bool { return a.call.Purpose == models.Person })
	err = s.transact(ctx, precedence(someone), false, func(tx *gorm.DB) error {
		b, err := s.readBatch(tx, asks)
		if err != nil {
			return err
		}
		outcomes = make([]outcome[models.Ticket], len(asks))
		for i, a := range asks {
			outcomes[i].answer, outcomes[i].err = b.decide(a, first+int64(i))
		}
		return b.write(tx)
	})
	return outcomes, err
}

// expect makes the rows that readBatch will find missing, because nobody has been asked
// about these parcels yet: a transaction less than its missingRow takes.
func (s *Store) expect(ctx context.Context, asks []start) error {
	fresh := map[pair]*providerCallRow{}
	for _, a := range asks {
		if a.call.Version == 1 && a.paced() {
			fresh[pair{a.call.Number, a.call.Provider}] = a.providerCall()
		}
	}
	if s.alone() || len(fresh) == 0 {
		return nil
	}
	rows := sorted(fresh)
	return s.repeatable(ctx, func(db *gorm.DB) error { return db.Clauses(s.ignore()).Create(&rows).Error })
}

// alone says that no other transaction runs beside one of this store, as in SQLite.
func (s *Store) alone() bool { return s.writer != nil }

// providerCall is the row that the floor goes by, before the first call.
func (a start) providerCall() *providerCallRow {
	return &providerCallRow{Number: a.call.Number, Provider: a.call.Provider}
}

const (
	maxExemptions = 5 // calls inside the floor per waybill, over all providers,
	exemptWindow  = 24 * time.Hour
)

// pair names a row of provider_calls (number, provider) or of budgets (day, provider).
type pair struct{ of, provider string }

// callBatch holds, locked, every row that decides about calls that begin together.
type callBatch struct {
	alone         bool // rows that are missing need not be made to be locked
	parcels       map[int64]*parcelStart
	providerCalls map[pair]*providerCallRow
	exemptions    map[string]*exemptionRow
	budgets       map[pair]*budgetRow
	calls         []callRow
}

// readBatch locks and reads what the calls are about, in the store's order.
func (s *Store) readBatch(tx *gorm.DB, asks []start) (*callBatch, error) {
	b := &callBatch{
		alone:   s.alone(),
		parcels: map[int64]*parcelStart{}, exemptions: map[string]*exemptionRow{}, budgets: map[pair]*budgetRow{},
	}
	for _, step := range []func(*gorm.DB, []start) error{b.readParcels, b.readProviderCalls, b.readExemptions, b.readBudgets} {
		if err := step(tx, asks); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *callBatch) readParcels(tx *gorm.DB, asks []start) error {
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
		b.parcels[row.ID] = row
	}
	return nil
}

// readProviderCalls locks the rows that the floor goes by. One that is missing is
// made first, empty, so that there is something to lock: of two transactions that ask
// about a new waybill at once, one must see the other's call.
func (b *callBatch) readProviderCalls(tx *gorm.DB, asks []start) error {
	want := map[pair]*providerCallRow{}
	for _, a := range asks {
		if a.paced() {
			want[pair{a.call.Number, a.call.Provider}] = a.providerCall()
		}
	}
	if len(want) == 0 {
		return nil
	}
	known, err := providerCalls(locking(tx), want)
	if err != nil {
		return err
	}
	b.providerCalls = known
	missing := maps.Clone(want)
	maps.DeleteFunc(missing, func(key pair, _ *providerCallRow) bool { return known[key] != nil })
	if b.alone {
		maps.Copy(known, missing)
		return nil
	}
	if len(missing) > 0 {
		return &missingRow{sorted(missing)}
	}
	return nil
}

// providerCalls reads what is stored about the waybills of some calls.
func providerCalls(tx *gorm.DB, of map[pair]*providerCallRow) (map[pair]*providerCallRow, error) {
	var rows []*providerCallRow
	err := tx.Where("number IN ?", firsts(of)).Order("number, provider").Find(&rows).Error
	found := map[pair]*providerCallRow{}
	for _, row := range rows {
		found[pair{row.Number, row.Provider}] = row
	}
	return found, err
}

// readExemptions locks the exemptions already used, under the lock of the
// provider_calls rows or, for a waybill that two providers are asked about at once,
// of its own row.
func (b *callBatch) readExemptions(tx *gorm.DB, asks []start) error {
	want := map[pair]*exemptionRow{}
	for _, a := range asks {
		if a.paced() && a.call.Exempt != "" {
			want[pair{of: a.call.Number}] = &exemptionRow{Number: a.call.Number, Times: []models.Moment{}}
		}
	}
	if len(want) == 0 {
		return nil
	}
	var rows []*exemptionRow
	if err := locking(tx).Where("number IN ?", firsts(want)).Order("number").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		b.exemptions[row.Number] = row
		delete(want, pair{of: row.Number})
	}
	if b.alone {
		for key, row := range want {
			b.exemptions[key.of] = row
		}
		return nil
	}
	if len(want) > 0 {
		return &missingRow{sorted(want)}
	}
	return nil
}

// readBudgets locks the days that some call has a limit for. The others are
// only counted up, at the end, so that no other transaction waits for them.
func (b *callBatch) readBudgets(tx *gorm.DB, asks []start) error {
	limited := map[pair]*budgetRow{}
	for _, a := range asks {
		key := pair{a.now.Day(), a.call.Provider}
		b.budgets[key] = &budgetRow{Day: key.of, Provider: key.provider}
		if a.call.Limit > 0 {
			limited[key] = b.budgets[key]
		}
	}
	if len(limited) == 0 {
		return nil
	}
	var rows []*budgetRow
	if err := locking(tx).Where("day IN ?", firsts(limited)).Order("day, provider").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		if own := limited[pair{row.Day, row.Provider}]; own != nil {
			own.before = row.Used
			delete(limited, pair{row.Day, row.Provider})
		}
	}
	if len(limited) > 0 && !b.alone {
		return &missingRow{sorted(limited)}
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
