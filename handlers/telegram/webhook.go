package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
)

// maxUpdate is the longest webhook body that is taken, in bytes.
const maxUpdate = 1 << 20

// Webhook takes updates in at POST /telegram/webhook. It answers 200 only once
// the update is stored; Telegram delivers everything else again.
func (d *Door) Webhook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := d.take(w, r)
		if code == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", http.MethodPost)
		}
		w.WriteHeader(code)
	})
}

// take stores the update in a request and returns the status to answer with.
func (d *Door) take(w http.ResponseWriter, r *http.Request) int {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	if !d.authentic(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
		return http.StatusUnauthorized
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return http.StatusBadRequest
	}
	if _, err := updateID(raw); err != nil {
		return http.StatusBadRequest
	}
	if err := d.store(r.Context(), []json.RawMessage{raw}); err != nil {
		d.settings.Log.Error("telegram update is not stored; it will come again", slog.Any("err", err))
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// authentic compares digests, so that neither the time nor the length tells
// anything about the secret. Without a secret nobody is.
func (d *Door) authentic(secret string) bool {
	if d.settings.WebhookSecret == "" {
		return false
	}
	got, want := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(d.settings.WebhookSecret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
