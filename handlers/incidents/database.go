package incidents

import (
	"context"
	"slices"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// database is how the database has answered this process.
type database struct {
	down   models.Incident // in memory, because it cannot be kept; the zero value is none
	unsent []models.Address
	took   []time.Duration // the last answers
}

const answersSeen = 5 // so many answers say whether the database is slow

// examineDatabase says whether the database answers in time. That it does not, for
// long enough, is told from here.
func (w *Watcher) examineDatabase(ctx context.Context) (up bool) {
	limited, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	begun := time.Now()
	err := w.s.Store.Examine(limited)
	took := time.Since(begun)
	if err != nil && ctx.Err() != nil {
		return false // it is the process that stops
	}
	w.s.Meter.Database(err == nil, took)
	d, now := &w.database, w.moment()
	if err == nil {
		d.took = append(d.took, took)
		d.took = d.took[max(0, len(d.took)-answersSeen):]
		if d.down.FirstAt != 0 && d.down.GoodAt <= d.down.BadAt {
			d.down.GoodAt = now
		}
		return true
	}
	d.took = nil
	if d.down.FirstAt == 0 {
		d.down = models.Incident{Name: models.DatabaseDown, FirstAt: now}
	}
	d.down.BadAt = now
	if d.down.Next(w.pace.rule(models.DatabaseDown), false, now) == models.IncidentStarts {
		d.down.AlertedAt, d.unsent = now, slices.Clone(w.s.Chats)
		w.logStart(d.down, "error", err)
	}
	w.sendUnsent(ctx)
	return false
}

// sendUnsent tells operators at the doors that this process sends for; what fails
// is tried again at the next look.
func (w *Watcher) sendUnsent(ctx context.Context) {
	d := &w.database
	var failed []models.Address
	for _, chat := range d.unsent {
		door, open := w.s.Doors[chat.Door]
		if !open || !w.s.Sends(chat.Door, d.down.FirstAt) {
			continue
		}
		lang := w.langs[chat]
		if err := w.sendNow(ctx, door, chat, handlers.PlainText(w.startText(d.down, lang[:]...))); err != nil {
			w.s.Log.Warn("send alert past the database", "door", chat.Door, "error", err)
			failed = append(failed, chat)
		}
	}
	d.unsent = failed
}

func (w *Watcher) sendNow(ctx context.Context, door handlers.Door, chat models.Address, r handlers.Reply) error {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	if err := door.Send(ctx, chat, r); err != nil {
		return err
	}
	w.s.Meter.Sent(chat.Door, "alert")
	return nil
}

// handOver gives what operators were told past the database to the database, once
// it answers again: its end is told like any other's.
func (w *Watcher) handOver(ctx context.Context) error {
	d := &w.database
	if d.down.FirstAt == 0 {
		return nil
	}
	if d.down.AlertedAt != 0 {
		seen := models.Observation{Name: d.down.Name, Since: d.down.FirstAt, At: d.down.BadAt}
		if err := w.s.Store.Observe(ctx, []models.Observation{seen}, w.pace.of(forgotten, time.Minute).Milliseconds()); err != nil {
			return err
		}
		note := models.Note{Kind: models.NoteAlert, What: w.startText(d.down), At: d.down.AlertedAt}
		if _, err := w.s.Store.StartIncident(ctx, d.down, nil, note, d.down.AlertedAt); err != nil {
			return err
		}
	}
	d.down, d.unsent = models.Incident{}, nil
	return nil
}

// observations are of a database that answers.
func (d *database) observations(now models.Moment) []models.Observation {
	seen := []models.Observation{observed(models.DatabaseDown, "", false, now, nil)}
	if len(d.took) < answersSeen {
		return seen
	}
	switch usual := median(d.took); {
	case usual >= slowDatabase:
		seen = append(seen, observed(models.DatabaseSlow, "", true, now, map[string]string{"Took": usual.Round(10 * time.Millisecond).String()}))
	case usual < slowDatabase/2:
		seen = append(seen, observed(models.DatabaseSlow, "", false, now, nil))
	}
	return seen
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// active are the incidents that operators know of, with the database's own.
func (d *database) active(open []models.Incident) []models.IncidentName {
	var names []models.IncidentName
	for _, i := range append(slices.Clone(open), d.down) {
		if i.AlertedAt != 0 {
			names = append(names, i.Name)
		}
	}
	return names
}
