package parcel

import "waybill/models"

// step is a part of every journey.
type step struct {
	Label string
	State string // done, now, ahead
}

// progress are the parts of the journey and how far the parcel is; none where that
// cannot be said.
func (v view) progress(p models.Parcel) []step {
	keys := []string{"step_collected", "step_moving", "step_delivery", "step_done"}
	var at int
	switch p.Status {
	case models.Pending:
		at = -1
	case models.Collected:
		at = 0
	case models.InTransit, models.Customs, models.Exception:
		at = 1
	case models.OutForDelivery, models.FailedAttempt, models.ReadyForPickup, models.Rejected:
		at = 2
	case models.Delivered:
		at = 3
	case models.Returning, models.Returned:
		keys, at = []string{"step_collected", "step_moving", "step_returning", "step_returned"}, 2
		if p.Status == models.Returned {
			at = 3
		}
	default:
		return nil
	}
	steps := make([]step, len(keys))
	for i, key := range keys {
		steps[i] = step{Label: v.Say(key), State: "ahead"}
		switch {
		case i < at:
			steps[i].State = "done"
		case i == at:
			steps[i].State = "now"
		}
	}
	return steps
}

// iconOf is the drawing of a status.
func iconOf(s models.Status) string {
	switch s {
	case models.Collected, models.InTransit:
		return "truck"
	case models.OutForDelivery:
		return "courier"
	case models.ReadyForPickup:
		return "locker"
	case models.Customs:
		return "stamp"
	case models.Delivered:
		return "check"
	case models.FailedAttempt, models.Exception, models.Rejected:
		return "alert"
	case models.Returning, models.Returned:
		return "back"
	case models.Cancelled, models.Invalid:
		return "cross"
	}
	return "clock"
}
