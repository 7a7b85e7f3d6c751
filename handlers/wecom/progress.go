package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const (
	kindSent = "wecom_sent"
	sentFor  = 72 * time.Hour // after that an equal reply is a new one
)

// digest tells one reply to one chat from another.
func digest(to models.Address, r handlers.Reply) (string, error) {
	whole, err := json.Marshal(struct {
		To    models.Address
		Reply handlers.Reply
	}{to, r})
	if err != nil {
		return "", fmt.Errorf("tell replies apart: %w", err)
	}
	sum := sha256.Sum256(whole)
	return hex.EncodeToString(sum[:16]), nil
}

// inTurn sends the parts of a reply one after another. When it fails half way,
// the next try of the same reply, in whatever process, goes on where it
// failed: a customer may have to write in between.
func (a *API) inTurn(ctx context.Context, key string, parts int, send func(i int) error) error {
	if parts <= 1 {
		return a.rest(ctx, key, 0, parts, send)
	}
	kept, begun, err := a.settings.Memory.Recall(ctx, kindSent, key, a.now())
	if err != nil {
		return fmt.Errorf("recall what was sent: %w", err)
	}
	from, _ := strconv.Atoi(string(kept)) // 0 when nothing was kept
	if err := a.rest(ctx, key, from, parts, send); err != nil {
		return err
	}
	if begun {
		a.keepSent(ctx, key, 0, a.now()) // an equal reply is a new one from now on
	}
	return nil
}

func (a *API) rest(ctx context.Context, key string, from, parts int, send func(i int) error) error {
	for i := from; i < parts; i++ {
		if err := send(i); err != nil {
			if i > from {
				a.keepSent(ctx, key, i, a.now().Add(sentFor))
			}
			return err
		}
	}
	return nil
}

// keepSent remembers how many parts are sent. A failure is logged only: then
// the reply is repeated from its beginning.
func (a *API) keepSent(ctx context.Context, key string, n int, until models.Moment) {
	err := a.settings.Memory.Remember(context.WithoutCancel(ctx), kindSent, key, []byte(strconv.Itoa(n)), until)
	if err != nil {
		a.settings.Log.Warn("remember how much of a reply is sent", slog.Any("err", err))
	}
}
