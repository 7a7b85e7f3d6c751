package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Seals counts what is sealed in the database.
func (s *Store) Seals(ctx context.Context) (models.Seals, error) {
	var n models.Seals
	tables, err := s.tables(ctx)
	if err != nil {
		return n, err
	}
	for values, err := range s.sealedValues(ctx, tables) {
		if err != nil {
			return n, err
		}
		for _, v := range values {
			for _, sealed := range v.sealed {
				_, closed := s.sealer.Open(v.bind, sealed)
				switch {
				case closed != nil:
					n.Closed++
				case s.sealer.Current(sealed):
					n.Current++
				default:
					n.Older++
				}
			}
		}
	}
	return n, nil
}

// Reseal seals with the first key what older keys have sealed, in small transactions,
// and says how many values that were. It does so once after each start of a process with
// more than one key (KeepProbe), and may be stopped at any time. What no key opens
// stays as it is: the key may come back.
func (s *Store) Reseal(ctx context.Context) (resealed int, err error) {
	begun, due, err := s.propertyOf(ctx, []string{property{}.TableName()}, resealing)
	if err != nil || !due {
		return 0, err
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return 0, err
	}
	missed := 0
	for values, err := range s.sealedValues(ctx, tables) {
		if err != nil {
			return resealed, err
		}
		n, changed, err := s.resealSome(ctx, values)
		if err != nil {
			return resealed, fmt.Errorf("seal anew: %w", err)
		}
		resealed, missed = resealed+n, missed+changed
	}
	if missed > 0 {
		return resealed, nil // the next round finds what has changed meanwhile
	}
	_, err = s.change(ctx, "DELETE FROM properties WHERE name = ? AND value = ?", resealing, begun.Value)
	return resealed, wrapped("end sealing anew", err)
}

// resealSome seals some values anew, and says how many had changed meanwhile.
func (s *Store) resealSome(ctx context.Context, values []sealedValue) (resealed, missed int, err error) {
	type change struct {
		value  sealedValue
		others [][]byte
	}
	var changes []change
	for _, v := range values {
		others, older, err := s.resealed(v)
		if err != nil {
			return 0, 0, err
		}
		if older {
			changes = append(changes, change{v, others})
		}
	}
	if len(changes) == 0 {
		return 0, 0, nil
	}
	err = s.within(ctx, func(tx *gorm.DB) error {
		resealed, missed = 0, 0
		for _, c := range changes {
			replaced, err := c.value.replace(tx, c.others)
			if err != nil {
				return err
			}
			if replaced {
				resealed++
			} else {
				missed++
			}
		}
		return nil
	})
	return resealed, missed, err
}

// resealed is a value under the first key; not older when it is already, or does not open.
func (s *Store) resealed(v sealedValue) (others [][]byte, older bool, err error) {
	for _, sealed := range v.sealed {
		other := sealed
		if plain, closed := s.sealer.Open(v.bind, sealed); closed == nil && !s.sealer.Current(sealed) {
			older = true
			if other, err = s.sealer.Seal(v.bind, plain); err != nil {
				return nil, false, err
			}
		}
		others = append(others, other)
	}
	return others, older, nil
}

// DropSealed gives up what is sealed under a key that is lost, and returns how many
// values that were: chats are asked for their tails again when their parcels are next
// checked, which is now. The new probe comes last, so that it may break off and be run
// again. Nobody else may work with the database (CheckFree).
func (s *Store) DropSealed(ctx context.Context, now models.Moment) (dropped int, err error) {
	tables, err := s.tables(ctx)
	if err != nil {
		return 0, err
	}
	for values, err := range s.sealedValues(ctx, tables) {
		if err != nil {
			return dropped, err
		}
		err = s.within(ctx, func(tx *gorm.DB) error {
			for _, v := range values {
				if _, err := v.replace(tx, make([][]byte, len(v.sealed))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return dropped, fmt.Errorf("drop sealed values: %w", err)
		}
		dropped += len(values)
	}
	const due = "UPDATE parcels SET due_at = ?, next_at = ? WHERE id > ? AND id <= ? AND tail_needed = ? AND due_at > ? AND due_at < ?"
	_, err = s.eachRange(ctx, "parcels", "id", func(from, to int64) ([]sealedValue, error) {
		_, err := s.change(ctx, due, now, now, from, to, true, now, models.Never)
		return nil, err
	}, nil)
	if err != nil {
		return dropped, fmt.Errorf("check parcels soon: %w", err)
	}
	if _, err := s.change(ctx, "DELETE FROM properties WHERE name IN ?", []string{probe, resealing}); err != nil {
		return dropped, fmt.Errorf("drop probe: %w", err)
	}
	return dropped, s.writeProbe(ctx, now)
}

// CheckFree is models.ErrInUse while a process works with the database: it holds a lease,
// and gone does not know that it is no more.
func (s *Store) CheckFree(ctx context.Context, gone func(owner string) bool) error {
	var owners []string
	err := s.read.WithContext(ctx).Raw("SELECT owner FROM leases WHERE owner <> '' AND expires_at > " + s.driver.words().clock).Scan(&owners).Error
	if err != nil {
		return fmt.Errorf("look for processes: %w", err)
	}
	if slices.ContainsFunc(owners, func(owner string) bool { return !gone(owner) }) {
		return models.ErrInUse
	}
	return nil
}
