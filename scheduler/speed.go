package scheduler

import "time"

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
