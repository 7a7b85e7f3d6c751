package delivery

import (
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// Kinds of messages, for Meter.Sent.
const (
	KindReply = "reply" // to what a chat wrote
	KindNews  = "news"  // of parcels, and the summary of a table
	KindAlert = "alert" // to operators
)

// kindOf is what the replies to an arrival are: one that the program has posted
// itself (store.Post) answers nobody.
func kindOf(a models.Arrival) string {
	switch {
	case !strings.HasPrefix(a.Key, "post:"):
		return KindReply
	case strings.Contains(a.Key, ":"+handlers.AboutAlert):
		return KindAlert
	}
	return KindNews
}

// logClaimed says that an update's turn has come, and for how long it has waited.
func (t *turn) logClaimed(a models.Arrival) {
	t.log.Debug("update claimed", "arrival", a.ID, "chat", a.ChatID, "kind", kindOf(a), "epoch", t.claim.Epoch, "waited", t.moment().Sub(a.At).String())
}

// logRead says what came, without what it says.
func (t *turn) logRead(a models.Arrival, m handlers.Message, something bool) {
	happening := string(m.Happening)
	switch {
	case !something:
		happening = "nothing"
	case m.Happening == handlers.Said:
		happening = "text"
	}
	t.log.Debug("update read", "arrival", a.ID, "chat", a.ChatID, "as", happening, "group", m.Group, "addressed", m.Addressed, "edited", m.Edited)
}

// logReply says what the platform made of replies that were sent as one message.
func (t *turn) logReply(a models.Arrival, from, sent int, outcome string, took time.Duration) {
	t.log.Debug("reply sent", "arrival", a.ID, "chat", a.ChatID, "first", from+1, "replies", sent, "outcome", outcome, "took", took.String())
}

// logNews says what the platform made of notifications that were sent as one message.
func (t *turn) logNews(all []models.Notification, outcome string, took time.Duration) {
	for _, n := range all {
		t.log.Debug("news sent", "chat", t.chat.ID, "parcel", n.Parcel.ID, "seq", n.Upto, "outcome", outcome, "took", took.String())
	}
}

// logLater says that notifications wait: for the morning, or for the hour of a summary.
func (t *turn) logLater(all []models.Notification, until models.Moment) {
	for _, n := range all {
		t.log.Debug("news waits", "chat", t.chat.ID, "parcel", n.Parcel.ID, "seq", n.Upto, "until", until.Time())
	}
}
