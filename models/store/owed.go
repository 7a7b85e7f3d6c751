package store

import (
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// tell sets the tails that the answers verified or refused, marks the
// followers who are owed something, and their chats.
func (e *ending) tell(tx *gorm.DB) error {
	verified := map[int64]bool{}
	var concerned []int64
	for _, f := range e.fresh {
		opened, err := judgeTails(tx, f)
		if err != nil {
			return err
		}
		for _, id := range opened {
			verified[id] = true
		}
		if f.Change.News() || len(f.Verified) > 0 {
			concerned = append(concerned, f.Change.Parcel.ID)
		}
	}
	if err := e.owe(tx, concerned, verified); err != nil {
		return err
	}
	return e.answered(tx)
}

// owe marks the followers of parcels.
func (e *ending) owe(tx *gorm.DB, concerned []int64, verified map[int64]bool) error {
	if len(concerned) == 0 {
		return nil
	}
	var follows []models.Follow
	if err := locking(tx).Omit("tail").Where("parcel_id IN ?", concerned).Order("id").Find(&follows).Error; err != nil {
		return err
	}
	m := marks{follows: map[debt][]int64{}, chats: map[int64]models.Moment{}}
	byParcel := map[int64][]models.Follow{}
	for _, f := range follows {
		byParcel[f.ParcelID] = append(byParcel[f.ParcelID], f)
	}
	for _, f := range e.fresh {
		for _, follow := range byParcel[f.Change.Parcel.ID] {
			m.owe(f, follow, verified[follow.ID])
		}
	}
	return m.write(tx)
}

// answered ends the waiting of those whose question brought nothing new: what
// happens later is told when everything is. Who waits for a tail to be tried
// goes on waiting.
func (e *ending) answered(tx *gorm.DB) error {
	var parcels, sealed []int64
	for _, f := range e.fresh {
		switch {
		case !f.answers:
		case f.Change.Parcel.TailNeeded:
			sealed = append(sealed, f.Change.Parcel.ID)
		default:
			parcels = append(parcels, f.Change.Parcel.ID)
		}
	}
	if len(parcels)+len(sealed) == 0 {
		return nil
	}
	const waiting = "promised = ? AND (parcel_id IN ? OR parcel_id IN ? AND tail_state <> ?)"
	var ids []int64
	err := tx.Model(&models.Follow{}).Where(waiting, models.Unanswered, parcels, sealed, models.TailUntried).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return err
	}
	return tx.Exec("UPDATE follows SET promised = 0 WHERE promised = ? AND id IN ?", models.Unanswered, ids).Error
}

// judgeTails stores what an answer said about the tails that were tried, and
// returns the follows that were verified, with those of the robots that see
// more now. A follower who has proved another one meanwhile stays proved.
func judgeTails(tx *gorm.DB, f finish) (verified []int64, err error) {
	for state, ids := range map[models.TailState][]int64{models.TailOK: f.Verified, models.TailWrong: f.Refused} {
		if len(ids) == 0 {
			continue
		}
		const sql = "UPDATE follows SET tail_state = ? WHERE parcel_id = ? AND id IN ? AND tail_state <> ?"
		if err := tx.Exec(sql, state, f.Change.Parcel.ID, ids, models.TailOK).Error; err != nil {
			return nil, err
		}
	}
	if len(f.Verified) == 0 {
		return nil, nil
	}
	opened, err := keepRobots(tx, []int64{f.Change.Parcel.ID})
	return slices.Concat(f.Verified, opened), err
}

// debt is what a follow is owed: its columns owed and urgent.
type debt struct{ owed, urgent, promised int64 }

// marks collects who is owed what, so that equal marks are written together.
type marks struct {
	follows map[debt][]int64
	chats   map[int64]models.Moment
}

// owe marks one follow after one check. A tail that was just verified opens
// what was stored before, too. Whoever waits for this answer is told now.
func (m *marks) owe(f finish, follow models.Follow, verified bool) {
	p := f.Change.Parcel
	opens := follow.Opens(p) || f.Change.Everyone && follow.HearsAny(p, f.Change.Events)
	awaited := follow.Promised == models.Unanswered && (f.answers || verified || slices.Contains(f.Refused, follow.ID))
	hears := !follow.Muted || f.Change.Urgent || awaited
	if !opens || !hears || !f.Change.News() && !verified || p.Seq <= follow.Told {
		return
	}
	due, tellAt := debt{owed: p.Seq, urgent: follow.Urgent, promised: follow.Promised}, f.TellAt
	if f.Change.Urgent {
		due.urgent = p.Seq
	}
	if awaited {
		due.promised, tellAt = p.Seq, min(f.TellAt, f.now)
	}
	m.follows[due] = append(m.follows[due], follow.ID)
	if at, ok := m.chats[follow.ChatID]; !ok || tellAt < at {
		m.chats[follow.ChatID] = tellAt
	}
}

// write stores the marks: follows first, then their chats in order of id.
func (m *marks) write(tx *gorm.DB) error {
	for due, ids := range m.follows {
		const sql = "UPDATE follows SET owed = ?, urgent = ?, promised = ? WHERE id IN ?"
		if err := tx.Exec(sql, due.owed, due.urgent, due.promised, ids).Error; err != nil {
			return err
		}
	}
	return wake(tx, m.chats)
}

// wake has chats told at the given moments, or earlier if they were to be
// told earlier. Chats that are gone stay quiet; one that could not be told
// waits until it is tried again, because the platform may have asked for it.
func wake(tx *gorm.DB, chats map[int64]models.Moment) error {
	if len(chats) == 0 {
		return nil
	}
	all := slices.Sorted(maps.Keys(chats))
	var locked []int64
	if err := locking(tx.Table("chats")).Where("id IN ?", all).Order("id").Pluck("id", &locked).Error; err != nil {
		return err
	}
	at := map[models.Moment][]int64{}
	for _, id := range all {
		at[chats[id]] = append(at[chats[id]], id)
	}
	const sql = `UPDATE chats SET tell_version = tell_version + 1,
		tell_at = CASE WHEN tell_at > ? AND (failures = 0 OR tell_at = ?) THEN ? ELSE tell_at END
		WHERE gone_at = 0 AND id IN ?`
	for moment, ids := range at {
		if err := tx.Exec(sql, moment, models.Never, moment, ids).Error; err != nil {
			return err
		}
	}
	return nil
}
