package juhe_test

import (
	"errors"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/sandbox"
)

// against is the client against the emulated vendor, with a settable clock.
type against struct {
	*juhe.Client
	vendor *sandbox.Sandbox
	mu     sync.Mutex
	now    time.Time
}

func (a *against) clock() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *against) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// emulated has learned the vendor's list, as a bot does at its start.
func emulated(t *testing.T, format string) *against {
	t.Helper()
	a := &against{now: clock()}
	a.vendor = sandbox.New(sandbox.Options{JuheKey: key, Now: a.clock, Slow: time.Millisecond})
	server := httptest.NewServer(a.vendor)
	t.Cleanup(server.Close)
	s := settings(t, server.URL)
	s.Format, s.Now = format, a.clock
	a.Client = client(t, s)
	listed, err := a.Carriers(t.Context(), "")
	if err != nil || !listed.Billed {
		t.Fatalf("list: %v", err)
	}
	a.Learn(listed.Carriers)
	return a
}

func TestEveryScenarioOfTheSandboxIsUnderstoodInBothFormats(t *testing.T) {
	for number, c := range map[string]struct {
		carrier models.Carrier
		tail    string
		after   time.Duration
		kind    error
		status  models.Status
		names   models.Carrier
		final   bool
	}{
		"YT1000000000013": {carrier: "yto", status: models.InTransit, names: "yto"},
		"SF1000000000015": {carrier: "sf", tail: "1234", after: 45 * time.Hour, status: models.OutForDelivery, names: "sf"},
		"SF1000000000031": {carrier: "sf", tail: "5678", kind: tracking.ErrTailWrong},
		"SF1000000000023": {carrier: "sf", tail: "1234", kind: tracking.ErrTailWrong},
		"SF2000000000001": {carrier: "sf", kind: tracking.ErrTailNeeded},
		"JT1000000000012": {carrier: "jt", kind: tracking.ErrNoRecord},
		"368000000012":    {carrier: "sto", after: 70 * time.Hour, status: models.Delivered, names: "sto", final: true},
		"YT1000000000021": {carrier: "yto", after: 52 * time.Hour, status: models.FailedAttempt, names: "yto"},
		"YT1000000000047": {carrier: "yto", after: 95 * time.Hour, status: models.Returned, names: "yto", final: true},
		"JT1000000000020": {carrier: "jt", after: 500 * time.Hour, status: models.InTransit, names: "jt"},
		"JDVA10000000014": {carrier: "jd", after: 50 * time.Hour, status: models.Delivered, names: "jd"},
		"310000000000019": {carrier: "yunda", kind: tracking.ErrCarrier},
		"310000000000027": {carrier: "yunda", kind: tracking.ErrNoRecord},
		"YT1000000000070": {carrier: "yto", status: models.InTransit, names: "jt"},
		"YT1000000000096": {carrier: "yto", after: 60 * time.Hour, status: models.Delivered, names: "yto", final: true},
		"YT1000000000062": {carrier: "yto", kind: tracking.ErrNumber},
		"JT1000000000500": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000200": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000408": {carrier: "jt", status: models.InTransit, names: "jt"},
		"JT1000000000429": {carrier: "jt", kind: tracking.ErrRate},
		"JT1000000000403": {carrier: "jt", kind: tracking.ErrQuota},
	} {
		for _, format := range []string{"json", "xml"} {
			t.Run(scenario(number)+", "+format, func(t *testing.T) {
				a := emulated(t, format)
				trace, err := a.Query(t.Context(), number, c.carrier, c.tail)
				if c.after > 0 {
					a.pass(c.after)
					trace, err = a.Query(t.Context(), number, c.carrier, c.tail)
				}
				if !errors.Is(err, c.kind) || c.kind == nil && (err != nil || trace.Status != c.status || trace.Carrier != c.names || trace.Final != c.final) {
					t.Errorf("got %q of %q, %v, %v; want %q of %q, %v, %v", trace.Status, trace.Carrier, trace.Final, err, c.status, c.names, c.final, c.kind)
				}
				var e *tracking.Error
				told := trace.Billed || errors.As(err, &e) && e.Billed
				if _, billed := a.vendor.Asked("juhe", "query", number); (billed > 0) != told {
					t.Errorf("the vendor bills %d calls, the client says %v", billed, told)
				}
			})
		}
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

func TestTheSendersTailOpensInTheOtherWords(t *testing.T) {
	a := emulated(t, "json")
	_, err := a.Query(t.Context(), "SF1000000000031", "sf", "5678")
	if _, again := a.Rephrasable(err); !again {
		t.Fatalf("got %v", err)
	}
	trace, err := a.Rephrase(t.Context(), "SF1000000000031", "sf", "5678")
	if err != nil || trace.Status != models.InTransit {
		t.Errorf("got %s, %v", trace.Status, err)
	}
	if asked, billed := a.vendor.Asked("juhe", "query", ""); asked != 2 || billed != 1 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}

func TestAnInvalidWaybillIsAState(t *testing.T) {
	a := emulated(t, "json")
	if trace, err := a.Query(t.Context(), "YT1000000000054", "yto", ""); err != nil || trace.Status != models.Invalid {
		t.Errorf("got %s, %v", trace.Status, err)
	}
}
