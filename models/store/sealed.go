package store

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// sealedValue is what is sealed in one row.
type sealedValue struct {
	bind   string
	sealed [][]byte
	// replace puts others in its place, unless the row has changed meanwhile: then it
	// is not replaced. nil is what opens under no key.
	replace func(tx *gorm.DB, others [][]byte) (replaced bool, err error)
}

// sameTail compares bytes, also where a damaged one is a text: SQLite keeps the type of
// what was written, and no text equals a blob.
const sameTail = "HEX(tail) = ?"

func inHex(sealed []byte) string { return fmt.Sprintf("%X", sealed) }

// sealedRow is a row with one sealed value.
type sealedRow struct {
	ID       int64
	ChatID   int64
	ParcelID int64
	CacheKey string
	Sealed   []byte
}

// Rows with tails are read by ranges of ids, so that a table in which few have one holds
// nobody up.
const idsAtOnce = 20_000

// sealedValues are all sealed values of the tables that are there, some at a time, by
// primary key. What is written meanwhile may be among them or not.
func (s *Store) sealedValues(ctx context.Context, tables []string) iter.Seq2[[]sealedValue, error] {
	return func(yield func([]sealedValue, error) bool) {
		for _, table := range []struct {
			name string
			each func(context.Context, func([]sealedValue) bool) (bool, error)
		}{
			{"chats", s.eachTail("chats", "id", "0", func(r sealedRow) string { return chatBind(r.ID) })},
			{"follows", s.eachTail("follows", "chat_id", "parcel_id", bindOf)},
			{"stopped", s.eachTail("stopped", "chat_id", "parcel_id", bindOf)},
			{"questions", s.eachQuestion},
			{"cache", s.eachSaid},
		} {
			if !slices.Contains(tables, table.name) {
				continue
			}
			more, err := table.each(ctx, func(values []sealedValue) bool { return yield(values, nil) })
			if err != nil {
				yield(nil, fmt.Errorf("read sealed values of %s: %w", table.name, err))
				return
			}
			if !more {
				return
			}
		}
	}
}

func bindOf(r sealedRow) string { return followBind(r.ChatID, r.ParcelID) }

// eachTail reads the column tail of a table by ranges of ids.
func (s *Store) eachTail(table, chat, parcel string, bind func(sealedRow) string) func(context.Context, func([]sealedValue) bool) (bool, error) {
	columns := "SELECT id, " + chat + " AS chat_id, " + parcel + " AS parcel_id, tail AS sealed FROM " + table
	return func(ctx context.Context, yield func([]sealedValue) bool) (bool, error) {
		return s.eachRange(ctx, table, "id", func(from, to int64) ([]sealedValue, error) {
			var rows []sealedRow
			err := s.read.WithContext(ctx).Raw(columns+" WHERE id > ? AND id <= ? AND tail IS NOT NULL ORDER BY id", from, to).Scan(&rows).Error
			var values []sealedValue
			for _, row := range rows {
				if bytes.Equal(row.Sealed, unreadable()) {
					continue // it was given up
				}
				values = append(values, sealedValue{bind(row), [][]byte{row.Sealed}, func(tx *gorm.DB, others [][]byte) (bool, error) {
					other := others[0]
					if other == nil {
						other = unreadable()
					}
					done := tx.Exec("UPDATE "+table+" SET tail = ? WHERE id = ? AND "+sameTail, other, row.ID, inHex(row.Sealed))
					return done.RowsAffected > 0, done.Error
				}})
			}
			return values, err
		}, yield)
	}
}

// eachQuestion reads the tails that open questions hold.
func (s *Store) eachQuestion(ctx context.Context, yield func([]sealedValue) bool) (bool, error) {
	return s.eachRange(ctx, "questions", "chat_id", func(from, to int64) ([]sealedValue, error) {
		var questions []models.Question
		err := s.read.WithContext(ctx).Where("chat_id > ? AND chat_id <= ?", from, to).Order("chat_id").Find(&questions).Error
		var values []sealedValue
		for _, q := range questions {
			tails := sealedIn(&q)
			if len(tails) == 0 {
				continue
			}
			v := sealedValue{bind: questionBind(q.ChatID), replace: func(tx *gorm.DB, others [][]byte) (bool, error) {
				for i, tail := range tails {
					*tail = others[i]
				}
				same := "chat_id = ? AND nonce = ? AND asked_at = ? AND changed_by = ?"
				done := tx.Model(&models.Question{}).Where(same, q.ChatID, q.Nonce, q.AskedAt, q.ChangedBy).Select("items", "rest", "previous").Updates(q)
				return done.RowsAffected > 0, done.Error
			}}
			for _, tail := range tails {
				v.sealed = append(v.sealed, *tail)
			}
			values = append(values, v)
		}
		return values, err
	}, yield)
}

// sealedIn are the sealed tails of a question and of the one before it.
func sealedIn(q *models.Question) []*[]byte {
	var tails []*[]byte
	for ; q != nil; q = q.Previous {
		for _, items := range [][]models.Item{q.Items, q.Rest} {
			for i := range items {
				if len(items[i].Sealed) > 0 {
					tails = append(tails, &items[i].Sealed)
				}
			}
		}
	}
	return tails
}

// eachSaid reads what messages said that may have to be sent once more.
func (s *Store) eachSaid(ctx context.Context, yield func([]sealedValue) bool) (bool, error) {
	const some = "SELECT cache_key, value AS sealed FROM cache WHERE kind = ? AND cache_key > ? ORDER BY cache_key LIMIT ?"
	for after := ""; ; {
		var rows []sealedRow
		if err := s.read.WithContext(ctx).Raw(some, models.MemorySaid, after, chunk).Scan(&rows).Error; err != nil {
			return false, err
		}
		var values []sealedValue
		for _, row := range rows {
			after = row.CacheKey
			values = append(values, sealedValue{models.SaidBind(row.CacheKey), [][]byte{row.Sealed}, func(tx *gorm.DB, others [][]byte) (bool, error) {
				sql, args := "UPDATE cache SET value = ?", []any{others[0]}
				if others[0] == nil {
					sql, args = "DELETE FROM cache", nil
				}
				done := tx.Exec(sql+" WHERE kind = ? AND cache_key = ? AND value = ?", append(args, models.MemorySaid, row.CacheKey, row.Sealed)...)
				return done.RowsAffected > 0, done.Error
			}})
		}
		if len(values) > 0 && !yield(values) {
			return false, nil
		}
		if len(rows) < chunk {
			return true, nil
		}
	}
}

// eachRange reads a table by ranges of a number that is its primary key.
func (s *Store) eachRange(ctx context.Context, table, key string, read func(from, to int64) ([]sealedValue, error), yield func([]sealedValue) bool) (bool, error) {
	var ends struct{ First, Last *int64 }
	err := s.read.WithContext(ctx).Raw("SELECT MIN(" + key + ") AS first, MAX(" + key + ") AS last FROM " + table).Scan(&ends).Error
	if err != nil || ends.Last == nil {
		return err == nil, err
	}
	for from := *ends.First - 1; from < *ends.Last; from += idsAtOnce {
		values, err := read(from, from+idsAtOnce)
		if err != nil {
			return false, err
		}
		for part := range slices.Chunk(values, written) {
			if !yield(part) {
				return false, nil
			}
		}
	}
	return true, nil
}
