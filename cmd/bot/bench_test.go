package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// api is a Muzhi that answers each number's first calls with so many new
// events each, after a while.
type api struct {
	*httptest.Server
	slow     atomic.Int64 // nanoseconds that an answer takes
	events   int
	begun    time.Time // of the journeys
	answered atomic.Int64
	last     atomic.Int64 // nanoseconds since 1970: when the last answer was written
}

func serveAPI(b *testing.B, slow time.Duration, events int) *api {
	b.Helper()
	a := &api{events: events, begun: time.Now().In(models.Shanghai)}
	a.slow.Store(int64(slow))
	a.Server = httptest.NewServer(a)
	b.Cleanup(a.Close)
	return a
}

// ServeHTTP answers a query.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if slow := time.Duration(a.slow.Load()); slow > 0 {
		timer := time.NewTimer(slow)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	}
	var events []string
	for i := range a.events {
		at := a.begun.Add(time.Duration(i-a.events) * time.Second).Format(time.DateTime)
		events = append(events, fmt.Sprintf(`{"time":%q,"content":"快件到达【%d号转运中心】"}`, at, i))
	}
	slices.Reverse(events)
	a.last.Store(time.Now().UnixNano())
	a.answered.Add(1)
	_, _ = fmt.Fprintf(w, `{"ok":1,"msg":"查询成功","status":2,"kdmc":"圆通速递","kddh":%q,"data":[%s]}`,
		r.URL.Query().Get("kddh"), strings.Join(events, ","))
}

// await waits until so many more calls are answered.
func (a *api) await(calls int) {
	for until := a.answered.Load() + int64(calls); a.answered.Load() < until; {
		time.Sleep(time.Millisecond)
	}
}

// benchDoor is a door without limits that tells when something was sent.
type benchDoor struct{ sent func(models.Address) }

func (benchDoor) Name() string { return "bench" }

func (benchDoor) Read(body []byte) (handlers.Message, bool, error) {
	conversation, text, _ := strings.Cut(string(body), " ")
	return handlers.Message{Address: models.Address{Door: "bench", Conversation: conversation}, Text: text, Addressed: true}, true, nil
}

func (m benchDoor) Send(_ context.Context, to models.Address, _ handlers.Reply) error {
	m.sent(to)
	return nil
}

// startApp assembles the program around an API and a door, and runs it for the
// benchmark after prepare.
func startApp(b *testing.B, kind string, speed float64, a *api, sent func(models.Address), prepare func(*app)) *app {
	b.Helper()
	ctx, leave := context.WithCancel(context.Background())
	s := benchSettings(b, a)
	s.DB, s.SecretKey, s.PollSpeed = storetest.DSN(b, kind), key, speed
	o := door{name: "bench", open: func(*app, func()) (*openDoor, error) { return &openDoor{Door: benchDoor{sent}}, nil }}
	h, err := build(ctx, s, slog.New(slog.DiscardHandler), []door{o})
	if err != nil {
		b.Fatal(err)
	}
	prepare(h)
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx) }()
	b.Cleanup(func() {
		leave()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return h
}

// benchSettings are those of a bot with one provider, which is a, and without
// pages, limits and quiet hours.
func benchSettings(b *testing.B, a *api) config.Settings {
	b.Helper()
	s, err := config.Parse(map[string]string{"WAYBILL_MUZHI_APPCODE": "bench", "WAYBILL_MUZHI_URL": a.URL, "WAYBILL_QUIET_HOURS": "off"}, vendors())
	if err != nil {
		b.Fatal(err)
	}
	s.HTTPAddr, s.Rates = "", nil
	return s
}

// follow makes parcels from one number on, each followed by so many chats.
func follow(b *testing.B, h *app, from, parcels, chats int) {
	b.Helper()
	var callers sync.WaitGroup
	next := make(chan int)
	for range 64 {
		callers.Go(func() {
			for i := range next {
				if err := followOne(h, i, chats); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range parcels {
		next <- from + i
	}
	close(next)
	callers.Wait()
}

func followOne(h *app, i, chats int) error {
	ctx, now := context.Background(), models.At(time.Now())
	p, err := h.store.Ensure(ctx, waybill(i), "yto", "", false, now)
	if err != nil {
		return err
	}
	for c := range chats {
		chat, err := h.store.Chat(ctx, models.Address{Door: "bench", Conversation: strconv.Itoa(i) + "/" + strconv.Itoa(c)}, false, now)
		if err != nil {
			return err
		}
		if _, err := h.store.Follow(ctx, models.Following{ChatID: chat.ID, ParcelID: p.ID}, now); err != nil {
			return err
		}
	}
	return nil
}

func waybill(i int) string { return fmt.Sprintf("YT%013d", 1_000_000_000_000+i) }

// p99 reports the 99th percentile in milliseconds.
func p99(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[(len(took)*99)/100].Microseconds())/1000, "p99-ms")
}

func eachDB(b *testing.B, bench func(b *testing.B, kind string)) {
	for _, kind := range storetest.Kinds() {
		b.Run(kind, func(b *testing.B) { bench(b, kind) })
	}
}

// BenchmarkReply is from a message being stored to its reply being sent.
func BenchmarkReply(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		sent := make(chan struct{}, 1)
		h := startApp(b, kind, 1, serveAPI(b, 0, 3), func(models.Address) { sent <- struct{}{} }, func(*app) {})
		took := make([]time.Duration, b.N)
		b.ResetTimer()
		for i := range b.N {
			begun := time.Now()
			now := models.At(begun)
			_, err := h.store.Arrive(b.Context(), []models.Arrival{{
				Door: "bench", Key: strconv.Itoa(i), Pos: int64(i), Body: []byte("me " + waybill(i)), DueAt: now, At: now,
				Address: models.Address{Door: "bench", Conversation: "me"},
			}}, now)
			if err != nil {
				b.Fatal(err)
			}
			h.doors[0].worker.Wake()
			<-sent
			took[i] = time.Since(begun)
		}
		b.StopTimer()
		p99(b, took)
	})
}

// BenchmarkDelivered is from a changed answer being written to the send call, with
// nothing else to do.
func BenchmarkDelivered(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		a := serveAPI(b, 0, 3)
		sent := make(chan time.Time, 1)
		h := startApp(b, kind, 1, a, func(models.Address) { sent <- time.Now() }, func(*app) {})
		took := make([]time.Duration, b.N)
		for i := range b.N {
			follow(b, h, i, 1, 1)
			took[i] = (<-sent).Sub(time.Unix(0, a.last.Load()))
		}
		p99(b, took)
	})
}

// BenchmarkNews is how many parcels a second are checked, each with three new
// events and two followers, who are told.
func BenchmarkNews(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		delivered := make(chan struct{}, 1024)
		begun := time.Now()
		startApp(b, kind, 1, serveAPI(b, 0, 3), func(models.Address) { delivered <- struct{}{} }, func(h *app) {
			follow(b, h, 0, b.N, 2)
			begun = time.Now()
		})
		for range 2 * b.N {
			<-delivered
		}
		b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "parcels/s")
	})
}

const (
	busy  = 10_000 // parcels
	hurry = 5000   // makes more of them due at any time than can be asked about
)

// BenchmarkSlowProvider is the share of a bare loop's calls that checks without
// news reach with a provider that takes 50 ms, 256 calls at once.
func BenchmarkSlowProvider(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		a := serveAPI(b, 50*time.Millisecond, 3)
		bare := bareLoop(b, a)
		a.slow.Store(0)
		delivered := make(chan struct{}, busy)
		startApp(b, kind, hurry, a, func(models.Address) { delivered <- struct{}{} }, func(h *app) { follow(b, h, 0, busy, 1) })
		for range busy { // the first answers are news
			<-delivered
		}
		a.slow.Store(int64(50 * time.Millisecond))
		a.await(256) // what was still asked at once
		begun := time.Now()
		a.await(b.N)
		reached := float64(b.N) / time.Since(begun).Seconds()
		b.ReportMetric(100*reached/bare, "%of-bare")
		b.ReportMetric(reached, "parcels/s")
		if len(delivered) > 0 {
			b.Errorf("%d checks brought news", len(delivered))
		}
	})
}

// bareLoop is how many calls a second 256 callers make who do nothing else.
func bareLoop(b *testing.B, a *api) float64 {
	b.Helper()
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		b.Fatal(err)
	}
	provider, err := benchSettings(b, a).Vendors[0].Open(tracking.Parts{Carriers: carriers, Client: tracking.NewClient(callTimeout), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	var callers sync.WaitGroup
	next := make(chan int)
	begun := time.Now()
	for range 256 {
		callers.Go(func() {
			for i := range next {
				if _, err := provider.Query(context.Background(), waybill(i), "yto", ""); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range b.N {
		next <- i
	}
	close(next)
	callers.Wait()
	return float64(b.N) / time.Since(begun).Seconds()
}
