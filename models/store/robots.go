package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// PushTo has a group robot, by its name of at most 64 characters, get the news
// of a parcel that the chat follows, from now on; "" ends that. A robot gets a
// parcel's news as long as some follow is pushed to it, and sees what one of
// these may see. One that was gone is tried again. models.ErrNotFound when the
// chat does not follow the parcel.
//
// The robot is a chat of door models.RobotDoor with follows of its own, which
// no limit counts. It speaks the language of the chat that was the first to push
// something to it.
func (s *Store) PushTo(ctx context.Context, chatID, parcelID int64, robot string, now models.Moment) error {
	robot = cut(robot, sizeRobot)
	err := s.within(ctx, func(tx *gorm.DB) error {
		p, f, err := lockPushed(tx, chatID, parcelID, robot)
		if err != nil {
			return err
		}
		if robot != "" {
			if err := s.joinRobot(tx, p, f, robot, now); err != nil {
				return err
			}
		}
		if err := tx.Exec("UPDATE follows SET push_to = ? WHERE id = ?", robot, f.ID).Error; err != nil {
			return err
		}
		if _, err := keepRobots(tx, []int64{parcelID}); err != nil {
			return err
		}
		return noteLeft(tx, []int64{parcelID}, now)
	})
	if err != nil {
		return fmt.Errorf("push to robot: %w", named(err))
	}
	return nil
}

// lockPushed locks the parcel, together with those that a robot that is gone
// follows, because it comes back, and reads the chat's follow.
func lockPushed(tx *gorm.DB, chatID, parcelID int64, robot string) (p models.Parcel, f models.Follow, err error) {
	var gone []int64
	err = at(tx.Table("chats"), robotAt(robot)).Where("gone_at > 0").Pluck("id", &gone).Error
	if err != nil {
		return p, f, err
	}
	ids, err := askedFor(tx, gone...)
	if err != nil {
		return p, f, err
	}
	rows, err := lockParcels(tx, append(ids, parcelID))
	if err != nil {
		return p, f, err
	}
	for _, row := range rows {
		if row.ID == parcelID {
			p = row.Parcel
		}
	}
	return p, f, tx.Take(&f, "chat_id = ? AND parcel_id = ?", chatID, parcelID).Error
}

func robotAt(name string) models.Address {
	return models.Address{Door: models.RobotDoor, Conversation: name}
}

// joinRobot makes the robot's chat and its follow where they are missing.
// Nothing that happened before is news to it.
func (s *Store) joinRobot(tx *gorm.DB, p models.Parcel, from models.Follow, robot string, now models.Moment) error {
	var speaks models.Chat
	if err := tx.Select("lang", "spoken").Take(&speaks, "id = ?", from.ChatID).Error; err != nil {
		return err
	}
	c, err := s.ensure(tx, models.Chat{
		Address: robotAt(robot), Group: true, Lang: speaks.Lang, Spoken: speaks.Spoken, CreatedAt: now,
	})
	if err != nil {
		return err
	}
	if c.GoneAt > 0 {
		if err := back(tx, c.ID, now); err != nil {
			return err
		}
	}
	var f models.Follow
	err = locking(tx).Take(&f, "chat_id = ? AND parcel_id = ?", c.ID, p.ID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		f = models.Follow{ChatID: c.ID, ParcelID: p.ID, Name: from.Name, DeliveredSeq: p.Seq, TailState: models.TailUntried, DoneAt: p.DoneAt, CreatedAt: now}
		err = tx.Create(&f).Error
	}
	if err != nil {
		return err
	}
	return unpark(tx, []int64{p.ID}, now)
}

// nameRobots has a follow's robot call the parcel as this chat does, unless
// others push it there too. The caller holds the parcel's lock.
func nameRobots(tx *gorm.DB, f models.Follow) error {
	if f.PushTo == "" {
		return nil
	}
	var others int64
	err := tx.Model(&models.Follow{}).Where("parcel_id = ? AND push_to = ? AND id <> ?", f.ParcelID, f.PushTo, f.ID).Count(&others).Error
	if err != nil || others > 0 {
		return err
	}
	const sql = "UPDATE follows SET name = ? WHERE parcel_id = ? AND chat_id IN (SELECT id FROM chats WHERE door = ? AND conversation = ?)"
	return tx.Exec(sql, f.Name, f.ParcelID, models.RobotDoor, f.PushTo).Error
}

// pushed names a robot of a parcel.
type pushed struct {
	parcel int64
	robot  string
}

// robotRow is a robot's follow of a parcel.
type robotRow struct {
	ID        int64
	TailState models.TailState
	ParcelID  int64
	Robot     string
	Name      string // what the robot calls the parcel
}

// wanted is what a robot's follow shall be, by those who push to it.
type wanted struct {
	state models.TailState
	names []string // what they call the parcel, the first who followed it first
}

// keepRobots ends the robots' follows of parcels that nobody pushes to them any
// more, and has the others see what one of those who push may see: a tail that
// opens the parcel for a chat opens it for the chat's robot. Where none does, the
// robot's counts as untried, so that it is not asked for one. A name that none of
// these chats gave goes. It returns the follows that see more than before. The
// caller holds the parcels' locks.
func keepRobots(tx *gorm.DB, parcelIDs []int64) (opened []int64, err error) {
	for part := range slices.Chunk(parcelIDs, chunk) {
		robots, err := robotsOf(tx, part)
		if err != nil {
			return opened, err
		}
		if len(robots) == 0 {
			continue
		}
		wants, err := pushedTo(tx, part)
		if err != nil {
			return opened, err
		}
		some, err := keepSome(tx, robots, wants)
		if opened = append(opened, some...); err != nil {
			return opened, err
		}
		if err := keepNames(tx, robots, wants); err != nil {
			return opened, err
		}
	}
	return opened, nil
}

func robotsOf(tx *gorm.DB, parcelIDs []int64) ([]robotRow, error) {
	const sql = `SELECT f.id, f.tail_state, f.parcel_id, f.name, c.conversation AS robot FROM follows f
		JOIN chats c ON c.id = f.chat_id WHERE f.parcel_id IN ? AND c.door = ? ORDER BY f.id`
	var rows []robotRow
	err := tx.Raw(sql, parcelIDs, models.RobotDoor).Scan(&rows).Error
	return rows, err
}

// keepSome brings the robots' follows into the states that they shall have.
func keepSome(tx *gorm.DB, robots []robotRow, wants map[pushed]wanted) (opened []int64, err error) {
	var over, shut []int64
	for _, r := range robots {
		want, ok := wants[pushed{r.ParcelID, r.Robot}]
		switch {
		case !ok:
			over = append(over, r.ID)
		case want.state == models.TailOK && r.TailState != models.TailOK:
			opened = append(opened, r.ID)
		case want.state != r.TailState:
			shut = append(shut, r.ID)
		}
	}
	const turn = "UPDATE follows SET tail_state = ? WHERE id IN ?"
	if len(opened) > 0 {
		err = tx.Exec(turn, models.TailOK, opened).Error
	}
	if err == nil && len(shut) > 0 {
		err = tx.Exec(turn, models.TailUntried, shut).Error
	}
	if err == nil && len(over) > 0 {
		err = tx.Delete(&models.Follow{}, "id IN ?", over).Error
	}
	return opened, err
}

// keepNames has the robots call no parcel as somebody did who does not push it
// to them any more: they call it as those who do, or not at all.
func keepNames(tx *gorm.DB, robots []robotRow, wants map[pushed]wanted) error {
	for _, r := range robots {
		names := wants[pushed{r.ParcelID, r.Robot}].names
		if len(names) == 0 || slices.Contains(names, r.Name) {
			continue
		}
		if err := tx.Exec("UPDATE follows SET name = ? WHERE id = ?", names[0], r.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// pushedTo reads to which robots the parcels are pushed, and what each robot's
// follow shall be.
func pushedTo(tx *gorm.DB, parcelIDs []int64) (map[pushed]wanted, error) {
	var rows []models.Follow
	err := tx.Select("parcel_id", "push_to", "tail_state", "name").
		Where("parcel_id IN ? AND push_to <> ''", parcelIDs).Order("created_at, id").Find(&rows).Error
	wants := map[pushed]wanted{}
	for _, f := range rows {
		key := pushed{f.ParcelID, f.PushTo}
		want, ok := wants[key]
		if !ok {
			want.state = models.TailUntried
		}
		if f.TailState == models.TailOK {
			want.state = models.TailOK
		}
		want.names = append(want.names, f.Name)
		wants[key] = want
	}
	return wants, err
}
