package handlers

import (
	"context"
	"errors"

	"waybill/models"
	"waybill/tracking"
)

// underWay is the key of the sentence that promises an answer as soon as it is there.
const underWay = "under_way"

// reason is the key of what a person is told about an error, "" when it helps
// nobody to be told: what is stored, and how old it is, says enough.
func reason(err error) string {
	switch {
	case err == nil, errors.Is(err, models.ErrFloor):
		return ""
	case errors.Is(err, tracking.ErrNoRecord):
		return "no_record"
	case errors.Is(err, models.ErrStale), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return underWay
	}
	return "later"
}

// lockedReason is what a person is told whose tail has not opened the parcel yet.
func lockedReason(err error) string {
	if errors.Is(err, tracking.ErrNoRecord) {
		return "no_record"
	}
	return "tail.unverified"
}
