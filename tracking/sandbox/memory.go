package sandbox

import (
	"sync"
	"time"
)

// memory keeps when each number was first asked about, and the first tail
// that was given for it. It forgets the oldest number when it is full; that
// one's journey then starts anew.
type memory struct {
	mu    sync.Mutex
	known map[string]*first
	order []string // a ring, once it is full
	next  int
	limit int
}

type first struct {
	at   time.Time
	tail string
}

func newMemory(limit int) *memory {
	return &memory{known: map[string]*first{}, limit: limit}
}

// start is when the number was first asked about: now, if never before.
func (m *memory) start(number string, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of(number, now).at
}

// opens says whether a tail is the number's: the first one given is.
func (m *memory) opens(number, tail string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.of(number, now)
	if f.tail == "" {
		f.tail = tail
	}
	return f.tail == tail
}

func (m *memory) of(number string, now time.Time) *first {
	if f, ok := m.known[number]; ok {
		return f
	}
	f := &first{at: now}
	m.known[number] = f
	if len(m.order) < m.limit {
		m.order = append(m.order, number)
		return f
	}
	delete(m.known, m.order[m.next])
	m.order[m.next] = number
	m.next = (m.next + 1) % m.limit
	return f
}
