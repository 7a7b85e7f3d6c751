package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"waybill/models"
)

// storing may take this long; it is not cut short by a shutdown, because what
// is not stored is not acknowledged and comes again.
const storing = 5 * time.Second

var errNoID = errors.New("an update without an id")

// store puts updates into the inbox, in one go, and wakes who works it off.
// Updates that say nothing to the bot are left out: they are acknowledged and
// forgotten.
func (d *Door) store(ctx context.Context, raws []json.RawMessage) error {
	as := make([]models.Arrival, 0, len(raws))
	now := models.At(d.settings.Now())
	for _, raw := range raws {
		if a, ok := d.arrival(raw, now); ok {
			as = append(as, a)
		}
	}
	if len(as) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	fresh, err := d.inbox.Arrive(ctx, as, now)
	if err != nil {
		return fmt.Errorf("store telegram updates: %w", err)
	}
	if fresh > 0 {
		d.wake()
	}
	return nil
}

// arrival makes an inbox row of an update; false when there is nothing to handle.
func (d *Door) arrival(raw json.RawMessage, now models.Moment) (models.Arrival, bool) {
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		// It would come again for ever, and nothing behind it.
		d.settings.Log.Warn("telegram update is unreadable and dropped", slog.Int64("update", u.ID))
		return models.Arrival{}, false
	}
	m, ok, err := d.self.read(u)
	if !ok && err == nil {
		return models.Arrival{}, false
	}
	return models.Arrival{
		Door:    d.Name(),
		Key:     strconv.FormatInt(u.ID, 10),
		Pos:     u.ID,
		Body:    raw,
		DueAt:   now,
		At:      now,
		Address: m.Address,
		Group:   m.Group,
	}, true
}

// updateID reads the one field that acknowledging needs.
func updateID(raw json.RawMessage) (int64, error) {
	var u struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &u); err != nil || u.ID == nil {
		return 0, errNoID
	}
	return *u.ID, nil
}
