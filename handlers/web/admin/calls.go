package admin

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

const pageSize = 50

// callsPage is a page of the ledger.
type callsPage struct {
	Rows      []callRow
	More      string // the query of the next page
	Providers []string
	Outcomes  []models.Outcome
	Provider  string
	Outcome   models.Outcome
	Day       string
	Problem   string
	Folded    []outcomeRow // of a day whose calls are not kept one by one any more
}

// callRow is a call, with the parcel that it was about when it is still there.
type callRow struct {
	models.LedgerCall
	Parcel int64
	Masked string
	Cost   string
}

// Took is how long the call took, in milliseconds; -1 while nobody knows.
func (c callRow) Took() int64 {
	if c.FinishedAt == 0 {
		return -1
	}
	return int64(c.FinishedAt - c.StartedAt)
}

// calls is /admin/calls?provider=&outcome=&day=&before=: the ledger, newest first.
func (d *Dashboard) calls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page := callsPage{
		Providers: d.Names, Outcomes: models.Outcomes(), Provider: short(q.Get("provider")), Outcome: models.Outcome(short(q.Get("outcome"))), Day: short(q.Get("day")),
	}
	f := models.CallFilter{Provider: page.Provider, Outcome: page.Outcome, Before: parseCursor(q.Get("before"))}
	if page.Day != "" {
		day, err := time.ParseInLocation(time.DateOnly, page.Day, models.Shanghai)
		if err != nil {
			page.Problem = d.say("bad_day")
			d.show(w, http.StatusBadRequest, "calls", view{Menu: "calls", Title: d.say("calls"), Data: page})
			return
		}
		f.From = models.At(day)
		f.To = f.From.NextDay()
	}
	rows, more, err := d.Store.Calls(r.Context(), f, pageSize)
	if err == nil {
		page.Rows, err = d.callRows(r, rows)
	}
	if err == nil && page.Day != "" && len(rows) == 0 && more == (models.Cursor{}) && f.Before == (models.Cursor{}) {
		page.Folded, err = d.folded(r, page)
	}
	if err != nil {
		d.failed(w, r, err)
		return
	}
	if more != (models.Cursor{}) {
		page.More = query("provider", page.Provider, "outcome", string(page.Outcome), "day", page.Day, "before", formatCursor(more))
	}
	live := f.Before == (models.Cursor{})
	d.show(w, http.StatusOK, "calls", view{Menu: "calls", Title: d.say("calls"), Live: live, Data: page})
}

// callRows finds the parcels that calls were about.
func (d *Dashboard) callRows(r *http.Request, calls []models.LedgerCall) ([]callRow, error) {
	var numbers []string
	for _, c := range calls {
		if c.Number != "" {
			numbers = append(numbers, c.Number)
		}
	}
	ids, err := d.Store.ParcelIDs(r.Context(), numbers)
	if err != nil {
		return nil, err
	}
	rows := make([]callRow, len(calls))
	for i, c := range calls {
		rows[i] = callRow{LedgerCall: c, Parcel: ids[c.Number]}
		if c.Number != "" {
			rows[i].Masked = mask(c.Number)
		}
		if c.Billed {
			rows[i].Cost = yuan(d.price(models.Usage{Provider: c.Provider, Kind: c.Kind, Count: 1}))
		}
	}
	return rows, nil
}

// folded is the sum of a day of which single calls are not kept any more.
func (d *Dashboard) folded(r *http.Request, page callsPage) ([]outcomeRow, error) {
	rows, err := d.Store.Usage(r.Context(), page.Day)
	rows = slices.DeleteFunc(rows, func(u models.Usage) bool {
		return page.Provider != "" && u.Provider != page.Provider || page.Outcome != "" && u.Outcome != page.Outcome
	})
	return d.outcomes(rows), err
}

// mostDays is how many days of usage one file holds at most: folded rows stay for good.
const mostDays = 400

// usageCSV is /admin/usage.csv?days=30: what was called and what it cost, by day,
// provider, kind of call and outcome. Its columns are named in English, for programs.
func (d *Dashboard) usageCSV(w http.ResponseWriter, r *http.Request) {
	count := chartDays
	if text := r.URL.Query().Get("days"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostDays {
			http.Error(w, d.say("bad_days", "Most", mostDays), http.StatusBadRequest)
			return
		}
		count = n
	}
	days, err := d.usage.lastDays(r.Context(), count)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="waybill-usage-`+days[len(days)-1].Day+`.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write([]string{"day", "provider", "kind", "outcome", "billed", "calls", "cost_yuan"})
	for _, day := range days {
		for i, u := range day.Rows {
			cost := d.billOf(day.Rows[i:i+1], nil).Yuan()
			_ = out.Write([]string{
				day.Day, cell(u.Provider), string(u.Kind), string(u.Outcome), strconv.FormatBool(u.Billed), strconv.FormatInt(u.Count, 10), cost,
			})
		}
	}
	out.Flush()
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// short is a filter as far as it can be one.
func short(text string) string {
	if len(text) > 40 {
		return text[:40]
	}
	return text
}

func formatCursor(c models.Cursor) string {
	return strconv.FormatInt(int64(c.At), 10) + "-" + strconv.FormatInt(c.ID, 10)
}

// parseCursor reads a cursor; what is none is the beginning.
func parseCursor(text string) models.Cursor {
	at, id, _ := strings.Cut(text, "-")
	a, err := strconv.ParseInt(at, 10, 64)
	n, idErr := strconv.ParseInt(id, 10, 64)
	if err != nil || idErr != nil || a < 1 || n < 1 {
		return models.Cursor{}
	}
	return models.Cursor{At: models.Moment(a), ID: n}
}

// query is a query string of the pairs whose value is not "".
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + q.Encode()
}
