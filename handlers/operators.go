package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"waybill/locales"
	"waybill/models"
)

// Posts has replies sent to chats that have asked nothing, by the replica that
// can; the store does. What waits already, or came at or after since, by what it
// is about, is not sent once more.
type Posts interface {
	Post(ctx context.Context, to models.Address, about string, replies []byte, since, now models.Moment) (fresh bool, err error)
}

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

// OperatorsNeeds is everything that the operators' alarm stands on. Chats of
// doors that are not there hear nothing. Words speaks the operator's language
// where no other is named.
type OperatorsNeeds struct {
	Chats []models.Address
	Doors map[string]Door // by name
	Posts Posts
	Words *locales.Bundle
	Log   *slog.Logger
	Now   func() time.Time
}

// Operators are the chats of those who run the bot (WAYBILL_ADMIN_CHATS).
type Operators struct {
	OperatorsNeeds

	mu   sync.Mutex
	told map[string]models.Moment // when this process last told it; spares the store
}

// NewOperators makes the operators' alarm.
func NewOperators(n OperatorsNeeds) *Operators {
	return &Operators{OperatorsNeeds: n, told: map[string]models.Moment{}}
}

// Alert has every operator told. The same key with the same arguments is told
// once in ten minutes, over all replicas. After an error, which says that somebody
// is not told, it may be tried again.
func (o *Operators) Alert(ctx context.Context, key string, args ...any) error {
	sentence := o.Words.For().Say(key, args...)
	now := models.At(o.Now())
	return o.tell(ctx, sentence, sentence, now.Add(-alertEvery)+1, now)
}

// Daily has every operator told, once on a day in Shanghai, over all replicas.
// about names what is told, whatever the arguments are meanwhile.
func (o *Operators) Daily(ctx context.Context, about, key string, args ...any) error {
	now := models.At(o.Now())
	year, month, day := now.Time().In(models.Shanghai).Date()
	midnight := models.At(time.Date(year, month, day, 0, 0, 0, 0, models.Shanghai))
	return o.tell(ctx, about, o.Words.For().Say(key, args...), midnight, now)
}

// tell tells what nobody has told since.
func (o *Operators) tell(ctx context.Context, about, sentence string, since, now models.Moment) error {
	if !o.due(about, since, now) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	sum := sha256.Sum256([]byte(about))
	about, names := hex.EncodeToString(sum[:16]), about
	var failed []error
	for _, chat := range o.Chats {
		door, ok := o.Doors[chat.Door]
		if !ok {
			continue
		}
		if err := o.hand(ctx, door, chat, about, PlainText(sentence), since, now); err != nil {
			failed = append(failed, fmt.Errorf("alert operator at %s: %w", chat.Door, err))
		}
	}
	if len(failed) > 0 {
		o.forget(names)
	}
	return errors.Join(failed...)
}

// hand leaves the reply to the replica that has the door's connection, which
// tries until it is sent. Without the store it is sent from here, if it can be.
func (o *Operators) hand(ctx context.Context, door Door, chat models.Address, about string, r Reply, since, now models.Moment) error {
	replies, err := json.Marshal([]Reply{r})
	if err != nil {
		return fmt.Errorf("write alert: %w", err)
	}
	if _, err = o.Posts.Post(ctx, chat, about, replies, since, now); err == nil {
		return nil
	}
	o.Log.Warn("post alert: it is sent at once", "door", chat.Door, "error", err)
	return door.Send(ctx, chat, r)
}

// due says whether this process has not told it since, and notes that it does.
func (o *Operators) due(about string, since, now models.Moment) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if last, told := o.told[about]; told && last >= since {
		return false
	}
	o.told[about] = now
	return true
}

func (o *Operators) forget(about string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.told, about)
}
