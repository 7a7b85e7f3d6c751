package parcel

import (
	"strconv"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// stamp is a moment for the eye and for machines.
type stamp struct {
	ISO   string // with the zone's offset; "" for no moment
	Clock string // 14:30
	Age   string // how long ago
}

func (v view) stamp(m models.Moment) stamp {
	if m == 0 {
		return stamp{}
	}
	local := v.words.Local(m)
	return stamp{ISO: local.Format(time.RFC3339), Clock: local.Format("15:04"), Age: v.words.Age(m)}
}

// day is what happened on one day, newest first.
type day struct {
	ISO    string
	Title  string
	Age    string // today, yesterday, or how many days ago
	Events []event
}

// event is one scan.
type event struct {
	At    stamp
	Words []span
	Place string // where the words do not name it
	Times string // how often the same line came; "" for once
	Fresh bool   // the newest of all

	plain string // the words without style
}

type span struct {
	Text   string
	Strong bool
}

// timeline groups scans, newest first, by the days of the zone.
func (v view) timeline(found []models.Event) []day {
	var days []day
	for i, e := range models.Fold(found) {
		shown := v.event(e)
		shown.Fresh = i == 0
		date := v.words.Local(e.At).Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].ISO != date {
			days = append(days, day{ISO: date, Title: v.date(e.At), Age: v.daysAgo(e.At)})
		}
		last := &days[len(days)-1]
		last.Events = append(last.Events, shown)
	}
	return days
}

func (v view) event(e models.Folded) event {
	text, place := models.MaskPhones(e.Text), models.MaskPhones(e.Place)
	shown := event{At: v.stamp(e.At), plain: v.words.Written(text)}
	for _, s := range v.words.Scanned(text) {
		shown.Words = append(shown.Words, span{Text: s.Text, Strong: s.Style == handlers.Strong})
	}
	if place != "" && !strings.Contains(text, place) {
		shown.Place = v.words.Written(place)
	}
	if e.Times > 1 {
		shown.Times = v.words.Say("times", "Times", e.Times)
	}
	return shown
}

// date is a day as people say it, with the year where it is another one.
func (v view) date(m models.Moment) string {
	if m == 0 {
		return ""
	}
	at, now := v.words.Local(m), v.words.Local(v.words.Now())
	key := "date"
	if at.Year() != now.Year() {
		key = "date_of_year"
	}
	month := v.Say("month_" + strconv.Itoa(int(at.Month())))
	weekday := v.Say("weekday_" + strconv.Itoa(int(at.Weekday())))
	return v.Say(key, "Year", at.Year(), "Month", month, "Day", at.Day(), "Weekday", weekday)
}

// daysAgo counts calendar days.
func (v view) daysAgo(m models.Moment) string {
	if m == 0 {
		return ""
	}
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	passed := midnight(v.words.Local(v.words.Now())).Sub(midnight(v.words.Local(m)))
	switch days := int(passed / (24 * time.Hour)); {
	case days < 0:
		return ""
	case days == 0:
		return v.Say("today")
	case days == 1:
		return v.Say("yesterday")
	default:
		return v.words.Say("age.days", "Count", days)
	}
}
