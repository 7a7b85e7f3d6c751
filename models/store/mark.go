package store

import (
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// notify sets the tails that the answers verified or refused, marks what is
// pending for the followers, wakes their chats, and has the follows say which parcels are
// finished.
func (e *ending) notify(tx *gorm.DB) error {
	var concerned []int64
	for _, f := range e.fresh {
		if f.Change.News() || len(f.Verified) > 0 {
			concerned = append(concerned, f.Change.Parcel.ID)
		}
	}
	news, err := lockFollowers(tx, concerned...)
	if err != nil {
		return err
	}
	verified := map[int64]bool{}
	for _, f := range e.fresh {
		opened, err := judgeTails(tx, f)
		if err != nil {
			return err
		}
		for _, id := range opened {
			verified[id] = true
		}
	}
	if len(news) > 0 { // somebody follows them
		if err := e.markPending(tx, concerned, verified, news); err != nil {
			return err
		}
	}
	if err := e.endAwaiting(tx); err != nil {
		return err
	}
	var ended []parcelRow
	for _, f := range e.fresh {
		if f.ends {
			ended = append(ended, parcelRow{Parcel: f.Change.Parcel})
		}
	}
	return noteDone(tx, ended)
}

// lockFollowers locks the chats that follow any of the parcels, which the caller
// has locked, and says how much each of them hears.
func lockFollowers(tx *gorm.DB, parcelIDs ...int64) (map[int64]models.News, error) {
	if len(parcelIDs) == 0 {
		return nil, nil
	}
	var chats []int64
	err := tx.Model(&models.Follow{}).Where("parcel_id IN ?", parcelIDs).Distinct().Pluck("chat_id", &chats).Error
	if err != nil {
		return nil, err
	}
	return lockChats(tx, chats)
}

// lockChats locks chats in order of id, and says how much each of them hears.
func lockChats(tx *gorm.DB, ids []int64) (map[int64]models.News, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var locked []models.Chat
	err := locking(tx).Select("id", "news").Where("id IN ?", ids).Order("id").Find(&locked).Error
	news := make(map[int64]models.News, len(locked))
	for _, c := range locked {
		news[c.ID] = c.News
	}
	return news, err
}

// markPending marks the followers of parcels.
func (e *ending) markPending(tx *gorm.DB, concerned []int64, verified map[int64]bool, news map[int64]models.News) error {
	var follows []models.Follow
	if err := locking(tx).Omit("tail").Where("parcel_id IN ?", concerned).Order("id").Find(&follows).Error; err != nil {
		return err
	}
	m := newPendingMarks()
	byParcel := map[int64][]models.Follow{}
	for _, f := range follows {
		byParcel[f.ParcelID] = append(byParcel[f.ParcelID], f)
	}
	for _, f := range e.fresh {
		for _, follow := range byParcel[f.Change.Parcel.ID] {
			m.add(f, follow, news[follow.ChatID], verified[follow.ID])
		}
	}
	return m.write(tx, e.now())
}

// endAwaiting ends the waiting of those whose question brought nothing new: what
// happens later waits for the end of the quiet hours. Whoever waits for a tail
// to be tried goes on waiting.
func (e *ending) endAwaiting(tx *gorm.DB) error {
	var parcels, locked []int64
	for _, f := range e.fresh {
		switch {
		case !f.answers:
		case f.Change.Parcel.TailNeeded:
			locked = append(locked, f.Change.Parcel.ID)
		default:
			parcels = append(parcels, f.Change.Parcel.ID)
		}
	}
	if len(parcels)+len(locked) == 0 {
		return nil
	}
	const waiting = "awaited = ? AND pending_seq = 0 AND (parcel_id IN ? OR parcel_id IN ? AND tail_state <> ?)"
	var ids []int64
	err := tx.Model(&models.Follow{}).Where(waiting, true, parcels, locked, models.TailUntried).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return err
	}
	return tx.Exec("UPDATE follows SET awaited = ? WHERE pending_seq = 0 AND id IN ?", false, ids).Error
}

// judgeTails stores which tails cannot be read, unless another has been given meanwhile,
// and what an answer said about those that were tried, and
// returns the follows that were verified, with those of the robots that see
// more now. A follower who has verified another tail meanwhile stays verified.
func judgeTails(tx *gorm.DB, f finish) (verified []int64, err error) {
	for _, t := range f.Lost {
		const sql = "UPDATE follows SET tail_state = ? WHERE parcel_id = ? AND id = ? AND " + sameTail
		if err := tx.Exec(sql, models.TailLost, f.Change.Parcel.ID, t.FollowID, inHex(t.Sealed)).Error; err != nil {
			return nil, err
		}
	}
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

// pendingMarks collects for which follows what is pending, so that equal marks
// are written together, and whose chats are to be woken.
type pendingMarks struct {
	follows map[int64][]int64 // by sequence number
	summed  map[int64][]int64 // likewise: what a summary tells, and nobody else
	chats   map[int64]bool
}

func newPendingMarks() *pendingMarks {
	return &pendingMarks{follows: map[int64][]int64{}, summed: map[int64][]int64{}, chats: map[int64]bool{}}
}

// add marks one follow after one check. A tail that was just verified opens
// what was stored before, too. A follow is marked for as much as it hears (news is
// its chat's), and for the answer that it waits for.
func (m *pendingMarks) add(f finish, follow models.Follow, news models.News, verified bool) {
	p := f.Change.Parcel
	opens := follow.Opens(p) || f.Change.Everyone && follow.MaySeeAny(p, f.Change.Events)
	awaited := follow.Awaited && (f.answers || verified || slices.Contains(f.Refused, follow.ID))
	hears := follow.News(news).Hears(f.Change) || awaited
	if !opens || !hears || !f.Change.News() && !verified || p.Seq <= follow.DeliveredSeq {
		return
	}
	if follow.ImportedAt > f.heardAt && !follow.Awaited { // the first state of a table's parcel
		m.summed[p.Seq] = append(m.summed[p.Seq], follow.ID)
		return
	}
	m.follows[p.Seq] = append(m.follows[p.Seq], follow.ID)
	m.chats[follow.ChatID] = true
}

// write stores the marks, and wakes the chats.
func (m *pendingMarks) write(tx *gorm.DB, now models.Moment) error {
	for seq, ids := range m.follows {
		if err := tx.Exec("UPDATE follows SET pending_seq = ? WHERE id IN ?", seq, ids).Error; err != nil {
			return err
		}
	}
	for seq, ids := range m.summed {
		if err := tx.Exec("UPDATE follows SET delivered_seq = ?, pending_seq = 0 WHERE id IN ?", seq, ids).Error; err != nil {
			return err
		}
	}
	return wakeReachable(tx, slices.Sorted(maps.Keys(m.chats)), now)
}

// wakeReachable makes chats due that can be sent something; one that is gone
// stays quiet until it comes back.
func wakeReachable(tx *gorm.DB, chatIDs []int64, now models.Moment) error {
	return wakeWhere(tx, " AND gone_at = 0", chatIDs, now)
}

// wake makes chats due. One whose last turn failed is due when it is tried
// again: the platform may have asked for it. One that is claimed is always
// changed, by a millisecond at least, so that its Release leaves it due: the
// clocks of two processes may differ by more than a claim lasts.
func wake(tx *gorm.DB, chatIDs []int64, now models.Moment) error {
	return wakeWhere(tx, "", chatIDs, now)
}

func wakeWhere(tx *gorm.DB, also string, chatIDs []int64, now models.Moment) error {
	if len(chatIDs) == 0 {
		return nil
	}
	if len(chatIDs) > 1 { // in their order; one locks itself
		if _, err := lockChats(tx, chatIDs); err != nil {
			return err
		}
	}
	const at = "CASE WHEN retry_at > ? THEN retry_at ELSE ? END"
	const sql = "UPDATE chats SET work_at = CASE WHEN work_at > " + at + " THEN " + at + " ELSE work_at - 1 END" +
		" WHERE id IN ? AND (work_at > " + at + " OR claim_until > 0)"
	return tx.Exec(sql+also, now, now, now, now, chatIDs, now, now).Error
}
