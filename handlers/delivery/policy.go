package delivery

import (
	"cmp"
	"slices"

	"waybill/models"
)

// policy decides when and in which order notifications are delivered.
type policy struct{ quiet models.Quiet }

// deliverNow says whether a chat is delivered what is pending now, or else when.
// In quiet hours everything waits, unless some of it is urgent or awaited: then
// all of it is delivered, because the chat is disturbed anyway.
func (p policy) deliverNow(pending []models.Notification, now models.Moment) (bool, models.Moment) {
	if !p.quiet.During(now) || slices.ContainsFunc(pending, models.Notification.Breaks) {
		return true, now
	}
	return false, p.quiet.Over(now)
}

// summariseNow says whether a chat that hears once a day is delivered its summary
// now, or else when: at its hour, quiet or not, after the oldest of what is pending
// has happened.
func (p policy) summariseNow(c models.Chat, pending []models.Notification, now models.Moment) (bool, models.Moment) {
	due := models.Never
	for _, n := range pending {
		due = min(due, models.SummaryAt(n.Oldest, c.NewsAt, p.quiet.Zone))
	}
	return due <= now, due
}

// divide parts what is told by itself from what goes into the chat's daily summary.
// What somebody waits for, and parcels that are muted or unmuted on their own, are
// told by themselves.
func divide(c models.Chat, pending []models.Notification) (direct, summed []models.Notification) {
	for _, n := range pending {
		if n.Awaited || n.Follow.News(c.News) != models.NewsDaily {
			direct = append(direct, n)
		} else {
			summed = append(summed, n)
		}
	}
	return direct, summed
}

// rank orders notifications: first those that say nothing, then what is urgent,
// then what somebody waits for, because the platform may allow less than is
// pending.
func rank(pending []models.Notification) []models.Notification {
	order := func(n models.Notification) int {
		switch {
		case n.Empty():
			return 0
		case n.Urgency > models.Ordinary:
			return 1
		case n.Awaited:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(pending, func(a, b models.Notification) int { return cmp.Compare(order(a), order(b)) })
	return pending
}

func hasContent(pending []models.Notification) bool {
	return slices.ContainsFunc(pending, func(n models.Notification) bool { return !n.Empty() })
}
