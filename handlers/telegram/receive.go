package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"waybill/internal/httpbody"
	"waybill/models"
)

// storing is how long storing may take. A shutdown does not cut it short: what
// is not stored is not acknowledged and comes again.
const storing = 5 * time.Second

var errNoID = errors.New("an update without an id")

// Webhook takes updates in at POST /telegram/webhook. It answers 200 only once
// the update is stored; Telegram delivers everything else again. 401 without
// the secret, 413 for more than httpbody.Limit.
func (d *Door) Webhook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if !d.authentic(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		raw, ok := httpbody.Read(w, r)
		if !ok {
			return
		}
		if _, err := updateID(raw); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err := d.store(r.Context(), []json.RawMessage{raw}); err != nil {
			d.settings.Log.Error("telegram update is not stored; it will come again", slog.Any("error", err))
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
}

// authentic compares digests, so that neither the time nor the length tells
// anything about the secret. Without a secret nothing is authentic.
func (d *Door) authentic(secret string) bool {
	if d.settings.WebhookSecret == "" {
		return false
	}
	got, want := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(d.settings.WebhookSecret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// store stores updates as arrivals, in one go, and wakes the delivery worker when
// one of them is new. Updates that say nothing to the bot are left out: they are
// acknowledged and forgotten.
func (d *Door) store(ctx context.Context, raws []json.RawMessage) error {
	as := make([]models.Arrival, 0, len(raws))
	var fresh []version
	now := models.At(d.settings.Now())
	for _, raw := range raws {
		a, v, ok := d.arrival(raw, now)
		if !ok || d.versions.known(v, fresh) {
			continue
		}
		as, fresh = append(as, a), append(fresh, v)
	}
	if len(as) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	stored, err := d.arrivals.Arrive(ctx, as, now)
	if err != nil {
		return fmt.Errorf("store telegram updates: %w", err)
	}
	d.versions.remember(fresh)
	if stored > 0 {
		d.wake()
	}
	return nil
}

// arrival makes an arrival of an update, and says which version of a message it
// is; false when there is nothing to handle. Inline queries are answered beside it.
func (d *Door) arrival(raw json.RawMessage, now models.Moment) (models.Arrival, version, bool) {
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		// It would come again for ever, and nothing behind it.
		d.settings.Log.Warn("telegram update is unreadable and dropped", slog.Int64("update", u.ID))
		return models.Arrival{}, version{}, false
	}
	if u.Query != nil && d.settings.Search != nil {
		d.queried(*u.Query)
		return models.Arrival{}, version{}, false
	}
	m, ok, err := d.identity.read(u)
	if !ok && err == nil {
		return models.Arrival{}, version{}, false
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
	}, versionOf(u), true
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
