package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
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

// sendParts sends the parts of a reply, whose texts are given, one after
// another. When it fails half way, the next try of a reply that says the same,
// in whatever process, goes on where it failed, if it begins with the same
// parts: a customer may have to write in between, or WeCom refuse how a part looks.
func (a *API) sendParts(ctx context.Context, to models.Address, r handlers.Reply, parts []string, send func(i int) error) error {
	if len(parts) <= 1 {
		return a.sendFrom(ctx, "", 0, parts, send)
	}
	key, err := digest(to, unstyled(r))
	if err != nil {
		return err
	}
	kept, begun, err := a.settings.Memory.Recall(ctx, kindSent, key, a.now())
	if err != nil {
		return fmt.Errorf("recall what was sent: %w", err)
	}
	if err := a.sendFrom(ctx, key, sentOf(parts, string(kept)), parts, send); err != nil {
		return err
	}
	if begun {
		a.keepSent(ctx, key, nil, a.now()) // an equal reply is a new one from now on
	}
	return nil
}

// unstyled is what tells a reply from one that says something else: its text
// without styles and buttons, and its file.
func unstyled(r handlers.Reply) handlers.Reply {
	text := handlers.Block{{{Text: r.Text()}}}
	return handlers.Reply{Blocks: []handlers.Block{text}, File: r.File, Picture: r.Picture, Token: r.Token, For: r.For}
}

func (a *API) sendFrom(ctx context.Context, key string, from int, parts []string, send func(i int) error) error {
	for i := from; i < len(parts); i++ {
		if err := send(i); err != nil {
			if i > from {
				a.keepSent(ctx, key, parts[:i], a.now().Add(sentFor))
			}
			return err
		}
	}
	return nil
}

// sentMark is what is kept of parts that were sent: how many, and which.
func sentMark(parts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strconv.Itoa(len(parts)) + " " + hex.EncodeToString(sum[:8])
}

// sentOf is how many of the first parts a mark says are sent; 0 when it is about others.
func sentOf(parts []string, mark string) int {
	count, _, _ := strings.Cut(mark, " ")
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > len(parts) || sentMark(parts[:n]) != mark {
		return 0
	}
	return n
}

// keepSent remembers which parts are sent. A failure is logged only: then the
// reply is repeated from its beginning.
func (a *API) keepSent(ctx context.Context, key string, sent []string, until models.Moment) {
	err := a.settings.Memory.Remember(context.WithoutCancel(ctx), kindSent, key, []byte(sentMark(sent)), until)
	if err != nil {
		a.settings.Log.Warn("remember how much of a reply is sent", slog.Any("error", err))
	}
}
