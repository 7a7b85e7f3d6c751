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
)

// api is a Muzhi that answers each number's first calls with so many new
// events each, after a while.
type api struct {
	*httptest.Server
	slow      atomic.Int64 // nanoseconds that an answer takes
	quickFrom string       // numbers from this one on are answered at once; "": none
	events    int
	begun     time.Time // of the journeys
	answered  atomic.Int64
	last      atomic.Int64 // nanoseconds since 1970: when the last answer was written
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
	number := r.URL.Query().Get("kddh")
	if slow := time.Duration(a.slow.Load()); slow > 0 && (a.quickFrom == "" || number < a.quickFrom) {
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
		number, strings.Join(events, ","))
}

// await waits until so many more calls are answered.
func (a *api) await(b *testing.B, calls int) {
	b.Helper()
	if missing := a.idle(calls, 20*time.Second); missing > 0 {
		b.Fatalf("%d of %d calls do not come", missing, calls)
	}
}

// idle waits until so many more calls are answered, or none is for a while, and says
// how many are missing. On a machine with too much to do some are begun and not sent:
// it is too late for them.
func (a *api) idle(calls int, while time.Duration) (missing int) {
	until, seen, since := a.answered.Load()+int64(calls), int64(0), time.Now()
	for {
		now := a.answered.Load()
		if now >= until {
			return 0
		}
		if now > seen {
			seen, since = now, time.Now()
		}
		if time.Since(since) > while {
			return int(until - now)
		}
		time.Sleep(time.Millisecond)
	}
}

// benchDoor is a door without limits that tells what was sent.
type benchDoor struct {
	sent func(models.Address, handlers.Reply)
}

func (benchDoor) Name() string { return "bench" }

func (benchDoor) Read(body []byte) (handlers.Message, bool, error) {
	conversation, text, _ := strings.Cut(string(body), " ")
	return handlers.Message{Address: models.Address{Door: "bench", Conversation: conversation}, Text: text, Addressed: true}, true, nil
}

func (m benchDoor) Send(_ context.Context, to models.Address, r handlers.Reply) error {
	m.sent(to, r)
	return nil
}

// benchApp is how a benchmark wants the program.
type benchApp struct {
	dsn   string
	nats  string // "": the queue within
	api   *api
	sent  func(models.Address, handlers.Reply)
	calls int           // of polls, under way together; 0: as many as the program makes
	ahead time.Duration // of its clock
}

// start assembles the program and runs it after prepare, until it is stopped or the
// benchmark ends.
func (o benchApp) start(b *testing.B, prepare func(*app)) (h *app, stop func()) {
	b.Helper()
	ctx, leave := context.WithCancel(context.Background())
	s := benchSettings(b, o.api)
	s.DB, s.SecretKey, s.NATSURL = o.dsn, key, o.nats
	h = newApp(s, slog.New(slog.DiscardHandler))
	h.pollCalls = o.calls
	h.now = func() time.Time { return time.Now().Add(o.ahead) }
	bench := door{name: "bench", open: func(*app, func()) (*openDoor, error) { return &openDoor{Door: benchDoor{o.sent}}, nil }}
	if err := h.build(ctx, []door{bench}); err != nil {
		b.Fatal(err)
	}
	prepare(h)
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx) }()
	stop = sync.OnceFunc(func() {
		leave()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(stop)
	return h, stop
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

// follow makes parcels from one number on, due now, each followed by so many chats of its own.
func follow(b *testing.B, kind string, h *app, from, parcels, chats int) {
	b.Helper()
	all := make([]storetest.Followed, parcels)
	for i := range all {
		all[i].Number = waybill(from + i)
		for c := range chats {
			all[i].Conversations = append(all[i].Conversations, conversation(from+i, c))
		}
	}
	storetest.FillFollowed(b, kind, h.settings.DB, "bench", "yto", models.At(time.Now()), all)
}

// conversation is a chat that follows one parcel.
func conversation(parcel, chat int) string { return strconv.Itoa(parcel) + "/" + strconv.Itoa(chat) }

// followOne makes one parcel that a chat of its own follows, while the program runs.
func followOne(b *testing.B, h *app, i int) {
	b.Helper()
	now := models.At(time.Now())
	p, err := h.store.Ensure(b.Context(), waybill(i), "yto", "", false, now)
	if err != nil {
		b.Fatal(err)
	}
	chat, err := h.store.Chat(b.Context(), models.Address{Door: "bench", Conversation: conversation(i, 0)}, false, now)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := h.store.Follow(b.Context(), models.Following{ChatID: chat.ID, ParcelID: p.ID}, now); err != nil {
		b.Fatal(err)
	}
}

func waybill(i int) string { return fmt.Sprintf("YT%013d", 1_000_000_000_000+i) }

// p99 reports the 99th percentile in milliseconds.
func p99(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[(len(took)*99)/100].Microseconds())/1000, "p99-ms")
}

func eachDB(b *testing.B, bench func(b *testing.B, kind string)) {
	for _, kind := range storetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			if !storetest.Rehearsal(b) {
				bench(b, kind)
			}
		})
	}
}

// sentReply is a reply, and when the door was to send it.
type sentReply struct {
	at    time.Time
	reply handlers.Reply
}

// sentTo has what a door sends come over a channel.
func sentTo(sent chan<- sentReply) func(models.Address, handlers.Reply) {
	return func(_ models.Address, r handlers.Reply) { sent <- sentReply{time.Now(), r} }
}

// ask stores a message of a chat that asks about a number, wakes who answers it, and
// returns how long it took until the trace was sent. Any other reply fails the benchmark.
func (h *app) ask(b *testing.B, conversation string, number int, sent <-chan sentReply) time.Duration {
	b.Helper()
	begun := time.Now()
	now := models.At(h.now())
	_, err := h.store.Arrive(b.Context(), []models.Arrival{{
		Door: "bench", Key: strconv.Itoa(number), Pos: int64(number), Body: []byte(conversation + " " + waybill(number)), DueAt: now, At: now,
		Address: models.Address{Door: "bench", Conversation: conversation},
	}}, now)
	if err != nil {
		b.Fatal(err)
	}
	h.doors[0].worker.Wake()
	got := <-sent
	mustShow(b, got.reply, waybill(number), onItsWay)
	return got.at.Sub(begun)
}

// onItsWay is the status of all of the api's answers, as it is worded.
const onItsWay = "运输中"

// mustShow fails a benchmark whose reply is not the one that it measures.
func mustShow(b *testing.B, r handlers.Reply, parts ...string) {
	b.Helper()
	text := r.Text()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			b.Fatalf("the reply does not show %s:\n%s", part, text)
		}
	}
}

// BenchmarkReply is from a message being stored to its reply being sent: a new number's
// trace, to one of a hundred chats, which follow what they have asked about.
func BenchmarkReply(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		sent := make(chan sentReply, 1)
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 3), sent: sentTo(sent)}
		h, _ := o.start(b, func(*app) {})
		took := make([]time.Duration, b.N)
		b.ResetTimer()
		for i := range b.N {
			took[i] = h.ask(b, "chat"+strconv.Itoa(i%100), i, sent)
		}
		b.StopTimer()
		p99(b, took)
	})
}

// BenchmarkDelivered is from a changed answer being written to the send call, with
// nothing else to do.
func BenchmarkDelivered(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		sent := make(chan sentReply, 1)
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 3), sent: sentTo(sent)}
		h, _ := o.start(b, func(*app) {})
		took := make([]time.Duration, b.N)
		for i := range b.N {
			followOne(b, h, i)
			got := <-sent
			took[i] = got.at.Sub(time.Unix(0, o.api.last.Load()))
			mustShow(b, got.reply, waybill(i), onItsWay)
		}
		p99(b, took)
	})
}

// come waits until so much was sent, or nothing is for a while, and says how much is missing.
// On a machine with too much to do some checks are begun and not made, and come again later.
func come(delivered <-chan struct{}, n int) (missing int) {
	const while = 20 * time.Second
	nothing := time.NewTimer(while)
	defer nothing.Stop()
	for i := range n {
		select {
		case <-delivered:
			nothing.Reset(while)
		case <-nothing.C:
			return n - i
		}
	}
	return 0
}

// BenchmarkNews is how many parcels a second are checked, each with three new
// events and two followers, who are told.
func BenchmarkNews(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		delivered := make(chan struct{}, 1024)
		var used usage
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 3), sent: func(models.Address, handlers.Reply) { delivered <- struct{}{} }}
		o.start(b, func(h *app) {
			follow(b, kind, h, 0, b.N, 2)
			used = usageNow(b)
		})
		if missing := come(delivered, 2*b.N); missing > 0 {
			b.Fatalf("%d of %d are not told", missing, 2*b.N)
		}
		used.report(b, b.N)
	})
}
