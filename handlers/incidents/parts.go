package incidents

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"waybill/handlers"
	"waybill/models"
	"waybill/tracking"
)

// lookAtDoors is whether the doors are up in this process. What a door says in
// words of its own is told in these.
func (w *Watcher) lookAtDoors() []models.Observation {
	var seen []models.Observation
	for _, p := range w.parts {
		err := p.Ready()
		w.s.Meter.DoorUp(p.Name, err == nil)
		args := map[string]string{"Door": p.Name}
		var worded handlers.Worded
		if errors.As(err, &worded) {
			key, about := worded.Alert()
			args["Key"] = key
			for n := 0; n+1 < len(about); n += 2 {
				args[fmt.Sprint(about[n])] = fmt.Sprint(about[n+1])
			}
		}
		seen = append(seen, w.lookAtPart(models.DoorDown, p.Name, err, args)...)
	}
	return seen
}

// lookAtPart is whether a part is up. Right after the start one that is not up yet says
// nothing, so that a row of starts is no outage.
func (w *Watcher) lookAtPart(name models.IncidentName, subject string, err error, args map[string]string) []models.Observation {
	part, now := string(name)+"."+subject, w.moment()
	w.reached[part] = w.reached[part] || err == nil
	o := observed(name, subject, err != nil, now, args)
	switch {
	case w.reached[part]:
	case now.Sub(w.began) < w.pace.of(startWithin, startWithin/4):
		return nil
	default:
		o.Since = w.began
	}
	return []models.Observation{o}
}

func (w *Watcher) lookAtQueue() []models.Observation {
	err := w.s.Queue()
	w.s.Meter.QueueUp(err == nil)
	return w.lookAtPart(models.QueueDown, "", err, nil)
}

// lookAtBudgets is how far today's budgets are used, and whether they last.
func (w *Watcher) lookAtBudgets(ctx context.Context) ([]models.Observation, error) {
	now := w.moment()
	if len(w.s.Budgets) == 0 {
		return nil, nil
	}
	spent, err := w.s.Store.Spent(ctx, now.Day())
	if err != nil {
		return nil, err
	}
	var seen []models.Observation
	for provider, budget := range w.s.Budgets {
		used := spent[provider]
		w.s.Meter.Budget(provider, budget, used)
		seen = append(seen, lookAtBudget(provider, budget, used, now)...)
	}
	return seen, nil
}

// lookAtBudget is a provider's day: the worst that is true is bad, the others are
// well. A foreseen end is one at the rate of the day so far, of which an hour at
// least is counted.
func lookAtBudget(provider string, budget, used int64, now models.Moment) []models.Observation {
	midnight := now.NextDay()
	passed := max(now.Sub(midnight.Add(-24*time.Hour)), time.Hour)
	ends := midnight.Add(24 * time.Hour)
	if used >= 2 && used*10 >= budget {
		ends = min(ends, now.Add(time.Duration(float64(passed)/float64(used)*float64(max(0, budget-used)))))
	}
	args := map[string]string{
		"Provider": provider, "Used": strconv.FormatInt(used, 10), "Budget": strconv.FormatInt(budget, 10), "Ends": strconv.FormatInt(int64(ends), 10),
	}
	isSpent := used >= budget
	isNear := !isSpent && used >= tracking.PollLimit(budget)
	seen := []models.Observation{
		observed(models.BudgetSpent, provider, isSpent, now, args),
		observed(models.BudgetNear, provider, isNear, now, args),
	}
	switch {
	case !isSpent && !isNear && ends < midnight:
		seen = append(seen, observed(models.BudgetEnding, provider, true, now, args))
	case isSpent, isNear, ends >= midnight.Add(dayLongEnough):
		seen = append(seen, observed(models.BudgetEnding, provider, false, now, nil))
	}
	return seen
}

// LookAtWork is whether deliveries fail, and for how long work waits. One replica
// does it, every few seconds.
func (w *Watcher) LookAtWork(ctx context.Context) error {
	now := w.moment()
	late := func(since models.Moment, limit time.Duration) bool {
		return since != 0 && now.Sub(since) >= w.pace.of(limit, 30*time.Second)
	}
	for name := range w.s.Doors {
		f, err := w.s.Store.Failing(ctx, name, now.Add(-w.pace.of(deliveredLate, 10*time.Second)))
		if err != nil {
			return err
		}
		o := observed(models.DeliveriesFailing, name, f.Chats > 0, now, map[string]string{"Door": name, "Chats": strconv.FormatInt(f.Chats, 10)})
		if f.Chats > 0 {
			o.Since = f.Since
		}
		w.report(o)
	}
	waits, err := w.s.Store.Waits(ctx, now)
	if err != nil {
		return err
	}
	w.report(observed(models.ChecksLate, "", late(waits.Check, checkLate), now, map[string]string{}),
		observed(models.MessagesLate, "", late(waits.Message, messageLate), now, map[string]string{}))
	return nil
}

// LookAtCredits counts the chats that nothing can be sent to before they write.
// One replica does it, every minute.
func (w *Watcher) LookAtCredits(ctx context.Context) error {
	for _, door := range w.s.Metered() {
		n, err := w.s.Store.Exhausted(ctx, door, w.moment())
		if err != nil {
			return err
		}
		w.s.Meter.Exhausted(door, n)
	}
	return nil
}
