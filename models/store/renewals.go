package store

import (
	"cmp"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// crediting is what one page does to the credits of its chats.
type crediting struct {
	renewals    []models.CreditRenewal // those that count
	spent       []models.CreditExhausted
	undelivered []models.Undelivered
	now         models.Moment
	waiting     map[string]models.Moment // keys of what comes back and has to wait, and until when
}

// newCrediting leaves out renewals whose arrival was stored before.
func newCrediting(p models.SyncPage, fresh map[string]bool, now models.Moment) *crediting {
	c := &crediting{spent: p.Exhausted, undelivered: p.Undelivered, now: now, waiting: map[string]models.Moment{}}
	for _, r := range p.Renewals {
		if fresh[r.Key] {
			c.renewals = append(c.renewals, r)
		}
	}
	return c
}

// lock locks the parcels that the chats follow and then the chats, as far as
// there are any.
func (c *crediting) lock(tx *gorm.DB) error {
	chats, err := c.chats(tx)
	if err != nil || len(chats) == 0 {
		return err
	}
	parcels, err := askedFor(tx, creditIDs(chats)...)
	if err != nil {
		return err
	}
	if _, err := lockParcels(tx, parcels); err != nil {
		return err
	}
	_, err = c.chats(locking(tx))
	return err
}

// chats reads the chats whose credit may change, in order of id.
func (c *crediting) chats(tx *gorm.DB) ([]*creditRow, error) {
	wanted := map[models.Address]bool{}
	for _, r := range c.renewals {
		wanted[fitAddress(r.Address)] = true
	}
	for _, s := range c.spent {
		wanted[fitAddress(s.Address)] = true
	}
	for _, u := range c.undelivered {
		wanted[fitAddress(u.Arrival.Address)] = true
	}
	doors, rooms := map[string]bool{}, map[string]bool{}
	for a := range wanted {
		doors[a.Door], rooms[a.Conversation] = true, true
	}
	var chats []*creditRow
	for part := range slices.Chunk(slices.Sorted(maps.Keys(rooms)), chunk) {
		var rows []*creditRow
		err := tx.Where("door IN ? AND conversation IN ?", slices.Sorted(maps.Keys(doors)), part).Order("id").Find(&rows).Error
		if err != nil {
			return nil, err
		}
		chats = append(chats, rows...)
	}
	return slices.DeleteFunc(chats, func(r *creditRow) bool { return !wanted[r.Address] }), nil
}

// apply changes the credits, and what depends on them. The chats are there and
// locked, and the page's arrivals not stored yet: only what waited before them
// is made due.
func (c *crediting) apply(tx *gorm.DB) error {
	chats, err := c.chats(tx)
	if err != nil || len(chats) == 0 {
		return err
	}
	c.count(chats)
	chats = slices.DeleteFunc(chats, func(r *creditRow) bool { return !r.renewed && !r.spent })
	if len(chats) == 0 {
		return nil
	}
	if err := writeCredits(tx, chats); err != nil {
		return err
	}
	renewed := creditIDs(slices.DeleteFunc(slices.Clone(chats), func(r *creditRow) bool { return !r.renewed }))
	if err := c.release(tx, renewed); err != nil {
		return err
	}
	// Now that the chats are locked: what was followed just before counts too.
	parcels, err := askedFor(tx, renewed...)
	if err != nil {
		return err
	}
	return unpark(tx, parcels, c.now)
}

// count is the arithmetic: what the customers wrote first, then what the
// platform said, and then what has to wait because nobody has written since.
func (c *crediting) count(chats []*creditRow) {
	at := map[models.Address]*creditRow{}
	for _, row := range chats {
		at[row.Address] = row
	}
	for _, r := range c.renewals {
		row := at[fitAddress(r.Address)]
		if row == nil || r.At < row.SpokeAt {
			continue
		}
		row.CreditLeft, row.CreditUntil, row.SpokeAt = r.Left, r.Until, r.At
		row.CreditEpoch = r.After(row.CreditEpoch)
		row.renewed = true
	}
	for _, s := range c.spent {
		row := at[fitAddress(s.Address)]
		if row != nil && s.Of(models.Credit{Epoch: row.CreditEpoch, SpokeAt: row.SpokeAt}) {
			row.CreditLeft, row.spent = 0, true
		}
	}
	for _, u := range c.undelivered {
		if row := at[fitAddress(u.Arrival.Address)]; row == nil || row.CreditEpoch <= u.Epoch {
			c.waiting[cut(u.Arrival.Key, sizeKey)] = u.Arrival.DueAt
		}
	}
}

func writeCredits(tx *gorm.DB, chats []*creditRow) error {
	slices.SortFunc(chats, func(a, b *creditRow) int { return cmp.Compare(a.ID, b.ID) })
	const sql = "UPDATE chats SET credit_left = ?, credit_until = ?, credit_epoch = ?, spoke_at = ? WHERE id = ?"
	for _, r := range chats {
		if err := tx.Exec(sql, r.CreditLeft, r.CreditUntil, r.CreditEpoch, r.SpokeAt, r.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// release makes due what has waited for the customers: what was not delivered,
// and what is pending. Whoever serves such a chat at this moment, and found no
// credit, finds it due when it gives it back.
func (c *crediting) release(tx *gorm.DB, chatIDs []int64) error {
	const updates = "UPDATE arrivals SET due_at = ? WHERE chat_id IN ? AND due_at > ? AND due_at < ?"
	const chats = "UPDATE chats SET failures = 0, retry_at = 0, work_at = ? WHERE id IN ?"
	for part := range slices.Chunk(chatIDs, chunk) {
		if err := awaitPending(tx, part); err != nil {
			return err
		}
		if err := tx.Exec(updates, c.now, part, c.now, models.Never).Error; err != nil {
			return err
		}
		if err := tx.Exec(chats, c.now, part).Error; err != nil {
			return err
		}
	}
	return nil
}

func creditIDs(chats []*creditRow) []int64 {
	ids := make([]int64, len(chats))
	for i, r := range chats {
		ids[i] = r.ID
	}
	return ids
}
