package handlers

import (
	"context"
	"crypto/rand"
	"slices"

	"waybill/models"
)

// Notify puts a notification into words; it must not be empty.
func (c *Conversation) Notify(_ context.Context, n models.Notification) (Reply, error) {
	v := c.voice(n.Chat, models.At(c.Now()))
	reply := v.news(n)
	reply.For, reply.Lang = News, v.Tag()
	if n.Urgent {
		reply.For = Urgent
	}
	return reply, nil
}

// AskTail opens the question for a phone tail when a notification that was sent
// says that the one given was refused, so that four digits are answer enough.
// Another open question stays.
func (c *Conversation) AskTail(ctx context.Context, news models.Notification) error {
	now, refused := models.At(c.Now()), false
	for _, n := range news.Notices {
		refused = refused || n.Kind == models.TailRefused
	}
	if !refused {
		return nil
	}
	_, open, err := c.Questions.Question(ctx, news.Chat.ID, now)
	if err != nil || open {
		return wrap("read question", err)
	}
	item := models.Item{Number: news.Parcel.Number, Carrier: news.Parcel.Carrier, Name: news.Follow.Name}
	return wrap("ask question", c.Questions.Ask(ctx, models.Question{
		ChatID: news.Chat.ID, Asking: models.AskTail, Nonce: rand.Text()[:nonceLength],
		Items: []models.Item{item}, AskedAt: now, ExpiresAt: now.Add(questionLives),
	}))
}

// news is a message about what has happened to a parcel.
func (v voice) news(n models.Notification) Reply {
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
func (v voice) headline(p models.Parcel) Line {
	return Line{{Text: icon(p.Status) + " "}, {Text: v.status(p.Status), Style: Strong}}
}

// notice puts what Waybill itself noticed into words. A changed status needs
// none: the headline has it.
func (v voice) notice(e models.Event, p models.Parcel) Block {
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
