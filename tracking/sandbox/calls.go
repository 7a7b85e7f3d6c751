package sandbox

import (
	"cmp"
	"slices"
	"sync"
)

// Call is how often one endpoint was asked about one number, and how many of
// these calls the vendor would bill.
type Call struct {
	Provider string
	Endpoint string // "query", "detect", "list", "subscribe"
	Number   string // "" for calls about none or several, and for numbers beyond Options.Remember
	Asked    int
	Billed   int
}

// Calls lists every call so far, by provider, endpoint and number.
func (s *Sandbox) Calls() []Call { return s.ledger.all() }

// Asked sums the calls of one provider's endpoint about one number; an empty
// argument stands for all.
func (s *Sandbox) Asked(provider, endpoint, number string) (asked, billed int) {
	for _, c := range s.ledger.all() {
		if fits(provider, c.Provider) && fits(endpoint, c.Endpoint) && fits(number, c.Number) {
			asked += c.Asked
			billed += c.Billed
		}
	}
	return asked, billed
}

func fits(want, got string) bool { return want == "" || want == got }

type ledger struct {
	mu    sync.Mutex
	rows  map[entry]*counts
	limit int
}

type entry struct{ provider, endpoint, number string }

type counts struct{ asked, billed int }

func newLedger(limit int) *ledger {
	return &ledger{rows: map[entry]*counts{}, limit: limit}
}

func (l *ledger) add(e entry, billed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.rows[e]; !known && len(l.rows) >= l.limit {
		e.number = ""
	}
	c := l.rows[e]
	if c == nil {
		c = &counts{}
		l.rows[e] = c
	}
	c.asked++
	if billed {
		c.billed++
	}
}

func (l *ledger) all() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := make([]Call, 0, len(l.rows))
	for e, c := range l.rows {
		calls = append(calls, Call{e.provider, e.endpoint, e.number, c.asked, c.billed})
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Number, b.Number))
	})
	return calls
}
