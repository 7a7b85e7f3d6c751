package handlers

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"waybill/locales"
	"waybill/models"
)

// What operators are alerted to: keys of sentences, each told at most once in
// ten minutes. Arguments are pairs of a placeholder and its value.
const (
	AlertRefused = "alert.refused"     // Door: a platform refused a text for good
	AlertGivenUp = "alert.given_up"    // Door: a message could not be handled
	AlertAuth    = "alert.auth"        // Provider: key or account refused
	AlertQuota   = "alert.quota"       // Provider: its quota is spent
	AlertNear    = "alert.budget_near" // Provider, Used, Budget: 80 % of today's budget
	AlertBudget  = "alert.budget"      // Provider: today's budget is spent
	AlertDown    = "alert.down"        // Provider: it does not answer
)

const (
	alertEvery   = 10 * time.Minute
	alertTimeout = 10 * time.Second
)

// Operators are the chats of those who run the bot (WAYBILL_ADMIN_CHATS).
type Operators struct {
	chats []models.Address
	doors map[string]Door
	words *locales.Bundle
	log   *slog.Logger
	now   func() time.Time

	mu   sync.Mutex
	last map[string]time.Time
}

// NewOperators makes the operators' alarm. Chats of doors that are not there
// hear nothing. words speaks the operator's language where no other is named.
func NewOperators(chats []models.Address, doors map[string]Door, words *locales.Bundle, log *slog.Logger, now func() time.Time) *Operators {
	return &Operators{chats: chats, doors: doors, words: words, log: log, now: now, last: map[string]time.Time{}}
}

// Alert tells every operator, as well as it can: what cannot be sent is
// logged. The same key with the same arguments is told once in ten minutes.
func (o *Operators) Alert(ctx context.Context, key string, args ...any) {
	sentence := o.words.For().Say(key, args...)
	if !o.due(sentence) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	for _, chat := range o.chats {
		door, ok := o.doors[chat.Door]
		if !ok {
			continue
		}
		if err := door.Send(ctx, chat, text(sentence)); err != nil {
			o.log.Warn("alert operator", "door", chat.Door, "alert", key, "error", err)
		}
	}
}

func (o *Operators) due(sentence string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if last, told := o.last[sentence]; told && now.Sub(last) < alertEvery {
		return false
	}
	o.last[sentence] = now
	return true
}
