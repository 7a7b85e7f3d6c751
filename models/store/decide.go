package store

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

// decide grants one call or says why not; a grant is noted, so that the
// next call of the batch sees it.
func (b *callBatch) decide(a start, id int64) (models.Ticket, error) {
	parcel := b.parcels[a.call.Parcel]
	if a.call.Parcel != 0 && (parcel == nil || parcel.Version != a.call.Version) {
		return models.Ticket{}, models.ErrStale
	}
	exempt, refusal := b.checkFloor(a)
	if refusal == nil {
		refusal = b.checkBudget(a)
	}
	if refusal != nil {
		return models.Ticket{}, refusal
	}
	b.grant(a, id, exempt)
	t := models.Ticket{ID: id, Provider: a.call.Provider, Kind: a.call.Kind, Day: a.now.Day(), At: a.now}
	if parcel != nil {
		t.Version = parcel.start(a)
	}
	return t, nil
}

// checkFloor refuses a call that the provider's lock or the floor forbids; exempt
// says that it uses one of the waybill's exemptions from the floor.
func (b *callBatch) checkFloor(a start) (exempt bool, no error) {
	if !a.paced() {
		return false, nil
	}
	row := b.providerCalls[pair{a.call.Number, a.call.Provider}]
	if row.LockedUntil > a.now {
		return false, &models.Refusal{Why: models.ErrHeld, Until: row.LockedUntil}
	}
	until := row.StartedAt.Add(a.call.Floor)
	if row.StartedAt == 0 || until <= a.now {
		return false, nil
	}
	if a.call.Exempt == "" || !b.exemptions[a.call.Number].available(a.now) {
		return false, &models.Refusal{Why: models.ErrFloor, Until: until}
	}
	return true, nil
}

// available drops the exemptions that are a day old and says whether one is left.
func (p *exemptionRow) available(now models.Moment) bool {
	recent := []models.Moment{}
	for _, at := range p.Times {
		if at.Add(exemptWindow) > now {
			recent = append(recent, at)
		}
	}
	p.Times = recent
	return len(recent) < maxExemptions
}

// checkBudget refuses a call for which the day's budget has nothing left.
func (b *callBatch) checkBudget(a start) error {
	row := b.budgets[pair{a.now.Day(), a.call.Provider}]
	if a.call.Limit <= 0 || row.before+row.Used < a.call.Limit {
		return nil
	}
	return &models.Refusal{Why: models.ErrBudget, Until: a.now.NextDay()}
}

// grant keeps a granted call in mind, to be written at the end.
func (b *callBatch) grant(a start, id int64, exempt bool) {
	day := a.now.Day()
	b.budgets[pair{day, a.call.Provider}].Used++
	b.calls = append(b.calls, callRow{
		ID: id, Day: day, Provider: a.call.Provider, Kind: a.call.Kind, Outcome: models.OutcomeUnknown, Billed: true,
		Count: 1, Number: a.call.Number, Purpose: a.call.Purpose, StartedAt: a.now,
	})
	if exempt {
		exemption := b.exemptions[a.call.Number]
		exemption.Times, exemption.touched = append(exemption.Times, a.now), true
	}
	if a.paced() {
		row := b.providerCalls[pair{a.call.Number, a.call.Provider}]
		row.StartedAt, row.touched = max(row.StartedAt, a.now), true
	}
}

// start raises the parcel's version and moves its due time behind the floor.
// A parcel that is parked stays so.
func (p *parcelStart) start(a start) int64 {
	p.Version++
	p.AskedAt, p.AskedBy = a.now, cut(a.call.Owner, sizeOwner)
	p.NextAt = a.now.Add(max(a.call.Floor, models.CheckTakes))
	if p.DueAt != models.Never {
		p.DueAt = p.NextAt
	}
	p.touched = true
	return p.Version
}

// write stores what was granted.
func (b *callBatch) write(tx *gorm.DB) error {
	if len(b.calls) == 0 {
		return nil
	}
	if err := b.writeParcels(tx); err != nil {
		return err
	}
	if err := b.writeProviderCalls(tx); err != nil {
		return err
	}
	if err := tx.Create(&b.calls).Error; err != nil {
		return err
	}
	return b.writeBudgets(tx)
}

func (b *callBatch) writeParcels(tx *gorm.DB) error {
	var rows []*parcelStart
	for _, row := range b.parcels {
		if row.touched {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return upsert(tx, &rows, []string{"id"}, "version", "asked_at", "asked_by", "due_at", "next_at")
}

func (b *callBatch) writeProviderCalls(tx *gorm.DB) error {
	var rows []*providerCallRow
	for _, row := range b.providerCalls {
		if row.touched {
			rows = append(rows, row)
		}
	}
	var exemptions []*exemptionRow
	for _, row := range b.exemptions {
		if row.touched {
			exemptions = append(exemptions, row)
		}
	}
	if len(rows) > 0 {
		if err := upsert(tx, &rows, []string{"number", "provider"}, "started_at"); err != nil {
			return err
		}
	}
	if len(exemptions) == 0 {
		return nil
	}
	return upsert(tx, &exemptions, []string{"number"}, "times")
}

// writeBudgets adds the granted calls to their days, last of all: the row is
// everybody's, and is held for as short as can be.
func (b *callBatch) writeBudgets(tx *gorm.DB) error {
	rows := map[pair]*budgetRow{}
	for key, row := range b.budgets {
		if row.Used > 0 {
			rows[key] = row
		}
	}
	add := clause.OnConflict{
		Columns:   []clause.Column{{Name: "day"}, {Name: "provider"}},
		DoUpdates: clause.Assignments(map[string]any{"used": added(tx, "budgets", "used")}),
	}
	return tx.Clauses(add).Create(sorted(rows)).Error
}

// added is the sum of what a table has stored in a column and what an upsert brings.
func added(tx *gorm.DB, table, column string) clause.Expr {
	if tx.Name() == "mysql" {
		return gorm.Expr(table + "." + column + " + VALUES(" + column + ")")
	}
	return gorm.Expr(table + "." + column + " + excluded." + column)
}
