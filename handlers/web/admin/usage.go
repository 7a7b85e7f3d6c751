package admin

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"waybill/models"
)

const (
	part      = 15 * time.Minute // of a day, summed at once
	settled   = 2 * time.Minute  // after that a call has ended, unless its process was killed
	overAfter = time.Hour        // after that no call ends any more
)

// usageStore sums calls of the ledger.
type usageStore interface {
	Usage(ctx context.Context, day string) ([]models.Usage, error)
	UsageBetween(ctx context.Context, day string, from, to models.Moment) ([]models.Usage, error)
}

// ledger sums calls by day. What does not change any more is summed once: days that
// are over, and those quarters of an hour of today in which every call has ended.
type ledger struct {
	store usageStore
	now   func() time.Time

	mu    sync.Mutex
	days  map[string][]models.Usage
	parts map[models.Moment][]models.Usage
}

func newLedger(s usageStore, now func() time.Time) *ledger {
	return &ledger{store: s, now: now, days: map[string][]models.Usage{}, parts: map[models.Moment][]models.Usage{}}
}

// dayUsage is what was called on one day.
type dayUsage struct {
	Day  string
	Rows []models.Usage
}

// lastDays sums the last days in Shanghai, today's the last.
func (l *ledger) lastDays(ctx context.Context, count int) ([]dayUsage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := models.At(l.now())
	days := make([]dayUsage, 0, count)
	for back := count - 1; back >= 0; back-- {
		day := now.Add(-time.Duration(back) * 24 * time.Hour).Day() // Shanghai has no daylight saving
		rows, err := l.dayOf(ctx, day, back == 0, now)
		if err != nil {
			return nil, err
		}
		days = append(days, dayUsage{day, rows})
	}
	return days, nil
}

func (l *ledger) dayOf(ctx context.Context, day string, today bool, now models.Moment) ([]models.Usage, error) {
	if today {
		return l.today(ctx, day, now)
	}
	if rows, known := l.days[day]; known {
		return rows, nil
	}
	rows, err := l.store.Usage(ctx, day)
	if err != nil {
		return nil, err
	}
	if now.Add(-overAfter).Day() > day {
		l.days[day] = rows
	}
	return rows, nil
}

func (l *ledger) today(ctx context.Context, day string, now models.Moment) ([]models.Usage, error) {
	midnight := now.NextDay().Add(-24 * time.Hour)
	for at := range l.parts {
		if at < midnight {
			delete(l.parts, at)
		}
	}
	var all []models.Usage
	for from := midnight; from <= now; from = from.Add(part) {
		rows, known := l.parts[from]
		if known {
			all = append(all, rows...)
			continue
		}
		to := from.Add(part)
		rows, err := l.store.UsageBetween(ctx, day, from, to)
		if err != nil {
			return nil, err
		}
		age := now.Sub(to)
		open := slices.ContainsFunc(rows, func(u models.Usage) bool { return u.Outcome == models.OutcomeUnknown })
		if age > settled && !open || age > overAfter {
			l.parts[from] = rows
		}
		all = append(all, rows...)
	}
	return sum(all), nil
}

// sum adds up equal rows, in the order of the ledger's own sums.
func sum(rows []models.Usage) []models.Usage {
	counts := map[models.Usage]int64{}
	for _, u := range rows {
		n := u.Count
		u.Count = 0
		counts[u] += n
	}
	all := make([]models.Usage, 0, len(counts))
	for u, n := range counts {
		u.Count = n
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b models.Usage) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Outcome, b.Outcome), compareBool(a.Billed, b.Billed))
	})
	return all
}

func compareBool(a, b bool) int {
	if a == b {
		return 0
	}
	if b {
		return -1
	}
	return 1
}

// bill is what some calls came to.
type bill struct {
	Calls, Billed int64
	cost          *big.Rat
}

// Unbilled are the calls that cost nothing.
func (b bill) Unbilled() int64 { return b.Calls - b.Billed }

// Yuan is the cost with two decimals at least and six at most.
func (b bill) Yuan() string { return yuan(b.cost) }

// Free says that no price is known for any of it.
func (b bill) Free() bool { return b.cost == nil || b.cost.Sign() == 0 }

func yuan(amount *big.Rat) string {
	if amount == nil {
		return "0.00"
	}
	text := amount.FloatString(6)
	for range 4 {
		text = strings.TrimSuffix(text, "0")
	}
	return text
}

// billOf adds calls up; a call whose end is not known counts as billed, as the ledger
// has it.
func (d *Dashboard) billOf(rows []models.Usage, choose func(models.Usage) bool) bill {
	b := bill{cost: new(big.Rat)}
	for _, u := range rows {
		if choose != nil && !choose(u) {
			continue
		}
		b.Calls += u.Count
		if u.Billed {
			b.Billed += u.Count
			b.cost.Add(b.cost, d.price(u))
		}
	}
	return b
}

// price is what billed calls cost, exactly as the price was written.
func (d *Dashboard) price(u models.Usage) *big.Rat {
	price, ok := new(big.Rat).SetString(strconv.FormatFloat(d.Prices[u.Provider+"."+string(u.Kind)], 'f', -1, 64))
	if !ok {
		return new(big.Rat)
	}
	return price.Mul(price, new(big.Rat).SetInt64(u.Count))
}

// providersOf are the configured providers and those that the calls name besides.
func (d *Dashboard) providersOf(days []dayUsage) []string {
	names := slices.Clone(d.Names)
	for _, day := range days {
		for _, u := range day.Rows {
			if !slices.Contains(names, u.Provider) {
				names = append(names, u.Provider)
			}
		}
	}
	return names
}
