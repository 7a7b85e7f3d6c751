package sandbox

import (
	"slices"
	"sync"
	"time"
)

// Kuaidi100's rules for one waybill, in emulated time. Sources: its document
// of the query, and api.kuaidi100.com/document/{suodanhouguo,shibaidiaoyongjifei}.
const (
	lockUnder  = 30 * time.Minute // between two equal questions
	lockBeyond = 48               // questions a day
	lockedFor  = 24 * time.Hour
	failsAUnit = 5 // failures that are billed as one call
	unitEvery  = 40 * 24 * time.Hour
)

// slack is how much sooner than its interval a question may arrive, because
// the asker counts from when it left: a tenth, and never more than this.
const slack = 500 * time.Millisecond

// history is what Kuaidi100 remembers of how one waybill was asked about.
type history struct {
	asked   []asking // of the last day, the newest last
	locked  time.Time
	failed  int
	charged time.Time
}

type asking struct {
	at       time.Time
	question string
}

// ask takes note of a question and says whether the waybill is locked.
// INFERENCE: the vendor says "a waybill"; a question with another phone or
// company is not counted as a repetition, but counts for the day.
func (h *history) ask(question string, now time.Time, lasts func(time.Duration) time.Duration) (locked bool) {
	if now.Before(h.locked) {
		return true
	}
	day, pause := lasts(24*time.Hour), lasts(lockUnder)
	pause -= min(pause/10, slack)
	h.asked = slices.DeleteFunc(h.asked, func(a asking) bool { return now.Sub(a.at) >= day })
	again := slices.ContainsFunc(h.asked, func(a asking) bool { return a.question == question && now.Sub(a.at) < pause })
	h.asked = append(h.asked, asking{now, question})
	if !again && len(h.asked) <= lockBeyond {
		return false
	}
	h.locked, h.asked = now.Add(lasts(lockedFor)), nil
	return true
}

// fail takes note of a failure (500 or 408) and says whether it is billed.
func (h *history) fail(now time.Time, lasts func(time.Duration) time.Duration) (billed bool) {
	h.failed++
	if h.failed%failsAUnit != 0 || !h.charged.IsZero() && now.Sub(h.charged) < lasts(unitEvery) {
		return false
	}
	h.charged = now
	return true
}

// recent keeps one thing for each of many numbers, the oldest goes first.
type recent[T any] struct {
	mu    sync.Mutex
	rows  map[string]*T
	order []string // a ring, once it is full
	next  int
	limit int
}

func newRecent[T any](limit int) *recent[T] { return &recent[T]{rows: map[string]*T{}, limit: limit} }

// with works on a number's thing, which nobody else touches meanwhile.
func (s *recent[T]) with(number string, work func(*T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[number]
	if !ok {
		row = new(T)
		s.put(number, row)
	}
	work(row)
}

func (s *recent[T]) put(number string, row *T) {
	s.rows[number] = row
	if len(s.order) < s.limit {
		s.order = append(s.order, number)
		return
	}
	delete(s.rows, s.order[s.next])
	s.order[s.next] = number
	s.next = (s.next + 1) % s.limit
}

// Locked lists the numbers that Kuaidi100 has locked at some time, sorted.
func (s *Sandbox) Locked() []string {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	var locked []string
	for number, h := range s.history.rows {
		if !h.locked.IsZero() {
			locked = append(locked, number)
		}
	}
	slices.Sort(locked)
	return locked
}

// lasts is how long an emulated duration takes.
func (s *Sandbox) lasts(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.Speed)
}
