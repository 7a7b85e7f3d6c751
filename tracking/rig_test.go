package tracking

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"waybill/internal/troublelog"
	"waybill/models"
)

// script is a provider that answers what it is told, in turn; the last answer stays.
type script struct {
	name    string
	answers []any // models.Trace or error
	serves  func(models.Carrier) bool

	mu    sync.Mutex
	asked []string // carrier/tail of every query
}

func (s *script) Query(_ context.Context, _ string, c models.Carrier, tail string) (models.Trace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, string(c)+"/"+tail)
	answer := s.answers[min(len(s.asked), len(s.answers))-1]
	if err, ok := answer.(error); ok {
		return models.Trace{}, err
	}
	return answer.(models.Trace), nil
}

func (s *script) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// book is a ledger, a memory and slots, kept in a map; the real ones are
// tested with the store.
type book struct {
	mu      sync.Mutex
	refuse  map[string]error
	begun   []models.Call
	settled []models.Closing
	notes   map[string]note
	slot    map[string]models.Moment
}

type note struct {
	value []byte
	until models.Moment
}

func newBook() *book {
	return &book{refuse: map[string]error{}, notes: map[string]note{}, slot: map[string]models.Moment{}}
}

func (b *book) Begin(_ context.Context, c models.Call, now models.Moment) (models.Ticket, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refuse[c.Provider]; err != nil {
		return models.Ticket{}, err
	}
	b.begun = append(b.begun, c)
	return models.Ticket{ID: int64(len(b.begun)), Provider: c.Provider, Kind: c.Kind, Version: c.Version + 1, At: now}, nil
}

func (b *book) Settle(_ context.Context, cs []models.Closing) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settled = append(b.settled, cs...)
	return nil
}

func (b *book) Recall(_ context.Context, kind, key string, now models.Moment) ([]byte, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.notes[kind+"/"+key]
	return n.value, ok && n.until > now, nil
}

func (b *book) Remember(_ context.Context, kind, key string, value []byte, until models.Moment) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes[kind+"/"+key] = note{value, until}
	return nil
}

func (b *book) Once(_ context.Context, kind, key string, until, now models.Moment) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n, ok := b.notes[kind+"/"+key]; ok && n.until > now {
		return false, nil
	}
	b.notes[kind+"/"+key] = note{until: until}
	return true, nil
}

func (b *book) Slots(_ context.Context, name string, every time.Duration, n int, now models.Moment) (models.Moment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := max(b.slot[name], now)
	b.slot[name] = first.Add(every * time.Duration(n))
	return first, nil
}

// double is a provider as it stands in a test.
type double interface{ provider() Provider }

func (s *script) provider() Provider {
	serves := s.serves
	if serves == nil {
		serves = func(models.Carrier) bool { return true }
	}
	return Provider{Name: s.name, Query: s.Query, Serves: serves}
}

// tracker asks doubles, on a book, with what with changes.
func tracker(b *book, doubles ...double) *Tracker { return trackerWith(b, nil, doubles...) }

func trackerWith(b *book, with func(*Settings), doubles ...double) *Tracker {
	s := Settings{Carriers: few{}, Ledger: b, Memory: b, Slots: b, Floor: 30 * time.Minute, Speed: 1, Now: time.Now}
	for _, d := range doubles {
		s.Providers = append(s.Providers, d.provider())
	}
	if with != nil {
		with(&s)
	}
	return New(s)
}

// remembering is a memory whose failures nobody counts.
func remembering(m Memory) memory {
	log := slog.New(slog.DiscardHandler)
	return memory{m, unmetered{}, log, troublelog.New(log), time.Now}
}

// few is a carrier table of two.
type few struct{}

func (few) ByName(name string) (models.Carrier, bool) {
	if strings.HasPrefix(name, "中通") {
		return "zto", true
	}
	return "", false
}

func (few) ByCode(_, code string) (models.Carrier, bool) {
	if code == "zhongtian" {
		return "ztky", true
	}
	return "", false
}

func says(provider string, s models.Status) models.Trace {
	e := models.Event{Kind: models.Scan, At: 1, Text: "x"}
	e.Sign()
	return models.Trace{Provider: provider, Status: s, Events: []models.Event{e}, Billed: true}
}

func fails(provider string, kind error) *Error { return &Error{Provider: provider, Kind: kind} }

func ask() Ask {
	return Ask{Parcel: models.Parcel{ID: 1, Number: "SF1000000000015", Carrier: "sf", Version: 4}, Purpose: models.Person}
}
