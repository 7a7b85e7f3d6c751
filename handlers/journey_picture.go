package handlers

import (
	"context"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking/scan"
)

// Painter draws the journeys of parcels.
type Painter interface {
	// Journey is a journey as PNG; nil when it cannot be drawn, about which the
	// painter itself tells the operator. It never panics.
	Journey(j models.JourneyPicture) []byte
}

// JourneyPicture is what a picture of a parcel's journey shows to a chat that follows
// the parcel; history is its stored events. Whether the chat may see it, its follow says.
func (c *Conversation) JourneyPicture(chat models.Chat, f models.Followed, history []models.Event) models.JourneyPicture {
	return c.renderer(chat, models.At(c.settings.Now())).journeyPicture(f, scans(history))
}

// journeyPicture is a parcel's journey in the words of its text; found is newest first.
func (r renderer) journeyPicture(f models.Followed, found []models.Event) models.JourneyPicture {
	p := f.Parcel
	return models.JourneyPicture{
		Parcel: p, Name: f.Follow.Name, Carrier: r.carrier(p.Carrier), Status: r.standing(p),
		Took: r.took(p), Estimate: r.expected(p), Stops: scan.Stops(found, p), Scans: found,
		Lang: r.tag(), Zone: r.zone, Now: r.now,
	}
}

// picture is the picture of a parcel's journey for a chat; nil where it is not to be had:
// there is no painter, the chat's door cannot show it, its tail has not opened the
// parcel, or it cannot be drawn. The text goes without it then.
func (s Settings) picture(r renderer, chat models.Chat, f models.Followed, found []models.Event) *File {
	if s.Painter == nil || !s.Traits[chat.Door].Pictures || !f.Follow.Opens(f.Parcel) {
		return nil
	}
	body := s.Painter.Journey(r.journeyPicture(f, found))
	if body == nil {
		return nil
	}
	return &File{Name: f.Parcel.Number + ".png", Body: body}
}

// pictured is a reply that is the picture of a parcel's journey; nothing where it is not
// to be had. Its caption is short: the text stands in the message before it.
func (t *turn) pictured(f models.Followed, found []models.Event) []Reply {
	picture := t.settings.picture(t.render, t.chat, f, found)
	if picture == nil {
		return nil
	}
	return []Reply{{Blocks: []Block{{t.render.head(f.Parcel, f.Follow.Name), t.render.state(f.Parcel)}}, Picture: picture}}
}

// arrivalPicture is the picture for news that a parcel was delivered, nil for other news.
// Where messages are counted news is text alone: a picture is a message of its own there.
func (c *Conversation) arrivalPicture(ctx context.Context, r renderer, n models.Notification) (*File, error) {
	traits := c.settings.Traits[n.Chat.Door]
	if n.Parcel.Status != models.Delivered || n.Urgency == models.Ordinary || traits.Metered || !traits.Pictures || c.settings.Painter == nil {
		return nil, nil
	}
	history, err := c.settings.Store.History(ctx, n.Parcel.ID, 0, 0)
	if err != nil {
		return nil, wrap("read history", err)
	}
	return c.settings.picture(r, n.Chat, models.Followed{Follow: n.Follow, Parcel: n.Parcel}, scans(history)), nil
}

// took is how long a parcel has been under way, or was; "" where nobody knows.
func (r renderer) took(p models.Parcel) string {
	switch arrived := hasArrived(p); {
	case p.StartedAt == 0:
	case arrived && p.EventAt.Sub(p.StartedAt) >= time.Minute:
		return r.say("route.took", "Duration", r.duration(p.EventAt.Sub(p.StartedAt)))
	case !arrived && p.Live() && r.now.Sub(p.StartedAt) >= time.Minute:
		return r.say("route.underway", "Duration", r.duration(r.now.Sub(p.StartedAt)))
	}
	return ""
}

// hasArrived says that a parcel is at its journey's end.
func hasArrived(p models.Parcel) bool {
	return p.Status == models.Delivered || p.Status == models.Returned
}

// expected is when a parcel is expected, a sentence; "" where nobody knows or it has come.
func (r renderer) expected(p models.Parcel) string {
	if p.Estimate == "" || !p.Live() || p.Status.Done() {
		return ""
	}
	words := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(p.Estimate, "预计"), "預計"), "：: ")
	return r.say("estimate", "Estimate", r.words.Written(words))
}
