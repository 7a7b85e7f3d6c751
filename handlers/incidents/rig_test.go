package incidents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var boss = models.Address{Door: "test", Conversation: "boss"}

// rig is some replicas that watch one database, and what an operator hears.
type rig struct {
	*testing.T
	store *store.Store
	words *locales.Bundle
	log   *bytes.Buffer
	at    time.Time
	sent  []string // past the database
	heard int      // alerts that were looked at
}

func newRig(t *testing.T) *rig {
	t.Helper()
	words, err := locales.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return &rig{T: t, store: storetest.New(t), words: words, log: &bytes.Buffer{}, at: time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai)}
}

// replica is one process: what it sees, and its watcher.
type replica struct {
	*Watcher
	rig    *rig
	health []models.ProviderHealth
	door   error
	queue  error
	gone   bool // the database, for this process
	sends  bool
	spent  map[string]int64
	waits  models.Waits
	failed int64 // when sending began to fail to a chat; 0: it does not
	up     map[string]bool
	active []models.IncidentName
	first  []string // whom a poll is to ask first
}

func (r *rig) replica(speed float64, budgets map[string]int64, providers ...string) *replica {
	p := &replica{rig: r, up: map[string]bool{}}
	for _, name := range providers {
		p.health = append(p.health, models.ProviderHealth{Provider: name, Kind: models.CallQuery}, models.ProviderHealth{Provider: name, Kind: models.CallDetect})
	}
	p.Watcher = New(Settings{
		Store: reached{r.store, p}, Providers: p, Names: providers, Budgets: budgets, Doors: map[string]handlers.Door{"test": r},
		Parts: func() []Part { return []Part{{Name: "test", Ready: func() error { return p.door }}} },
		Queue: func() error { return p.queue }, Sends: func(string, models.Moment) bool { return p.sends }, Metered: func() []string { return nil },
		Chats: []models.Address{boss, {Door: "closed", Conversation: "x"}}, Words: r.words, Zone: models.Shanghai, Speed: speed,
		Meter: p, Log: slog.New(slog.NewTextHandler(r.log, nil)), Now: func() time.Time { return r.at },
	})
	p.begin()
	return p
}

// reached is the database as one process reaches it.
type reached struct {
	*store.Store
	by *replica
}

func (d reached) Examine(ctx context.Context) error {
	if d.by.gone {
		return errors.New("refused")
	}
	return d.Store.Examine(ctx)
}

func (d reached) Spent(context.Context, string) (map[string]int64, error) { return d.by.spent, nil }

func (d reached) Waits(context.Context, models.Moment) (models.Waits, error) { return d.by.waits, nil }

func (d reached) Failing(_ context.Context, door string, since models.Moment) (models.Failing, error) {
	f := models.Failing{Door: door}
	if began := models.Moment(d.by.failed); began != 0 && began <= since {
		f.Chats, f.Since = 1, began
	}
	return f, nil
}

func (p *replica) Health() []models.ProviderHealth        { return slices.Clone(p.health) }
func (p *replica) LeftAlone(context.Context, string) bool { return false }
func (p *replica) TryFirst(providers []string)            { p.first = providers }
func (p *replica) ProviderUp(provider string, up bool)    { p.up[provider] = up }
func (p *replica) Budget(string, int64, int64)            {}
func (p *replica) DoorUp(door string, up bool)            { p.up[door] = up }
func (p *replica) Database(up bool, _ time.Duration)      { p.up["database"] = up }
func (p *replica) QueueUp(up bool)                        { p.up["queue"] = up }
func (p *replica) Exhausted(string, int64)                {}
func (p *replica) Incidents(active []models.IncidentName) { p.active = active }
func (p *replica) Sent(string, string)                    {}

// fails notes failed calls of a kind to a provider, now.
func (p *replica) fails(provider string, kind models.CallKind, trouble models.Outcome, calls int) {
	p.call(provider, kind, func(h *models.ProviderHealth) {
		if h.Trouble != trouble {
			h.Trouble, h.Failures, h.Since = trouble, 0, p.moment()
		}
		h.Failures, h.FailedAt = h.Failures+calls, p.moment()
	})
}

// answers notes an answered call.
func (p *replica) answers(provider string, kind models.CallKind) {
	p.call(provider, kind, func(h *models.ProviderHealth) { h.Trouble, h.Failures, h.AnsweredAt = "", 0, p.moment() })
}

func (p *replica) call(provider string, kind models.CallKind, change func(*models.ProviderHealth)) {
	for i := range p.health {
		if h := &p.health[i]; h.Provider == provider && h.Kind == kind {
			change(h)
		}
	}
}

// watch has the replicas look once a step until d has passed.
func (r *rig) watch(d, step time.Duration, all ...*replica) {
	r.Helper()
	for end := r.at.Add(d); ; r.at = r.at.Add(step) {
		for _, p := range all {
			if err := p.look(r.Context()); err != nil {
				r.Fatal(err)
			}
		}
		if !r.at.Before(end) {
			return
		}
	}
}

// hears checks what the operator was told since the last time: one alert for each
// list of words, in order.
func (r *rig) hears(want ...[]string) {
	r.Helper()
	c, _, err := r.store.ChatAt(r.Context(), boss)
	if err != nil {
		r.Fatal(err)
	}
	open, err := r.store.OpenArrivals(r.Context(), c.ID, models.At(r.at))
	if err != nil {
		r.Fatal(err)
	}
	var got []string
	for _, a := range open[r.heard:] {
		var replies []handlers.Reply
		if err := json.Unmarshal(a.Replies, &replies); err != nil {
			r.Fatal(err)
		}
		got = append(got, replies[0].Text())
	}
	r.heard = len(open)
	if !alike(got, want) {
		r.Fatalf("the operator hears %q, want %q\nlog:\n%s", got, want, r.log)
	}
}

func alike(got []string, want [][]string) bool {
	return slices.EqualFunc(got, want, func(text string, words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
}

// The rig is the operator's door, too.

func (r *rig) Name() string { return "test" }

func (r *rig) Read([]byte) (handlers.Message, bool, error) { return handlers.Message{}, false, nil }

func (r *rig) Send(_ context.Context, _ models.Address, reply handlers.Reply) error {
	r.sent = append(r.sent, reply.Text())
	return nil
}
