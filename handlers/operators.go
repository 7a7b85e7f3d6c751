package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"waybill/locales"
	"waybill/models"
)

// What operators are alerted to, beside incidents, which begin and end (package
// incidents): keys of sentences. Arguments are pairs of a placeholder and its value.
const (
	AlertRefused = "alert.refused"  // Door: a platform refused a text for good
	AlertGivenUp = "alert.given_up" // Door: a message could not be handled, or news not be worded
)

// AboutAlert begins what posts of alerts are about (Outbox.Post), so that they are
// known among other posts.
const AboutAlert = "alert-"

const (
	alertEvery    = 10 * time.Minute // the same alert, unless it is a daily one
	alertTimeout  = 10 * time.Second
	alertAgain    = time.Minute // after one that could not be handed over
	alertAttempts = 10
	alertsWaiting = 64 // beyond that alerts are logged only
)

// Outbox takes what is to be said to chats that have asked nothing; the worker
// of the door sends it, and tries until it is sent. What waits already, or came
// at or after since, by what it is about, is not taken once more (store.Post).
type Outbox interface {
	Post(ctx context.Context, to models.Address, about string, replies []byte, since, now models.Moment) (fresh bool, err error)
	Once(ctx context.Context, kind, key string, until, now models.Moment) (first bool, err error)
	ChatAt(ctx context.Context, a models.Address) (c models.Chat, ok bool, err error)
	// Note keeps an alert for the dashboard.
	Note(ctx context.Context, n models.Note) error
}

// OperatorsSettings are what the operators' alerts need. Chats of doors that are
// not there hear nothing. Words speaks the operator's language where no other is
// named.
type OperatorsSettings struct {
	Chats  []models.Address
	Doors  map[string]Door // by name; may be filled until Run begins
	Outbox Outbox
	Words  *locales.Bundle
	Log    *slog.Logger
	Now    func() time.Time
}

// Operators alert those who run the bot (WAYBILL_ADMIN_CHATS), without keeping
// whoever raises an alert waiting.
type Operators struct {
	chats  []models.Address
	doors  map[string]Door
	outbox Outbox
	words  *locales.Bundle
	log    *slog.Logger
	now    func() time.Time

	raised  chan alert
	failed  []alert                  // what could not be handed over; of Run alone
	alerted map[string]models.Moment // when this process last posted it, which spares the store; of Run alone
}

// alert is one thing that operators are to be told.
type alert struct {
	about    string // names it: what is about the same is told once
	daily    bool   // once on a day in Shanghai, else once in ten minutes
	key      string
	args     []any
	attempts int
}

// NewOperators makes the operators' alerts; Run hands them over.
func NewOperators(s OperatorsSettings) *Operators {
	return &Operators{
		chats: s.Chats, doors: s.Doors, outbox: s.Outbox, words: s.Words, log: s.Log, now: s.Now,
		raised: make(chan alert, alertsWaiting), alerted: map[string]models.Moment{},
	}
}

// Alert has every operator told, once in ten minutes over all replicas. It never
// fails and never waits.
func (o *Operators) Alert(_ context.Context, key string, args ...any) {
	o.raise(alert{about: key + fmt.Sprint(args...), key: key, args: args})
}

// AlertDaily has every operator told once on a day in Shanghai, over all
// replicas, for as long as nobody has mended it. about names what is told,
// whatever the arguments are meanwhile. It never fails and never waits.
func (o *Operators) AlertDaily(_ context.Context, about, key string, args ...any) {
	o.raise(alert{about: key + ":" + about, daily: true, key: key, args: args})
}

func (o *Operators) raise(a alert) {
	if !a.daily {
		o.warn(a)
	}
	select {
	case o.raised <- a:
	default:
		o.log.Warn("too many alerts at once: one is dropped", "alert", a.key)
	}
}

func (o *Operators) warn(a alert) {
	o.log.Warn("the operator must know", append([]any{"alert", a.key}, a.args...)...)
}

// Run hands alerts over until ctx ends.
func (o *Operators) Run(ctx context.Context) error {
	again := time.NewTicker(alertAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case a := <-o.raised:
			o.warnFirst(ctx, a)
			o.post(ctx, a)
		case <-again.C:
			failed := o.failed
			o.failed = nil
			for _, a := range failed {
				o.post(ctx, a)
			}
		}
	}
}

// warnFirst logs a daily alert on the first replica that raises it, and when
// that cannot be found out.
func (o *Operators) warnFirst(ctx context.Context, a alert) {
	now := models.At(o.now())
	if last, alerted := o.alerted[a.about]; !a.daily || alerted && last >= startOfDay(now) {
		return
	}
	first, err := o.outbox.Once(ctx, "alert", a.about+":"+now.Day(), now.Add(24*time.Hour), now)
	if err != nil {
		o.log.Warn("look whether operators know", "error", err)
	}
	if first || err != nil {
		o.warn(a)
	}
}

// post hands an alert over to every operator's chat, and keeps what cannot be
// handed over now, unless too many wait already or it has failed too often.
func (o *Operators) post(ctx context.Context, a alert) {
	now := models.At(o.now())
	since := now.Add(-alertEvery) + 1
	if a.daily {
		since = startOfDay(now)
	}
	if last, alerted := o.alerted[a.about]; alerted && last >= since {
		return
	}
	if err := o.note(ctx, a, now); err != nil {
		o.log.Warn("note alert", "alert", a.key, "error", err)
	}
	err := o.postAll(ctx, a, since, now)
	if err == nil {
		o.forgetBefore(since)
		o.alerted[a.about] = now
		return
	}
	if ctx.Err() != nil {
		return
	}
	a.attempts++
	o.log.Warn("alert operators", "alert", a.key, "failures", a.attempts, "error", err)
	same := func(b alert) bool { return b.about == a.about }
	if a.attempts < alertAttempts && len(o.failed) < alertsWaiting && !slices.ContainsFunc(o.failed, same) {
		o.failed = append(o.failed, a)
	}
}

// note keeps an alert for the dashboard, where it stands once for all replicas, whether
// there are operators' chats or not.
func (o *Operators) note(ctx context.Context, a alert, now models.Moment) error {
	every, window := alertEvery, now.Time().Truncate(alertEvery).Format(time.RFC3339)
	if a.daily {
		every, window = 24*time.Hour, now.Day()
	}
	first, err := o.outbox.Once(ctx, "alert_note", a.about+":"+window, now.Add(every), now)
	if err != nil || !first {
		return err
	}
	return o.outbox.Note(ctx, models.Note{Kind: models.NoteAlert, What: o.words.For().Say(a.key, a.args...), At: now})
}

// startOfDay is when the day of now began in Shanghai.
func startOfDay(now models.Moment) models.Moment { return now.Add(-24 * time.Hour).NextDay() }

// forgetBefore keeps the list of what was posted from growing: after a day
// everything is posted again anyway.
func (o *Operators) forgetBefore(since models.Moment) {
	for about, at := range o.alerted {
		if at < since.Add(-24*time.Hour) {
			delete(o.alerted, about)
		}
	}
}

func (o *Operators) postAll(ctx context.Context, a alert, since, now models.Moment) error {
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	sum := sha256.Sum256([]byte(a.about))
	about := AboutAlert + hex.EncodeToString(sum[:16])
	var failed []error
	for _, chat := range o.chats {
		door, ok := o.doors[chat.Door]
		if !ok {
			continue
		}
		reply := PlainText(o.wordsOf(ctx, chat).Say(a.key, a.args...))
		if err := o.postTo(ctx, door, chat, about, reply, since, now); err != nil {
			failed = append(failed, fmt.Errorf("alert operator at %s: %w", chat.Door, err))
		}
	}
	return errors.Join(failed...)
}

// wordsOf speaks an operator's language; while the store does not tell it, that of
// the settings.
func (o *Operators) wordsOf(ctx context.Context, chat models.Address) *locales.Localizer {
	c, _, err := o.outbox.ChatAt(ctx, chat)
	if err != nil {
		return o.words.For()
	}
	return o.words.For(c.Lang, c.Spoken)
}

// postTo leaves the reply to the door's worker. While the store cannot take it, it
// is sent from here if it can be: that the database is down is what an operator
// must hear of first.
func (o *Operators) postTo(ctx context.Context, door Door, chat models.Address, about string, r Reply, since, now models.Moment) error {
	replies, err := json.Marshal([]Reply{r})
	if err != nil {
		return fmt.Errorf("write alert: %w", err)
	}
	if _, err = o.outbox.Post(ctx, chat, about, replies, since, now); err == nil {
		return nil
	}
	o.log.Warn("post alert: it is sent at once", "door", chat.Door, "error", err)
	return door.Send(ctx, chat, r)
}
