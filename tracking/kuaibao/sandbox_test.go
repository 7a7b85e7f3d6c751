package kuaibao_test

import (
	"slices"
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
	vendor *sandbox.Sandbox
	pushes chan tracking.Push
}

func emulated(t *testing.T) *against {
	t.Helper()
	a := &against{pushes: make(chan tracking.Push, 1000)}
	door := providertest.Door(t, "kuaibao", func(token string, body []byte) string {
		push, err := a.Pushes.Read(tracking.Subscription{Token: token}, body)
		if err != nil {
			t.Error(err)
		}
		a.pushes <- push
		return a.Pushes.Reply
	})
	a.World = providertest.Emulate(t, func(now func() time.Time) providertest.Emulator {
		a.vendor = sandbox.New(sandbox.Options{
			KuaibaoAppID: appID, KuaibaoAPIKey: apiKey, KuaibaoPushURL: door + "/push/kuaibao/" + token, Now: now, Slow: time.Millisecond,
		})
		return a.vendor
	})
	s := settings(t, a.URL)
	s.Now = a.Now
	a.Provider = client(t, s)
	return a
}

func TestEveryScenarioOfTheSandboxIsUnderstood(t *testing.T) {
	providertest.ReadsScenarios(t, map[string]providertest.Expected{
		"YT1000000000013": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"SF1000000000015": {Carrier: "sf", Tail: "1234", After: 45, Status: models.OutForDelivery, Names: "sf"},
		"SF1000000000031": {Tail: "5678", Status: models.InTransit, Names: "sf"},
		"SF1000000000023": {Carrier: "sf", Tail: "1234", Kind: tracking.ErrTailWrong},
		"SF2000000000001": {Carrier: "sf", Kind: tracking.ErrTailNeeded},
		"JT1000000000012": {Carrier: "jt", Kind: tracking.ErrNoRecord},
		"368000000012":    {After: 70, Status: models.Delivered, Names: "sto"},
		"773000000000017": {Carrier: "sto", After: 60, Status: models.ReadyForPickup, Names: "sto"},
		"YT1000000000021": {Carrier: "yto", After: 52, Status: models.Exception, Names: "yto"},
		"EA100000003CN":   {Carrier: "ems", After: 10, Status: models.InTransit, Names: "ems"},
		"JDVA10000000014": {Carrier: "jd", After: 99, Status: models.Delivered, Names: "jd"},
		"310000000000019": {Carrier: "yunda", Kind: tracking.ErrCarrier},
		"310000000000027": {Carrier: "yunda", Kind: tracking.ErrNoRecord},
		"YT1000000000070": {Carrier: "yto", Status: models.InTransit, Names: "jt"},
		"YT1000000000088": {Carrier: "yto", Status: models.InTransit},
		"YT1000000000096": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000054": {Carrier: "yto", Kind: tracking.ErrNoRecord},
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
	}, sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
		a := emulated(t)
		return a.World, a.Provider
	})
}

func TestTheSandboxsPushesAreHints(t *testing.T) {
	a := emulated(t)
	batch := []tracking.Subscription{{Number: "YT1000000000013", Carrier: "yto"}, {Number: "YT1000000000096", Carrier: "yto"}}
	if done, err := a.Pushes.Subscribe(t.Context(), batch); err != nil || !done.Billed {
		t.Fatalf("subscribed %+v, %v", done, err)
	}
	a.Hours(t, 1)
	first := <-a.pushes
	if first.Stage != tracking.StageHint || !slices.Contains(first.Numbers, "YT1000000000013") || !slices.Contains(first.Numbers, "YT1000000000096") {
		t.Errorf("got %s %v", first.Stage, first.Numbers)
	}
	a.Hours(t, 60)
	if sent, taken := a.vendor.Pushed("kuaibao"); sent < 8 || taken != sent {
		t.Errorf("%d sent, %d taken", sent, taken)
	}
}

func TestEachScanIsToldOnceHoweverItIsWorded(t *testing.T) {
	providertest.TellsOnce(t, providertest.OddlyWorded(), sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
		a := emulated(t)
		return a.World, a.Provider
	})
}
