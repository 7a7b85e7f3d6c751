package handlers

import (
	"context"
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

// journeyPicture is a parcel's journey in the words of its text; found is newest first.
func (r renderer) journeyPicture(f models.Followed, e models.Expected, found []models.Event) models.JourneyPicture {
	p := f.Parcel
	return models.JourneyPicture{
		Parcel: p, Name: f.Follow.Name, Carrier: r.carrier(p.Carrier), Status: r.standing(p),
		Took: r.took(p), Estimate: r.estimate(e), Stops: scan.Stops(found, p), Scans: found,
		Lang: r.tag(), Zone: r.zone, Now: r.now,
	}
}

// picture is the picture of a parcel's journey for a chat; nil where it is not to be had:
// there is no painter, the chat's door cannot show it, its tail has not opened the
// parcel, or it cannot be drawn. The text goes without it then.
func (s Settings) picture(ctx context.Context, r renderer, chat models.Chat, f models.Followed, found []models.Event) *File {
	if s.Painter == nil || !s.Traits[chat.Door].Pictures || !f.Follow.Opens(f.Parcel) {
		return nil
	}
	body := s.Painter.Journey(r.journeyPicture(f, s.Estimator.Expected(ctx, f.Parcel), found))
	if body == nil {
		return nil
	}
	return &File{Name: f.Parcel.Number + ".png", Body: body}
}

// pictured adds the picture of a parcel's journey to its whole trace, where it is to be
// had. Where it takes a caption, it is a message of its own with a short one.
func (t *turn) pictured(ctx context.Context, replies []Reply, f models.Followed, found []models.Event) []Reply {
	picture := t.settings.picture(ctx, t.render, t.chat, f, found)
	switch {
	case picture == nil:
		return replies
	case !t.traits().Captions:
		replies[0].Picture = picture
		return replies
	}
	return append(replies, Reply{Blocks: []Block{{t.render.head(f.Parcel, f.Follow.Name), t.render.state(f.Parcel)}}, Picture: picture})
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
	return c.settings.picture(ctx, r, n.Chat, models.Followed{Follow: n.Follow, Parcel: n.Parcel}, scans(history)), nil
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
