package admin

import (
	"context"
	"slices"

	"waybill/models"
)

// reason says why a follower was not told what has happened, or that all is told.
type reason struct {
	Text string
	Tone string // "good", "warn" or "bad": how much it is the operator's business
}

// pendingShown is how many of a parcel's events are read to see what is pending.
const pendingShown = 50

// explain answers "why did he not get the news?" for one follower, in the order in which
// a delivery looks: can the chat be told, may it see the parcel, has something failed,
// is it the hour.
func (d *Dashboard) explain(ctx context.Context, f models.Follower, p models.Parcel, sent []models.Sent) (reason, error) {
	switch {
	case f.Chat.GoneAt != 0:
		return reason{d.say("why_gone", "Time", d.shortTime(f.Chat.GoneAt)), "bad"}, nil
	case !f.Follow.Opens(p):
		return reason{d.whyLocked(f.Follow.TailState), "warn"}, nil
	case !f.Follow.Pending():
		return d.whySilent(f, p, sent), nil
	}
	if r, stopped := d.whyStopped(f, sent); stopped {
		return r, nil
	}
	return d.whyLater(ctx, f, p)
}

func (d *Dashboard) whyLocked(state models.TailState) string {
	if state == models.TailWrong {
		return d.say("why_tail_wrong")
	}
	if state == models.TailLost {
		return d.say("why_tail_lost")
	}
	if state == models.TailUntried {
		return d.say("why_tail_untried")
	}
	return d.say("why_tail")
}

// whySilent is why nothing is pending.
func (d *Dashboard) whySilent(f models.Follower, p models.Parcel, sent []models.Sent) reason {
	last := latest(sent, f.Chat.ID, p.ID)
	switch {
	case p.Seq > f.Follow.DeliveredSeq && f.Follow.Mute == models.Muted:
		return reason{d.say("why_muted"), "good"}
	case p.Seq > f.Follow.DeliveredSeq && !f.Follow.News(f.Chat.News).Everything():
		return reason{d.say("why_news", "News", d.hears(f.Follow.News(f.Chat.News), f.Chat.NewsAt)), "good"}
	case last.Outcome == models.SentRefused:
		return reason{d.say("why_refused", "Time", d.shortTime(last.At)), "bad"}
	case last.Outcome == models.SentGivenUp:
		return reason{d.say("why_given_up", "Time", d.shortTime(last.At)), "bad"}
	case p.Seq == 0 && p.Failures > 0:
		return reason{d.say("why_checks_fail", "Count", p.Failures), "warn"}
	case p.Seq == 0:
		return reason{d.say("why_nothing"), "good"}
	case last.Outcome == models.SentDelivered:
		return reason{d.say("why_delivered", "Time", d.shortTime(last.At)), "good"}
	}
	return reason{d.say("why_shown"), "good"}
}

// latest is how the last delivery of a parcel's news to a chat ended, of what is known
// for good.
func latest(sent []models.Sent, chat, parcel int64) (last models.Sent) {
	for _, s := range sent {
		final := s.Outcome == models.SentDelivered || s.Outcome == models.SentRefused || s.Outcome == models.SentGivenUp
		if final && s.ChatID == chat && s.ParcelID == parcel && s.At > last.At {
			last = s
		}
	}
	return last
}

// whyStopped is what keeps news back whatever the hour.
func (d *Dashboard) whyStopped(f models.Follower, sent []models.Sent) (reason, bool) {
	now := d.moment()
	switch {
	case !slices.Contains(d.Doors, f.Chat.Door):
		return reason{d.say("why_door", "Door", f.Chat.Door), "bad"}, true
	case f.Chat.Failures > 0:
		why := lastFailure(sent, f.Chat.ID)
		return reason{d.say("why_failing", "Count", f.Chat.Failures, "Why", maskText(why, false), "Time", d.shortTime(f.Chat.RetryAt)), "bad"}, true
	case f.Credit.Epoch > 0 && f.Credit.LeftAt(now) == 0:
		return reason{d.say("why_credit"), "warn"}, true
	case f.Follow.Failures > 0:
		return reason{d.say("why_defect", "Count", f.Follow.Failures), "bad"}, true
	}
	return reason{}, false
}

// lastFailure is what the platform said when sending to a chat failed last.
func lastFailure(sent []models.Sent, chat int64) string {
	for _, s := range sent {
		if s.ChatID == chat && (s.Outcome == models.SentFailed || s.Outcome == models.SentWait) {
			return s.Reason
		}
	}
	return ""
}

// whyLater is for what the news of a chat that can be told waits.
func (d *Dashboard) whyLater(ctx context.Context, f models.Follower, p models.Parcel) (reason, error) {
	now := d.moment()
	events, err := d.Store.History(ctx, p.ID, f.Follow.DeliveredSeq, pendingShown)
	if err != nil {
		return reason{}, err
	}
	open, err := d.Store.OpenArrivals(ctx, f.Chat.ID, models.Never-1)
	if err != nil {
		return reason{}, err
	}
	n := models.BuildNotification(f.Chat, f.Follow, p, events)
	switch {
	case len(open) > 0:
		return reason{d.say("why_behind", "Count", len(open)), "warn"}, nil
	case f.Follow.News(f.Chat.News) == models.NewsDaily && !n.Awaited:
		return reason{d.say("why_daily", "Time", d.shortTime(models.SummaryAt(n.Oldest, f.Chat.NewsAt, d.Quiet.Zone))), "good"}, nil
	case d.Quiet.During(now) && !n.Breaks():
		return reason{d.say("why_quiet", "Time", d.shortTime(d.Quiet.Over(now))), "good"}, nil
	case f.Chat.ClaimOwner != "" && f.Chat.ClaimUntil > now:
		return reason{d.say("why_claimed", "Time", d.shortTime(f.Chat.ClaimUntil)), "warn"}, nil
	case f.Chat.WorkAt > now:
		return reason{d.say("why_later", "Time", d.shortTime(f.Chat.WorkAt)), "good"}, nil
	}
	return reason{d.say("why_due", "Age", d.age(f.Chat.WorkAt)), "warn"}, nil
}
