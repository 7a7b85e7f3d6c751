package handlers

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"waybill/internal/expiring"
	"waybill/internal/pattern"
	"waybill/locales"
	"waybill/models"
	"waybill/models/estimate"
)

// Estimator says when a parcel is expected; the zero value where nobody knows, or nothing
// is expected any more. It never fails: an answer does not depend on it.
type Estimator interface {
	Expected(ctx context.Context, p models.Parcel) models.Expected
}

// JourneyStore reads the journeys that have ended, in groups, the most similar first.
type JourneyStore interface {
	Journeys(ctx context.Context, r models.Route) ([][]models.Journey, error)
}

// How long the journeys of a route are remembered, and of how many routes. Few journeys
// are read anew each time: that costs little, and each more may be the one that is missing.
const (
	journeysFor  = 5 * time.Minute
	mostJourneys = 64
	few          = 120
)

// Estimates is the Estimator that knows the providers' own estimates, and for parcels
// without one how long others took on their route.
type Estimates struct {
	store JourneyStore
	zone  *time.Location
	log   *slog.Logger
	now   func() time.Time
	known *expiring.Map[models.Route, [][]models.Journey]
}

// NewEstimates makes Estimates. zone is that of the days; nil: Asia/Shanghai.
func NewEstimates(store JourneyStore, zone *time.Location, log *slog.Logger, now func() time.Time) *Estimates {
	if zone == nil {
		zone = models.Shanghai
	}
	return &Estimates{store: store, zone: zone, log: log, now: now, known: expiring.New[models.Route, [][]models.Journey](mostJourneys, now)}
}

// Expected is when the parcel's provider expects it, else when it would come if it took as
// long as others.
func (e *Estimates) Expected(ctx context.Context, p models.Parcel) models.Expected {
	own := byProvider(p)
	if e.outdated(own, p) {
		own = models.Expected{}
	}
	if own.Known() || !estimate.OnItsWay(p) {
		return own
	}
	r := estimate.RouteOf(p)
	groups, ok := e.known.Get(r)
	if !ok {
		var err error
		if groups, err = e.store.Journeys(ctx, r); err != nil {
			e.log.Warn("read journeys", "parcel", p.ID, "error", err)
			return models.Expected{}
		}
		if widest := len(groups) - 1; widest >= 0 && len(groups[widest]) > few {
			e.known.Put(r, groups, journeysFor)
		}
	}
	expected, _ := estimate.Expect(groups, p, models.At(e.now()), e.zone)
	return expected
}

// relativeDay matches a day that is counted from the one on which it was said.
var relativeDay = pattern.New(`(?i)今[天日早晚]|明[天日早晚晨]|[后後]天|\btoday\b|\btonight\b|\btomorrow\b`)

// outdated says that a provider named a day as of another day than today's.
func (e *Estimates) outdated(own models.Expected, p models.Parcel) bool {
	if p.HeardAt == 0 || !relativeDay.MatchString(own.ByProvider) {
		return false
	}
	return p.HeardAt.Time().In(e.zone).Format(time.DateOnly) != e.now().In(e.zone).Format(time.DateOnly)
}

// providersOwn is the Estimator that knows the providers' own estimates alone.
type providersOwn struct{}

// Expected is when the parcel's provider expects it.
func (providersOwn) Expected(_ context.Context, p models.Parcel) models.Expected {
	return byProvider(p)
}

// byProvider is what a parcel's provider has said, without the word that goes before it
// where it is shown.
func byProvider(p models.Parcel) models.Expected {
	if p.Estimate == "" || !p.Live() || p.Status.Done() {
		return models.Expected{}
	}
	said := strings.TrimPrefix(strings.TrimPrefix(p.Estimate, "预计"), "預計")
	return models.Expected{ByProvider: strings.TrimLeft(said, "：: ")}
}

// SayExpected is when a parcel is expected, in words: 大约周四到周五, or the provider's own.
// "" where nothing is expected. zone is that of the days.
func SayExpected(words *locales.Localizer, e models.Expected, now models.Moment, zone *time.Location) string {
	switch {
	case e.ByProvider != "":
		return words.Written(e.ByProvider)
	case e.From == 0:
		return ""
	case e.From == e.To:
		return words.Say("expected.day", "Day", sayDay(words, e.From, now, zone))
	}
	key := "expected.range"
	if e.To.Sub(e.From) <= 25*time.Hour { // the day after, also when a clock is put back
		key = "expected.adjacent"
	}
	return words.Say(key, "From", sayDay(words, e.From, now, zone), "To", sayDay(words, e.To, now, zone))
}

// sayDay is a day to come as people call it: 今天, 明天, 周四, and its date where the day
// of the week could mean another.
func sayDay(words *locales.Localizer, day, now models.Moment, zone *time.Location) string {
	today, at := now.Time().In(zone), day.Time().In(zone)
	noon := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	switch ahead := int(noon(at).Sub(noon(today)) / (24 * time.Hour)); {
	case ahead == 0:
		return words.Say("day.today")
	case ahead == 1:
		return words.Say("day.tomorrow")
	case ahead <= 6:
		return words.Say("day." + strings.ToLower(at.Weekday().String()))
	}
	return words.Say("day.date", "Month", int(at.Month()), "Day", at.Day())
}

// expected is when a parcel is expected that the chat may see.
func (t *turn) expected(ctx context.Context, p models.Parcel) models.Expected {
	return t.settings.Estimator.Expected(ctx, p)
}

// questionWhen matches a question about when something comes, not where it is.
var questionWhen = pattern.New(`(?i)什[么麼][时時]候|[几幾][时時点點号號]|何[时時]|多久|哪天|哪一天|[今明后後]天能|[还還]要[几幾多]|\bwhen\b|\bhow long\b|\bhow soon\b|\beta\b|\btoday\b|\btomorrow\b`)

// asksWhen says that the message asks when parcels come.
func (t *turn) asksWhen() bool { return questionWhen.MatchString(t.m.Text) }
