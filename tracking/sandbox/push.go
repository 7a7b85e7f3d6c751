package sandbox

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"waybill/models"
)

// Kuaidi100's rules for pushes, in emulated time. INFERENCE: Kuaibao, who
// publishes none, goes by the same.
const (
	firstLook  = 15 * time.Minute // after the subscription; the vendor: 15 minutes to 4 hours
	retryAfter = 35 * time.Minute
	retries    = 3
)

// seats is how many pushes are on their way at once.
const seats = 8

// watch is one subscribed waybill.
type watch struct {
	number  string
	carrier models.Carrier // whom the vendor believes
	code    string         // his code for it
	since   time.Time
	look    time.Time // when to look at it next
	told    int       // scans that have been pushed
	moved   time.Time // when there was something to push last
	signed  bool      // the journey has been called finished
	ended   time.Time // when the vendor stopped watching; zero while he watches

	kuaidi100 kuaidi100Wishes
	orders    []time.Time // when it was subscribed to, of late
	billed    time.Time   // when a subscription was billed last
}

// watches are one vendor's subscriptions, the oldest goes when there are too many.
type watches struct {
	mu    sync.Mutex
	known map[string]*watch // by code and number
	order []*watch
	limit int
}

func newWatches(limit int) *watches { return &watches{known: map[string]*watch{}, limit: limit} }

func watchKey(code, number string) string { return code + " " + number }

// put adds a watch, or replaces the one of the same waybill. The caller holds mu.
func (ws *watches) put(w *watch) {
	key := watchKey(w.code, w.number)
	ws.drop(ws.known[key])
	if len(ws.order) >= ws.limit {
		ws.drop(ws.order[0])
	}
	ws.known[key] = w
	ws.order = append(ws.order, w)
}

func (ws *watches) drop(w *watch) {
	if w == nil {
		return
	}
	for i, other := range ws.order {
		if other == w {
			ws.order = append(ws.order[:i:i], ws.order[i+1:]...)
			delete(ws.known, watchKey(w.code, w.number))
			return
		}
	}
}

// due looks at every watch whose time has come. What look returns is put in
// beside it, unless it is nil.
func (ws *watches) due(now time.Time, look func(*watch) *watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, w := range ws.order[:len(ws.order):len(ws.order)] {
		if now.Before(w.look) || !w.ended.IsZero() && !w.signed {
			continue
		}
		if next := look(w); next != nil {
			ws.put(next)
		}
	}
}

// delivery is one push on its way.
type delivery struct {
	provider string
	address  string
	kind     string // content type
	body     string
	taken    func(status int, reply []byte) bool
	tries    int
	due      time.Time
}

// outbox holds the pushes that have not been taken yet, at most limit.
type outbox struct {
	mu      sync.Mutex
	waiting []*delivery
	tallies map[string]*tally
	limit   int
}

type tally struct{ sent, taken int }

func newOutbox(limit int) *outbox { return &outbox{tallies: map[string]*tally{}, limit: limit} }

func (o *outbox) add(d *delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) >= o.limit {
		o.waiting = o.waiting[1:]
	}
	o.waiting = append(o.waiting, d)
}

// take removes and returns what is due and may be sent.
func (o *outbox) take(now time.Time, may func(provider string) bool) (due []*delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var rest []*delivery
	for _, d := range o.waiting {
		if now.Before(d.due) || !may(d.provider) {
			rest = append(rest, d)
			continue
		}
		due = append(due, d)
	}
	o.waiting = rest
	return due
}

func (o *outbox) count(provider string, taken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tallies[provider]
	if t == nil {
		t = &tally{}
		o.tallies[provider] = t
	}
	t.sent++
	if taken {
		t.taken++
	}
}

// Pushed says how many pushes a provider has sent, repetitions included, and
// how many of them were taken.
func (s *Sandbox) Pushed(provider string) (sent, taken int) {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	if t := s.outbox.tallies[provider]; t != nil {
		return t.sent, t.taken
	}
	return 0, 0
}

// Run pumps until ctx ends. A caller who wants pushes runs it, and waits for it.
func (s *Sandbox) Run(ctx context.Context) {
	ticker := time.NewTicker(min(max(s.lasts(time.Minute), 100*time.Millisecond), 10*time.Second))
	defer ticker.Stop()
	for ctx.Err() == nil {
		s.Pump(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// Pump looks at every subscribed waybill whose time has come, sends whatever is
// to be pushed or pushed again, and returns when all of it has been answered.
// A provider who is broken pushes nothing until he is mended.
func (s *Sandbox) Pump(ctx context.Context) {
	s.pumping.Lock()
	defer s.pumping.Unlock()
	now := s.Now()
	if s.well("kuaidi100") {
		s.kuaidi100Pushes(now)
	}
	if s.well("kuaibao") {
		s.kuaibaoPushes(now)
	}
	var sending sync.WaitGroup
	free := make(chan struct{}, seats)
	for _, d := range s.outbox.take(now, s.well) {
		free <- struct{}{}
		sending.Go(func() {
			defer func() { <-free }()
			s.deliver(ctx, d, now)
		})
	}
	sending.Wait()
}

func (s *Sandbox) well(provider string) bool {
	t := s.broken.get(provider)
	return t == Fine || t == Slow
}

// deliver sends a push once. What is not taken waits for its next turn, three
// times; what could not be sent because ctx has ended does not lose one.
func (s *Sandbox) deliver(ctx context.Context, d *delivery, now time.Time) {
	taken := s.post(ctx, d)
	if !taken && ctx.Err() != nil {
		s.outbox.add(d)
		return
	}
	s.outbox.count(d.provider, taken)
	d.tries++
	if taken || d.tries > retries {
		return
	}
	d.due = now.Add(s.lasts(retryAfter))
	s.outbox.add(d)
}

func (s *Sandbox) post(ctx context.Context, d *delivery) (taken bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.address, strings.NewReader(d.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", d.kind)
	resp, err := s.PushClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return d.taken(resp.StatusCode, drained(resp.Body))
}

// after is when to look at a waybill again that moves at next, if ever.
func (s *Sandbox) after(now, next, latest time.Time) time.Time {
	if next.IsZero() || next.After(latest) {
		next = latest
	}
	if pause := now.Add(s.lasts(s.PushEvery)); next.Before(pause) {
		return pause
	}
	return next
}
