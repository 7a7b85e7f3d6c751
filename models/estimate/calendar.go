package estimate

import (
	"time"

	"waybill/models"
)

// wall is a time on the clock of a zone: the day, counted from 1970, and its second.
type wall struct{ day, second int }

func wallOf(m models.Moment, zone *time.Location) wall {
	t := m.Time().In(zone)
	year, month, day := t.Date()
	days := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay
	return wall{int(days), t.Hour()*3600 + t.Minute()*60 + t.Second()}
}

func (w wall) weekday() int { return (w.day + 4) % 7 } // 1970 began on a Thursday

func (w wall) after(o wall) bool { return w.day > o.day || w.day == o.day && w.second > o.second }

// dayStart is when a day begins in a zone.
func dayStart(day int, zone *time.Location) models.Moment {
	return models.At(time.Date(1970, 1, 1+day, 0, 0, 0, 0, zone))
}

// calendar puts the journeys of others on a parcel's calendar.
type calendar struct {
	began, now wall
	zone       *time.Location
	since      models.Moment // which journeys are recent
	leg        bool          // from when it went out for delivery, not from its first scan
}

// ends are the days on which journeys like the parcel's end, out of the narrowest group
// that is big enough: recent ones before older ones, and in each group those that began
// on its day of the week before all. Nil when no group is big enough.
func (c calendar) ends(groups [][]models.Journey, r models.Route) []int {
	far := reachOf(r)
	for _, since := range []models.Moment{c.since, 0} {
		for _, group := range groups {
			all := c.endsOf(group, since, far)
			if days := daysOf(all, func(e end) bool { return e.weekday == c.began.weekday() }); len(days) >= enough {
				return days
			}
			if len(all) >= enough {
				return daysOf(all, func(end) bool { return true })
			}
		}
	}
	return nil
}

// end is on which day of the parcel's calendar a journey would end, and on which day of
// the week it began.
type end struct{ day, weekday int }

func daysOf(ends []end, like func(end) bool) []int {
	var days []int
	for _, e := range ends {
		if like(e) {
			days = append(days, e.day)
		}
	}
	return days
}

// endsOf are the ends of those journeys of a group, as far as the parcel's and not older
// than asked for, that took longer than it has been on its way by now.
func (c calendar) endsOf(group []models.Journey, since models.Moment, far reach) []end {
	ends := make([]end, 0, len(group))
	for _, j := range group {
		start := j.StartedAt
		if c.leg {
			start = j.OutAt
		}
		if start == 0 || j.DeliveredAt < max(start, since) || far != anywhere && reachOf(j.Route) != far {
			continue
		}
		began := wallOf(start, c.zone)
		moved := c.moved(began, j.DeliveredAt.Sub(start), wallOf(j.DeliveredAt, c.zone))
		if moved.after(c.now) {
			ends = append(ends, end{moved.day, began.weekday()})
		}
	}
	return ends
}

const secondsADay = 24 * 60 * 60

// byTheClock is from when on a journey keeps to days and nights, and roundByTheClock from
// when on a courier's round does: a shorter one takes as long whenever it begins.
const (
	byTheClock      = 12 * time.Hour
	roundByTheClock = 15 * time.Minute
)

// moved is when a journey would end that began when the parcel's did.
func (c calendar) moved(began wall, took time.Duration, end wall) wall {
	if took >= byTheClock || c.leg && took >= roundByTheClock {
		return wall{c.began.day + end.day - began.day, end.second}
	}
	second := c.began.second + int(took/time.Second)
	return wall{c.began.day + second/secondsADay, second % secondsADay}
}

// reach is how far a route goes, as far as provinces tell.
type reach int

const (
	anywhere reach = iota // it is not known
	sameCity
	sameArea
	farther
)

func reachOf(r models.Route) reach {
	switch {
	case r.OriginArea == "" || r.DestinationArea == "":
		return anywhere
	case r.Origin != "" && r.Origin == r.Destination:
		return sameCity
	case r.OriginArea == r.DestinationArea:
		return sameArea
	}
	return farther
}
