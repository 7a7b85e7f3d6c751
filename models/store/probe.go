package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// What is true of the database as a whole, by name.
const (
	probe     = "probe"     // sealed by the first key: who cannot open it has the wrong one
	resealing = "resealing" // values may be sealed under an older key; whoever finds them seals them anew
	copying   = "copying"   // rows are being copied into the database
)

// probed is what the probe says.
const probed = "waybill"

// mostTried is how many sealed values of a database without a probe are tried: one that
// opens is enough, and a damaged one proves nothing.
const mostTried = 1000

// property is one row of the properties.
type property struct {
	Name   string `gorm:"primaryKey"`
	Value  []byte
	MadeAt models.Moment
}

// TableName is where GORM finds the rows.
func (property) TableName() string { return "properties" }

// propertyOf reads a property; false when there is none, or not even the table.
func (s *Store) propertyOf(ctx context.Context, tables []string, name string) (p property, ok bool, err error) {
	if !slices.Contains(tables, p.TableName()) {
		return p, false, nil
	}
	err = s.read.WithContext(ctx).Take(&p, "name = ?", name).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, false, nil
	}
	return p, err == nil, wrapped("read "+name, err)
}

// tables are the names of all tables that there are, none before the first migration.
func (s *Store) tables(ctx context.Context) ([]string, error) {
	names, err := s.read.WithContext(ctx).Migrator().GetTables()
	return names, wrapped("list tables", err)
}

// CheckKeys says whether the keys are those that belong to the database:
// models.ErrWrongKey when they do not open its probe or, in one of an earlier version,
// none of what is sealed in it; models.ErrUnfinished when the database is half a copy.
// Nothing is changed, and the schema may be of an earlier version.
func (s *Store) CheckKeys(ctx context.Context) error {
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	if _, unfinished, err := s.propertyOf(ctx, tables, copying); err != nil || unfinished {
		return errors.Join(err, models.ErrUnfinished)
	}
	return s.checkProbe(ctx, tables)
}

// checkProbe is CheckKeys without a look at copies.
func (s *Store) checkProbe(ctx context.Context, tables []string) error {
	p, ok, err := s.propertyOf(ctx, tables, probe)
	if err != nil {
		return err
	}
	if !ok {
		return s.tryValues(ctx, tables)
	}
	if text, err := s.sealer.Open(probe, p.Value); err != nil || text != probed {
		return models.ErrWrongKey
	}
	return nil
}

// tryValues tries the keys on what is sealed in a database that has no probe yet.
func (s *Store) tryValues(ctx context.Context, tables []string) error {
	tried := 0
	for values, err := range s.sealedValues(ctx, tables) {
		if err != nil {
			return err
		}
		for _, v := range values {
			if slices.ContainsFunc(v.sealed, func(b []byte) bool { _, err := s.sealer.Open(v.bind, b); return err == nil }) {
				return nil
			}
			tried++
		}
		if tried >= mostTried {
			break
		}
	}
	if tried > 0 {
		return models.ErrWrongKey
	}
	return nil
}

// HoldsSealed says whether anything in the database needs a key that exists already.
func (s *Store) HoldsSealed(ctx context.Context) (bool, error) {
	tables, err := s.tables(ctx)
	if err != nil {
		return false, err
	}
	if _, ok, err := s.propertyOf(ctx, tables, probe); ok || err != nil {
		return ok, err
	}
	for values, err := range s.sealedValues(ctx, tables) {
		if err != nil || len(values) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// KeepProbe is CheckKeys for whoever goes on to work with the database, which has the
// schema. It writes the probe unless there is one, and seals it with the first key.
// Of several processes with different keys that come first together, one is right.
// rotating says that there are older keys: then what they sealed is sealed anew. The
// result says that some of it still was not when there was one key left only.
func (s *Store) KeepProbe(ctx context.Context, rotating bool, now models.Moment) (left bool, err error) {
	if err := s.CheckKeys(ctx); err != nil {
		return false, err
	}
	if err := s.writeProbe(ctx, now); err != nil {
		return false, err
	}
	if rotating {
		return false, s.setProperty(ctx, property{Name: resealing, Value: []byte(rand.Text()), MadeAt: now})
	}
	_, left, err = s.propertyOf(ctx, []string{property{}.TableName()}, resealing)
	return left, err
}

func (s *Store) writeProbe(ctx context.Context, now models.Moment) error {
	sealed, err := s.sealer.Seal(probe, probed)
	if err != nil {
		return fmt.Errorf("seal probe: %w", err)
	}
	there := []string{property{}.TableName()}
	for range 2 { // once more when another process was first
		p, ok, err := s.propertyOf(ctx, there, probe)
		if err != nil {
			return err
		}
		if !ok {
			made := property{Name: probe, Value: sealed, MadeAt: now}
			err := s.within(ctx, func(tx *gorm.DB) error { return tx.Clauses(s.ignore()).Create(&made).Error })
			if err != nil {
				return fmt.Errorf("write probe: %w", err)
			}
			continue
		}
		if text, err := s.sealer.Open(probe, p.Value); err != nil || text != probed {
			return models.ErrWrongKey
		}
		if s.sealer.Current(p.Value) {
			return nil
		}
		_, err = s.change(ctx, "UPDATE properties SET value = ?, made_at = ? WHERE name = ? AND value = ?", sealed, now, probe, p.Value)
		if err != nil {
			return fmt.Errorf("seal probe anew: %w", err)
		}
	}
	return nil
}

func (s *Store) setProperty(ctx context.Context, p property) error {
	err := s.within(ctx, func(tx *gorm.DB) error { return upsert(tx, &p, []string{"name"}, "value", "made_at") })
	return wrapped("write "+p.Name, err)
}
