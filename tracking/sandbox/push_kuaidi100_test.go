package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// notices are the pushes of Kuaidi100 since, in order of their coming; every
// sign must fit the salt.
func (r *receiver) notices(t *testing.T, salt string) []kuaidi100Notice {
	t.Helper()
	var all []kuaidi100Notice
	for _, line := range r.heard() {
		_, body, _ := strings.Cut(line, " ")
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if want := sign(form.Get("param") + salt); salt != "" && form.Get("sign") != want || salt == "" && form.Has("sign") {
			t.Errorf("signed %q, want %q", form.Get("sign"), want)
		}
		all = append(all, reads[kuaidi100Notice](t, form.Get("param")))
	}
	return all
}

// told says a notice's outline in one line.
func told(all []kuaidi100Notice) string {
	var lines []string
	for _, n := range all {
		line := fmt.Sprintf("%s %s %d", n.Status, n.LastResult.Com, len(n.LastResult.Data))
		if n.AutoCheck+n.ComOld+n.ComNew != "0" {
			line += " " + n.AutoCheck + n.ComOld + ">" + n.ComNew
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func TestASubscriptionIsPushedWheneverTheJourneyMoves(t *testing.T) {
	w, r := newWorld(t, Options{Speed: 60}), newReceiver(t)
	if got := w.order(t, ordering("yuantong", "yt1000000000013", r.URL+"/push/token")); got != "200" {
		t.Fatalf("got %s", got)
	}
	w.Pump(t.Context())
	if early := r.heard(); len(early) != 0 {
		t.Errorf("pushed at once: %v", early)
	}
	w.clock.Add(w.lasts(15 * time.Minute))
	w.Pump(t.Context())
	w.hours(t, 60)
	pushed := r.notices(t, "pepper")
	want := "polling yuantong 2, polling yuantong 3, polling yuantong 4, polling yuantong 5, polling yuantong 6, polling yuantong 7, polling yuantong 8, shutdown yuantong 9"
	if got := told(pushed); got != want {
		t.Errorf("pushed %s", got)
	}
	last := pushed[len(pushed)-1].LastResult
	if last.State != "3" || last.IsCheck != "1" || last.Nu != "YT1000000000013" || last.Data[0].StatusCode != "301" || last.RouteInfo == nil {
		t.Errorf("last: %+v", last)
	}
	if sent, took := w.Pushed("kuaidi100"); sent != 8 || took != 8 {
		t.Errorf("%d sent, %d taken", sent, took)
	}
	w.hours(t, 24*70)
	if more := r.heard(); len(more) != 0 {
		t.Errorf("pushed after the end: %v", more)
	}
}

func TestWithoutARecordASubscriptionIsAbortedAfterThreeDays(t *testing.T) {
	for name, c := range map[string]struct {
		company, number, phone string
		want, state            string
	}{
		"never a record":  {"jtexpress", "JT1000000000038", "", "abort jtexpress 0", "201"},
		"an invalid one":  {"yuantong", "YT1000000000054", "", "abort yuantong 0", "201"},
		"a tail missing":  {"shunfeng", "SF1000000000015", "", "abort shunfeng 0", "408"},
		"a tail refused":  {"shunfeng", "SF1000000000023", "1234", "abort shunfeng 0", "408"},
		"a wrong company": {"yunda", "310000000000019", "", "abort yunda 0 0>shentong", "201"},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := newWorld(t, Options{}), newReceiver(t)
			o := ordering(c.company, c.number, r.URL)
			o.Parameters.Phone = c.phone
			w.order(t, o)
			w.hours(t, 71)
			if early := r.heard(); len(early) != 0 {
				t.Fatalf("pushed early: %v", early)
			}
			w.hours(t, 1)
			all := r.notices(t, "pepper")
			if len(all) != 1 || told(all) != c.want || all[0].Message != "3天查询无记录" || all[0].LastResult.Status != c.state {
				t.Errorf("pushed %s: %+v", told(all), all)
			}
		})
	}
}

// The vendor finds the right company and goes on under it by himself.
func TestAWrongCompanyIsCorrected(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	w.order(t, ordering("yunda", "310000000000027", r.URL))
	w.hours(t, 100)
	want := "abort yunda 0 0>shentong, shutdown shentong 9 1yunda>shentong"
	if got := told(r.notices(t, "pepper")); got != want {
		t.Errorf("pushed %s, want %s", got, want)
	}
	if again := w.order(t, ordering("shentong", "310000000000027", r.URL)); again != "200" {
		t.Errorf("subscribed anew: %s", again)
	}
}

func TestALateRecordIsPushedWhenItComes(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	o := ordering("", "JT1000000000012", r.URL)
	o.Parameters.AutoCom, o.Parameters.Salt = "1", ""
	if got := w.order(t, o); got != "200" {
		t.Fatalf("got %s", got)
	}
	w.hours(t, 3)
	if early := r.heard(); len(early) != 0 {
		t.Errorf("pushed early: %v", early)
	}
	w.hours(t, 2)
	if got := told(r.notices(t, "")); got != "polling jtexpress 1" {
		t.Errorf("pushed %s", got)
	}
}

func TestAReopenedParcelIsPushedAnew(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	w.order(t, ordering("jd", "JDVA10000000014", r.URL))
	w.hours(t, 80)
	var ends []string
	for _, n := range r.notices(t, "pepper") {
		if n.Status != "polling" {
			ends = append(ends, fmt.Sprint(n.Status, " ", n.LastResult.State))
		}
	}
	if got := strings.Join(ends, ", "); got != "shutdown 3, updateall 0, updateall 5, updateall 3" {
		t.Errorf("pushed %s", got)
	}
}

func TestWhatDoesNotMoveForSixtyDaysIsAborted(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	w.order(t, ordering("jtexpress", "JT1000000000020", r.URL))
	w.hours(t, 24*60)
	r.heard()
	w.hours(t, 24)
	all := r.notices(t, "pepper")
	if len(all) != 1 || all[0].Status != "abort" || all[0].Message != "60天无变化" || len(all[0].LastResult.Data) != 4 {
		t.Errorf("pushed %s", told(all))
	}
}
