package admin

import (
	"html/template"
	"strconv"
	"time"

	"waybill/models"
)

// funcs are what the templates say things with.
func (d *Dashboard) funcs() template.FuncMap {
	return template.FuncMap{
		"say": d.say, "time": d.shortTime, "stamp": d.stamp, "iso": iso, "age": d.age, "carrier": d.carrier, "status": d.status,
		"kind": d.kind, "outcome": d.outcome, "sentAs": d.sentAs, "event": d.eventKind, "hears": d.hears,
		"doneAs": func(p models.Parcel) string { return d.state(p) }, "never": func(m models.Moment) bool { return m >= models.Never },
		"menu": menu, "mask": mask,
	}
}

// menuItem is a page of the dashboard's menu.
type menuItem struct{ Name, Path string }

func menu() []menuItem {
	return []menuItem{
		{"overview", "/admin"},
		{"calls", "/admin/calls"},
		{"parcels", "/admin/parcels"},
		{"chats", "/admin/chats"},
		{"pushes", "/admin/pushes"},
	}
}

// shortTime is the time of day, with the date unless it is today's.
func (d *Dashboard) shortTime(m models.Moment) string {
	if m == 0 || m >= models.Never {
		return "–"
	}
	t, now := m.Time().In(d.zone()), d.moment().Time().In(d.zone())
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("01-02 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// stamp is the time with its seconds, for lists in which they matter.
func (d *Dashboard) stamp(m models.Moment) string {
	if m == 0 || m >= models.Never {
		return "–"
	}
	return m.Time().In(d.zone()).Format("01-02 15:04:05")
}

func iso(m models.Moment) string {
	if m == 0 || m >= models.Never {
		return ""
	}
	return m.Time().Format(time.RFC3339)
}

func (d *Dashboard) zone() *time.Location {
	if d.Zone == nil {
		return models.Shanghai
	}
	return d.Zone
}

// age is how long ago something was, in one unit.
func (d *Dashboard) age(m models.Moment) string {
	if m == 0 {
		return "–"
	}
	return d.lasts(max(0, d.moment().Sub(m)))
}

func (d *Dashboard) lasts(span time.Duration) string {
	switch {
	case span < time.Minute:
		return d.say("seconds", "Count", int(span.Seconds()))
	case span < 2*time.Hour:
		return d.say("minutes", "Count", int(span.Minutes()))
	case span < 48*time.Hour:
		return d.say("hours", "Count", int(span.Hours()))
	}
	return d.say("days", "Count", int(span.Hours()/24))
}

func (d *Dashboard) carrier(c models.Carrier) string {
	if key := "carrier." + string(c); d.words.Has(key) {
		return d.words.Say(key)
	}
	return string(c)
}

func (d *Dashboard) status(s models.Status) string {
	if s == "" {
		return d.say("no_status")
	}
	if key := "status." + string(s); d.words.Has(key) {
		return d.words.Say(key)
	}
	return string(s)
}

func (d *Dashboard) kind(k models.CallKind) string {
	if key := "call." + string(k); d.words.Has(key) {
		return d.words.Say(key)
	}
	return string(k)
}

func (d *Dashboard) outcome(o models.Outcome) string { return d.named("outcome_", string(o)) }

func (d *Dashboard) sentAs(o models.SentOutcome) string { return d.named("sent_", string(o)) }

func (d *Dashboard) named(family, name string) string {
	if d.words.Has("admin." + family + name) {
		return d.say(family + name)
	}
	return name
}

// eventKind is what a line of a parcel's history is: "" for a carrier's scan.
func (d *Dashboard) eventKind(e models.Event) string {
	if e.Kind == models.Scan {
		return ""
	}
	return d.named("event_", string(e.Kind))
}

// hears is how much a follower hears.
func (d *Dashboard) hears(n models.News, minute int) string {
	switch n {
	case models.NewsAll:
		return d.say("news_all")
	case models.NewsDaily:
		return d.say("news_daily", "Time", clockOf(minute))
	}
	return d.named("news_", string(n))
}

func clockOf(minute int) string {
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(minute/60) + ":" + two(minute%60)
}

// state is whether a parcel is still followed up.
func (d *Dashboard) state(p models.Parcel) string {
	switch {
	case p.DoneAt != 0:
		return d.say("done_at", "Time", d.shortTime(p.DoneAt))
	case p.DueAt >= models.Never:
		return d.say("not_checked")
	}
	return d.say("next_check", "Time", d.shortTime(p.DueAt))
}
