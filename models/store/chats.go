package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// chatRow is a chat with what only the store needs.
type chatRow struct {
	models.Chat
	Forgotten bool // erased, but for its address: its last update is still being answered
}

// TableName is where GORM finds the rows.
func (chatRow) TableName() string { return "chats" }

// Chat gets the chat at an address, or makes it.
func (s *Store) Chat(ctx context.Context, a models.Address, group bool, now models.Moment) (models.Chat, error) {
	a = fitAddress(a)
	var c models.Chat
	err := at(s.read.WithContext(ctx), a).Take(&c).Error
	if err == nil && c.Group == group {
		return c, nil
	}
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Chat{}, fmt.Errorf("read chat: %w", err)
	}
	err = s.within(ctx, func(tx *gorm.DB) (err error) {
		c, err = s.ensureChat(tx, a, group, now)
		return err
	})
	if err != nil {
		return models.Chat{}, fmt.Errorf("make chat: %w", err)
	}
	return c, nil
}

// ensureChat gets a chat and locks it; a missingRow when it is yet to be made.
func (s *Store) ensureChat(tx *gorm.DB, a models.Address, group bool, now models.Moment) (models.Chat, error) {
	return s.ensure(tx, models.Chat{Address: a, Group: group, CreatedAt: now})
}

// ensure gets the chat at an address and locks it; a missingRow, as it is given,
// when there is none.
func (s *Store) ensure(tx *gorm.DB, fresh models.Chat) (models.Chat, error) {
	chats, err := s.ensureChats(tx, []models.Chat{fresh})
	return chats[fresh.Address], err
}

// ensureChats gets the chats at some addresses and locks them; a missingRow for
// all together, as they are given, that are yet to be made.
func (s *Store) ensureChats(tx *gorm.DB, fresh []models.Chat) (map[models.Address]models.Chat, error) {
	chats := map[models.Address]models.Chat{}
	var missing []models.Chat
	for _, f := range fresh {
		var c models.Chat
		err := at(locking(tx), f.Address).Take(&c).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			f.WorkAt = models.Never
			missing = append(missing, f)
			continue
		}
		if err == nil && c.Group != f.Group {
			c.Group = f.Group
			err = tx.Exec("UPDATE chats SET is_group = ? WHERE id = ?", c.Group, c.ID).Error
		}
		if err != nil {
			return nil, err
		}
		chats[f.Address] = c
	}
	if len(missing) > 0 {
		return nil, &missingRow{&missing}
	}
	return chats, nil
}

func at(db *gorm.DB, a models.Address) *gorm.DB {
	return db.Where("door = ? AND conversation = ? AND thread = ?", a.Door, a.Conversation, a.Thread)
}

func fitAddress(a models.Address) models.Address {
	return models.Address{Door: cut(a.Door, sizeDoor), Conversation: cut(a.Conversation, sizeConversation), Thread: cut(a.Thread, sizeThread)}
}

// ChatByID reads one chat; models.ErrNotFound when there is none.
func (s *Store) ChatByID(ctx context.Context, id int64) (models.Chat, error) {
	var c models.Chat
	if err := s.read.WithContext(ctx).Take(&c, "id = ?", id).Error; err != nil {
		return models.Chat{}, fmt.Errorf("read chat: %w", named(err))
	}
	return c, nil
}

// SetLang stores the language that the chat chose, BCP 47.
func (s *Store) SetLang(ctx context.Context, chatID int64, lang string) error {
	return s.setChat(ctx, chatID, "lang", cut(lang, sizeLang))
}

// SetSpoken stores the language that the platform last told, BCP 47.
func (s *Store) SetSpoken(ctx context.Context, chatID int64, lang string) error {
	return s.setChat(ctx, chatID, "spoken", cut(lang, sizeLang))
}

// SetNews stores how much the chat hears from now on, and with models.NewsDaily the
// minute of the day at which. Parcels of which it wanted to hear everything whatever
// it chose (models.Unmuted) follow the new choice; muted ones stay muted.
func (s *Store) SetNews(ctx context.Context, chatID int64, news models.News, minute int, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		if _, err := lockChats(tx, []int64{chatID}); err != nil {
			return err
		}
		const choose = "UPDATE chats SET news = ?, news_at = ? WHERE id = ?"
		if err := tx.Exec(choose, news, minute, chatID).Error; err != nil {
			return err
		}
		const inherit = "UPDATE follows SET muted = ? WHERE chat_id = ? AND muted = ?"
		if err := tx.Exec(inherit, models.MuteInherited, chatID, models.Unmuted).Error; err != nil {
			return err
		}
		return wakeReachable(tx, []int64{chatID}, now) // what waits for a summary may be due now
	})
	if err != nil {
		return fmt.Errorf("change news of chat: %w", err)
	}
	return nil
}

// SetListed stores the parcels of the list that was just shown, in its order.
func (s *Store) SetListed(ctx context.Context, chatID int64, parcelIDs []int64) error {
	listed, err := json.Marshal(slices.Clip(parcelIDs))
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return s.setChat(ctx, chatID, "listed", string(listed))
}

func (s *Store) setChat(ctx context.Context, chatID int64, column string, value any) error {
	n, err := s.change(ctx, "UPDATE chats SET "+column+" = ? WHERE id = ?", value, chatID)
	if err == nil && n == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("change %s of chat: %w", column, err)
	}
	return nil
}
