package incidents

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

const (
	query  = models.CallQuery
	detect = models.CallDetect
	silent = models.OutcomeUnavailable
)

func TestAnOutageOfAllAPIsIsToldOnceAndItsEndOnce(t *testing.T) {
	r := newRig(t)
	one, two := r.replica(3600, nil, "muzhi", "juhe", "kuaibao"), r.replica(3600, nil, "muzhi", "juhe", "kuaibao")
	one.answers("muzhi", query)
	r.watch(2*time.Second, time.Second, one, two)
	for range 6 { // kuaibao serves none of these parcels, and is not asked
		one.fails("muzhi", query, silent, 1)
		one.fails("juhe", query, silent, 1)
		r.watch(time.Second, time.Second, one, two)
	}
	r.watch(20*time.Second, time.Second, one, two)
	r.hears([]string{"No tracking API", "muzhi (no answer)", "juhe (no answer)"})
	if !slices.Contains(two.active, models.ProvidersDown) || two.up["muzhi"] || !two.up["kuaibao"] {
		t.Errorf("the other replica shows %v, %v", two.active, two.up)
	}
	again := r.replica(3600, nil, "muzhi", "juhe", "kuaibao") // after a restart
	again.fails("muzhi", query, silent, 1)
	again.fails("juhe", query, silent, 1)
	r.watch(60*time.Second, time.Second, again, two)
	r.hears()
	again.answers("muzhi", query)
	r.watch(10*time.Second, time.Second, again, two)
	r.hears([]string{"can be asked again", "1 minute"})
	r.watch(time.Minute, time.Second, again, two)
	r.hears()
	if n := strings.Count(r.log.String(), "level=WARN"); n != 2 || len(two.active) != 0 {
		t.Errorf("%d warnings, active %v:\n%s", n, two.active, r.log)
	}
	notes, err := r.store.Notes(t.Context(), models.NoteAlert, 10)
	if err != nil || len(notes) != 2 {
		t.Errorf("the dashboard lists %v, %v", notes, err)
	}
}

func TestAnOutageOfOneAPIIsToldAfterTwoMinutesAndFlappingOnce(t *testing.T) {
	r := newRig(t)
	p := r.replica(1, nil, "muzhi", "juhe")
	for range 11 { // down for a minute, up for half of one, again and again
		p.fails("muzhi", query, silent, 5)
		p.answers("juhe", query)
		r.watch(time.Minute, 5*time.Second, p)
		p.answers("muzhi", query)
		r.watch(30*time.Second, 5*time.Second, p)
	}
	r.hears([]string{"muzhi does not answer", "03-02 10:00"})
	r.watch(time.Minute, 5*time.Second, p)
	r.hears([]string{"muzhi answers again", "16 minutes"})
}

func TestAShortOutageIsNotTold(t *testing.T) {
	r := newRig(t)
	p := r.replica(1, nil, "muzhi", "juhe")
	p.fails("muzhi", query, silent, 9)
	p.answers("juhe", query)
	r.watch(110*time.Second, 5*time.Second, p)
	p.answers("muzhi", query)
	r.watch(10*time.Minute, 5*time.Second, p)
	r.hears()
}

func TestFewCallsThatFailForLongAreAnOutage(t *testing.T) {
	r := newRig(t)
	p := r.replica(1, nil, "muzhi", "juhe")
	for range 3 {
		p.fails("muzhi", query, silent, 1)
		p.answers("juhe", query)
		r.watch(time.Minute, 5*time.Second, p)
	}
	r.hears([]string{"muzhi does not answer"})
}

// While others stand in for an API, nobody would ask it: now and then one poll does,
// by any process, and not oftener the longer the trouble lasts.
func TestAnAPIInTroubleIsAskedNowAndThen(t *testing.T) {
	for name, c := range map[string]struct {
		kind  models.CallKind
		calls models.Outcome
		want  []time.Duration // after the first failure
	}{
		"no answer":     {query, silent, []time.Duration{60, 120, 240, 480, 960, 1860, 2760}},
		"a refused key": {query, models.OutcomeAuth, []time.Duration{60, 120, 240, 480, 960, 1860, 2760}},
		"of another kind of call, which no poll makes": {detect, models.OutcomeAuth, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p, other := r.replica(1, nil, "muzhi", "juhe"), r.replica(1, nil, "muzhi", "juhe")
			began := r.at
			p.fails("muzhi", c.kind, c.calls, 5)
			var asked []time.Duration
			for r.at.Sub(began) < 3000*time.Second {
				p.answers("juhe", query)
				r.watch(5*time.Second, 5*time.Second, p, other)
				if slices.Contains(other.first, "muzhi") {
					asked = append(asked, r.at.Sub(began)/time.Second)
					other.fails("muzhi", c.kind, c.calls, 5)
				}
			}
			if !slices.Equal(asked, c.want) {
				t.Errorf("asked after %d seconds, want %d", asked, c.want)
			}
			if c.want == nil {
				return
			}
			other.answers("muzhi", c.kind)
			r.watch(2*time.Minute, 5*time.Second, p, other)
			if len(p.first) != 0 {
				t.Errorf("%q are asked first", p.first)
			}
		})
	}
}

func TestOneAfterTheOtherUntilNoneAnswers(t *testing.T) {
	r := newRig(t)
	p := r.replica(1, nil, "muzhi", "juhe")
	p.fails("muzhi", query, silent, 5)
	p.answers("juhe", query)
	r.watch(3*time.Minute, 5*time.Second, p)
	r.hears([]string{"muzhi does not answer"})
	p.fails("juhe", query, silent, 5)
	p.fails("muzhi", query, silent, 1)
	r.watch(3*time.Minute, 5*time.Second, p)
	r.hears([]string{"No tracking API"})
	p.answers("muzhi", query)
	r.watch(5*time.Minute, 5*time.Second, p)
	r.hears([]string{"can be asked again"})
	p.fails("juhe", query, silent, 1) // it is asked at last, and still does not answer
	r.watch(3*time.Minute, 5*time.Second, p)
	r.hears([]string{"juhe does not answer"})
	p.answers("juhe", query)
	r.watch(2*time.Minute, 5*time.Second, p)
	r.hears([]string{"juhe answers again"})
}

func TestARefusedKeyIsToldAsThatAndNotAsAnOutage(t *testing.T) {
	r := newRig(t)
	one, two := r.replica(1, nil, "muzhi"), r.replica(1, nil, "muzhi")
	one.fails("muzhi", query, models.OutcomeAuth, 1)
	two.fails("muzhi", query, models.OutcomeAuth, 1)
	r.watch(5*time.Second, 5*time.Second, one, two)
	r.hears([]string{"muzhi refuses our account"})
	for range 8 { // a probe each quarter of an hour
		one.fails("muzhi", query, models.OutcomeAuth, 1)
		r.watch(15*time.Minute, time.Minute, one, two)
	}
	one.answers("muzhi", query)
	r.watch(2*time.Minute, 5*time.Second, one, two)
	r.hears([]string{"muzhi accepts our account again", "2 hours"})
	one.fails("muzhi", detect, models.OutcomeQuota, 1)
	one.answers("muzhi", query)
	r.watch(10*time.Minute, time.Minute, one, two)
	r.hears([]string{"muzhi (", "quota is spent"})
}

// own is why a door is down, in words of its own.
type own struct{ error }

func (own) Alert() (key string, args []any) { return "alert.wecom_secret", []any{"Agent", "1000002"} }

func TestDoorsAndTheQueueAreToldWithTheirReasons(t *testing.T) {
	r := newRig(t)
	one, two := r.replica(1, nil), r.replica(1, nil)
	one.door, one.queue = own{errors.New("40001")}, errors.New("closed")
	r.watch(29*time.Second, time.Second, one, two)
	r.hears([]string{"1000002", "secret"}) // the platform has said it
	r.watch(4*time.Minute, 5*time.Second, one, two)
	r.hears([]string{"queue (NATS) is not reached"})
	one.door, one.queue = errors.New("nobody"), nil // another reason is the same outage
	r.watch(2*time.Minute, 5*time.Second, one, two)
	r.hears([]string{"queue is reached again"})
	one.door = nil
	r.watch(3*time.Minute, 5*time.Second, one, two)
	r.hears([]string{"test works again"})
}

func TestARowOfStartsIsNoOutage(t *testing.T) {
	r := newRig(t)
	for range 4 {
		p := r.replica(1, nil)
		p.door, p.queue = errors.New("not reached since the start"), errors.New("not connected")
		r.watch(5*time.Second, 5*time.Second, p)
		p.door, p.queue = nil, nil
		r.watch(40*time.Second, 5*time.Second, p)
	}
	r.hears()
	p := r.replica(1, nil)
	p.door = errors.New("not reached since the start")
	r.watch(2*time.Minute, 5*time.Second, p)
	r.hears([]string{"test", "10:03"})
}

func TestADatabaseThatIsGoneIsToldByWhoeverSendsThere(t *testing.T) {
	r := newRig(t)
	one, two := r.replica(60, nil), r.replica(60, nil)
	one.sends = true
	r.watch(5*time.Second, time.Second, one, two)
	one.gone, two.gone = true, true
	r.watch(3*time.Second, time.Second, one, two)
	one.gone, two.gone = false, false // a hiccup
	r.watch(10*time.Second, time.Second, one, two)
	one.gone, two.gone = true, true
	r.watch(time.Minute, time.Second, one, two)
	if len(r.sent) != 1 || !strings.Contains(r.sent[0], "database does not answer") || !slices.Equal(two.active, []models.IncidentName{models.DatabaseDown}) {
		t.Errorf("sent %q, active %v", r.sent, two.active)
	}
	r.hears()
	one.gone, two.gone = false, false
	r.watch(20*time.Second, time.Second, one, two)
	r.hears([]string{"database answers again", "1 minute"})
	r.watch(time.Minute, time.Second, one, two)
	r.hears()
}

func TestABudgetsEndIsForeseen(t *testing.T) {
	noon := models.At(time.Date(2026, 3, 2, 12, 0, 0, 0, models.Shanghai))
	early := models.At(time.Date(2026, 3, 2, 0, 5, 0, 0, models.Shanghai))
	for _, c := range []struct {
		name         string
		budget, used int64
		now          models.Moment
		want         models.IncidentName // "": none
		ends         string
	}{
		{"at half of the day six tenths are used", 100, 60, noon, models.BudgetEnding, "20:00"},
		{"at half of the day four tenths are used", 100, 40, noon, "", ""},
		{"what is spent after midnight will be unknown for long", 100, 99, noon, models.BudgetNear, ""},
		{"80 % are used", 100, 80, noon, models.BudgetNear, ""},
		{"all is used", 100, 100, noon, models.BudgetSpent, ""},
		{"the day is young, an hour counts", 10, 2, early, models.BudgetEnding, "04:05"},
		{"one call says nothing", 10, 1, early, "", ""},
	} {
		bad := ""
		for _, o := range lookAtBudget("muzhi", c.budget, c.used, c.now) {
			if !o.Good {
				bad += string(o.Name)
			}
		}
		if bad != string(c.want) {
			t.Errorf("%s: %q, want %q", c.name, bad, c.want)
		}
	}
	r := newRig(t)
	r.at = noon.Time()
	p := r.replica(1, map[string]int64{"muzhi": 100}, "muzhi")
	use := func(n int64) { p.spent = map[string]int64{"muzhi": n} }
	use(60)
	r.watch(11*time.Minute, 10*time.Second, p)
	r.hears([]string{"around 03-02 20:", "60/100"})
	use(80)
	r.watch(30*time.Minute, 10*time.Second, p)
	r.hears([]string{"80%", "80/100"})
	use(100)
	r.watch(30*time.Minute, 10*time.Second, p)
	r.hears([]string{"is spent (100/100)"})
	r.watch(11*time.Hour, 5*time.Minute, p)
	use(0)
	r.watch(10*time.Minute, time.Minute, p)
	r.hears([]string{"muzhi has budget again"})
}

func TestWorkThatWaitsIsTold(t *testing.T) {
	r := newRig(t)
	p := r.replica(1, nil)
	p.waits.Message = models.At(r.at)
	work := func(d time.Duration) {
		for end := r.at.Add(d); r.at.Before(end); {
			if err := p.LookAtWork(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.watch(5*time.Second, 5*time.Second, p)
		}
	}
	work(4 * time.Minute)
	r.hears()
	work(5 * time.Minute)
	r.hears([]string{"Messages have waited"})
	p.waits.Message, p.failed = 0, int64(models.At(r.at))
	work(59 * time.Minute)
	r.hears([]string{"answered in time again"})
	work(2 * time.Minute)
	r.hears([]string{"Sending on test has failed", "chats affected: 1"})
	p.failed = 0
	work(6 * time.Minute)
	r.hears([]string{"are sent again", "1 hour"})
}

func TestAnOperatorReadsTheirOwnLanguage(t *testing.T) {
	for lang, want := range map[string]string{"": "does not answer", "zh-CN": "没有响应", "zh-TW": "沒有回應"} {
		r := newRig(t)
		c, err := r.store.Chat(t.Context(), boss, false, models.At(r.at))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.store.SetLang(t.Context(), c.ID, lang); err != nil {
			t.Fatal(err)
		}
		p := r.replica(3600, nil, "muzhi", "juhe")
		p.fails("muzhi", query, silent, 5)
		p.answers("juhe", query)
		r.watch(time.Minute, time.Second, p)
		r.hears([]string{want})
	}
}

func TestEveryIncidentHasItsSentencesAndItsPlaceInTheRunbook(t *testing.T) {
	r := newRig(t)
	for _, lang := range r.words.Languages() {
		for _, name := range models.IncidentNames() {
			for _, step := range []string{"_start", "_end"} {
				if !r.words.For(lang).Has("incident." + string(name) + step) {
					t.Errorf("%s: no words for %s%s", lang, name, step)
				}
			}
		}
	}
	for _, file := range []string{"runbook.md", "runbook.zh-CN.md"} {
		text, err := os.ReadFile("../../docs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sections := 0
		for line := range strings.Lines(string(text)) {
			if name, is := strings.CutPrefix(strings.TrimSpace(line), "## "); is {
				sections++
				if !slices.Contains(models.IncidentNames(), models.IncidentName(name)) {
					t.Errorf("%s: %q is no incident", file, name)
				}
			}
		}
		if sections != len(models.IncidentNames()) {
			t.Errorf("%s has %d sections for %d incidents", file, sections, len(models.IncidentNames()))
		}
	}
}
