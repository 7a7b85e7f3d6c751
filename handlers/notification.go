package handlers

import (
	"context"
	"crypto/rand"
	"slices"

	"waybill/models"
)

// Notify puts a notification into words; it must not be empty.
func (c *Conversation) Notify(_ context.Context, n models.Notification) (Reply, error) {
	r := c.renderer(n.Chat, models.At(c.settings.Now()))
	reply := r.notification(n)
	reply.For, reply.Lang = News, r.tag()
	if n.Urgency > models.Ordinary {
		reply.For = Urgent
	}
	return reply, nil
}

// Summarise puts the notifications of one chat into one message, its summary of the
// day; none of them is empty, and there is one at least.
func (c *Conversation) Summarise(_ context.Context, ns []models.Notification) (Reply, error) {
	r := c.renderer(ns[0].Chat, models.At(c.settings.Now()))
	reply := Reply{Blocks: []Block{r.sentence("notice.summary", "Count", len(ns))}, For: News, Lang: r.tag()}
	for _, n := range ns {
		blocks := r.notification(n).Blocks
		blocks[0] = append(Block{Line{}}, blocks[0]...)
		reply.Blocks = append(reply.Blocks, blocks...)
		if n.Urgency > models.Ordinary {
			reply.For = Urgent
		}
	}
	return reply, nil
}

// AskTail opens the question for a phone tail when a notification that was sent
// says that the one given was refused, so that four digits are answer enough.
// Another open question stays.
func (c *Conversation) AskTail(ctx context.Context, news models.Notification) error {
	refused := slices.ContainsFunc(news.Notices, func(n models.Event) bool { return n.Kind == models.TailRefused })
	if !refused {
		return nil
	}
	now := models.At(c.settings.Now())
	_, open, err := c.settings.Store.Question(ctx, news.Chat.ID, 0, now)
	if err != nil || open {
		return wrap("read question", err)
	}
	item := models.Item{Number: news.Parcel.Number, Carrier: news.Parcel.Carrier, Name: news.Follow.Name}
	return wrap("ask question", c.settings.Store.Ask(ctx, models.Question{
		ChatID: news.Chat.ID, Asking: models.AskTail, Nonce: rand.Text()[:nonceLength],
		Items: []models.Item{item}, AskedAt: now, ExpiresAt: now.Add(questionLives),
	}))
}

// notification is a message about what has happened to a parcel.
func (r renderer) notification(n models.Notification) Reply {
	opens := n.Follow.Opens(n.Parcel)
	blocks := []Block{{r.head(n.Parcel, n.Follow.Name)}}
	if opens {
		blocks = []Block{{r.headline(n.Parcel), r.head(n.Parcel, n.Follow.Name)}}
	}
	for _, notice := range n.Notices {
		if block := r.notice(notice, n.Parcel); block != nil {
			blocks = append(blocks, block)
		}
	}
	for _, e := range n.Events {
		blocks = append(blocks, r.event(e.Event))
	}
	if n.More > 0 {
		blocks = append(blocks, r.sentence("more_events", "Count", n.More))
	}
	if slices.ContainsFunc(n.Notices, wantsAnswer) {
		blocks = r.mention(blocks)
	}
	reply := Reply{Blocks: blocks}
	if opens {
		reply.Buttons = r.parcelButtons(n.Parcel)
	}
	return reply
}

// wantsAnswer says that a notice asks for something to be sent.
func wantsAnswer(e models.Event) bool { return e.Kind == models.TailRefused || e.Kind == models.Ended }

// headline is where the parcel stands now.
func (r renderer) headline(p models.Parcel) Line {
	return Line{{Text: icon(p.Status) + " "}, {Text: r.status(p.Status), Style: Strong}}
}

// notice puts what Waybill itself noticed into words. A changed status needs
// none: the headline has it.
func (r renderer) notice(e models.Event, p models.Parcel) Block {
	switch e.Kind {
	case models.CarrierChanged:
		return r.sentence("notice.carrier", "Carrier", r.carrier(p.Carrier))
	case models.Stuck:
		return r.sentence("notice.stuck", "Age", r.age(p.EventAt))
	case models.PickupWaits:
		return r.sentence("notice.pickup", "Age", r.age(p.StatusAt))
	case models.Ended:
		return r.sentence("notice.ended_"+ending(e.Text), "Number", p.Number)
	case models.TailRefused:
		if e.Text == models.TailMissing {
			return r.sentence("notice.tail_missing", "Number", p.Number)
		}
		return r.sentence("notice.tail", "Number", p.Number)
	case models.StatusChanged:
		return nil
	}
	return r.sentence("notice.unknown")
}

func ending(why string) string {
	switch why {
	case models.EndedPending, models.EndedUnknown, models.EndedSilent:
		return why
	}
	return models.EndedSilent
}
