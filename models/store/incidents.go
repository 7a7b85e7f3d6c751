package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Incidents are those that are not over, whether operators have heard of them or not.
func (s *Store) Incidents(ctx context.Context) ([]models.Incident, error) {
	var rows []models.Incident
	if err := s.read.WithContext(ctx).Order("name, subject").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	return rows, nil
}

// Observe keeps what a process has seen. Trouble makes the incident if there is
// none; one that nobody was told of and that was not seen for longer than forgotten begins
// anew. What is well is noted where there is an incident, for the first time
// since the trouble was seen last.
func (s *Store) Observe(ctx context.Context, seen []models.Observation, forgotten int64) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		for _, o := range seen {
			if err := s.observe(tx, o, forgotten); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note incidents: %w", err)
	}
	return nil
}

func (s *Store) observe(tx *gorm.DB, o models.Observation, forgotten int64) error {
	if o.Good {
		const well = "UPDATE incidents SET good_at = ? WHERE name = ? AND subject = ? AND good_at <= bad_at AND bad_at < ?"
		return tx.Exec(well, o.At, o.Name, o.Subject, o.At).Error
	}
	if o.Args == nil {
		o.Args = map[string]string{} // the column holds an object
	}
	args, err := json.Marshal(o.Args)
	if err != nil {
		return err
	}
	// MySQL assigns from left to right, so that bad_at comes behind what looks at it.
	const ill = `UPDATE incidents SET
		first_at = CASE WHEN alerted_at = 0 AND bad_at < ? THEN ? WHEN first_at > ? THEN ? ELSE first_at END,
		bad_at = CASE WHEN bad_at < ? THEN ? ELSE bad_at END, args = ? WHERE name = ? AND subject = ?`
	since := min(o.Since, o.At)
	for range 2 {
		done := tx.Exec(ill, int64(o.At)-forgotten, since, since, since, o.At, o.At, string(args), o.Name, o.Subject)
		if done.Error != nil || done.RowsAffected > 0 {
			return done.Error
		}
		row := models.Incident{Name: o.Name, Subject: o.Subject, FirstAt: since, BadAt: o.At, Args: o.Args}
		made := tx.Clauses(s.ignore()).Create(&row)
		if made.Error != nil || made.RowsAffected > 0 {
			return made.Error
		}
	}
	return nil // MySQL counts no row that stays as it is
}

// StartIncident notes that operators hear of an incident, and leaves what they
// hear to the workers of their doors and on the dashboard, all in one transaction. It says
// whether this call did: over all replicas one does.
func (s *Store) StartIncident(ctx context.Context, i models.Incident, posts []models.Post, note models.Note, now models.Moment) (started bool, err error) {
	const tell = "UPDATE incidents SET alerted_at = ? WHERE name = ? AND subject = ? AND alerted_at = 0"
	return s.turnIncident(ctx, posts, note, now, tell, now, i.Name, i.Subject)
}

// EndIncident removes an incident that is over, unless trouble was seen since it
// was read, and tells like StartIncident; without a word when there are neither
// posts nor a note.
func (s *Store) EndIncident(ctx context.Context, i models.Incident, posts []models.Post, note models.Note, now models.Moment) (ended bool, err error) {
	const end = "DELETE FROM incidents WHERE name = ? AND subject = ? AND alerted_at = ? AND bad_at = ?"
	return s.turnIncident(ctx, posts, note, now, end, i.Name, i.Subject, i.AlertedAt, i.BadAt)
}

func (s *Store) turnIncident(ctx context.Context, posts []models.Post, note models.Note, now models.Moment, change string, args ...any) (turned bool, err error) {
	err = s.within(ctx, func(tx *gorm.DB) error {
		done := tx.Exec(change, args...)
		if turned = done.RowsAffected > 0; done.Error != nil || !turned {
			return done.Error
		}
		for _, p := range posts {
			if _, err := s.post(tx, p, now, now); err != nil {
				return err
			}
		}
		if note.What == "" {
			return nil
		}
		note.ID, note.What = 0, cut(note.What, sizeNote)
		return tx.Create(&note).Error
	})
	if err != nil {
		return false, fmt.Errorf("tell of incident: %w", err)
	}
	return turned, nil
}

// counted is how many failing chats are counted at most.
const counted = 10_000

// Failing counts the chats of a door to which sending has failed since a moment
// or longer, at most 10,000.
func (s *Store) Failing(ctx context.Context, door string, since models.Moment) (models.Failing, error) {
	const sql = `SELECT COUNT(*) AS chats, COALESCE(MIN(failing_at), 0) AS since FROM (
		SELECT failing_at FROM chats WHERE door = ? AND failing_at > 0 AND failing_at <= ? AND failures > 0 AND gone_at = 0 LIMIT ?) f`
	f := models.Failing{Door: door}
	if err := s.read.WithContext(ctx).Raw(sql, door, since, counted).Scan(&f).Error; err != nil {
		return f, fmt.Errorf("count failing chats: %w", translate(s.read, err))
	}
	return f, nil
}

// Waits says since when work waits.
func (s *Store) Waits(ctx context.Context, now models.Moment) (w models.Waits, err error) {
	const check = "SELECT due_at FROM parcels WHERE due_at <= ? ORDER BY due_at LIMIT 1"
	db := s.read.WithContext(ctx)
	if err := db.Raw(check, now).Scan(&w.Check).Error; err != nil {
		return w, fmt.Errorf("read oldest parcel: %w", translate(db, err))
	}
	const message = `SELECT a.at FROM arrivals a JOIN chats c ON c.id = a.chat_id
		WHERE a.due_at <= ? AND a.answered = 0 AND c.failures = 0 ORDER BY a.due_at LIMIT 1`
	if err := db.Raw(message, now).Scan(&w.Message).Error; err != nil {
		return w, fmt.Errorf("read oldest message: %w", translate(db, err))
	}
	return w, nil
}

// Exhausted counts the chats of a door for which something is pending and whose
// credit is used up or has run out, at most 10,000.
func (s *Store) Exhausted(ctx context.Context, door string, now models.Moment) (chats int64, err error) {
	const sql = `SELECT COUNT(*) FROM (SELECT c.id FROM chats c
		WHERE c.door = ? AND c.credit_epoch > 0 AND (c.credit_left <= 0 OR c.credit_until <= ?) AND c.gone_at = 0
		AND EXISTS (SELECT 1 FROM follows w WHERE w.chat_id = c.id AND w.pending_seq > 0) LIMIT ?) f`
	if err := s.read.WithContext(ctx).Raw(sql, door, now, counted).Scan(&chats).Error; err != nil {
		return 0, fmt.Errorf("count chats without credit: %w", translate(s.read, err))
	}
	return chats, nil
}

// Examine asks the database for a read and, on the pool that writes, for a change
// that changes nothing. It returns an error when either is not answered before ctx ends.
func (s *Store) Examine(ctx context.Context) error {
	var one int
	if err := s.read.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
		return fmt.Errorf("read from database: %w", translate(s.read, err))
	}
	if _, err := s.change(ctx, "UPDATE leases SET fence = fence WHERE name = ''"); err != nil {
		return fmt.Errorf("write to database: %w", err)
	}
	return nil
}
