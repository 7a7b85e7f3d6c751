package handlers

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"

	"waybill/models"
)

// recentScans is how many of a parcel's newest events are read to say where it waits
// or was last seen.
const recentScans = 30

// Notify puts a notification into words; it must not be empty.
func (c *Conversation) Notify(ctx context.Context, n models.Notification) (Reply, error) {
	r := c.renderer(n.Chat, models.At(c.settings.Now()))
	recent, err := c.recent(ctx, n)
	if err != nil {
		return Reply{}, err
	}
	reply := r.notification(n, c.expectedNow(ctx, n), recent)
	if reply.Picture, err = c.arrivalPicture(ctx, r, n); err != nil {
		return Reply{}, err
	}
	reply.For, reply.Lang = News, r.tag()
	if n.Urgency > models.Ordinary {
		reply.For = Urgent
	}
	return reply, nil
}

// expectedNow is when news says that a parcel is expected: what its provider expects, and
// once it is out for delivery also how long others took from there. On the way there it
// is said to whoever asks.
func (c *Conversation) expectedNow(ctx context.Context, n models.Notification) models.Expected {
	if !n.Follow.Opens(n.Parcel) {
		return models.Expected{}
	}
	if n.Parcel.Status == models.OutForDelivery && n.Urgency > models.Ordinary {
		return c.settings.Estimator.Expected(ctx, n.Parcel)
	}
	return byProvider(n.Parcel)
}

// recent are a parcel's newest scans where a notice is to say what stands in them.
func (c *Conversation) recent(ctx context.Context, n models.Notification) ([]models.Event, error) {
	says := func(e models.Event) bool { return e.Kind == models.Stuck || e.Kind == models.PickupWaits }
	if !slices.ContainsFunc(n.Notices, says) {
		return nil, nil
	}
	history, err := c.settings.Store.History(ctx, n.Parcel.ID, 0, recentScans)
	return scans(history), wrap("read history", err)
}

// AskTail opens the question for a phone tail when a notification that was sent
// says that the one given was refused, so that four digits are answer enough.
// Another open question stays.
func (c *Conversation) AskTail(ctx context.Context, news models.Notification) error {
	if !slices.ContainsFunc(news.Notices, asksTail) {
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

// notification is a message about what has happened to a parcel. What it is called
// goes first: that is what a lock screen shows.
func (r renderer) notification(n models.Notification, e models.Expected, recent []models.Event) Reply {
	opens := n.Follow.Opens(n.Parcel)
	blocks := []Block{{r.head(n.Parcel, n.Follow.Name)}}
	if opens {
		blocks = []Block{append(r.title(n), r.journey(n.Parcel, e)...)}
	}
	for _, notice := range n.Notices {
		if block := r.notice(notice, n.Parcel, recent, n.Events); block != nil {
			blocks = append(blocks, block)
		}
	}
	for _, e := range n.Events {
		blocks = append(blocks, r.event(e))
	}
	if n.More > 0 {
		blocks = append(blocks, r.sentence("more_events", "Count", n.More))
	}
	if opens {
		if outlook := r.outlook(n); outlook != nil {
			blocks = append(blocks, outlook)
		}
	}
	if page := r.page(models.Followed{Follow: n.Follow, Parcel: n.Parcel}); page != nil && hasArrived(n.Parcel) {
		blocks = append(blocks, page)
	}
	if slices.ContainsFunc(n.Notices, wantsAnswer) {
		blocks = r.mention(blocks)
	}
	reply := Reply{Blocks: blocks, Asks: slices.ContainsFunc(n.Notices, asksTail)}
	if opens {
		reply.Buttons = r.parcelButtons(n.Follow, n.Parcel, n.Chat.News)
	}
	return reply
}

// asksTail says that a notice asks for a phone's tail.
func asksTail(e models.Event) bool { return e.Kind == models.TailRefused }

// title is what a notification is about: what the parcel is called and where it stands,
// then its carrier, unless it is called by that, and its number.
func (r renderer) title(n models.Notification) Block {
	p := n.Parcel
	if n.Follow.Name == "" {
		p.Carrier = ""
	}
	return Block{r.headline(n.Parcel, n.Follow.Name), r.head(p, "")}
}

// outlook is what follows from a status that is new, or from standing still: what can
// be done about a problem, and that what was delivered has left the list.
func (r renderer) outlook(n models.Notification) Block {
	isNew := n.Urgency > models.Ordinary || slices.ContainsFunc(n.Notices, func(e models.Event) bool {
		return e.Kind == models.StatusChanged || e.Kind == models.Stuck
	})
	if !isNew {
		return nil
	}
	if n.Parcel.Status == models.Delivered && !n.Parcel.Live() {
		return r.sentence("left_list")
	}
	return r.trouble(n.Parcel)
}

// headline is what a parcel is called, and where it stands now.
func (r renderer) headline(p models.Parcel, name string) Line {
	var line Line
	if called := cmp.Or(name, r.carrier(p.Carrier)); called != "" {
		line = Line{{Text: called, Style: Strong}, {Text: " · "}}
	}
	return append(line, Span{Text: icon(p.Status) + " "}, Span{Text: r.standing(p), Style: Strong})
}

// wantsAnswer says that a notice asks for something to be sent.
func wantsAnswer(e models.Event) bool { return e.Kind == models.TailRefused || e.Kind == models.Ended }

// notice puts what Waybill itself noticed into words. A changed status needs
// none: the headline has it. What is shown of the scans anyway is not repeated.
func (r renderer) notice(e models.Event, p models.Parcel, recent []models.Event, shown []models.Folded) Block {
	switch e.Kind {
	case models.CarrierChanged:
		return r.sentence("notice.carrier", "Carrier", r.carrier(p.Carrier))
	case models.Stuck:
		return r.stuck(p, recent, shown)
	case models.PickupWaits:
		return r.pickupWaits(p, recent, shown)
	case models.Ended:
		return r.sentence("notice.ended_"+ending(e.Text), "Number", p.Number)
	case models.TailRefused:
		switch e.Text {
		case models.TailMissing:
			return r.sentence("notice.tail_missing", "Number", p.Number)
		case models.TailUnreadable:
			return r.sentence("notice.tail_unreadable", "Number", p.Number)
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

// stuck says for how long nothing has happened, and where that was: the scan itself
// where its words name no place.
func (r renderer) stuck(p models.Parcel, recent []models.Event, shown []models.Folded) Block {
	duration, place := r.roughly(r.now.Sub(cmp.Or(p.EventAt, p.StatusAt))), ""
	if len(recent) > 0 {
		place = placeOf(recent[0])
	}
	block := r.sentence("notice.stuck", "Duration", duration, "Place", r.words.Written(place))
	if place == "" && len(recent) > 0 {
		block = append(block, r.unlessShown(recent[0], shown)...)
	}
	return block
}

// pickupWaits says where a parcel waits and for how long, and repeats what the
// station has written. The station's own time counts where it is the earlier one:
// the parcel may have waited before anybody asked about it.
func (r renderer) pickupWaits(p models.Parcel, recent []models.Event, shown []models.Folded) Block {
	e, has := waiting(recent)
	station, since := stationOf(e), p.StatusAt
	if station != "" && e.At != 0 {
		since = min(since, e.At)
	}
	block := r.sentence("notice.pickup", "Duration", r.roughly(r.now.Sub(since)), "Place", r.words.Written(station))
	if has {
		block = append(block, r.unlessShown(e, shown)...)
	}
	return block
}

// unlessShown is a scan of which a notice speaks; nothing when it is among those shown.
func (r renderer) unlessShown(e models.Event, shown []models.Folded) Block {
	if slices.ContainsFunc(shown, func(f models.Folded) bool { return f.Seq == e.Seq }) {
		return nil
	}
	return r.event(models.Folded{Event: e, Times: 1})
}
