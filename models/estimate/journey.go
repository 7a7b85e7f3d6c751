package estimate

import (
	"slices"
	"time"

	"waybill/models"
)

// longest is the longest journey that counts: what takes longer says nothing of others.
const longest = 60 * 24 * time.Hour

// Finished is the journey of a parcel that has just been delivered by its provider's
// word; was is the parcel as it was before. False when it has not, or it is not known
// when it began.
func Finished(was, is models.Parcel) (models.Journey, bool) {
	if is.Status != models.Delivered || is.Live() || !was.Live() || is.Carrier == "" || is.StartedAt <= 0 {
		return models.Journey{}, false
	}
	j := models.Journey{
		ParcelID: is.ID, Route: RouteOf(is), StartedAt: is.StartedAt, OutAt: is.OutAt, DeliveredAt: is.EventAt, Silence: is.Silence,
	}
	if is.ReadyAt != 0 {
		j.DeliveredAt = min(is.ReadyAt, is.EventAt) // how long it waited to be fetched is not the carrier's time
	}
	if j.OutAt > j.DeliveredAt {
		j.OutAt = 0
	}
	took := j.DeliveredAt.Sub(j.StartedAt)
	return j, took > 0 && took <= longest
}

const (
	// silent of silentOf journeys have no longer silence than what is called normal.
	silent, silentOf = 19, 20
	// allowance is how much longer than normal a parcel is given, in per cent.
	allowance = 125
	// leastSilence and mostSilence are the least and the most that a parcel is given.
	leastSilence, mostSilence = 48 * time.Hour, 120 * time.Hour
)

// Silence is for how long a parcel of a route may be silent before something is wrong:
// a quarter longer than 95 % of the journeys were, at least two days and at most five.
// groups are those of Expect. False when too little is known.
func Silence(groups [][]models.Journey) (time.Duration, bool) {
	for _, group := range groups {
		if len(group) < calibrating {
			continue
		}
		gaps := make([]int64, len(group))
		for i, j := range group {
			gaps[i] = j.Silence
		}
		slices.Sort(gaps)
		at := min(silent*(len(gaps)+1)/silentOf, len(gaps)-1)
		normal := time.Duration(gaps[at]) * time.Millisecond
		return min(max(normal*allowance/100, leastSilence), mostSilence), true
	}
	return 0, false
}
