package store

import (
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// rebind moves a follow to another chat or parcel: its tail is sealed anew,
// because what was sealed for one row opens in no other. A tail that no key
// opens any more is dropped.
func (s *Store) rebind(f models.Follow, chatID, parcelID int64) (models.Follow, error) {
	digits := s.opened(f)
	f.ChatID, f.ParcelID, f.Tail = chatID, parcelID, nil
	if digits == "" {
		return f, nil
	}
	sealed, err := s.sealer.Seal(followBind(chatID, parcelID), digits)
	if err != nil {
		return f, fmt.Errorf("seal tail: %w", err)
	}
	f.Tail = sealed
	return f, nil
}

// opened is the tail that a follower gave, "" when there is none or no key
// opens it any more: then it counts as not given.
func (s *Store) opened(f models.Follow) string {
	if len(f.Tail) == 0 {
		return ""
	}
	digits, err := s.sealer.Open(followBind(f.ChatID, f.ParcelID), f.Tail)
	if err != nil {
		return ""
	}
	return digits
}

// unite puts two follows of one chat and one parcel, both bound to it, into
// the row of the first. A better tail and a missing name come from the second.
func unite(keep, other models.Follow) models.Follow {
	if keep.Name == "" {
		keep.Name = other.Name
	}
	if keep.PushTo == "" {
		keep.PushTo = other.PushTo
	}
	if keep.TailState != models.TailOK && len(other.Tail) > 0 &&
		(other.TailState == models.TailOK || len(keep.Tail) == 0 || keep.TailState == models.TailWrong) {
		keep.Tail, keep.TailState = other.Tail, other.TailState
	}
	keep.Awaited = keep.Awaited || other.Awaited
	keep.Muted = keep.Muted && other.Muted
	return keep
}

// followsOf locks and reads follows by the value of one column.
func followsOf(tx *gorm.DB, column string, id int64) ([]models.Follow, error) {
	var follows []models.Follow
	err := locking(tx).Where(column+" = ?", id).Order("id").Find(&follows).Error
	return follows, err
}
