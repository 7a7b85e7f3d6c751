package wecom_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"waybill/models"
)

// memory is a store in memory: everything that the doors want kept.
type memory struct {
	mu       sync.Mutex
	failing  error
	kept     map[string]kept
	leases   map[string]string
	asked    map[string]int // how often for a lease
	arrivals []models.Arrival
	cursors  map[string]models.SyncCursor
	credits  map[models.Address]models.Credit
	failPage int    // how many pages are not stored
	failKind string // what is not recalled, nor remembered
	countErr error
	changed  chan struct{}
}

type kept struct {
	value []byte
	until models.Moment
}

func newMemory() *memory {
	return &memory{
		kept: map[string]kept{}, leases: map[string]string{}, asked: map[string]int{}, cursors: map[string]models.SyncCursor{},
		credits: map[models.Address]models.Credit{}, changed: make(chan struct{}),
	}
}

// values are what is remembered, by kind and key.
func (m *memory) values() map[string]string {
	defer m.lock()()
	all := map[string]string{}
	for name, k := range m.kept {
		all[name] = string(k.value)
	}
	return all
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failing = err
}

func (m *memory) failCounts() {
	defer m.lock()()
	m.countErr = errors.New("down")
}

func (m *memory) failPages(n int) {
	defer m.lock()()
	m.failPage = n
}

func (m *memory) failRecall(kind string) {
	defer m.lock()()
	m.failKind = kind
}

func (m *memory) lock() func() {
	m.mu.Lock()
	return func() {
		close(m.changed)
		m.changed = make(chan struct{})
		m.mu.Unlock()
	}
}

func (m *memory) Recall(_ context.Context, kind, key string, now models.Moment) ([]byte, bool, error) {
	defer m.lock()()
	if kind == m.failKind {
		return nil, false, errors.New("down")
	}
	k, ok := m.kept[kind+"/"+key]
	return k.value, ok && k.until > now && m.failing == nil, m.failing
}

func (m *memory) Remember(_ context.Context, kind, key string, value []byte, until models.Moment) error {
	defer m.lock()()
	if len(kind) > 16 {
		return errors.New("a kind has at most 16 characters")
	}
	if kind == m.failKind {
		return errors.New("down")
	}
	m.kept[kind+"/"+key] = kept{value, until}
	return m.failing
}

func (m *memory) Lease(_ context.Context, name, owner string, _ time.Duration) (int64, bool, error) {
	defer m.lock()()
	if len(name) > 80 {
		return 0, false, errors.New("a lease's name has at most 80 characters")
	}
	m.asked[name]++
	if held := m.leases[name]; held != "" && held != owner {
		return 0, false, m.failing
	}
	m.leases[name] = owner
	return 1, true, m.failing
}

func (m *memory) Unlease(_ context.Context, name, owner string) error {
	defer m.lock()()
	if m.leases[name] == owner {
		delete(m.leases, name)
	}
	return m.failing
}

// arrive stores what is new. The caller holds the lock.
func (m *memory) arrive(as []models.Arrival) (fresh []string) {
	for _, a := range as {
		if slices.ContainsFunc(m.arrivals, func(r models.Arrival) bool { return r.Door == a.Door && r.Key == a.Key }) {
			continue
		}
		m.arrivals = append(m.arrivals, a)
		fresh = append(fresh, a.Key)
	}
	return fresh
}

func (m *memory) Arrive(ctx context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	defer m.lock()()
	if m.failing != nil || ctx.Err() != nil {
		return 0, errors.Join(m.failing, ctx.Err())
	}
	return len(m.arrive(as)), nil
}

func (m *memory) Announce(ctx context.Context, account, token string, now models.Moment) error {
	defer m.lock()()
	if m.failing != nil || ctx.Err() != nil {
		return errors.Join(m.failing, ctx.Err())
	}
	cursor := m.cursors[account]
	cursor.Account, cursor.Token, cursor.TokenAt, cursor.Announced = account, token, now, cursor.Announced+1
	cursor.FirstAt = cmp.Or(cursor.FirstAt, now)
	m.cursors[account] = cursor
	return nil
}

func (m *memory) SyncCursors(context.Context) ([]models.SyncCursor, error) {
	defer m.lock()()
	var all []models.SyncCursor
	for _, cursor := range m.cursors {
		all = append(all, cursor)
	}
	return all, m.failing
}

func (m *memory) ArriveSynced(_ context.Context, p models.SyncPage, _ models.Moment) (int, error) {
	defer m.lock()()
	cursor := m.cursors[p.Account]
	if m.failing != nil {
		return 0, m.failing
	}
	if cursor.Cursor != p.From {
		return 0, models.ErrStale
	}
	if m.failPage > 0 {
		m.failPage--
		return 0, errors.New("down")
	}
	fresh := m.arrive(p.All())
	for _, r := range p.Renewals {
		if c := m.credits[r.Address]; slices.Contains(fresh, r.Key) && r.At >= c.SpokeAt {
			m.credits[r.Address] = models.Credit{Address: r.Address, Left: r.Left, Until: r.Until, SpokeAt: r.At, Epoch: r.After(c.Epoch)}
		}
	}
	for _, s := range p.Exhausted {
		if c := m.credits[s.Address]; s.Of(c) {
			c.Left = 0
			m.credits[s.Address] = c
		}
	}
	for _, u := range p.Undelivered {
		if m.credits[u.Arrival.Address].Epoch > u.Epoch {
			m.due(u.Arrival.Key)
		}
	}
	cursor.Cursor, cursor.Fetched = p.Cursor, max(cursor.Fetched, p.Fetched)
	m.cursors[p.Account] = cursor
	return len(fresh), nil
}

// due has an arrival worked on at once. The caller holds the lock.
func (m *memory) due(key string) {
	for i, a := range m.arrivals {
		if a.Key == key {
			m.arrivals[i].DueAt = a.At
		}
	}
}

func (m *memory) Credit(_ context.Context, a models.Address) (models.Credit, error) {
	defer m.lock()()
	c := m.credits[a]
	c.Address = a
	return c, m.failing
}

func (m *memory) SetCredit(_ context.Context, c models.Credit) error {
	defer m.lock()()
	if stored := m.credits[c.Address]; stored.Epoch == c.Epoch {
		stored.Left = c.Left
		m.credits[c.Address] = stored
	}
	return errors.Join(m.failing, m.countErr)
}

func (m *memory) left(a models.Address) int {
	defer m.lock()()
	return m.credits[a].Left
}

// inbox is what has arrived, in its order.
func (m *memory) inbox() []models.Arrival {
	defer m.lock()()
	all := slices.Clone(m.arrivals)
	slices.SortStableFunc(all, func(a, b models.Arrival) int { return cmp.Compare(a.Pos, b.Pos) })
	return all
}

// wait waits until something in the store is so.
func (m *memory) wait(t *testing.T, so func(m *memory) bool) {
	t.Helper()
	ctx := within(t)
	for {
		m.mu.Lock()
		ok, changed := so(m), m.changed
		m.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal("it did not come to that")
		}
	}
}

func (m *memory) fetched(t *testing.T, account string) {
	t.Helper()
	m.wait(t, func(m *memory) bool {
		cursor := m.cursors[account]
		return cursor.Announced > 0 && cursor.Fetched == cursor.Announced
	})
}
