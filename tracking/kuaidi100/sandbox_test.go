package kuaidi100_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/sandbox"
)

// strikes counts failures as the vendor does, within one test.
type strikes map[string]int

func (s strikes) Strike(_ context.Context, _, waybill string) bool {
	s[waybill]++
	return s[waybill]%5 == 0 && s[waybill] == 5
}

// against is the client against the emulated vendor, with a settable clock.
type against struct {
	*kuaidi100.Pusher
	vendor *sandbox.Sandbox
	mu     sync.Mutex
	now    time.Time
	pushes chan pushed
	reply  string
}

type pushed struct{ token, body string }

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
	a := &against{now: clock(), pushes: make(chan pushed, 1000)}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		a.pushes <- pushed{strings.TrimPrefix(r.URL.Path, "/push/kuaidi100/"), string(raw)}
		_, _ = io.WriteString(w, a.reply)
	}))
	t.Cleanup(door.Close)
	a.vendor = sandbox.New(sandbox.Options{Kuaidi100Customer: customer, Kuaidi100Key: key, Now: a.clock, Slow: time.Millisecond})
	server := httptest.NewServer(a.vendor)
	t.Cleanup(server.Close)
	s := settings(t, server.URL)
	s.Now, s.Failures, s.CallbackURL = a.clock, strikes{}, door.URL
	p, ok := client(t, s).(*kuaidi100.Pusher)
	if !ok {
		t.Fatal("no pusher")
	}
	a.Pusher, a.reply = p, p.PushReply()
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
		"SF1000000000031": {carrier: "sf", tail: "5678", status: models.InTransit, names: "sf"},
		"SF1000000000023": {carrier: "sf", tail: "1234", kind: tracking.ErrTailWrong},
		"SF2000000000001": {carrier: "sf", kind: tracking.ErrTailNeeded},
		"JT1000000000012": {carrier: "jt", kind: tracking.ErrNoRecord},
		"JT1000000000038": {carrier: "jt", after: 500, kind: tracking.ErrNoRecord},
		"368000000012":    {carrier: "sto", after: 70, status: models.Delivered, names: "sto"},
		"773000000000017": {carrier: "sto", after: 60, status: models.ReadyForPickup, names: "sto"},
		"YT1000000000021": {carrier: "yto", after: 52, status: models.FailedAttempt, names: "yto"},
		"YT1000000000039": {carrier: "yto", after: 70, status: models.Rejected, names: "yto"},
		"YT1000000000047": {carrier: "yto", after: 95, status: models.Returned, names: "yto"},
		"EA100000003CN":   {carrier: "ems", after: 10, status: models.Customs, names: "ems"},
		"JT1000000000020": {carrier: "jt", after: 500, status: models.InTransit, names: "jt"},
		"JDVA10000000014": {carrier: "jd", after: 99, status: models.Delivered, names: "jd"},
		"310000000000019": {carrier: "yunda", kind: tracking.ErrCarrier},
		"310000000000027": {carrier: "yunda", kind: tracking.ErrNoRecord},
		"YT1000000000070": {carrier: "yto", status: models.InTransit, names: "jt"},
		"YT1000000000088": {carrier: "yto", status: models.InTransit},
		"YT1000000000096": {carrier: "yto", status: models.InTransit, names: "yto"},
		"YT1000000000104": {carrier: "yto", kind: tracking.ErrLocked},
		"YT1000000000054": {carrier: "yto", kind: tracking.ErrNoRecord},
		"YT1000000000062": {carrier: "yto", kind: tracking.ErrNoRecord},
		"JT1000000000500": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000200": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000408": {carrier: "jt", status: models.InTransit, names: "jt"},
		"JT1000000000429": {carrier: "jt", kind: tracking.ErrUnavailable},
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
			if _, billed := a.vendor.Asked("kuaidi100", "query", number); (billed > 0) != told {
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

func TestTheBillAgreesWithTheVendorsOverManyFailures(t *testing.T) {
	a := emulated(t)
	told := 0
	for range 12 {
		_, err := a.Query(t.Context(), "JT1000000000038", "jt", "")
		var e *tracking.Error
		if errors.As(err, &e) && e.Billed {
			told++
		}
		a.hours(t, 1)
	}
	if _, billed := a.vendor.Asked("kuaidi100", "query", ""); billed != told || billed != 1 {
		t.Errorf("the vendor bills %d, the client says %d", billed, told)
	}
}

func TestAHastyQuestionIsLockedForADay(t *testing.T) {
	a := emulated(t)
	for _, kind := range []error{nil, tracking.ErrLocked} {
		if _, err := a.Query(t.Context(), "YT1000000000013", "yto", ""); !errors.Is(err, kind) {
			t.Fatalf("got %v, want %v", err, kind)
		}
	}
	a.hours(t, 24)
	if _, err := a.Query(t.Context(), "YT1000000000013", "yto", ""); err != nil {
		t.Errorf("after a day: %v", err)
	}
}

func TestTheSandboxsRecognitionIsUnderstood(t *testing.T) {
	a := emulated(t)
	for number, want := range map[string]int{"368000000012": 5, "YT1000000000013": 1, "YT1000000000096": 1, "ABCDEF1234567": 0} {
		if found, err := a.Detect(t.Context(), number); err != nil || len(found.Carriers) != want || found.Billed {
			t.Errorf("%s: %v, %v", scenario(number), found.Carriers, err)
		}
	}
	if _, err := a.Detect(t.Context(), "YT1000000000062"); !errors.Is(err, tracking.ErrNumber) {
		t.Errorf("no number: %v", err)
	}
}

// read drains what has been pushed, read by the client.
func (a *against) read(t *testing.T, of tracking.Subscription) (all []tracking.Push) {
	t.Helper()
	for {
		select {
		case p := <-a.pushes:
			of.Token = p.token
			push, err := a.ReadPush(of, []byte(p.body))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, push)
		default:
			return all
		}
	}
}

func TestTheSandboxsPushesAreUnderstood(t *testing.T) {
	a := emulated(t)
	of := tracking.Subscription{Number: "SF1000000000015", Carrier: "sf", Tail: "1234", Token: "one"}
	if done, err := a.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil || !done.Billed {
		t.Fatalf("subscribed %+v, %v", done, err)
	}
	if done, err := a.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil || !done.Known || done.Billed {
		t.Errorf("again %+v, %v", done, err)
	}
	a.hours(t, 60)
	all := a.read(t, of)
	if len(all) < 5 {
		t.Fatalf("%d pushes", len(all))
	}
	for i, p := range all {
		if !p.Traced() || p.Trace.Carrier != "sf" || p.Over() != (i == len(all)-1) {
			t.Errorf("push %d: %s %v", i, p.Stage, p.Err)
		}
	}
	last := all[len(all)-1]
	if last.Stage != tracking.StageShutdown || last.Trace.Status != models.Delivered || !last.Trace.Final {
		t.Errorf("the last one: %s %s", last.Stage, last.Trace.Status)
	}
	if sent, taken := a.vendor.Pushed("kuaidi100"); sent != len(all) || taken != sent {
		t.Errorf("%d sent, %d taken, %d read", sent, taken, len(all))
	}
}

func TestTheSandboxsCorrectionIsUnderstood(t *testing.T) {
	a := emulated(t)
	of := tracking.Subscription{Number: "310000000000027", Carrier: "yunda", Token: "two"}
	if _, err := a.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil {
		t.Fatal(err)
	}
	a.hours(t, 80)
	all := a.read(t, of)
	if len(all) != 2 || all[0].Stage != tracking.StageAbort || all[0].Over() || all[0].Corrected != "sto" || all[0].AutoCheck {
		t.Fatalf("pushes %+v", all)
	}
	if after := all[1]; !after.AutoCheck || after.Corrected != "sto" || !after.Traced() || after.Trace.Carrier != "sto" {
		t.Errorf("after the correction: %+v", after)
	}
}

func TestTheSandboxsAbortIsTheEnd(t *testing.T) {
	a := emulated(t)
	of := tracking.Subscription{Number: "JT1000000000038", Carrier: "jt", Token: "three"}
	if _, err := a.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil {
		t.Fatal(err)
	}
	a.hours(t, 80)
	all := a.read(t, of)
	if len(all) != 1 || !all[0].Over() || all[0].Traced() || !errors.Is(all[0].Err, tracking.ErrNoRecord) {
		t.Errorf("pushes %+v", all)
	}
}
