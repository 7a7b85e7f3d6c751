package scheduler

import (
	"context"
	"errors"
	"fmt"

	"waybill/models"
)

// pushTries is how often a push is decided anew because a check, or another
// push, was first.
const pushTries = 10

// Push takes a trace that came unasked for about a parcel, as if a poll had
// brought it. It may come twice and late: then nothing is news. corrected is
// the carrier that the provider has put right, "" when it has not. An error is
// a failure of the store; nothing is kept then that a repetition would double.
func (c *Checker) Push(ctx context.Context, parcelID int64, t models.Trace, corrected models.Carrier) error {
	if corrected != "" {
		t.Carrier = corrected
	}
	return c.insist(func() error {
		p, err := c.Records.Parcel(ctx, parcelID)
		if err != nil {
			return fmt.Errorf("read pushed parcel: %w", err)
		}
		now := c.now()
		e := ending{was: p, version: p.Version, pushed: true}
		if err := c.heard(ctx, &e, p, key{}, t, now); err != nil {
			return err
		}
		checked, err := c.finish(ctx, e, now)
		return errors.Join(err, checked.Err)
	})
}

// Correct puts a parcel's carrier right, as a provider has said unasked.
func (c *Checker) Correct(ctx context.Context, parcelID int64, to models.Carrier) error {
	return c.insist(func() error {
		p, err := c.Records.Parcel(ctx, parcelID)
		if err != nil {
			return fmt.Errorf("read pushed parcel: %w", err)
		}
		if p.Carrier == to {
			return nil
		}
		now := c.now()
		_, err = c.Records.Recarry(ctx, p, to, now)
		return err
	})
}

// insist does something again while somebody else is first.
func (c *Checker) insist(do func() error) error {
	var err error
	for range pushTries {
		if err = do(); !errors.Is(err, models.ErrStale) {
			return err
		}
	}
	return err
}
