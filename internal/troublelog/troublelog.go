// Package troublelog logs what fails again and again without filling the log: what a
// loop does each second fails some thousand times in an hour without a database.
package troublelog

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	logEach = time.Minute     // between two lines about one trouble
	steady  = 5 * time.Second // without a failure before a trouble counts as over, so that one that comes and goes is one
)

// Log logs a trouble at WARN when it begins, at most once a minute as long as it
// goes on, with how often it has happened since the line before, and at INFO when
// it is over. A trouble is known by what was being done, whatever the errors
// say: those name ports and times. Its methods may be used at the same time.
type Log struct {
	log    *slog.Logger
	active atomic.Int32 // how many troubles go on, for Worked

	mu       sync.Mutex
	troubles map[string]*trouble
}

// trouble is one that goes on.
type trouble struct {
	lines       rate.Sometimes
	began, last time.Time
	failures    int
	unlogged    int // of them since the last line
}

// New makes a Log that writes to log.
func New(log *slog.Logger) *Log { return &Log{log: log, troubles: map[string]*trouble{}} }

// Failed notes that something that is done again and again has failed. doing and
// the attributes about stand in its lines, and know it together: neither may be
// different each time.
func (l *Log) Failed(doing string, err error, about ...any) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.troubles[key(doing, about)]
	if t == nil {
		t = &trouble{lines: rate.Sometimes{Interval: logEach}, began: now}
		l.troubles[key(doing, about)] = t
		l.active.Add(1)
	}
	t.last = now
	t.failures++
	t.unlogged++
	t.lines.Do(func() {
		line := slices.Concat([]any{"doing", doing}, about, []any{"error", err})
		if t.failures > 1 {
			line = append(line, "times", t.unlogged, "for", now.Sub(t.began).Round(time.Second).String())
		}
		l.log.Warn("failed", line...)
		t.unlogged = 0
	})
}

// Worked notes that what Failed names so has worked. Its trouble is over with the
// first success five seconds after the last failure. It costs nearly nothing while
// there is no trouble.
func (l *Log) Worked(doing string, about ...any) {
	if l.active.Load() == 0 {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.troubles[key(doing, about)]
	if t == nil || now.Sub(t.last) < steady {
		return
	}
	delete(l.troubles, key(doing, about))
	l.active.Add(-1)
	line := slices.Concat([]any{"doing", doing}, about, []any{"failures", t.failures, "for", t.last.Sub(t.began).Round(time.Second).String()})
	l.log.Info("works again", line...)
}

func key(doing string, about []any) string { return doing + fmt.Sprint(about...) }
