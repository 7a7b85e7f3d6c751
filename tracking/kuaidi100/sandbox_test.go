package kuaidi100_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
	"waybill/tracking/sandbox"
)

// failures counts failures as the vendor does, within one test.
type failures map[string]int

func (s failures) count(_ context.Context, _, waybill string) bool {
	s[waybill]++
	return s[waybill]%5 == 0 && s[waybill] == 5
}

// against is the client against the emulated vendor.
type against struct {
	tracking.Provider
	*providertest.World
	vendor *sandbox.Sandbox
	pushes chan pushed
	reply  string
}

type pushed struct {
	token string
	body  []byte
}

func emulated(t *testing.T) *against {
	t.Helper()
	a := &against{pushes: make(chan pushed, 1000)}
	door := providertest.Door(t, "kuaidi100", func(token string, body []byte) string {
		a.pushes <- pushed{token, body}
		return a.reply
	})
	a.World = providertest.Emulate(t, func(now func() time.Time) providertest.Emulator {
		a.vendor = sandbox.New(sandbox.Options{Kuaidi100Customer: customer, Kuaidi100Key: key, Now: now, Slow: time.Millisecond})
		return a.vendor
	})
	s := settings(t, a.URL)
	s.Now, s.FailureBilled, s.CallbackURL = a.Now, failures{}.count, door
	a.Provider = client(t, s)
	a.reply = a.Pushes.Reply
	return a
}

func TestEveryScenarioOfTheSandboxIsUnderstood(t *testing.T) {
	providertest.ReadsScenarios(t, map[string]providertest.Expected{
		"YT1000000000013": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"SF1000000000015": {Carrier: "sf", Tail: "1234", After: 45, Status: models.OutForDelivery, Names: "sf"},
		"SF1000000000031": {Carrier: "sf", Tail: "5678", Status: models.InTransit, Names: "sf"},
		"SF1000000000023": {Carrier: "sf", Tail: "1234", Kind: tracking.ErrTailWrong},
		"SF2000000000001": {Carrier: "sf", Kind: tracking.ErrTailNeeded},
		"JT1000000000012": {Carrier: "jt", Kind: tracking.ErrNoRecord},
		"JT1000000000038": {Carrier: "jt", After: 500, Kind: tracking.ErrNoRecord},
		"368000000012":    {Carrier: "sto", After: 70, Status: models.Delivered, Names: "sto"},
		"773000000000017": {Carrier: "sto", After: 60, Status: models.ReadyForPickup, Names: "sto"},
		"YT1000000000021": {Carrier: "yto", After: 52, Status: models.FailedAttempt, Names: "yto"},
		"YT1000000000039": {Carrier: "yto", After: 70, Status: models.Rejected, Names: "yto"},
		"YT1000000000047": {Carrier: "yto", After: 95, Status: models.Returned, Names: "yto"},
		"EA100000003CN":   {Carrier: "ems", After: 10, Status: models.Customs, Names: "ems"},
		"JT1000000000020": {Carrier: "jt", After: 500, Status: models.InTransit, Names: "jt"},
		"JDVA10000000014": {Carrier: "jd", After: 99, Status: models.Delivered, Names: "jd"},
		"310000000000019": {Carrier: "yunda", Kind: tracking.ErrCarrier},
		"310000000000027": {Carrier: "yunda", Kind: tracking.ErrNoRecord},
		"YT1000000000070": {Carrier: "yto", Status: models.InTransit, Names: "jt"},
		"YT1000000000088": {Carrier: "yto", Status: models.InTransit},
		"YT1000000000096": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000104": {Carrier: "yto", Kind: tracking.ErrLocked},
		"YT1000000000054": {Carrier: "yto", Kind: tracking.ErrNoRecord},
		"YT1000000000062": {Carrier: "yto", Kind: tracking.ErrNoRecord},
		"YT1000000000112": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000120": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000138": {Carrier: "yto", Status: models.InTransit, Names: "yto"},
		"YT1000000000146": {Carrier: "yto", After: 70, Status: models.Delivered, Names: "yto"},
		"YT1000000000153": {Carrier: "yto", After: 12, Status: models.InTransit, Names: "yto"},
		"JT1000000000500": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000200": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000408": {Carrier: "jt", Status: models.InTransit, Names: "jt"},
		"JT1000000000429": {Carrier: "jt", Kind: tracking.ErrUnavailable},
		"JT1000000000403": {Carrier: "jt", Kind: tracking.ErrQuota},
	}, sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
		a := emulated(t)
		return a.World, a.Provider
	})
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
		a.Hours(t, 1)
	}
	if _, billed := a.Asked("kuaidi100", "query", ""); billed != told || billed != 1 {
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
	a.Hours(t, 24)
	if _, err := a.Query(t.Context(), "YT1000000000013", "yto", ""); err != nil {
		t.Errorf("after a day: %v", err)
	}
}

func TestTheSandboxsRecognitionIsUnderstood(t *testing.T) {
	a := emulated(t)
	for number, want := range map[string]int{"368000000012": 5, "YT1000000000013": 1, "YT1000000000096": 1, "ABCDEF1234567": 0} {
		if found, err := a.Detect(t.Context(), number); err != nil || len(found.Carriers) != want || found.Billed {
			t.Errorf("%s: %v, %v", sandbox.Title(number), found.Carriers, err)
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
			push, err := a.Pushes.Read(of, p.body)
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
	if done, err := a.Pushes.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil || !done.Billed {
		t.Fatalf("subscribed %+v, %v", done, err)
	}
	if done, err := a.Pushes.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil || !done.Known || done.Billed {
		t.Errorf("again %+v, %v", done, err)
	}
	a.Hours(t, 60)
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
	if _, err := a.Pushes.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil {
		t.Fatal(err)
	}
	a.Hours(t, 80)
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
	if _, err := a.Pushes.Subscribe(t.Context(), []tracking.Subscription{of}); err != nil {
		t.Fatal(err)
	}
	a.Hours(t, 80)
	all := a.read(t, of)
	if len(all) != 1 || !all[0].Over() || all[0].Traced() || !errors.Is(all[0].Err, tracking.ErrNoRecord) {
		t.Errorf("pushes %+v", all)
	}
}

func TestEachScanIsToldOnceHoweverItIsWorded(t *testing.T) {
	providertest.TellsOnce(t, providertest.OddlyWorded(), sandbox.Title, func(t *testing.T) (*providertest.World, tracking.Provider) {
		a := emulated(t)
		return a.World, a.Provider
	})
}

func TestTheEmulatedVendorTellsItsScansInEnglish(t *testing.T) {
	a := emulated(t)
	trace, err := a.QueryEnglish(t.Context(), "YT1000000000013", "yto", "")
	if err != nil || trace.Lang != models.English || len(trace.Events) != 2 || trace.Status != models.InTransit {
		t.Fatalf("got %+v, %v", trace, err)
	}
	for _, e := range trace.Events {
		if strings.ContainsFunc(e.Text, func(r rune) bool { return r > 0x7f }) {
			t.Errorf("%q is not English", e.Text)
		}
	}
}
