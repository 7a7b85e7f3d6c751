package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// taken is the reply that Kuaidi100 wants.
const taken = `{"result":true,"returnCode":"200","message":"成功"}`

// receiver is where pushes go to. It replies what it is told to.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	reply  string
	status int
	got    []string // path, then body
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{reply: taken, status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, req.URL.Path+" "+string(raw))
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.reply)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) says(status int, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.reply = status, reply
}

// heard takes what has come since it was asked last.
func (r *receiver) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// hours lets emulated hours pass, pumping after each.
func (w world) hours(t *testing.T, n int) {
	t.Helper()
	for range n {
		w.clock.Add(w.lasts(time.Hour))
		w.Pump(t.Context())
	}
}

func TestAPushThatIsNotTakenComesThreeTimesMore(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		reply  string
	}{
		"an error":             {http.StatusInternalServerError, taken},
		"other words":          {http.StatusOK, "ok"},
		"no result":            {http.StatusOK, `{"result":false,"returnCode":"200"}`},
		"a code as a number":   {http.StatusOK, `{"result":true,"returnCode":200}`},
		"another code":         {http.StatusOK, `{"result":true,"returnCode":"500"}`},
		"a refusal of its own": {http.StatusUnauthorized, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := newWorld(t, Options{}), newReceiver(t)
			r.says(c.status, c.reply)
			w.order(t, ordering("jtexpress", "JT1000000000020", r.URL))
			w.clock.Add(15 * time.Minute)
			w.Pump(t.Context())
			first := r.heard()
			for range 20 {
				w.clock.Add(35 * time.Minute)
				w.Pump(t.Context())
				first = append(first, r.heard()...)
			}
			again := 0
			for _, push := range first {
				if push == first[0] {
					again++
				}
			}
			if again != 4 {
				t.Errorf("the first push came %d times", again)
			}
		})
	}
}

func TestRepetitionsAre35MinutesApart(t *testing.T) {
	w, r := newWorld(t, Options{Speed: 600, PushEvery: 24 * time.Hour}), newReceiver(t)
	r.says(http.StatusOK, "no")
	w.order(t, ordering("yuantong", "YT1000000000013", r.URL))
	pass := func(d time.Duration) int {
		w.clock.Add(w.lasts(d))
		w.Pump(t.Context())
		return len(r.heard())
	}
	if got := pass(15 * time.Minute); got != 1 {
		t.Fatalf("%d pushes at first", got)
	}
	for i := range 3 {
		if early := pass(34 * time.Minute); early != 0 {
			t.Errorf("repetition %d came early", i)
		}
		if i == 2 {
			r.says(http.StatusOK, taken)
		}
		if due := pass(time.Minute); due != 1 {
			t.Errorf("%d pushes for repetition %d", due, i)
		}
	}
	if more := pass(time.Hour); more != 0 {
		t.Errorf("%d pushes after one was taken", more)
	}
	if sent, took := w.Pushed("kuaidi100"); sent != 4 || took != 1 {
		t.Errorf("%d sent, %d taken", sent, took)
	}
}

func TestABrokenVendorPushesOnceItIsMended(t *testing.T) {
	w, r := newWorld(t, Options{KuaibaoPushURL: "http://127.0.0.1:1/"}), newReceiver(t)
	w.order(t, ordering("yuantong", "YT1000000000013", r.URL))
	w.Break("kuaidi100", Down)
	w.hours(t, 30)
	if got := r.heard(); len(got) != 0 {
		t.Errorf("pushed while broken: %v", got)
	}
	w.Break("kuaidi100", Healthy)
	w.Pump(t.Context())
	if got := told(r.notices(t, "pepper")); got != "polling yuantong 6" {
		t.Errorf("pushed %s", got)
	}
}

// An address where nobody answers, and one where an answer never comes.
func TestAPushThatCannotBeSentIsNotLost(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	w.order(t, ordering("yuantong", "YT1000000000013", r.URL))
	w.clock.Add(time.Hour)
	ended, end := context.WithCancel(t.Context())
	end()
	w.Pump(ended)
	if sent, _ := w.Pushed("kuaidi100"); sent != 0 {
		t.Errorf("%d sent after the end", sent)
	}
	w.Pump(t.Context())
	if got := told(r.notices(t, "pepper")); got != "polling yuantong 3" {
		t.Errorf("pushed %s", got)
	}
	w.order(t, ordering("yuantong", "YT1000000000021", "http://127.0.0.1:1/"))
	w.clock.Add(time.Hour)
	w.Pump(t.Context())
	if _, took := w.Pushed("kuaidi100"); took > 2 {
		t.Error("a push to nobody was taken")
	}
}

func TestTheOldestSubscriptionsGoFirst(t *testing.T) {
	ws := newWatches(2)
	for _, number := range []string{"a", "b", "b", "c"} {
		ws.put(&watch{code: "x", number: number})
	}
	if len(ws.order) != 2 || len(ws.known) != 2 || ws.known["x a"] != nil || ws.known["x c"] == nil {
		t.Errorf("kept %v", ws.known)
	}
	o := newOutbox(2)
	for i := range 3 {
		o.add(&delivery{tries: i})
	}
	if len(o.waiting) != 2 || o.waiting[0].tries != 1 {
		t.Errorf("%d wait", len(o.waiting))
	}
	kept := newRecent[history](2)
	for _, number := range []string{"a", "b", "a", "c"} {
		kept.with(number, func(h *history) { h.failed++ })
	}
	if len(kept.rows) != 2 || kept.rows["a"] != nil || kept.rows["b"].failed != 1 {
		t.Errorf("kept %v", kept.rows)
	}
}

// trip is a transport of a function.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRunPushesUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		came := make(chan string, 100)
		client := &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			came <- r.URL.Path
			return nil, errors.New("nobody there")
		})}
		s := New(Options{Speed: 600, PushClient: client})
		s.kuaidi100Watch("YT1000000000013", coded{"yto", "yuantong", ""}, kuaidi100Parameters{CallbackURL: "http://example.com/a"})
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { s.Run(ctx) })
		began := time.Now()
		<-came
		if waited := time.Since(began); waited < s.lasts(firstLook) || waited > s.lasts(time.Hour) {
			t.Errorf("the first push came after %s", waited)
		}
		stop()
		running.Wait()
	})
}
