package juhe_test

import (
	"errors"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
	"waybill/tracking/sandbox"
)

// against is the client against the emulated vendor.
type against struct {
	tracking.Provider
	*providertest.World
}

// emulated has learned the vendor's list, as a bot does at its start.
func emulated(t *testing.T, format string) *against {
	t.Helper()
	w := providertest.Emulate(t, func(now func() time.Time) providertest.Emulator {
		return sandbox.New(sandbox.Options{JuheKey: key, Now: now, Slow: time.Millisecond})
	})
	s := settings(t, w.URL)
	s.Format, s.Now = format, w.Now
	a := &against{client(t, s), w}
	listed, err := a.ListCarriers(t.Context(), "")
	if err != nil || !listed.Billed {
		t.Fatalf("list: %v", err)
	}
	a.UseList(listed.Carriers)
	return a
}

func TestEveryScenarioOfTheSandboxIsUnderstoodInBothFormats(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		t.Run(format, func(t *testing.T) {
			providertest.ReadsScenarios(t, scenarios(), sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
				a := emulated(t, format)
				return a.World, a.Provider
			})
		})
	}
}

func scenarios() map[string]providertest.Expected {
	return map[string]providertest.Expected{
		"YT1000000000013": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"SF1000000000015": {Carrier: "sf", Tail: "1234", After: 45, Status: models.OutForDelivery, Names: "sf"},
		"SF1000000000031": {Carrier: "sf", Tail: "5678", Kind: tracking.ErrTailWrong},
		"SF1000000000023": {Carrier: "sf", Tail: "1234", Kind: tracking.ErrTailWrong},
		"SF2000000000001": {Carrier: "sf", Kind: tracking.ErrTailNeeded},
		"JT1000000000012": {Carrier: "jt", Kind: tracking.ErrNoRecord},
		"368000000012":    {Carrier: "sto", After: 70, Status: models.Delivered, Names: "sto", Final: true},
		"YT1000000000021": {Carrier: "yto", After: 52, Status: models.FailedAttempt, Names: "yto"},
		"YT1000000000047": {Carrier: "yto", After: 95, Status: models.Returned, Names: "yto", Final: true},
		"JT1000000000020": {Carrier: "jt", After: 500, Status: models.InTransit, Names: "jt"},
		"JDVA10000000014": {Carrier: "jd", After: 50, Status: models.Delivered, Names: "jd"},
		"310000000000019": {Carrier: "yunda", Kind: tracking.ErrCarrier},
		"310000000000027": {Carrier: "yunda", Kind: tracking.ErrNoRecord},
		"YT1000000000070": {Carrier: "yto", Status: models.InTransit, Names: "jt"},
		"YT1000000000096": {Carrier: "yto", After: 60, Status: models.Delivered, Names: "yto", Final: true},
		"YT1000000000062": {Carrier: "yto", Kind: tracking.ErrNumber},
		"YT1000000000112": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000120": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000138": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000146": {Carrier: "yto", After: 70, Status: models.Delivered, Names: "yto", Final: true},
		"YT1000000000153": {Carrier: "yto", After: 12, Status: models.InTransit, Names: "yto"},
		"JT1000000000500": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000200": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000408": {Carrier: "jt", Status: models.InTransit, Names: "jt"},
		"JT1000000000429": {Carrier: "jt", Kind: tracking.ErrRate},
		"JT1000000000403": {Carrier: "jt", Kind: tracking.ErrQuota},
	}
}

func TestTheSendersTailOpensInTheOtherField(t *testing.T) {
	a := emulated(t, "json")
	_, err := a.Query(t.Context(), "SF1000000000031", "sf", "5678")
	if !errors.Is(err, tracking.ErrTailWrong) {
		t.Fatalf("got %v", err)
	}
	trace, err := a.QueryOtherPhone(t.Context(), "SF1000000000031", "sf", "5678")
	if err != nil || trace.Status != models.InTransit {
		t.Errorf("got %s, %v", trace.Status, err)
	}
	if asked, billed := a.Asked("juhe", "query", ""); asked != 2 || billed != 1 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}

func TestAnInvalidWaybillIsAState(t *testing.T) {
	a := emulated(t, "json")
	if trace, err := a.Query(t.Context(), "YT1000000000054", "yto", ""); err != nil || trace.Status != models.Invalid {
		t.Errorf("got %s, %v", trace.Status, err)
	}
}

func TestEachScanIsToldOnceHoweverItIsWorded(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		providertest.TellsOnce(t, providertest.OddlyWorded(), sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
			a := emulated(t, format)
			return a.World, a.Provider
		})
	}
}
