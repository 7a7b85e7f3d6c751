package tracking

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

func outcomes(a Answer) []string {
	var all []string
	for _, c := range a.Closings {
		all = append(all, c.Ticket.Provider+" "+string(c.Outcome))
	}
	return all
}

func TestAskGoesFromProviderToProvider(t *testing.T) {
	trace := says("b", models.InTransit)
	cases := []struct {
		name   string
		a, b   any
		closed []string
		err    error
		status models.Status
	}{
		{"the first that answers is enough", says("a", models.Delivered), trace, []string{"a trace"}, nil, models.Delivered},
		{"after a failure the next is asked", fails("a", ErrUnavailable), trace, []string{"a unavailable", "b trace"}, nil, models.InTransit},
		{"after a spent quota the next is asked", fails("a", ErrQuota), trace, []string{"a quota", "b trace"}, nil, models.InTransit},
		{"after a refused key the next is asked", fails("a", ErrAuth), trace, []string{"a auth", "b trace"}, nil, models.InTransit},
		{"after a lock the next is asked", fails("a", ErrLocked), trace, []string{"a locked", "b trace"}, nil, models.InTransit},
		{"a wrong carrier is asked about without one, then elsewhere", fails("a", ErrCarrier), trace, []string{"a carrier", "a carrier", "b trace"}, nil, models.InTransit},
		{"no record here may be a trace there", fails("a", ErrNoRecord), trace, []string{"a no_record", "b trace"}, nil, models.InTransit},
		{"no record outlives a failure", fails("a", ErrNoRecord), fails("b", ErrUnavailable), []string{"a no_record", "b unavailable"}, ErrNoRecord, ""},
		{"a number that one calls wrong may be known elsewhere", fails("a", ErrNumber), trace, []string{"a number", "b trace"}, nil, models.InTransit},
		{"a number that one calls wrong and another does not know is invalid for now", fails("a", ErrNumber), fails("b", ErrNoRecord), []string{"a number", "b no_record"}, nil, models.Invalid},
		{"whoever is asked first", fails("a", ErrNoRecord), fails("b", ErrNumber), []string{"a no_record", "b number"}, nil, models.Invalid},
		{"a number that all call wrong is one", fails("a", ErrNumber), fails("b", ErrNumber), []string{"a number", "b number"}, ErrNumber, ""},
		{"a wrong number is told though another one fails", fails("a", ErrUnavailable), fails("b", ErrNumber), []string{"a unavailable", "b number"}, ErrNumber, ""},
		{"a number that a provider cannot take says nothing of it", &Error{Provider: "a", Kind: ErrNumber, Unsent: true}, fails("b", ErrNoRecord), []string{"a unsent", "b no_record"}, ErrNoRecord, ""},
		{"a tail that is wanted ends the round", fails("a", ErrTailNeeded), trace, []string{"a tail_needed"}, ErrTailNeeded, ""},
		{"a refused tail ends the round", fails("a", ErrTailWrong), trace, []string{"a tail_wrong"}, ErrTailWrong, ""},
		{"invalid is not believed at once", says("a", models.Invalid), trace, []string{"a trace", "b trace"}, nil, models.InTransit},
		{"invalid is believed when nobody knows better", says("a", models.Invalid), fails("b", ErrUnavailable), []string{"a trace", "b unavailable"}, nil, models.Invalid},
		{"when all fail the first failure is told", fails("a", ErrAuth), fails("b", ErrUnavailable), []string{"a auth", "b unavailable"}, ErrAuth, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tr := tracker(newBook(), &script{name: "a", answers: []any{c.a}}, &script{name: "b", answers: []any{c.b}})
			got := tr.Ask(t.Context(), ask())
			if !slices.Equal(outcomes(got), c.closed) {
				t.Errorf("calls = %v, want %v", outcomes(got), c.closed)
			}
			if !errors.Is(got.Err, c.err) || got.Trace.Status != c.status {
				t.Errorf("err %v, status %q", got.Err, got.Trace.Status)
			}
			if got.Version != 4+int64(len(c.closed)) {
				t.Errorf("version = %d", got.Version)
			}
		})
	}
}

func TestTheProviderThatAnsweredLastIsAskedFirst(t *testing.T) {
	a, b := &script{name: "a", answers: []any{says("a", models.InTransit)}}, &script{name: "b", answers: []any{says("b", models.InTransit)}}
	request := ask()
	request.Parcel.Provider = "b"
	if got := tracker(newBook(), a, b).Ask(t.Context(), request); got.Trace.Provider != "b" || a.calls() != 0 {
		t.Errorf("answered by %s, a was asked %d times", got.Trace.Provider, a.calls())
	}
}

func TestAProviderThatDoesNotServeTheCarrierIsPassedOver(t *testing.T) {
	a := &script{name: "a", serves: func(c models.Carrier) bool { return c == "zto" }, answers: []any{says("a", models.InTransit)}}
	got := tracker(newBook(), a).Ask(t.Context(), ask())
	if !errors.Is(got.Err, ErrCarrier) || a.calls() != 0 {
		t.Errorf("err %v after %d calls", got.Err, a.calls())
	}
}

func TestInsideTheFloorAnAnsweredParcelIsNotAskedAbout(t *testing.T) {
	a, b := &script{name: "a", answers: []any{says("a", models.InTransit)}}, newBook()
	request := ask()
	now := models.At(time.Now())
	request.Parcel.AskedAt, request.Parcel.HeardAt, request.Parcel.SettledAt = now.Add(-time.Minute), now, now
	if got := tracker(b, a).Ask(t.Context(), request); !errors.Is(got.Err, models.ErrFloor) || got.Until == 0 || len(b.begun) != 0 {
		t.Errorf("err %v, until %d, %d calls", got.Err, got.Until, len(b.begun))
	}
	request.Untried = true
	if got := tracker(b, a).Ask(t.Context(), request); got.Err != nil || b.begun[0].Exempt != models.ExemptTail {
		t.Errorf("a tail not tried yet: %v", got.Err)
	}
}

func TestACheckUnderWayIsNotPaidForTwice(t *testing.T) {
	b := newBook()
	request := ask()
	request.Parcel.AskedAt = models.At(time.Now()).Add(-time.Second)
	got := tracker(b, &script{name: "a", answers: []any{says("a", models.InTransit)}}).Ask(t.Context(), request)
	if !errors.Is(got.Err, models.ErrStale) || len(b.begun) != 0 {
		t.Errorf("err %v, %d calls", got.Err, len(b.begun))
	}
}

func TestTheLedgersNoLeavesTheOthersButAStaleParcelEndsIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		no    error
		asked int
	}{
		{"a spent budget leaves the next", &models.Refusal{Why: models.ErrBudget, Until: 9}, 1},
		{"a floor leaves the next", &models.Refusal{Why: models.ErrFloor, Until: 9}, 1},
		{"somebody else's check ends it", models.ErrStale, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, second := newBook(), &script{name: "b", answers: []any{says("b", models.InTransit)}}
			b.refuse["a"] = c.no
			got := tracker(b, &script{name: "a"}, second).Ask(t.Context(), ask())
			if second.calls() != c.asked || (c.asked == 0) != errors.Is(got.Err, models.ErrStale) {
				t.Errorf("asked %d times, err %v", second.calls(), got.Err)
			}
		})
	}
}

// english is a provider that offers its scans in English.
type english struct{ chinese, english script }

func (p *english) provider() Provider {
	all := p.chinese.provider()
	all.QueryEnglish = p.english.Query
	return all
}

func TestAParcelIsAskedAboutInItsLanguageWhereThatIsOffered(t *testing.T) {
	for lang, want := range map[string]models.Status{"": models.InTransit, models.English: models.Delivered} {
		both := &english{script{name: "a", answers: []any{says("a", models.InTransit)}}, script{name: "a", answers: []any{says("a", models.Delivered)}}}
		a := ask()
		a.Parcel.Lang = lang
		if got := tracker(newBook(), both).Ask(t.Context(), a); got.Trace.Status != want {
			t.Errorf("%q: got %s, %v", lang, got.Trace.Status, got.Err)
		}
		plain := &script{name: "a", answers: []any{says("a", models.InTransit)}}
		if got := tracker(newBook(), plain).Ask(t.Context(), a); got.Trace.Status != models.InTransit {
			t.Errorf("%q of one who offers none: got %s, %v", lang, got.Trace.Status, got.Err)
		}
	}
}

func TestASecondOpinionOnNoRecordIsTakenOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		second := &script{name: "b", answers: []any{fails("b", ErrNoRecord)}}
		tr := tracker(newBook(), &script{name: "a", answers: []any{fails("a", ErrNoRecord)}}, second)
		for range 3 {
			tr.Ask(t.Context(), ask())
			time.Sleep(time.Hour)
		}
		if second.calls() != 1 {
			t.Errorf("asked %d times in three hours", second.calls())
		}
		time.Sleep(24 * time.Hour)
		if tr.Ask(t.Context(), ask()); second.calls() != 2 {
			t.Errorf("asked %d times by the next day", second.calls())
		}
	})
}

func TestAProviderThatFailsIsLeftAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &script{name: "a", answers: []any{fails("a", ErrUnavailable)}}, newBook()
		tr := tracker(b, a)
		for range 9 {
			tr.Ask(t.Context(), ask())
		}
		if a.calls() != 5 || len(b.begun) != 5 {
			t.Errorf("asked %d times, %d rows", a.calls(), len(b.begun))
		}
		time.Sleep(61 * time.Second)
		if tr.Ask(t.Context(), ask()); a.calls() != 6 {
			t.Errorf("asked %d times after the cooldown", a.calls())
		}
	})
}

func TestNoRecordIsNoFailure(t *testing.T) {
	a := &script{name: "a", answers: []any{fails("a", ErrNoRecord)}}
	tr := tracker(newBook(), a)
	for range 20 {
		tr.Ask(t.Context(), ask())
	}
	if a.calls() != 20 {
		t.Errorf("asked %d times", a.calls())
	}
}

func TestASpentQuotaLeavesTheProviderAloneOverReplicasAndRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBook(), &script{name: "a", answers: []any{fails("a", ErrQuota)}}
		tracker(b, a).Ask(t.Context(), ask())
		other := tracker(b, a)
		if got := other.Ask(t.Context(), ask()); !errors.Is(got.Err, ErrQuota) || a.calls() != 1 || got.Until == 0 {
			t.Errorf("err %v after %d calls, until %d", got.Err, a.calls(), got.Until)
		}
		time.Sleep(time.Hour + time.Second)
		other.Ask(t.Context(), ask())
		time.Sleep(time.Hour + time.Second)
		if other.Ask(t.Context(), ask()); a.calls() != 2 {
			t.Errorf("the second cooldown is not longer: %d calls", a.calls())
		}
	})
}

func TestAQuotasCooldownEndsAtMidnightInShanghai(t *testing.T) {
	c := &cooldown{speed: 1}
	now := models.At(time.Date(2026, 3, 1, 22, 30, 0, 0, models.Shanghai))
	if got := c.end(quotaSpent, 5, 0, now).Time().In(models.Shanghai); got.Hour() != 0 || got.Day() != 2 {
		t.Errorf("ends at %s", got)
	}
	if got := c.end(quotaSpent, 5, now.Add(time.Minute), now); got != now.Add(time.Minute) {
		t.Error("the provider's own time is not kept")
	}
}

func TestCallsKeepTheirDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		one, two := newPacer("a", 10, b, time.Now), newPacer("a", 10, b, time.Now)
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if err := []*pacer{one, two}[i%2].wait(t.Context(), time.Minute); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); took < 1900*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("20 calls at 10 a second over two replicas took %s", took)
		}
	})
}

func TestWhoWouldWaitTooLongIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer("a", 1, newBook(), time.Now)
		busy := 0
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 10 {
			wg.Go(func() {
				if err := p.wait(t.Context(), 4*time.Second); errors.Is(err, errBusy) {
					mu.Lock()
					busy++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if busy != 5 {
			t.Errorf("%d were turned away", busy)
		}
	})
}

func TestPollingStopsAtFourFifthsOfTheBudget(t *testing.T) {
	tr := &Tracker{budgets: map[string]int64{"a": 100}}
	if tr.limit("a", models.Poll) != 80 || tr.limit("a", models.Person) != 100 || tr.limit("b", models.Poll) != 0 {
		t.Error(tr.limit("a", models.Poll), tr.limit("a", models.Person), tr.limit("b", models.Poll))
	}
}

// finder is a provider with detection and a list.
type finder struct {
	script
	found    []models.Carrier
	err      error
	rows     []Named
	detected int
	listed   int
}

func (f *finder) Detect(context.Context, string) (Detected, error) {
	f.detected++
	return Detected{Carriers: f.found, Billed: true}, f.err
}

func (f *finder) provider() Provider {
	p := f.script.provider()
	p.Detect, p.ListCarriers = f.Detect, f.ListCarriers
	return p
}

func (f *finder) ListCarriers(context.Context, string) (Listed, error) {
	f.listed++
	return Listed{Carriers: f.rows, Billed: true}, nil
}

func TestTheAPIsAnswerStandsOnTopOfTheLocalRules(t *testing.T) {
	cs := func(names ...models.Carrier) []models.Carrier { return names }
	for name, c := range map[string]struct{ said, local, want []models.Carrier }{
		"several that the rules know too stay as they are": {cs("sto", "zto"), cs("zto", "sto"), cs("sto", "zto")},
		"those that the rules know come first":             {cs("jt", "zto"), cs("zto", "sto"), cs("zto", "jt")},
		"none that the rules know":                         {cs("jt", "ems"), cs("zto"), cs("jt", "ems")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := weigh(c.said, c.local); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestNobodyIsPaidForACarrierThatTheShapeTells(t *testing.T) {
	b := newBook()
	f := &finder{script: script{name: "a"}, found: []models.Carrier{"zto"}}
	got, sure := tracker(b, f).Detect(t.Context(), "YT1000000000013")
	if !sure || !slices.Equal(got, []models.Carrier{"yto"}) || f.detected != 0 || len(b.settled) != 0 {
		t.Errorf("%v, sure %v, after %d calls", got, sure, f.detected)
	}
}

func TestDetectionIsPaidForOnceAndFailuresForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		f := &finder{script: script{name: "a"}, found: []models.Carrier{"zto"}}
		tr := tracker(b, f)
		for range 3 {
			if got, sure := tr.Detect(t.Context(), "780000000001"); !sure || got[0] != "zto" {
				t.Errorf("%v, sure %v", got, sure)
			}
		}
		if f.detected != 1 || len(b.settled) != 1 || b.settled[0].Outcome != models.OutcomeTrace {
			t.Errorf("%d calls, settled %+v", f.detected, b.settled)
		}
		time.Sleep(31 * 24 * time.Hour)
		f.err = fails("a", ErrUnavailable)
		tr.Detect(t.Context(), "780000000001")
		tr.Detect(t.Context(), "780000000001")
		if f.detected != 2 {
			t.Errorf("a failure is not remembered: %d calls", f.detected)
		}
		time.Sleep(61 * time.Second)
		if tr.Detect(t.Context(), "780000000001"); f.detected != 3 {
			t.Errorf("a failure is remembered too long: %d calls", f.detected)
		}
	})
}

func TestWhenDetectionsBudgetIsSpentTheLocalRulesDecide(t *testing.T) {
	b := newBook()
	b.refuse["a"] = &models.Refusal{Why: models.ErrBudget}
	f := &finder{script: script{name: "a"}, found: []models.Carrier{"zto"}}
	got, sure := tracker(b, f).Detect(t.Context(), "780000000001")
	if f.detected != 0 || sure || len(got) < 2 {
		t.Errorf("%d calls, %v, sure %v", f.detected, got, sure)
	}
}

func TestAnUnknownNameIsLookedUpOnceOverAllReplicas(t *testing.T) {
	trace := says("a", models.InTransit)
	trace.Named = "中天快运"
	b := newBook()
	f := &finder{script: script{name: "a", answers: []any{trace}}, rows: []Named{{Code: "zhongtian", Name: "中天快运"}}}
	for range 2 {
		if got := tracker(b, f).Ask(t.Context(), ask()); got.Trace.Carrier != "ztky" {
			t.Errorf("carrier = %q", got.Trace.Carrier)
		}
	}
	if f.listed != 1 {
		t.Errorf("looked up %d times", f.listed)
	}
}

func TestErrorsSayWhatTheOperatorNeedsAndUnwrap(t *testing.T) {
	e := &Error{Provider: "muzhi", Kind: ErrQuota, Code: "403", Text: "Quota Exhausted", Cause: context.DeadlineExceeded}
	if got := e.Error(); got != "muzhi: quota spent (403): Quota Exhausted: context deadline exceeded" {
		t.Error(got)
	}
	if !errors.Is(e, ErrQuota) || !errors.Is(e, context.DeadlineExceeded) {
		t.Error("kind or cause is lost")
	}
	if raw, err := json.Marshal(cooling{Why: quotaSpent}); err != nil || !strings.Contains(string(raw), "quota") {
		t.Error("a cooldown cannot be shared")
	}
}

// twoPhones takes a tail as the receiver's or as the sender's.
type twoPhones struct {
	script
	other any // the answer to the sender's
	tried int
}

func (p *twoPhones) provider() Provider {
	all := p.script.provider()
	all.QueryOtherPhone = p.QueryOtherPhone
	return all
}

func (p *twoPhones) QueryOtherPhone(context.Context, string, models.Carrier, string) (models.Trace, error) {
	p.tried++
	if err, ok := p.other.(error); ok {
		return models.Trace{}, err
	}
	return p.other.(models.Trace), nil
}

func TestATailIsRefusedOnlyWhenBothPhonesHaveRefusedIt(t *testing.T) {
	request := ask()
	request.Tail = "1234"
	wrong := fails("juhe", ErrTailWrong)
	cases := []struct {
		name         string
		plain, other any
		err          error
		calls        []string
	}{
		{"the first phone is enough when it brings a trace", says("juhe", models.InTransit), wrong, nil, []string{"juhe trace"}},
		{"the other phone is tried after a refusal", wrong, says("juhe", models.InTransit), nil, []string{"juhe tail_wrong", "juhe trace"}},
		{"refused both ways is refused", wrong, wrong, ErrTailWrong, []string{"juhe tail_wrong", "juhe tail_wrong"}},
		{"no record has nothing to do with the phone", fails("juhe", ErrNoRecord), wrong, ErrNoRecord, []string{"juhe no_record"}},
		{"nor has another failure", fails("juhe", ErrUnavailable), wrong, ErrUnavailable, []string{"juhe unavailable"}},
		{"nor a tail that is wanted all the same", fails("juhe", ErrTailNeeded), wrong, ErrTailNeeded, []string{"juhe tail_needed"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBook()
			p := &twoPhones{script: script{name: "juhe", answers: []any{c.plain}}, other: c.other}
			got := tracker(b, p).Ask(t.Context(), request)
			if !errors.Is(got.Err, c.err) || !slices.Equal(outcomes(got), c.calls) {
				t.Errorf("err %v, calls %v", got.Err, outcomes(got))
			}
			if n := len(b.begun); n == 2 && b.begun[1].Exempt != models.ExemptPhone {
				t.Errorf("the second call is not exempt: %+v", b.begun[1])
			}
		})
	}
}

func TestThePhoneThatBroughtATraceIsTriedFirstNextTime(t *testing.T) {
	b, request := newBook(), ask()
	request.Tail = "1234"
	p := &twoPhones{script: script{name: "juhe", answers: []any{fails("juhe", ErrTailWrong)}}, other: says("juhe", models.InTransit)}
	tr := tracker(b, p)
	tr.Ask(t.Context(), request)
	if tr.Ask(t.Context(), request); p.calls() != 1 || p.tried != 2 {
		t.Errorf("one %d times, the other %d times", p.calls(), p.tried)
	}
}

func TestAProviderThatCallsTheCarrierWrongIsAskedWithoutOne(t *testing.T) {
	trace := says("a", models.InTransit)
	trace.Carrier = "sto"
	for _, c := range []struct {
		name   string
		serves func(models.Carrier) bool
		calls  []string
		err    error
	}{
		{"where it can do without one", nil, []string{"sf/", "/"}, nil},
		{"but not where it cannot", func(c models.Carrier) bool { return c != "" }, []string{"sf/"}, ErrCarrier},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBook()
			a := &script{name: "a", serves: c.serves, answers: []any{fails("a", ErrCarrier), trace}}
			got := tracker(b, a).Ask(t.Context(), ask())
			if !errors.Is(got.Err, c.err) || !slices.Equal(a.asked, c.calls) {
				t.Errorf("err %v, asked %q", got.Err, a.asked)
			}
			if len(b.begun) == 2 && b.begun[1].Exempt != models.ExemptCarrier {
				t.Errorf("the second call is not exempt: %+v", b.begun[1])
			}
		})
	}
}

func TestNobodyWaitsForOneProvidersQuotaWhenAnotherMayBeBackSooner(t *testing.T) {
	quota := &Error{Provider: "a", Kind: ErrQuota, Until: models.At(time.Now()).Add(time.Hour)}
	cases := []struct {
		name   string
		second error
		waits  bool
	}{
		{"no time is known of the other", fails("b", ErrUnavailable), false},
		{"both say when", &Error{Provider: "b", Kind: ErrQuota, Until: models.At(time.Now()).Add(2 * time.Hour)}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := tracker(newBook(), &script{name: "a", answers: []any{quota}}, &script{name: "b", answers: []any{c.second}}).Ask(t.Context(), ask())
			if c.waits != (got.Until == quota.Until) || !c.waits && got.Until != 0 {
				t.Errorf("until %d", got.Until)
			}
		})
	}
}

func TestACorrectedCarrierIsAskedAboutInsideTheFloorWhereItWasAskedWrongly(t *testing.T) {
	now := models.At(time.Now())
	for name, c := range map[string]struct {
		asked, heard, corrected time.Duration // ago; 0: never
		a, b                    models.Exempt
		none                    bool
	}{
		"never corrected":                                     {time.Minute, time.Minute, 0, "", "", true},
		"corrected without an answer":                         {2 * time.Minute, 2 * time.Minute, time.Minute, models.ExemptCarrier, models.ExemptCarrier, false},
		"corrected by the answer of b, so that a may know it": {time.Hour, 59 * time.Minute, 59 * time.Minute, models.ExemptCarrier, "", false},
		"asked since":                                         {time.Minute, time.Minute, 2 * time.Minute, "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			b, request := newBook(), ask()
			ago := func(d time.Duration) models.Moment {
				if d == 0 {
					return 0
				}
				return now.Add(-d)
			}
			p := &request.Parcel
			p.Provider, p.AskedAt, p.HeardAt, p.SettledAt, p.CorrectedAt = "b", ago(c.asked), ago(c.heard), ago(c.heard), ago(c.corrected)
			tracker(b, &script{name: "a", answers: []any{says("a", models.InTransit)}}, &script{name: "b", answers: []any{fails("b", ErrUnavailable)}}).Ask(t.Context(), request)
			if (len(b.begun) == 0) != c.none {
				t.Fatalf("%d calls", len(b.begun))
			}
			for _, call := range b.begun {
				if want := map[string]models.Exempt{"a": c.a, "b": c.b}[call.Provider]; call.Exempt != want {
					t.Errorf("%s is asked with the exemption %q, want %q", call.Provider, call.Exempt, want)
				}
			}
		})
	}
}
