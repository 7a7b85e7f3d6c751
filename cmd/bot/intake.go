package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"

	"waybill/handlers/web"
	"waybill/models"
	"waybill/models/store"
)

// intake is the store as doors see it that take messages in: it counts them, and
// logs the row that each became, by which it can be followed (docs/operate.md).
type intake struct {
	store   *store.Store
	metrics *web.Metrics
	log     *slog.Logger
}

func (a *app) intake() *intake { return &intake{a.store, a.metrics, a.log} }

// Arrive stores updates; see store.Store.
func (i *intake) Arrive(ctx context.Context, as []models.Arrival, now models.Moment) (fresh int, err error) {
	fresh, err = i.store.Arrive(ctx, as, now)
	if err == nil && fresh > 0 {
		i.note(ctx, as, fresh)
	}
	return fresh, err
}

// Announce stores that there is something to fetch; see store.Store.
func (i *intake) Announce(ctx context.Context, account, token string, now models.Moment) error {
	return i.store.Announce(ctx, account, token, now)
}

// SyncCursors lists how far accounts are fetched; see store.Store.
func (i *intake) SyncCursors(ctx context.Context) ([]models.SyncCursor, error) {
	return i.store.SyncCursors(ctx)
}

// ArriveSynced stores a page of what was fetched; see store.Store.
func (i *intake) ArriveSynced(ctx context.Context, p models.SyncPage, now models.Moment) (fresh int, err error) {
	fresh, err = i.store.ArriveSynced(ctx, p, now)
	if err == nil && fresh > 0 && len(p.Arrivals) > 0 {
		i.note(ctx, p.Arrivals, min(fresh, len(p.Arrivals)))
	}
	return fresh, err
}

func (i *intake) note(ctx context.Context, as []models.Arrival, fresh int) {
	door := as[0].Door
	if door == "" {
		door = as[0].Address.Door
	}
	i.metrics.Received(door, fresh)
	if !i.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	for _, a := range as {
		id, err := i.store.ArrivalID(ctx, door, a.Key)
		if err != nil {
			i.log.Debug("find stored update", "door", door, "error", err)
			continue
		}
		i.log.Debug("update stored", "arrival", id, "door", door, "key", shownKey(a.Key))
	}
}

// shownKey is a platform's key of an update as far as it says nothing about a
// person: a short number as it is, everything else as the beginning of its hash.
func shownKey(key string) string {
	if len(key) <= 10 && strings.Trim(key, "0123456789") == "" {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "#" + hex.EncodeToString(sum[:4])
}
