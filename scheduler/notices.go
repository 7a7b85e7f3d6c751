package scheduler

import (
	"cmp"
	"time"

	"waybill/models"
)

// What a pickup reminder's Text says: how long the parcel has waited.
const (
	WaitsADay      = "24h"
	WaitsThreeDays = "72h"
)

const (
	idle = 3 * day // no regular check is ever that late
	// defaultSilence is for how long a parcel may be silent where nobody knows what is normal.
	defaultSilence = 72 * time.Hour
)

// Notice adds to a change what the mere passing of time makes of the parcel:
// that it is stuck, that it still waits to be picked up, that following ends.
// Each is said once; DoneAt and Noticed remember it. silence is for how long a parcel on
// this route may be silent before it is stuck; 0: nobody knows.
func Notice(c models.Change, s Speed, silence time.Duration, now models.Moment) models.Change {
	p := &c.Parcel
	if !p.Live() {
		return c
	}
	if concluded(*p, s) {
		p.DoneAt = now
		return c
	}
	if why := ends(*p, s, now); why != "" {
		p.DoneAt, c.Everyone = now, true
		c.Note(models.Ended, why, now)
		return c
	}
	switch {
	case now >= pickupAt(*p, s, models.NoticedPickup2, 3*day):
		p.Noticed |= models.NoticedPickup1 | models.NoticedPickup2
		c.Note(models.PickupWaits, WaitsThreeDays, now)
	case now >= pickupAt(*p, s, models.NoticedPickup1, day):
		p.Noticed |= models.NoticedPickup1
		c.Note(models.PickupWaits, WaitsADay, now)
	case now >= stuckAt(*p, s, silence):
		p.Noticed |= models.NoticedStuck
		c.Note(models.Stuck, "", now)
	}
	return c
}

// byWordsFor is how long a parcel stays alive whose journey is over by a scan's
// words alone.
const byWordsFor = 6 * time.Hour

// concluded says that a journey is over that was over by words alone (models.Trace
// ByWords): the provider was asked again after six hours and had nothing newer.
func concluded(p models.Parcel, s Speed) bool {
	return p.Status.Done() && p.HeardAt >= lastMove(p).Add(s.Of(byWordsFor))
}

// ends says why following ends now, "" when it does not.
func ends(p models.Parcel, s Speed, now models.Moment) string {
	at, why := endAt(p, s)
	if now < at {
		return ""
	}
	return why
}

// nextNotice is when passing time makes the next notice, if nothing happens.
func nextNotice(p models.Parcel, s Speed, silence time.Duration) models.Moment {
	end, _ := endAt(p, s)
	return min(end, stuckAt(p, s, silence),
		pickupAt(p, s, models.NoticedPickup1, day), pickupAt(p, s, models.NoticedPickup2, 3*day))
}

// endAt is when following ends, and why.
func endAt(p models.Parcel, s Speed) (at models.Moment, why string) {
	switch standing(p) {
	case models.Pending, "":
		return lastMove(p).Add(s.Of(7 * day)), models.EndedPending
	case models.Invalid, models.Expired, models.Unknown:
		return lastMove(p).Add(s.Of(3 * day)), models.EndedUnknown
	}
	return lastMove(p).Add(s.Of(30 * day)), models.EndedSilent
}

// stuckAt is when a parcel that should move counts as stuck; Never when it
// need not move, or was called stuck since its newest scan.
func stuckAt(p models.Parcel, s Speed, silence time.Duration) models.Moment {
	if !moving(p.Status) || p.Noticed&models.NoticedStuck != 0 {
		return models.Never
	}
	return lastMove(p).Add(s.Of(cmp.Or(silence, defaultSilence)))
}

func moving(s models.Status) bool {
	switch s {
	case models.Collected, models.InTransit, models.Customs, models.OutForDelivery, models.FailedAttempt, models.Returning:
		return true
	}
	return false
}

// pickupAt is when a reminder is due after the parcel became ready; Never when
// it is not ready, or the reminder was given.
func pickupAt(p models.Parcel, s Speed, given models.Notices, after time.Duration) models.Moment {
	if p.Status != models.ReadyForPickup || p.Noticed&given != 0 {
		return models.Never
	}
	return p.StatusAt.Add(s.Of(after))
}

// lastMove is when anything last happened to the parcel, by our own clock.
func lastMove(p models.Parcel) models.Moment {
	return max(p.CreatedAt, p.StatusAt, p.NewsAt)
}

// standing is the parcel's status, "" while nobody has answered: not knowing is
// then our own ignorance, not a provider's.
func standing(p models.Parcel) models.Status {
	if p.HeardAt == 0 && p.Status == models.Unknown {
		return ""
	}
	return p.Status
}

// resumed starts a parcel's waits anew when nobody has asked about it for days,
// because nobody followed it: that silence was ours, not the carrier's.
func resumed(p models.Parcel, s Speed, now models.Moment) models.Parcel {
	if now.Sub(p.AskedAt) >= max(s.Of(idle), time.Minute) {
		p.StatusAt = now
	}
	return p
}

// reminded keeps in mind which pickup reminders were given when a parcel that
// waits gets another scan: it has become ready only once.
func reminded(was models.Parcel, c models.Change) models.Change {
	if was.Status == models.ReadyForPickup && c.Parcel.Status == models.ReadyForPickup {
		c.Parcel.Noticed |= was.Noticed & (models.NoticedPickup1 | models.NoticedPickup2)
	}
	return c
}
