package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Listed reads the parcels with any of the numbers, and whether the chat follows them.
func (s *Store) Listed(ctx context.Context, chatID int64, numbers []string) ([]models.Listed, error) {
	const sql = `SELECT p.id, p.number, p.carrier, p.event_at, p.tail_needed, f.id IS NOT NULL AS followed, COALESCE(f.tail_state, 0) AS tail_state
		FROM parcels p LEFT JOIN follows f ON f.parcel_id = p.id AND f.chat_id = ? WHERE p.number IN ?`
	var all []models.Listed
	for part := range slices.Chunk(numbers, chunk) {
		var some []models.Listed
		if err := s.read.WithContext(ctx).Raw(sql, chatID, part).Scan(&some).Error; err != nil {
			return nil, fmt.Errorf("read listed parcels: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// PutImport stores how far an import is.
func (s *Store) PutImport(ctx context.Context, i models.Import) error {
	i.Token = cut(i.Token, sizeToken)
	err := s.within(ctx, func(tx *gorm.DB) error {
		return upsert(tx, &i, []string{"chat_id", "started_at"}, "total", "checked", "token", "reported_at", "summed_at", "due_at")
	})
	return wrapped("store import", err)
}

// NoteImport is PutImport for an import that is still there.
func (s *Store) NoteImport(ctx context.Context, i models.Import) error {
	const sql = "UPDATE imports SET total = ?, checked = ?, reported_at = ?, summed_at = ?, due_at = ? WHERE chat_id = ? AND started_at = ?"
	_, err := s.change(ctx, sql, i.Total, i.Checked, i.ReportedAt, i.SummedAt, i.DueAt, i.ChatID, i.StartedAt)
	return wrapped("note import", err)
}

// DueImports reads at most limit imports that are to be looked at, the longest due first.
func (s *Store) DueImports(ctx context.Context, now models.Moment, limit int) ([]models.Import, error) {
	var due []models.Import
	err := s.read.WithContext(ctx).Where("due_at <= ?", now).Order("due_at").Limit(limit).Find(&due).Error
	return due, wrapped("read due imports", err)
}

// ImportParts counts an import's parcels by how they stand. A parcel that somebody
// else's check has brought a state of, and that is not due, counts as checked.
func (s *Store) ImportParts(ctx context.Context, i models.Import, now models.Moment) ([]models.ImportPart, error) {
	const locked = "p.tail_needed = ? AND f.tail_state IN ?"
	const sql = `SELECT state AS status, closed AS locked, scanned AS recorded, seen AS checked, COUNT(*) AS count FROM (
		SELECT CASE WHEN p.tail_needed = ? AND f.tail_state <> ? THEN '' ELSE p.status END AS state,
			CASE WHEN ` + locked + ` THEN 1 ELSE 0 END AS closed,
			CASE WHEN p.event_at > 0 AND (p.tail_needed = ? OR f.tail_state = ?) THEN 1 ELSE 0 END AS scanned,
			CASE WHEN ` + locked + ` OR p.done_at > 0 OR p.heard_at >= f.imported_at
				OR p.heard_at > 0 AND p.due_at > ? AND (p.tail_needed = ? OR f.tail_state = ?) THEN 1 ELSE 0 END AS seen
		FROM follows f JOIN parcels p ON p.id = f.parcel_id WHERE f.chat_id = ? AND f.imported_at = ?
	) parts GROUP BY state, closed, scanned, seen ORDER BY state, closed, scanned, seen`
	wanting := models.WantingTails()
	var parts []models.ImportPart
	err := s.read.WithContext(ctx).Raw(sql, true, models.TailOK, true, wanting, false, models.TailOK, true, wanting,
		now, false, models.TailOK, i.ChatID, i.StartedAt).Scan(&parts).Error
	return parts, wrapped("count import", err)
}

// EndImport ends an import: what happens to its parcels from now on is news.
func (s *Store) EndImport(ctx context.Context, i models.Import) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		if _, err := lockChats(tx, []int64{i.ChatID}); err != nil {
			return err
		}
		const ended = "UPDATE follows SET imported_at = 0 WHERE chat_id = ? AND imported_at = ?"
		if err := tx.Exec(ended, i.ChatID, i.StartedAt).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM imports WHERE chat_id = ? AND started_at = ?", i.ChatID, i.StartedAt).Error
	})
	return wrapped("end import", err)
}

// isImporting says that the import of a follow is still to be summed up.
func isImporting(tx *gorm.DB, f models.Follow) (bool, error) {
	if f.ImportedAt == 0 {
		return false, nil
	}
	var n int64
	err := tx.Model(&models.Import{}).Where("chat_id = ? AND started_at = ?", f.ChatID, f.ImportedAt).Count(&n).Error
	return n > 0, err
}
