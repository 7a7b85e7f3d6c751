package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"waybill/internal/guard"
	"waybill/locales"
	"waybill/models"
)

// Questions keeps the one open question of a chat.
type Questions interface {
	Question(ctx context.Context, chatID int64, now models.Moment) (models.Question, bool, error)
	Ask(ctx context.Context, q models.Question) error
}

// TellerNeeds is everything a Teller stands on.
type TellerNeeds struct {
	Doors     map[string]Door // by name
	Questions Questions
	Traits    map[string]Traits // by door
	Words     *locales.Bundle
	Alerts    Alerter
	Timezone  *time.Location // nil: Asia/Shanghai
	Log       *slog.Logger
	Now       func() time.Time
}

// Teller brings news to chats.
type Teller struct{ TellerNeeds }

// NewTeller makes a Teller.
func NewTeller(n TellerNeeds) *Teller {
	if n.Timezone == nil {
		n.Timezone = models.Shanghai
	}
	return &Teller{n}
}

// Tell sends the first of one chat's news as one message: as many together as
// the door merges, else one. None of them may be empty. told is how many of the
// first ones the outcome is about, at least one.
//
// It returns the door's error as it is: models.ErrGone, ErrNoCredit,
// *models.Wait, *models.Moved, or a passing one. After models.ErrRefused, which
// is about one alone, the text has been tried without any style and the
// operators know: the mark may move.
func (t *Teller) Tell(ctx context.Context, news []models.News) (told int, err error) {
	chat := news[0].Chat
	door, ok := t.Doors[chat.Door]
	if !ok {
		return 1, fmt.Errorf("tell news: there is no door %q", chat.Door)
	}
	v := newRenderer(t.Words, chat, t.Traits[chat.Door], t.Timezone, models.At(t.Now()))
	replies, err := v.newsOf(news)
	if len(replies) == 0 {
		return 1, err
	}
	told, err = sendFirst(door, replies, func(r Reply, of int) error {
		for _, n := range news[:of] {
			if err := t.askAgain(ctx, n, v.now); err != nil {
				return err
			}
		}
		return door.Send(ctx, chat.Address, r)
	})
	if errors.Is(err, models.ErrRefused) {
		t.Log.Error("tell news: refused for good", "door", chat.Door, "chat", chat.ID, "parcel", news[0].Parcel.ID, "error", err)
		t.Alerts.Alert(ctx, AlertRefused, "Door", chat.Door)
	}
	return told, err
}

// askAgain opens the question for a phone tail when the one given was refused,
// so that four digits are answer enough. Another open question stays.
func (t *Teller) askAgain(ctx context.Context, news models.News, now models.Moment) error {
	refused := false
	for _, n := range news.Notices {
		refused = refused || n.Kind == models.TailRefused
	}
	if !refused {
		return nil
	}
	_, open, err := t.Questions.Question(ctx, news.Chat.ID, now)
	if err != nil || open {
		return wrap("read question", err)
	}
	item := models.Item{Number: news.Parcel.Number, Carrier: news.Parcel.Carrier, Name: news.Follow.Name}
	return wrap("ask question", t.Questions.Ask(ctx, models.Question{
		ChatID: news.Chat.ID, Asking: models.AskTail, Nonce: rand.Text()[:nonceLength],
		Items: []models.Item{item}, AskedAt: now, ExpiresAt: now.Add(questionLives),
	}))
}

// newsOf is a message for each parcel's news, up to the first that cannot be
// put into words, which is the error.
func (v renderer) newsOf(all []models.News) (replies []Reply, err error) {
	for _, n := range all {
		reply, err := v.parcelNews(n)
		if err != nil {
			return replies, err
		}
		replies = append(replies, reply)
	}
	return replies, nil
}

func (v renderer) parcelNews(n models.News) (reply Reply, err error) {
	defer guard.Recover("put news into words", &err)
	reply = v.news(n)
	reply.For, reply.Lang = News, v.tag()
	if n.Urgent {
		reply.For = Urgent
	}
	return reply, nil
}

// news is a message about what has happened to a parcel.
func (v renderer) news(n models.News) Reply {
	opens := n.Follow.Opens(n.Parcel)
	blocks := []Block{{v.head(n.Parcel, n.Follow.Name)}}
	if opens {
		blocks = []Block{{v.headline(n.Parcel), v.head(n.Parcel, n.Follow.Name)}}
	}
	for _, notice := range n.Notices {
		if block := v.notice(notice, n.Parcel); block != nil {
			blocks = append(blocks, block)
		}
	}
	for _, e := range n.Events {
		blocks = append(blocks, v.event(e))
	}
	if n.More > 0 {
		blocks = append(blocks, v.sentence("more_events", "Count", n.More))
	}
	if slices.ContainsFunc(n.Notices, wantsAnswer) {
		blocks = v.mention(blocks)
	}
	reply := Reply{Blocks: blocks}
	if opens {
		reply.Buttons = v.parcelButtons(n.Parcel)
	}
	return reply
}

// wantsAnswer says that a notice asks for something to be sent.
func wantsAnswer(e models.Event) bool { return e.Kind == models.TailRefused || e.Kind == models.Ended }

// headline is where the parcel stands now.
func (v renderer) headline(p models.Parcel) Line {
	return Line{{Text: icon(p.Status) + " "}, {Text: v.status(p.Status), Style: Strong}}
}

// notice puts what Waybill itself noticed into words. A changed status needs
// none: the headline has it.
func (v renderer) notice(e models.Event, p models.Parcel) Block {
	switch e.Kind {
	case models.Recarried:
		return v.sentence("notice.carrier", "Carrier", v.carrier(p.Carrier))
	case models.Stuck:
		return v.sentence("notice.stuck", "Age", v.age(p.EventAt))
	case models.PickupWaits:
		return v.sentence("notice.pickup", "Age", v.age(p.StatusAt))
	case models.Ended:
		return v.sentence("notice.ended_"+ending(e.Text), "Number", p.Number)
	case models.TailRefused:
		if e.Text == models.TailMissing {
			return v.sentence("notice.tail_missing", "Number", p.Number)
		}
		return v.sentence("notice.tail", "Number", p.Number)
	case models.StatusChanged:
		return nil
	}
	return v.sentence("notice.unknown")
}

func ending(why string) string {
	switch why {
	case models.EndedPending, models.EndedUnknown, models.EndedSilent:
		return why
	}
	return models.EndedSilent
}
