package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

// lookAgain is how often a waiting question looks whether the other check has ended.
const lookAgain = 100 * time.Millisecond

// overtaken says that somebody else's check came first.
func overtaken(err error) bool {
	return errors.Is(err, models.ErrStale) || errors.Is(err, models.ErrFloor)
}

// await waits until the check of a parcel that is under way has ended, and
// returns the parcel as it is then: many people who ask at once pay for one
// call, and all of them shall see what it brings. False when ctx ended first,
// or the parcel has become another one meanwhile.
func (c *Checker) await(ctx context.Context, id int64) (models.Parcel, bool, error) {
	for ctx.Err() == nil {
		p, err := c.Records.Parcel(ctx, id)
		switch {
		case errors.Is(err, models.ErrNotFound):
			return p, false, nil
		case err != nil && ctx.Err() == nil:
			return p, false, fmt.Errorf("wait for check: %w", err)
		case err == nil && !p.CheckUnderWay(c.now()):
			return p, true, nil
		}
		pause(ctx, lookAgain)
	}
	return models.Parcel{}, false, nil
}
