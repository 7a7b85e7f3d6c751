package admin

import (
	"context"
	"encoding/csv"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func want(t *testing.T, got map[string]string, wants map[string]string) {
	t.Helper()
	for key, value := range wants {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
}

func TestCallsAreCountedAsTheyWereMade(t *testing.T) {
	r := newRig(t, nil)
	r.at = noon.Add(-24 * time.Hour)
	r.call("muzhi", models.CallQuery, "YT1000000000013", models.OutcomeTrace, true) // yesterday's
	r.at = noon
	r.signIn()
	want(t, r.figures(), map[string]string{
		"calls.billed.today": "0", "calls.unbilled.today": "0", "cost.today": "0.00", "calls.billed.today.muzhi": "0",
		"calls.billed.today.juhe": "0", "budget.left.muzhi": "100",
	})
	for range 3 {
		r.call("muzhi", models.CallQuery, "YT1000000000013", models.OutcomeTrace, true)
	}
	r.call("muzhi", models.CallQuery, "YT1000000000013", models.OutcomeNoRecord, true)
	r.call("muzhi", models.CallDetect, "YT1000000000013", models.OutcomeTrace, true)
	r.call("juhe", models.CallQuery, "YT1000000000013", models.OutcomeUnavailable, false)
	r.call("juhe", models.CallQuery, "YT1000000000013", models.OutcomeUnknown, true)
	r.call("kuaidi100", models.CallDetect, "YT1000000000013", models.OutcomeTrace, false) // configured no more
	got := r.figures()
	want(t, got, map[string]string{
		"calls.billed.today": "6", "calls.unbilled.today": "2", "cost.today": "0.0752",
		"calls.billed.today.muzhi": "5", "calls.billed.today.juhe": "1", "calls.billed.today.kuaidi100": "0", "budget.left.muzhi": "95",
	})
	if _, has := got["budget.left.juhe"]; has {
		t.Error("a provider without a budget has some left")
	}
	contains(t, r.read("/admin"), "共调用 9 次，计费 7 次，¥0.079")
}

func TestUsageStaysExactWhileTheDayGoesOn(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	billed := 0
	r.at = noon.Add(-11 * time.Hour)
	for i := range 40 {
		outcome := models.OutcomeTrace
		if i%9 == 8 {
			outcome = models.OutcomeUnknown
		}
		r.call("muzhi", models.CallQuery, "YT1000000000013", outcome, true)
		billed++
		if i%3 == 0 {
			want(t, r.figures(), map[string]string{"calls.billed.today": itoa(billed)})
		}
		r.pass(15 * time.Minute)
	}
	// A call that ends late is not billed after all.
	ticket, err := r.store.Begin(t.Context(), models.Call{Provider: "juhe", Kind: models.CallQuery}, r.moment())
	r.ok(err)
	r.pass(20 * time.Minute)
	want(t, r.figures(), map[string]string{"calls.billed.today": itoa(billed + 1), "calls.unbilled.today": "0"})
	r.ok(r.store.Settle(t.Context(), []models.Closing{{Ticket: ticket, Outcome: models.OutcomeUnavailable}}))
	want(t, r.figures(), map[string]string{"calls.billed.today": itoa(billed), "calls.unbilled.today": "1"})
	r.pass(24 * time.Hour)
	r.signIn()
	want(t, r.figures(), map[string]string{"calls.billed.today": "0"})
	contains(t, r.read("/admin"), "共调用 41 次，计费 40 次")
}

func TestDaysThatAreFoldedCountOn(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	r.at = noon.Add(-10 * 24 * time.Hour)
	for range 5 {
		r.call("juhe", models.CallQuery, "YT1000000000013", models.OutcomeTrace, true)
	}
	r.at = noon
	r.ok(r.store.Sweep(t.Context(), models.Retention{Parcels: 90 * 24 * time.Hour, Follows: 90 * 24 * time.Hour, Tails: 90 * 24 * time.Hour, Unreachable: 90 * 24 * time.Hour}, r.moment()))
	contains(t, r.read("/admin"), "共调用 5 次，计费 5 次，¥0.25")
	contains(t, r.read("/admin/calls?day=2026-02-28"), "七天以前", "¥0.25")
}

func TestParcelsAndChatsAreCountedOnce(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	one, two, gone := r.chat("telegram", "1001"), r.chat("telegram", "1002"), r.chat("telegram", "1003")
	shared := r.parcel("YT1000000000013", "yto", one, two)
	r.parcel("YT1000000000021", "yto", one)
	r.parcel("YT1000000000039", "yto", gone)
	done := r.parcel("YT1000000000047", "yto", two)
	r.parcel("YT1000000000055", "yto") // nobody follows it
	r.scan(done, "已签收", models.Delivered)
	r.ok(r.store.Gone(t.Context(), gone.ID, r.moment()))
	want(t, r.figures(), map[string]string{"parcels.live": "3", "chats.live": "3", "deliveries.pending": "1", "deliveries.failing": "0"})
	r.ok(r.store.Unfollow(t.Context(), two.ID, []int64{shared.ID}, r.moment()))
	want(t, r.figures(), map[string]string{"parcels.live": "3", "chats.live": "2"})
	r.pass(3 * time.Hour)
	hints, err := r.store.Take(t.Context(), r.moment(), time.Minute, 10) // parks what nobody can be told about
	r.ok(err)
	want(t, r.figures(), map[string]string{"parcels.live": "3", "parcels.due": itoa(len(hints))})
}

func TestDeliveriesAreCountedUntilThePlatformHasThem(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	one, two := r.chat("telegram", "1001"), r.chat("telegram", "1002")
	p := r.parcel("YT1000000000013", "yto", one, two)
	r.scan(p, "快件已到达上海", models.InTransit)
	want(t, r.figures(), map[string]string{"deliveries.pending": "2", "deliveries.failing": "0"})
	r.deliver("telegram", errors.New("502 Bad Gateway"))
	want(t, r.figures(), map[string]string{"deliveries.pending": "2", "deliveries.failing": "2"})
	r.pass(2 * time.Minute)
	r.deliver("telegram", nil)
	want(t, r.figures(), map[string]string{"deliveries.pending": "0", "deliveries.failing": "0"})
}

func TestMessagesWaitUntilTheyAreAnswered(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	one := r.chat("telegram", "1001")
	r.write(one, "a")
	r.write(one, "b")
	_, err := r.store.Post(t.Context(), one.Address, "alert", []byte("[]"), r.moment(), r.moment())
	r.ok(err)
	want(t, r.figures(), map[string]string{"inbox.waiting": "2"})
	for _, c := range r.claim("telegram") {
		open, err := r.store.OpenArrivals(t.Context(), c.Chat.ID, r.moment())
		r.ok(err)
		r.ok(r.store.EndArrival(t.Context(), c.Claim, open[0].ID))
	}
	want(t, r.figures(), map[string]string{"inbox.waiting": "1"})
}

func TestABudgetSaysWhenItEnds(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Budgets = map[string]int64{"muzhi": 16, "juhe": 100} })
	r.signIn()
	for range 12 {
		r.call("muzhi", models.CallQuery, "", models.OutcomeTrace, true)
	}
	r.call("juhe", models.CallQuery, "", models.OutcomeTrace, true)
	contains(t, r.read("/admin"), "约 16:00 用完", "今天够用")
	for range 4 {
		r.call("muzhi", models.CallQuery, "", models.OutcomeTrace, true)
	}
	contains(t, r.read("/admin"), "今天的用完了")
}

func TestCountingThatTakesLongIsKeptForLong(t *testing.T) {
	r := newRig(t, nil)
	counted, takes := 0, 10*time.Millisecond
	k := newKept(r.now, func(context.Context) (int, error) { counted++; r.pass(takes); return counted, nil })
	get := func() int { n, _, err := k.get(t.Context()); r.ok(err); return n }
	if get(); get() != 2 {
		t.Error("what costs nothing is not counted anew")
	}
	takes = time.Second
	if get(); get() != 3 {
		t.Error("what costs much is counted anew at once")
	}
	if r.pass(keepFactor * time.Second); get() != 4 {
		t.Error("it is kept too long")
	}
}

func TestUsageIsOfferedAsCSV(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	r.at = noon.Add(-3 * 24 * time.Hour)
	r.call("juhe", models.CallQuery, "YT1000000000013", models.OutcomeTrace, true)
	r.at = noon
	r.call("muzhi", models.CallDetect, "YT1000000000013", models.OutcomeTrace, false)
	p := r.get("/admin/usage.csv?days=7")
	if kind := p.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("it is %s", kind)
	}
	rows, err := csv.NewReader(strings.NewReader(p.body)).ReadAll()
	r.ok(err)
	wants := [][]string{
		{"day", "provider", "kind", "outcome", "billed", "calls", "cost_yuan"},
		{"2026-03-07", "juhe", "query", "trace", "true", "1", "0.05"},
		{"2026-03-10", "muzhi", "detect", "trace", "false", "1", "0.00"},
	}
	if len(rows) != len(wants) {
		t.Fatalf("got %v", rows)
	}
	for i := range wants {
		if strings.Join(rows[i], ",") != strings.Join(wants[i], ",") {
			t.Errorf("row %d: %v", i, rows[i])
		}
	}
	for _, wrong := range []string{"0", "-1", "x", "401", "99999999999999999999"} {
		if p := r.get("/admin/usage.csv?days=" + wrong); p.StatusCode != 400 {
			t.Errorf("days=%s: %d", wrong, p.StatusCode)
		}
	}
}

func TestChartsAreDrawnByTheServer(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	r.call("juhe", models.CallQuery, "YT1000000000013", models.OutcomeTrace, true)
	for _, name := range []string{"calls-light-wide", "calls-dark-narrow", "cost-light-narrow", "cost-dark-wide"} {
		p := r.get("/admin/charts/" + name + ".svg")
		if p.StatusCode != 200 || p.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(p.body, "juhe") || strings.Contains(p.body, "<script") {
			t.Errorf("%s: %d %.200s", name, p.StatusCode, p.body)
		}
	}
}

func TestADateStandsUnderItsBar(t *testing.T) {
	r := newRig(t, nil)
	days := make([]dayUsage, chartDays)
	for i := range days {
		days[i].Day = noon.AddDate(0, 0, i-chartDays+1).Format(time.DateOnly)
	}
	bars := regexp.MustCompile(`d="M (\d+) [\d\sL]+" style="stroke:none;fill:rgb`)
	for name, size := range shapes() {
		svg, err := r.dashboard.draw(days, func(bill) float64 { return 1 }, looks()["light"], size)
		if err != nil {
			t.Fatal(err)
		}
		at := func(day int) float64 { // where a day's label begins
			label := regexp.MustCompile(`<text x="(\d+)"[^>]*>` + strings.TrimPrefix(days[day].Day[5:], "0") + `<`).FindSubmatch(svg)
			x, _ := strconv.ParseFloat(string(label[1]), 64)
			return x
		}
		drawn := bars.FindAllSubmatch(svg, -1)
		drawn = drawn[len(drawn)-chartDays:]
		last := chartDays - 1 - size.every/2
		first := last - 3*size.every // in the same month, as wide
		from, _ := strconv.ParseFloat(string(drawn[first][1]), 64)
		to, _ := strconv.ParseFloat(string(drawn[last][1]), 64)
		if labels := at(last) - at(first); labels < to-from-2 || labels > to-from+2 || at(last) > to || at(last) < to-20 {
			t.Errorf("%s: labels at %v and %v, bars at %v and %v", name, at(first), at(last), from, to)
		}
	}
}

func TestCooldownsSayWhyAndUntilWhen(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	contains(t, r.read("/admin"), "没有哪家正在停用")
	r.cooldowns = []models.Cooldown{{Provider: "juhe", Kind: models.CallQuery, Why: models.OutcomeQuota, Until: r.moment().Add(time.Hour)}}
	contains(t, r.read("/admin"), "额度用完，先不用，13:00 后再试")
	r.pass(time.Hour)
	contains(t, r.read("/admin"), "额度用完，停用时间已到，下一次调用会先试一试")
}

func TestTheFirstPageIsSmall(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	for day := range 30 {
		r.at = noon.Add(-time.Duration(29-day) * 24 * time.Hour)
		for _, provider := range []string{"muzhi", "juhe", "kuaidi100", "kuaibao"} {
			for _, o := range models.Outcomes() {
				r.call(provider, models.CallQuery, "", o, true)
			}
		}
	}
	size := len(r.read("/admin"))
	for name := range map[string]bool{"style.css": true, "admin.css": true, "admin.js": true} {
		at, err := r.dashboard.Pages.Asset(name)
		r.ok(err)
		size += len(r.read(at))
	}
	if size > 60_000 {
		t.Errorf("page, styles and script are %d bytes", size)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
