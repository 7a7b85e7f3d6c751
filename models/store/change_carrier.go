package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// ChangeCarrier corrects a parcel's carrier, conditional on p.Version
// (models.ErrStale). When the number has a parcel under the right carrier
// already, the followers move there, those of both keep one row, and the wrong
// parcel ends. A CarrierChanged notice is pending for followers, whose Text is the old
// carrier and whose Code is the new one; of the events of a parcel that they moved
// to those are that are later than what they know. It returns the parcel that is
// left.
func (s *Store) ChangeCarrier(ctx context.Context, p models.Parcel, to models.Carrier, now models.Moment) (models.Parcel, error) {
	to = cut(to, sizeCarrier)
	var left models.Parcel
	err := s.within(ctx, func(tx *gorm.DB) error {
		source, target, err := lockCarriers(tx, p, to)
		if err != nil {
			return err
		}
		switch {
		case source.Carrier == to:
			left = source.Parcel
		case target == nil:
			left, err = s.rename(tx, source, to, now)
		default:
			left, err = s.merge(tx, source, target, now)
		}
		return err
	})
	if err != nil {
		return models.Parcel{}, fmt.Errorf("correct carrier: %w", err)
	}
	return left, nil
}

// lockCarriers locks the parcel and the one under the right carrier, if any.
func lockCarriers(tx *gorm.DB, p models.Parcel, to models.Carrier) (source, target *parcelRow, err error) {
	ids := []int64{p.ID}
	var others []int64
	err = tx.Model(&models.Parcel{}).Where("number = ? AND carrier = ? AND id <> ?", p.Number, to, p.ID).Pluck("id", &others).Error
	if err != nil {
		return nil, nil, err
	}
	ids = append(ids, others...)
	rows, err := lockParcels(tx, ids)
	if err != nil {
		return nil, nil, err
	}
	if _, err := lockFollowers(tx, ids...); err != nil {
		return nil, nil, err
	}
	for i := range rows {
		if rows[i].ID == p.ID {
			source = &rows[i]
		} else {
			target = &rows[i]
		}
	}
	if source == nil || source.Version != p.Version {
		return nil, nil, models.ErrStale
	}
	return source, target, nil
}

// rename gives the parcel its right carrier. A carrier that was not known
// before is no correction, and no notice is given.
func (s *Store) rename(tx *gorm.DB, p *parcelRow, to models.Carrier, now models.Moment) (models.Parcel, error) {
	from := p.Carrier
	p.Carrier = to
	if from != "" {
		p.CorrectedAt = now
	}
	p.Version++
	follows, err := followsOf(tx, "parcel_id", p.ID)
	if err != nil {
		return p.Parcel, err
	}
	notice := from != "" && len(follows) > 0
	if notice {
		p.Seq++
	}
	if err := tx.Save(p).Error; err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			err = errAgain // somebody made the other parcel just now: merge with it
		}
		return p.Parcel, err
	}
	if err := tx.Exec("UPDATE journeys SET carrier = ? WHERE parcel_id = ?", to, p.ID).Error; err != nil {
		return p.Parcel, err
	}
	if !notice {
		return p.Parcel, nil
	}
	return p.Parcel, s.noteCarrierChanged(tx, p.Parcel, from, follows, now)
}

// noteCarrierChanged stores the notice under the parcel's newest sequence number and
// marks it for follows.
func (s *Store) noteCarrierChanged(tx *gorm.DB, p models.Parcel, from models.Carrier, follows []models.Follow, now models.Moment) error {
	notice := cutEvent(models.Event{
		ParcelID: p.ID, Seq: p.Seq, Kind: models.CarrierChanged, At: now, Text: string(from), Code: string(p.Carrier), StoredAt: now,
	})
	if err := tx.Clauses(s.ignore()).Create(&notice).Error; err != nil {
		return err
	}
	f := finish{Finish: models.Finish{Change: models.Change{Parcel: p, Events: []models.Event{notice}}}, now: now}
	var chats []models.Chat
	if err := tx.Select("id", "news").Where("id IN ?", chatsFollowing(follows)).Find(&chats).Error; err != nil {
		return err
	}
	news := make(map[int64]models.News, len(chats))
	for _, c := range chats {
		news[c.ID] = c.News
	}
	m := newPendingMarks()
	for _, follow := range follows {
		m.add(f, follow, news[follow.ChatID], false)
	}
	return m.write(tx, now)
}

// merge moves the followers of source to target and ends source.
func (s *Store) merge(tx *gorm.DB, source, target *parcelRow, now models.Moment) (models.Parcel, error) {
	moved, err := s.moveFollows(tx, source.Parcel, target.Parcel)
	if err != nil {
		return target.Parcel, err
	}
	if _, err := keepRobots(tx, []int64{target.ID}); err != nil {
		return target.Parcel, err
	}
	if err := tx.Exec("UPDATE subscriptions SET parcel_id = ? WHERE parcel_id = ?", target.ID, source.ID).Error; err != nil {
		return target.Parcel, err
	}
	if err := dropParcels(tx, []int64{source.ID}); err != nil {
		return target.Parcel, err
	}
	if err := tx.Exec("DELETE FROM journeys WHERE parcel_id = ?", source.ID).Error; err != nil { // the other one's counts
		return target.Parcel, err
	}
	target.Version, target.CorrectedAt = target.Version+1, now
	if len(moved) > 0 {
		// Those who follow the right parcel already, and know all of it, have no use for the notice.
		const known = "UPDATE follows SET delivered_seq = ? WHERE parcel_id = ? AND delivered_seq = ? AND id NOT IN ?"
		if err := tx.Exec(known, target.Seq+1, target.ID, target.Seq, idsOf(moved)).Error; err != nil {
			return target.Parcel, err
		}
		target.Seq++
		target.LeftAt = 0
	}
	if err := tx.Save(target).Error; err != nil || len(moved) == 0 {
		return target.Parcel, err
	}
	if err := s.noteCarrierChanged(tx, target.Parcel, source.Carrier, moved, now); err != nil {
		return target.Parcel, err
	}
	return queued(tx, target.Parcel, now)
}

// queued puts the parcel into the queue, and reads it again.
func queued(tx *gorm.DB, p models.Parcel, now models.Moment) (models.Parcel, error) {
	if err := unpark(tx, []int64{p.ID}, now); err != nil {
		return p, err
	}
	var again models.Parcel
	return again, tx.Take(&again, "id = ?", p.ID).Error
}

// moveFollows takes the follows of source to target, and returns them as they
// stand there.
func (s *Store) moveFollows(tx *gorm.DB, source, target models.Parcel) ([]models.Follow, error) {
	there, err := followsOf(tx, "parcel_id", target.ID)
	if err != nil {
		return nil, err
	}
	twins := map[int64]models.Follow{}
	for _, f := range there {
		twins[f.ChatID] = f
	}
	moving, err := followsOf(tx, "parcel_id", source.ID)
	if err != nil {
		return nil, err
	}
	if len(moving) == 0 {
		return nil, nil
	}
	here, err := scansOf(tx, source.ID)
	if err != nil {
		return nil, err
	}
	ahead, err := scansOf(tx, target.ID)
	if err != nil {
		return nil, err
	}
	for i, f := range moving {
		if f, err = s.rebind(f, f.ChatID, target.ID); err != nil {
			return nil, err
		}
		f = remark(f, here, ahead, target.Seq)
		// A new row: a mark for the old one, on its way now, counts the wrong parcel's events.
		f.ID, f.DoneAt = 0, target.DoneAt
		if twin, ok := twins[f.ChatID]; ok {
			f = unite(twin, f)
		}
		if err := tx.Save(&f).Error; err != nil {
			return nil, err
		}
		moving[i] = f
	}
	return moving, tx.Delete(&models.Follow{}, "parcel_id = ?", source.ID).Error
}

// scansOf reads when a parcel's scans were made, in the order of their
// sequence numbers.
func scansOf(tx *gorm.DB, parcelID int64) ([]models.Event, error) {
	var scans []models.Event
	err := tx.Select("seq", "at").Where("parcel_id = ? AND kind = ?", parcelID, models.Scan).Order("seq").Find(&scans).Error
	return scans, err
}

// remark translates a follow's marks from one parcel's sequence into the
// other's: what the carrier did after the last scan that was delivered is news
// to it.
func remark(f models.Follow, here, there []models.Event, seq int64) models.Follow {
	var known models.Moment
	for _, e := range here {
		if e.Seq <= f.DeliveredSeq {
			known = max(known, e.At)
		}
	}
	pending := f.Pending()
	f.DeliveredSeq, f.PendingSeq = seq, 0
	if i := slices.IndexFunc(there, func(e models.Event) bool { return e.At > known }); i >= 0 {
		f.DeliveredSeq = there[i].Seq - 1
	}
	if pending && seq > f.DeliveredSeq {
		f.PendingSeq = seq
	}
	return f
}

func chatsFollowing(follows []models.Follow) []int64 {
	ids := make([]int64, len(follows))
	for i, f := range follows {
		ids[i] = f.ChatID
	}
	return ids
}

func idsOf(follows []models.Follow) []int64 {
	ids := make([]int64, len(follows))
	for i, f := range follows {
		ids[i] = f.ID
	}
	return ids
}

// dropParcels removes parcels and their events.
func dropParcels(tx *gorm.DB, ids []int64) error {
	if err := tx.Exec("DELETE FROM sent WHERE parcel_id IN ?", ids).Error; err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM events WHERE parcel_id IN ?", ids).Error; err != nil {
		return err
	}
	return tx.Exec("DELETE FROM parcels WHERE id IN ?", ids).Error
}
