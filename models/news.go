package models

import "time"

// News is how much a chat hears of its parcels.
type News string

const (
	NewsAll      News = ""         // everything
	NewsUrgent   News = "urgent"   // what is urgent (Status.Urgency), and problems
	NewsProblems News = "problems" // what does not go as it should (Change.Problem)
	NewsDaily    News = "daily"    // everything, in one summary a day
)

// Everything says that nothing is left out.
func (n News) Everything() bool { return n == NewsAll || n == NewsDaily }

// Hears says whether a change is delivered to somebody who wants to hear this much.
func (n News) Hears(c Change) bool {
	switch n {
	case NewsUrgent:
		return c.Urgent() || c.Problem()
	case NewsProblems:
		return c.Problem()
	}
	return true
}

// SummaryAt is when the next summary is due after m: at a minute of the day in a
// time zone (nil means UTC). On days without that minute it is the first one after it.
func SummaryAt(m Moment, minute int, zone *time.Location) Moment {
	if zone == nil {
		zone = time.UTC
	}
	day := m.Time().In(zone)
	at := func(days int) Moment {
		return At(time.Date(day.Year(), day.Month(), day.Day()+days, minute/60, minute%60, 0, 0, zone))
	}
	if today := at(0); today > m {
		return today
	}
	return at(1)
}
