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

// rank orders notifications: first those that say nothing, then what is urgent,
// then what somebody waits for, because the platform may allow less than is
// pending.
func rank(pending []models.Notification) []models.Notification {
	order := func(n models.Notification) int {
		switch {
		case n.Empty():
			return 0
		case n.Urgent:
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
