package scheduler

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"waybill/models"
	"waybill/models/rhythm"
)

const (
	day     = 24 * time.Hour
	longest = 6 * time.Hour // between two attempts, however often it failed
	pushed  = 12 * time.Hour
	turn    = time.Minute // until it is worth trying again whether it is our turn
	// lateLook is for how long a delivered parcel waits for its last look.
	lateLook = 7 * day
)

// Cadence decides when a parcel is due next.
type Cadence struct {
	Floor time.Duration // WAYBILL_MIN_INTERVAL, as it is set: Speed divides it
	Speed Speed
	Quiet models.Quiet
	// Dear is how many times as dear a call is held as usual where it is known when a
	// carrier moves: more saves calls, and news comes later. Zero is 1.
	Dear float64
}

// Given is what a check learned about the next one, beside the parcel itself.
type Given struct {
	// NotBefore is a provider's wait or lock, or the end of a floor or budget.
	NotBefore models.Moment
	// Unasked says that no call was made: no failure, but no answer either.
	Unasked bool
	// Pushed says that a living push subscription brings the news.
	Pushed bool
	// Hinted says that the provider has told that something happened since the
	// parcel was last asked about.
	Hinted bool
	// Silence is for how long a parcel on this route may be silent before it is stuck;
	// 0: nobody knows.
	Silence time.Duration
	// Rhythm is when carriers move, nil: nobody knows, and DESIGN 7's table holds. Leg is
	// where the parcel is.
	Rhythm *rhythm.Table
	Leg    rhythm.Leg
}

// Next is when p is due after a check that ended now: Never when it is done,
// else at least a floor from now. A tenth at most is added by chance, the same
// for the same parcel and version, so that no crowd stays together.
func (c Cadence) Next(p models.Parcel, g Given, now models.Moment) models.Moment {
	if !p.Live() {
		return c.last(p, g, now)
	}
	if g.Unasked {
		return c.later(p, g, now)
	}
	due := max(now.Add(c.wait(p, g, now)), c.bound(g, now))
	return due.Add(share(due.Sub(now)/10, p))
}

// last is the one look a day after "delivered", when the provider itself did
// not call the journey finished.
func (c Cadence) last(p models.Parcel, g Given, now models.Moment) models.Moment {
	look := p.DoneAt.Add(c.Speed.Of(day))
	tooLate := now >= look.Add(c.Speed.Of(lateLook)) // nobody could be asked for a week, or nobody's tail opens it
	if p.Status != models.Delivered || p.Final || p.AskedAt >= look || tooLate {
		return models.Never
	}
	return max(look, now.Add(c.Speed.Of(turn)), c.bound(g, now))
}

// later is for a parcel that was not asked about: when it would have been due
// after its last call, else soon, and the crowd spread over some turns.
func (c Cadence) later(p models.Parcel, g Given, now models.Moment) models.Moment {
	soon := now.Add(c.Speed.Of(turn) + share(c.Speed.Of(4*turn), p))
	due := max(soon, c.bound(g, now))
	if p.AskedAt != 0 && p.Failures == 0 {
		due = max(due, p.AskedAt.Add(c.wait(p, g, p.AskedAt)))
	}
	return due
}

// bound is the moment before which asking again makes no sense. It is looked
// at again after some hours: a provider that does not wait may be back by then,
// and one that does is not called before its time anyway.
func (c Cadence) bound(g Given, now models.Moment) models.Moment {
	return min(g.NotBefore, now.Add(c.Speed.Of(longest)))
}

// wait is the time between two checks, never below the floor.
func (c Cadence) wait(p models.Parcel, g Given, now models.Moment) time.Duration {
	floor := c.Speed.Of(c.Floor)
	if p.Failures > 0 {
		return max(floor, min(c.Speed.Of(longest), floor<<min(p.Failures-1, 16)))
	}
	if g.Hinted {
		return floor
	}
	wait := c.Speed.Of(interval(p, c.Speed, now))
	if p.Status.Done() {
		return max(floor, wait)
	}
	if g.Pushed {
		wait = c.Speed.Of(pushed)
	}
	if likely, known := c.likely(p, g, wait, now); known {
		wait = likely
	} else if p.Status != models.OutForDelivery && c.Quiet.During(now) {
		wait *= 3
	}
	if notice := nextNotice(p, c.Speed, g.Silence); notice != models.Never {
		wait = min(wait, notice.Sub(now))
	}
	return max(floor, wait)
}

// interval is DESIGN 7's table.
func interval(p models.Parcel, s Speed, now models.Moment) time.Duration {
	still := now.Sub(lastMove(p))
	switch standing(p) {
	case models.Delivered, models.Returned, models.Cancelled: // by words alone, or it would not live
		return byWordsFor
	case models.OutForDelivery, models.FailedAttempt:
		return 45 * time.Minute
	case models.ReadyForPickup:
		return 4 * time.Hour
	case models.Customs, models.Invalid, models.Expired, models.Unknown:
		return 6 * time.Hour
	case models.Exception, models.Rejected:
		return 2 * time.Hour
	case models.Collected, models.InTransit, models.Returning:
		if still >= s.Of(3*day) {
			return 6 * time.Hour
		}
		return 2 * time.Hour
	}
	switch { // pending, or nobody has answered yet
	case still >= s.Of(3*day):
		return 8 * time.Hour
	case still >= s.Of(day):
		return 4 * time.Hour
	}
	return 2 * time.Hour
}

// share is a part of d by the parcel's chance.
func share(d time.Duration, p models.Parcel) time.Duration {
	return time.Duration(float64(d) * float64(chance(p)) / 1000)
}

// chance is between 0 and 999, by parcel and version.
func chance(p models.Parcel) int {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], uint64(p.ID))
	binary.LittleEndian.PutUint64(b[8:], uint64(p.Version))
	_, _ = h.Write(b[:]) // a hash never fails
	return int(h.Sum64() >> 16 % 1000)
}

// Speed divides every wait that the bot chooses itself (WAYBILL_POLL_SPEED).
// Zero is 1, production's speed.
type Speed float64

// Of is how long d takes at this speed.
func (s Speed) Of(d time.Duration) time.Duration {
	if s == 0 || s == 1 {
		return d
	}
	return time.Duration(float64(d) / float64(s))
}
