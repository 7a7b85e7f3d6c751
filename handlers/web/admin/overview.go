package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"waybill/models"
)

// listed is how many rows the overview's lists have at most.
const listed = 12

// overviewPage is what the first page shows.
type overviewPage struct {
	Counted   models.Moment // when the figures were counted
	Figures   models.Figures
	Statuses  []statusCount
	Today     bill
	Providers []providerDay
	Outcomes  []outcomeRow // of today
	Month     []outcomeRow // of 30 days
	Days      []dayBill
	Total     bill // of 30 days
	Charts    []chartImage
	Cooldowns []cooldown
	Failing   []troubled
	Waiting   []troubled
	Incidents []models.Incident // those that operators were told of and that are not over
	Alerts    []models.Note
	Shown     []models.Note
}

// cooldown is a kind of call that is left alone.
type cooldown struct {
	models.Cooldown
	Over bool // its time is over: the next call finds out whether it works again
}

type statusCount struct {
	Status models.Status
	Count  int64
}

// providerDay is a provider's day.
type providerDay struct {
	Name string
	bill
	Budget, Left int64
	Ends         string // when the budget ends at today's pace; "" when it lasts
	Exhausted    bool
}

// outcomeRow is how often a provider's calls ended in a way.
type outcomeRow struct {
	Provider string
	Outcome  models.Outcome
	bill
}

type dayBill struct {
	Day string
	bill
}

// chartImage is a chart and what it shows.
type chartImage struct{ Name, Title, Version string }

// troubled is a chat or a follow that is not told, and why.
type troubled struct {
	models.Follower
	Parcel models.Parcel // the zero Parcel for a chat as a whole
	Reason reason
}

// overview is /admin.
func (d *Dashboard) overview(w http.ResponseWriter, r *http.Request) {
	page, err := d.buildOverview(r.Context())
	if err != nil {
		d.failed(w, r, err)
		return
	}
	d.show(w, http.StatusOK, "overview", view{Menu: "overview", Title: d.say("overview"), Live: true, Data: page})
}

func (d *Dashboard) buildOverview(ctx context.Context) (page overviewPage, err error) {
	figures, counted, err := d.figures.get(ctx)
	if err != nil {
		return page, err
	}
	page.Figures, page.Counted = figures, models.At(counted)
	for _, s := range models.Statuses() {
		if n := figures.Live[s]; n > 0 {
			page.Statuses = append(page.Statuses, statusCount{s, n})
		}
	}
	if n := figures.Live[""]; n > 0 {
		page.Statuses = append(page.Statuses, statusCount{"", n})
	}
	if err := d.addMoney(ctx, &page); err != nil {
		return page, err
	}
	for _, c := range d.Providers.Cooldowns(ctx) {
		page.Cooldowns = append(page.Cooldowns, cooldown{c, c.Until <= d.moment()})
	}
	if page.Failing, err = d.failing(ctx, listed); err != nil {
		return page, err
	}
	if page.Waiting, err = d.waiting(ctx); err != nil {
		return page, err
	}
	if page.Incidents, err = d.Store.Incidents(ctx); err != nil {
		return page, err
	}
	page.Incidents = slices.DeleteFunc(page.Incidents, func(i models.Incident) bool { return i.AlertedAt == 0 })
	if page.Alerts, err = d.Store.Notes(ctx, models.NoteAlert, listed); err != nil {
		return page, err
	}
	page.Shown, err = d.Store.Notes(ctx, models.NoteShown, listed)
	return page, err
}

// addMoney adds what calls cost, today and in 30 days.
func (d *Dashboard) addMoney(ctx context.Context, page *overviewPage) error {
	days, err := d.usage.lastDays(ctx, chartDays)
	if err != nil {
		return err
	}
	today := days[len(days)-1]
	used, err := d.Store.Spent(ctx, today.Day)
	if err != nil {
		return err
	}
	page.Today = d.billOf(today.Rows, nil)
	for _, name := range d.providersOf(days[len(days)-1:]) {
		page.Providers = append(page.Providers, d.providerDay(name, today, used[name]))
	}
	var month []models.Usage
	for _, day := range slices.Backward(days) {
		month = append(month, day.Rows...)
		page.Days = append(page.Days, dayBill{day.Day, d.billOf(day.Rows, nil)})
	}
	page.Outcomes, page.Month, page.Total = d.outcomes(today.Rows), d.outcomes(sum(month)), d.billOf(month, nil)
	v := version(days)
	page.Charts = []chartImage{{"calls", d.say("chart_calls"), v}}
	if !page.Total.Free() {
		page.Charts = append(page.Charts, chartImage{"cost", d.say("chart_cost"), v})
	}
	return nil
}

// outcomes sums calls by provider and outcome, in the order of the settings.
func (d *Dashboard) outcomes(rows []models.Usage) []outcomeRow {
	var all []outcomeRow
	for _, name := range d.providersOf([]dayUsage{{Rows: rows}}) {
		for _, o := range models.Outcomes() {
			b := d.billOf(rows, func(u models.Usage) bool { return u.Provider == name && u.Outcome == o })
			if b.Calls > 0 {
				all = append(all, outcomeRow{name, o, b})
			}
		}
	}
	return all
}

// providerDay is a provider's day, with when its budget ends at the pace of the day so
// far.
func (d *Dashboard) providerDay(name string, day dayUsage, used int64) providerDay {
	p := providerDay{Name: name, bill: d.billOf(day.Rows, of(name)), Budget: d.Budgets[name]}
	if p.Budget == 0 {
		return p
	}
	p.Left = max(0, p.Budget-used)
	now := d.moment()
	midnight := now.NextDay().Add(-24 * time.Hour)
	p.Exhausted = p.Left == 0
	if used > 0 && !p.Exhausted {
		end := now + models.Moment(float64(now-midnight)/float64(used)*float64(p.Left))
		if end < now.NextDay() {
			p.Ends = d.shortTime(end)
		}
	}
	return p
}

// failing are the chats to which sending fails now.
func (d *Dashboard) failing(ctx context.Context, limit int) ([]troubled, error) {
	chats, err := d.Store.FailingChats(ctx, limit)
	if err != nil {
		return nil, err
	}
	var all []troubled
	for _, c := range chats {
		sent, err := d.Store.SentTo(ctx, c.ID, listed)
		if err != nil {
			return nil, err
		}
		one := troubled{Follower: models.Follower{Chat: c}}
		one.Reason, _ = d.whyStopped(one.Follower, sent)
		all = append(all, one)
	}
	return all, nil
}

// waiting are some of the follows with something pending, and why it is.
func (d *Dashboard) waiting(ctx context.Context) ([]troubled, error) {
	follows, err := d.Store.Waiting(ctx, listed)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(follows))
	for i, f := range follows {
		ids[i] = f.Follow.ParcelID
	}
	parcels, err := d.Store.ParcelsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []troubled
	for _, f := range follows {
		p, ok := parcels[f.Follow.ParcelID]
		if !ok || f.Chat.Failures > 0 { // a failing chat has its own row
			continue
		}
		sent, err := d.Store.SentTo(ctx, f.Chat.ID, listed)
		if err != nil {
			return nil, err
		}
		why, err := d.explain(ctx, f, p, sent)
		if err != nil {
			return nil, err
		}
		all = append(all, troubled{f, p, why})
	}
	return all, nil
}
