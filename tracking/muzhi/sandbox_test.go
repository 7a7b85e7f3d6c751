package muzhi_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/muzhi"
	"waybill/tracking/sandbox"
)

// emulated is the client against the emulated vendor, with a settable clock.
func emulated(t *testing.T) (tracking.Provider, *sandbox.Sandbox, func(time.Duration)) {
	t.Helper()
	now := clock()
	vendor := sandbox.New(sandbox.Options{Appcode: appcode, Now: func() time.Time { return now }, Slow: time.Millisecond})
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	p := client(t, muzhi.Settings{
		Appcode: appcode, URL: server.URL, QueryPath: sandbox.MuzhiQueryPath,
		DetectPath: sandbox.MuzhiDetectPath, ListPath: sandbox.MuzhiListPath,
		Carriers: carriers(t), Now: func() time.Time { return now },
	})
	return p, vendor, func(d time.Duration) { now = now.Add(d) }
}

func TestEveryScenarioIsUnderstood(t *testing.T) {
	for number, c := range map[string]struct {
		carrier models.Carrier
		tail    string
		after   time.Duration
		kind    error
		status  models.Status
		names   models.Carrier
	}{
		"YT1000000000013": {carrier: "yto", status: models.InTransit, names: "yto"},
		"SF1000000000015": {carrier: "sf", tail: "1234", after: 45 * time.Hour, status: models.OutForDelivery, names: "sf"},
		"SF1000000000023": {carrier: "sf", tail: "1234", kind: tracking.ErrTailWrong},
		"SF2000000000001": {carrier: "sf", kind: tracking.ErrTailNeeded},
		"JT1000000000012": {carrier: "jt", kind: tracking.ErrNoRecord},
		"368000000012":    {after: 70 * time.Hour, status: models.Delivered, names: "sto"},
		"773000000000017": {carrier: "sto", after: 60 * time.Hour, status: models.ReadyForPickup, names: "sto"},
		"YT1000000000021": {carrier: "yto", after: 52 * time.Hour, status: models.FailedAttempt, names: "yto"},
		"YT1000000000039": {carrier: "yto", after: 70 * time.Hour, status: models.Rejected, names: "yto"},
		"YT1000000000047": {carrier: "yto", after: 95 * time.Hour, status: models.Returned, names: "yto"},
		"EA100000003CN":   {carrier: "ems", after: 10 * time.Hour, status: models.Customs, names: "ems"},
		"JT1000000000020": {carrier: "jt", after: 500 * time.Hour, status: models.InTransit, names: "jt"},
		"JDVA10000000014": {carrier: "jd", after: 99 * time.Hour, status: models.Delivered, names: "jd"},
		"310000000000019": {carrier: "yunda", kind: tracking.ErrCarrier},
		"YT1000000000070": {carrier: "yto", status: models.InTransit, names: "jt"},
		"YT1000000000088": {carrier: "yto", status: models.InTransit},
		"YT1000000000054": {carrier: "yto", status: models.Invalid},
		"YT1000000000062": {carrier: "yto", kind: tracking.ErrNumber},
		"JT1000000000500": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000200": {carrier: "jt", kind: tracking.ErrUnavailable},
		"JT1000000000408": {carrier: "jt", status: models.InTransit, names: "jt"},
		"JT1000000000429": {carrier: "jt", kind: tracking.ErrRate},
		"JT1000000000403": {carrier: "jt", kind: tracking.ErrQuota},
	} {
		t.Run(title(number), func(t *testing.T) {
			p, vendor, pass := emulated(t)
			trace, err := p.Query(t.Context(), number, c.carrier, c.tail)
			if c.after > 0 {
				pass(c.after)
				trace, err = p.Query(t.Context(), number, c.carrier, c.tail)
			}
			if !errors.Is(err, c.kind) || c.kind == nil && (trace.Status != c.status || trace.Carrier != c.names) {
				t.Errorf("got %q of %q, %v; want %q of %q, %v", trace.Status, trace.Carrier, err, c.status, c.names, c.kind)
			}
			var e *tracking.Error
			told := trace.Billed || errors.As(err, &e) && e.Billed
			if _, billed := vendor.Asked("muzhi", "query", number); (billed > 0) != told {
				t.Errorf("the vendor bills %d calls, the client says %v", billed, told)
			}
		})
	}
}

// title names a scenario: no name of a test holds a waybill.
func title(number string) string {
	for _, s := range sandbox.Scenarios() {
		if s.Number == number {
			return s.English
		}
	}
	return "no scenario"
}

func TestThePickedUpParcelIsDelivered(t *testing.T) {
	p, _, pass := emulated(t)
	var course []models.Status
	for range 160 {
		trace, err := p.Query(t.Context(), "773000000000017", "sto", "")
		if err != nil {
			t.Fatal(err)
		}
		if len(course) == 0 || course[len(course)-1] != trace.Status {
			course = append(course, trace.Status)
		}
		pass(time.Hour)
	}
	want := []models.Status{models.InTransit, models.OutForDelivery, models.ReadyForPickup, models.Delivered}
	if len(course) != len(want) {
		t.Fatalf("went %v, want %v", course, want)
	}
	for i := range want {
		if course[i] != want[i] {
			t.Errorf("went %v, want %v", course, want)
		}
	}
}

func TestDetectionAndListOfTheEmulatedVendor(t *testing.T) {
	p, _, _ := emulated(t)
	found, err := p.(tracking.Detector).Detect(t.Context(), "368000000012")
	if err != nil || len(found.Carriers) != 5 || found.Carriers[0] != "sto" {
		t.Errorf("got %v, %v", found.Carriers, err)
	}
	listed, err := p.(tracking.Lister).Carriers(t.Context(), "中天快运")
	if err != nil || len(listed.Carriers) != 1 || listed.Carriers[0].Code != "zhongtian" {
		t.Errorf("got %v, %v", listed.Carriers, err)
	}
}
