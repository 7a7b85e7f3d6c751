package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

// Rhythm reads what scans have shown of when carriers move: at most some thousand rows.
func (s *Store) Rhythm(ctx context.Context) ([]models.Rhythm, error) {
	var rows []models.Rhythm
	if err := s.read.WithContext(ctx).Table("rhythm").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read rhythm: %w", err)
	}
	return rows, nil
}

// rhythmRow is a models.Rhythm as it is stored.
type rhythmRow struct {
	models.Rhythm
	FadedAt models.Moment
}

// TableName is the table's.
func (rhythmRow) TableName() string { return "rhythm" }

// AddRhythm adds what a process has counted. counts are in the order of their key, so that
// two processes wait for one another at most.
func (s *Store) AddRhythm(ctx context.Context, counts []models.Rhythm, now models.Moment) error {
	rows := make([]rhythmRow, len(counts))
	for i, n := range counts {
		n.Carrier, n.Leg = cut(n.Carrier, sizeCarrier), cut(n.Leg, sizeLeg)
		rows[i] = rhythmRow{n, now}
	}
	for len(rows) > 0 {
		part := rows[:min(written, len(rows))]
		rows = rows[len(part):]
		err := s.within(ctx, func(tx *gorm.DB) error {
			return tx.Clauses(clause.OnConflict{
				Columns:   []clause.Column{{Name: "carrier"}, {Name: "leg"}, {Name: "slot"}},
				DoUpdates: clause.Assignments(map[string]any{"scans": added(tx, "rhythm", "scans"), "exposure": added(tx, "rhythm", "exposure")}),
			}).Create(&part).Error
		})
		if err != nil {
			return fmt.Errorf("add rhythm: %w", err)
		}
	}
	return nil
}

const (
	fadedEvery = 24 * time.Hour
	sizeLeg    = 16
)

// FadeRhythm lets what was counted count less, once a day however often it is called:
// half after models.RhythmHalves.
func (s *Store) FadeRhythm(ctx context.Context, now models.Moment) error {
	left := math.Pow(0.5, float64(fadedEvery)/float64(models.RhythmHalves))
	err := s.within(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE rhythm SET scans = scans * ?, exposure = exposure * ?, faded_at = ? WHERE faded_at <= ?",
			left, left, now, now.Add(-fadedEvery)).Error
	})
	if err != nil {
		return fmt.Errorf("fade rhythm: %w", err)
	}
	return nil
}
