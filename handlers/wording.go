package handlers

import (
	"strings"
	"time"

	"waybill/locales"
	"waybill/models"
)

// Wording says of parcels on pages what a chat is told of them, in one language and at
// one moment.
type Wording struct{ render renderer }

// NewWording words what is shown at a moment, with times of a zone.
func NewWording(words *locales.Localizer, zone *time.Location, now models.Moment) Wording {
	return Wording{renderer{words: words, zone: zone, now: now}}
}

// Say is the sentence of a key; see locales.Localizer.
func (w Wording) Say(key string, args ...any) string { return w.render.say(key, args...) }

// Tag is the language, as in BCP 47.
func (w Wording) Tag() string { return w.render.tag() }

// Now is the moment at which everything is said.
func (w Wording) Now() models.Moment { return w.render.now }

// Local is a moment by the clocks of the zone.
func (w Wording) Local(m models.Moment) time.Time { return m.Time().In(w.render.zone) }

// Written is a carrier's text in the characters of the language.
func (w Wording) Written(text string) string { return w.render.words.Written(text) }

// Carrier is a carrier's name, "" where it is not known.
func (w Wording) Carrier(c models.Carrier) string { return w.render.carrier(c) }

// Standing is where a parcel stands.
func (w Wording) Standing(p models.Parcel) string { return w.render.standing(p) }

// Age is how long ago something was.
func (w Wording) Age(m models.Moment) string { return w.render.age(m) }

// Lasts is how long something takes, in two units at most and a minute at least.
func (w Wording) Lasts(d time.Duration) string { return w.render.duration(d) }

// Took is how long a journey took, or how long it has lasted; "" when that is not known.
func (w Wording) Took(p models.Parcel) string { return w.render.took(p) }

// Expected says when a parcel is expected, a sentence; "" where nobody knows.
func (w Wording) Expected(e models.Expected) string { return w.render.estimate(e) }

// Advice is what somebody can do about a parcel that does not arrive as it should; ""
// when nothing can be said.
func (w Wording) Advice(p models.Parcel) string {
	key, _ := advice(p)
	if key == "" {
		return ""
	}
	return w.render.say(key)
}

// NothingFound is what is said of a parcel without any scan.
func (w Wording) NothingFound(p models.Parcel) string { return w.render.say(nothingFound(p)) }

// Scanned is a scan's words, with the code for its pickup in Strong.
func (w Wording) Scanned(text string) Line { return w.render.scanned(text) }

// Brief is a scan in about forty columns: its place where its words do not name it, and
// its words.
func (w Wording) Brief(e models.Event) string { return w.render.brief(e).text() }

// Picture is what a picture of a follow's journey shows; found is newest first.
func (w Wording) Picture(f models.Followed, e models.Expected, found []models.Event) models.JourneyPicture {
	return w.render.journeyPicture(f, e, found)
}

// Scans keeps the carrier's lines of a history, newest first by its own clock.
func Scans(history []models.Event) []models.Event { return scans(history) }

// Group is under which heading of a list a parcel stands: "needs_you", "today",
// "on_the_way", "not_moving", "over"; these are also the order of the headings.
func Group(f models.Followed) string { return strings.TrimPrefix(groupOf(f).key(), "group.") }

// InShownOrder puts a chat's parcels into the order of its lists.
func InShownOrder(rows []models.Followed) []models.Followed { return inShownOrder(rows) }

// Name is a parcel's name as somebody has typed it: in one line, and "" for words that
// take a name away. It is not ok when it is too long.
func Name(typed string) (name string, ok bool) {
	name = strings.Join(strings.Fields(typed), " ")
	if saysNoName(name) {
		name = ""
	}
	return name, len([]rune(name)) <= maxName
}

// Tone is the colour in which pages show a status: accent, good, warn, bad or muted.
func Tone(s models.Status) string {
	switch s {
	case models.Delivered:
		return "good"
	case models.FailedAttempt, models.Exception, models.Rejected, models.Invalid:
		return "bad"
	case models.ReadyForPickup, models.Returning, models.Returned, models.Customs:
		return "warn"
	case models.Collected, models.InTransit, models.OutForDelivery:
		return "accent"
	}
	return "muted"
}
