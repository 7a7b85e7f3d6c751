// Package expiring keeps values for a while, and never more than so many.
package expiring

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Map keeps values by key, each until its time is over. Its methods may be used
// at the same time.
type Map[K comparable, V any] struct {
	most int
	now  func() time.Time

	mu      sync.Mutex
	entries map[K]entry[V]
}

type entry[V any] struct {
	value V
	until time.Time
}

// New makes a Map of at most so many values.
func New[K comparable, V any](most int, now func() time.Time) *Map[K, V] {
	return &Map[K, V]{most: most, now: now, entries: map[K]entry[V]{}}
}

// Put keeps a value for a time, in the place of an older one. A full map drops
// what has expired, else what would expire first.
func (m *Map[K, V]) Put(key K, value V, keep time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if _, known := m.entries[key]; !known && len(m.entries) >= m.most {
		m.prune(now)
	}
	m.entries[key] = entry[V]{value, now.Add(keep)}
}

// prune drops at least one value, and so many at once that a map which stays
// full is seldom searched. The caller holds the lock.
func (m *Map[K, V]) prune(now time.Time) {
	maps.DeleteFunc(m.entries, func(_ K, e entry[V]) bool { return !now.Before(e.until) })
	if len(m.entries) < m.most {
		return
	}
	sooner := func(a, b K) int { return m.entries[a].until.Compare(m.entries[b].until) }
	for _, key := range slices.SortedFunc(maps.Keys(m.entries), sooner)[:max(m.most/8, 1)] {
		delete(m.entries, key)
	}
}

// Get is the value of a key; not ok when there is none, or its time is over.
func (m *Map[K, V]) Get(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(key)
}

// Take is Get, and forgets the value.
func (m *Map[K, V]) Take(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer delete(m.entries, key)
	return m.get(key)
}

func (m *Map[K, V]) get(key K) (value V, ok bool) {
	e, known := m.entries[key]
	if !known || !m.now().Before(e.until) {
		return value, false
	}
	return e.value, true
}

// Len is how many values take up memory, expired ones included.
func (m *Map[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}
