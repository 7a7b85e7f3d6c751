package muzhi_test

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
	"waybill/tracking/sandbox"
)

// emulated is the client against the emulated vendor.
func emulated(t *testing.T) (*providertest.World, tracking.Provider) {
	t.Helper()
	w := providertest.Emulate(t, func(now func() time.Time) providertest.Emulator {
		return sandbox.New(sandbox.Options{Appcode: appcode, Now: now, Slow: time.Millisecond})
	})
	s := settings(t, w.URL)
	s.QueryPath, s.DetectPath, s.ListPath, s.Now = sandbox.MuzhiQueryPath, sandbox.MuzhiDetectPath, sandbox.MuzhiListPath, w.Now
	return w, client(t, s)
}

func TestEveryScenarioIsUnderstood(t *testing.T) {
	providertest.ReadsScenarios(t, map[string]providertest.Expected{
		"YT1000000000013": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"SF1000000000015": {Carrier: "sf", Tail: "1234", After: 45, Status: models.OutForDelivery, Names: "sf"},
		"SF1000000000023": {Carrier: "sf", Tail: "1234", Kind: tracking.ErrTailWrong},
		"SF2000000000001": {Carrier: "sf", Kind: tracking.ErrTailNeeded},
		"JT1000000000012": {Carrier: "jt", Kind: tracking.ErrNoRecord},
		"368000000012":    {After: 70, Status: models.Delivered, Names: "sto"},
		"773000000000017": {Carrier: "sto", After: 60, Status: models.ReadyForPickup, Names: "sto"},
		"YT1000000000021": {Carrier: "yto", After: 52, Status: models.FailedAttempt, Names: "yto"},
		"YT1000000000039": {Carrier: "yto", After: 70, Status: models.Rejected, Names: "yto"},
		"YT1000000000047": {Carrier: "yto", After: 95, Status: models.Returned, Names: "yto"},
		"EA100000003CN":   {Carrier: "ems", After: 10, Status: models.Customs, Names: "ems"},
		"JT1000000000020": {Carrier: "jt", After: 500, Status: models.InTransit, Names: "jt"},
		"JDVA10000000014": {Carrier: "jd", After: 99, Status: models.Delivered, Names: "jd"},
		"310000000000019": {Carrier: "yunda", Kind: tracking.ErrCarrier},
		"YT1000000000070": {Carrier: "yto", Status: models.InTransit, Names: "jt"},
		"YT1000000000088": {Carrier: "yto", Status: models.InTransit},
		"YT1000000000054": {Carrier: "yto", Status: models.Invalid},
		"YT1000000000062": {Carrier: "yto", Kind: tracking.ErrNumber},
		"YT1000000000112": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000120": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000138": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000146": {Carrier: "yto", After: 70, Status: models.Delivered, Names: "yto"},
		"YT1000000000153": {Carrier: "yto", After: 12, Status: models.InTransit, Names: "yto"},
		"JT1000000000500": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000200": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000408": {Carrier: "jt", Status: models.InTransit, Names: "jt"},
		"JT1000000000429": {Carrier: "jt", Kind: tracking.ErrRate},
		"JT1000000000403": {Carrier: "jt", Kind: tracking.ErrQuota},
	}, sandbox.Title, emulated)
}

func TestThePickedUpParcelIsDelivered(t *testing.T) {
	w, p := emulated(t)
	var course []models.Status
	for range 160 {
		trace, err := p.Query(t.Context(), "773000000000017", "sto", "")
		if err != nil {
			t.Fatal(err)
		}
		if len(course) == 0 || course[len(course)-1] != trace.Status {
			course = append(course, trace.Status)
		}
		w.Hours(t, 1)
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
	_, p := emulated(t)
	found, err := p.Detect(t.Context(), "368000000012")
	if err != nil || len(found.Carriers) != 5 || found.Carriers[0] != "sto" {
		t.Errorf("got %v, %v", found.Carriers, err)
	}
	listed, err := p.ListCarriers(t.Context(), "中天快运")
	if err != nil || len(listed.Carriers) != 1 || listed.Carriers[0].Code != "zhongtian" {
		t.Errorf("got %v, %v", listed.Carriers, err)
	}
}

func TestEachScanIsToldOnceHoweverItIsWorded(t *testing.T) {
	providertest.TellsOnce(t, providertest.OddlyWorded(), sandbox.Title, emulated)
}
