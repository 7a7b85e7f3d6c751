package store

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

// decide grants one call or says why not; a grant is noted on the desk, so
// that the next call of the group sees it.
func (d *desk) decide(a start, id int64) (models.Ticket, error) {
	parcel := d.parcels[a.call.Parcel]
	if a.call.Parcel != 0 && (parcel == nil || parcel.Version != a.call.Version) {
		return models.Ticket{}, models.ErrStale
	}
	inside, refusal := d.pace(a)
	if refusal == nil {
		refusal = d.afford(a)
	}
	if refusal != nil {
		return models.Ticket{}, refusal
	}
	d.note(a, id, inside)
	t := models.Ticket{ID: id, Provider: a.call.Provider, Kind: a.call.Kind, Day: a.now.Day(), At: a.now}
	if parcel != nil {
		t.Version = parcel.start(a)
	}
	return t, nil
}

// pace holds the call against the provider's lock and the floor; inside says
// that it may pass inside the floor.
func (d *desk) pace(a start) (inside bool, no error) {
	if !a.paced() {
		return false, nil
	}
	row := d.asked[pair{a.call.Number, a.call.Provider}]
	if row.LockedUntil > a.now {
		return false, &models.Refusal{Why: models.ErrHeld, Until: row.LockedUntil}
	}
	until := row.StartedAt.Add(a.call.Floor)
	if row.StartedAt == 0 || until <= a.now {
		return false, nil
	}
	if a.call.Exempt == "" || !d.passes[a.call.Number].free(a.now) {
		return false, &models.Refusal{Why: models.ErrFloor, Until: until}
	}
	return true, nil
}

// free drops the exemptions that are a day old and says whether one is left.
func (p *passRow) free(now models.Moment) bool {
	recent := []models.Moment{}
	for _, at := range p.Times {
		if at.Add(exemptWindow) > now {
			recent = append(recent, at)
		}
	}
	p.Times = recent
	return len(recent) < exemptions
}

// afford holds the call against the day's budget.
func (d *desk) afford(a start) error {
	row := d.budgets[pair{a.now.Day(), a.call.Provider}]
	if a.call.Limit <= 0 || row.before+row.Used < a.call.Limit {
		return nil
	}
	return &models.Refusal{Why: models.ErrBudget, Until: a.now.NextDay()}
}

// note puts a granted call on the desk.
func (d *desk) note(a start, id int64, inside bool) {
	day := a.now.Day()
	d.budgets[pair{day, a.call.Provider}].Used++
	d.calls = append(d.calls, callRow{
		ID: id, Day: day, Provider: a.call.Provider, Kind: a.call.Kind, Outcome: models.OutcomeUnknown, Billed: true,
		Count: 1, Number: a.call.Number, Purpose: a.call.Purpose, StartedAt: a.now,
	})
	if inside {
		pass := d.passes[a.call.Number]
		pass.Times, pass.touched = append(pass.Times, a.now), true
	}
	if a.paced() {
		row := d.asked[pair{a.call.Number, a.call.Provider}]
		row.StartedAt, row.touched = max(row.StartedAt, a.now), true
	}
}

// start raises the parcel's version and moves its due time behind the floor, and
// behind the end of a check that dies with its process: until then nobody else
// may check it. A parcel that nobody follows stays parked.
func (p *parcelStart) start(a start) int64 {
	p.Version++
	p.AskedAt = a.now
	p.NextAt = a.now.Add(max(a.call.Floor, models.CheckTakes))
	if p.DueAt != models.Never {
		p.DueAt = p.NextAt
	}
	p.touched = true
	return p.Version
}

// write stores what was granted.
func (d *desk) write(tx *gorm.DB) error {
	if len(d.calls) == 0 {
		return nil
	}
	if err := d.writeParcels(tx); err != nil {
		return err
	}
	if err := d.writeAsked(tx); err != nil {
		return err
	}
	if err := tx.Create(&d.calls).Error; err != nil {
		return err
	}
	return d.writeBudgets(tx)
}

func (d *desk) writeParcels(tx *gorm.DB) error {
	var rows []*parcelStart
	for _, row := range d.parcels {
		if row.touched {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return upsert(tx, &rows, []string{"id"}, "version", "asked_at", "due_at", "next_at")
}

func (d *desk) writeAsked(tx *gorm.DB) error {
	var rows []*askedRow
	for _, row := range d.asked {
		if row.touched {
			rows = append(rows, row)
		}
	}
	var passes []*passRow
	for _, row := range d.passes {
		if row.touched {
			passes = append(passes, row)
		}
	}
	if len(rows) > 0 {
		if err := upsert(tx, &rows, []string{"number", "provider"}, "started_at"); err != nil {
			return err
		}
	}
	if len(passes) == 0 {
		return nil
	}
	return upsert(tx, &passes, []string{"number"}, "times")
}

// writeBudgets adds the granted calls to their days, last of all: the row is
// everybody's, and is held for as short as can be.
func (d *desk) writeBudgets(tx *gorm.DB) error {
	rows := map[pair]*budgetRow{}
	for key, row := range d.budgets {
		if row.Used > 0 {
			rows[key] = row
		}
	}
	add := clause.OnConflict{
		Columns:   []clause.Column{{Name: "day"}, {Name: "provider"}},
		DoUpdates: clause.Assignments(map[string]any{"used": gorm.Expr(added(tx))}),
	}
	return tx.Clauses(add).Create(sorted(rows)).Error
}

// added is the sum of a stored count and the one that an upsert brings.
func added(tx *gorm.DB) string {
	if tx.Name() == "mysql" {
		return "budgets.used + VALUES(used)"
	}
	return "budgets.used + excluded.used"
}
