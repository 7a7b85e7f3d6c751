package kuaibao_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/kuaibao"
	"waybill/tracking/sandbox"
)

// against is the client against the emulated vendor, with a settable clock.
type against struct {
	*kuaibao.Pusher
	vendor *sandbox.Sandbox
	mu     sync.Mutex
	now    time.Time
	pushes chan tracking.Push
}

func (a *against) clock() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// hours lets time pass; the vendor pushes after each hour.
func (a *against) hours(t *testing.T, n int) {
	t.Helper()
	for range n {
		a.mu.Lock()
		a.now = a.now.Add(time.Hour)
		a.mu.Unlock()
		a.vendor.Pump(t.Context())
	}
}

func emulated(t *testing.T) *against {
	t.Helper()
	a := &against{now: clock(), pushes: make(chan tracking.Push, 1000)}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		push, err := a.ReadPush(tracking.Subscription{Token: strings.TrimPrefix(r.URL.Path, "/push/kuaibao/")}, raw)
		if err != nil {
			t.Error(err)
		}
		a.pushes <- push
		_, _ = io.WriteString(w, a.PushReply())
	}))
	t.Cleanup(door.Close)
	a.vendor = sandbox.New(sandbox.Options{
		KuaibaoAppID: appID, KuaibaoAPIKey: apiKey, KuaibaoPushURL: door.URL + "/push/kuaibao/" + token, Now: a.clock, Slow: time.Millisecond,
	})
	server := httptest.NewServer(a.vendor)
	t.Cleanup(server.Close)
	s := settings(t, server.URL)
	s.Now = a.clock
	p, ok := client(t, s).(*kuaibao.Pusher)
	if !ok {
		t.Fatal("no pusher")
	}
	a.Pusher = p
	return a
}

func TestEveryScenarioOfTheSandboxIsUnderstood(t *testing.T) {
	for number, c := range map[string]struct {
		carrier models.Carrier
		tail    string
		after   int // hours
		kind    error
		status  models.Status
		names   models.Carrier
	}{
		"YT1000000000013": {carrier: "yto", status: models.InTransit, names: "yto"},
		"SF1000000000015": {carrier: "sf", tail: "1234", after: 45, status: models.OutForDelivery, names: "sf"},
		"SF1000000000031": {tail: "5678", status: models.InTransit, names: "sf"},
		"SF1000000000023": {carrier: "sf", tail: "1234", kind: tracking.ErrTailWrong},
		"SF2000000000001": {carrier: "sf", kind: tracking.ErrTailNeeded},
		"JT1000000000012": {carrier: "jt", kind: tracking.ErrNoRecord},
		"368000000012":    {after: 70, status: models.Delivered, names: "sto"},
		"773000000000017": {carrier: "sto", after: 60, status: models.ReadyForPickup, names: "sto"},
		"YT1000000000021": {carrier: "yto", after: 52, status: models.Exception, names: "yto"},
		"EA100000003CN":   {carrier: "ems", after: 10, status: models.InTransit, names: "ems"},
		"JDVA10000000014": {carrier: "jd", after: 99, status: models.Delivered, names: "jd"},
		"310000000000019": {carrier: "yunda", kind: tracking.ErrCarrier},
		"310000000000027": {carrier: "yunda", kind: tracking.ErrNoRecord},
		"YT1000000000070": {carrier: "yto", status: models.InTransit, names: "jt"},
		"YT1000000000088": {carrier: "yto", status: models.InTransit},
		"YT1000000000096": {carrier: "yto", status: models.InTransit, names: "yto"},
		"YT1000000000054": {carrier: "yto", kind: tracking.ErrNoRecord},
		"YT1000000000062": {carrier: "yto", kind: tracking.ErrNumber},
		"JT1000000000500": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000200": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000408": {carrier: "jt", status: models.InTransit, names: "jt"},
		"JT1000000000429": {carrier: "jt", kind: tracking.ErrRate},
		"JT1000000000403": {carrier: "jt", kind: tracking.ErrQuota},
	} {
		t.Run(scenario(number), func(t *testing.T) {
			a := emulated(t)
			trace, err := a.Query(t.Context(), number, c.carrier, c.tail)
			if c.after > 0 {
				a.hours(t, c.after)
				trace, err = a.Query(t.Context(), number, c.carrier, c.tail)
			}
			if !errors.Is(err, c.kind) || c.kind == nil && (err != nil || trace.Status != c.status || trace.Carrier != c.names) {
				t.Errorf("got %q of %q, %v; want %q of %q, %v", trace.Status, trace.Carrier, err, c.status, c.names, c.kind)
			}
			var e *tracking.Error
			told := trace.Billed || errors.As(err, &e) && e.Billed
			if _, billed := a.vendor.Asked("kuaibao", "query", number); (billed > 0) != told {
				t.Errorf("the vendor bills %d calls, the client says %v", billed, told)
			}
		})
	}
}

// scenario names a number: no name of a test holds a waybill.
func scenario(number string) string {
	for _, s := range sandbox.Scenarios() {
		if s.Number == number {
			return s.English
		}
	}
	return "no scenario"
}

func TestTheSandboxsPushesAreHints(t *testing.T) {
	a := emulated(t)
	batch := []tracking.Subscription{{Number: "YT1000000000013", Carrier: "yto"}, {Number: "YT1000000000096", Carrier: "yto"}}
	if done, err := a.Subscribe(t.Context(), batch); err != nil || !done.Billed {
		t.Fatalf("subscribed %+v, %v", done, err)
	}
	a.hours(t, 1)
	first := <-a.pushes
	if first.Stage != tracking.StageHint || !slices.Contains(first.Numbers, "YT1000000000013") || !slices.Contains(first.Numbers, "YT1000000000096") {
		t.Errorf("got %s %v", first.Stage, first.Numbers)
	}
	a.hours(t, 60)
	if sent, taken := a.vendor.Pushed("kuaibao"); sent < 8 || taken != sent {
		t.Errorf("%d sent, %d taken", sent, taken)
	}
}
