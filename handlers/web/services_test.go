package web

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// documented are the metrics in the table of a document, which has them in its
// first column.
func documented(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if row, is := strings.CutPrefix(line, "| `waybill_"); is {
			first, _, _ := strings.Cut(row, " | ")
			for _, m := range regexp.MustCompile("`(waybill_[a-z_]+)`").FindAllStringSubmatch("`waybill_"+first, -1) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryMetricIsDocumentedAndTheOtherWayRound(t *testing.T) {
	m := metrics()
	m.Expect([]string{"muzhi"}, []string{"telegram"}, []string{"wecom_kf"})
	m.Budget("muzhi", 10, 3)
	m.DoorUp("telegram", true)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "waybill_") {
			got = append(got, f.GetName())
		}
	}
	for _, file := range []string{"../../docs/operate.md", "../../docs/operate.zh-CN.md"} {
		if want := documented(t, file); !slices.Equal(got, want) {
			t.Errorf("%s documents\n%s\nthere are\n%s", file, want, got)
		}
	}
}

func TestCountersOfWhatIsConfiguredBeginAtZero(t *testing.T) {
	m := metrics()
	m.Expect([]string{"muzhi"}, []string{"telegram", "wecom_kf"}, []string{"wecom_kf"})
	page := answer(t, New(nil, m.Handler(), quiet), "GET", "/metrics", "").Body.String()
	for _, line := range []string{
		`waybill_delivery_failures_total{door="telegram",reason="failed"} 0`,
		`waybill_messages_received_total{door="wecom_kf"} 0`,
		`waybill_messages_sent_total{door="telegram",kind="alert"} 0`,
		`waybill_provider_calls_total{billed="false",kind="query",outcome="auth",provider="muzhi"} 0`,
		`waybill_provider_up{provider="muzhi"} 1`,
		`waybill_checks_total{outcome="failed"} 0`,
		`waybill_credit_exhausted_chats{door="wecom_kf"} 0`,
		`waybill_incident_active{incident="provider_down"} 0`,
		`waybill_memory_failures_total{kind="cooldown"} 0`,
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
}

func TestMetricsShowWhatIsUp(t *testing.T) {
	m := metrics()
	m.ProviderUp("muzhi", false)
	m.Budget("muzhi", 100, 42)
	m.DoorUp("telegram", false)
	m.Database(true, 3*time.Millisecond)
	m.QueueUp(true)
	m.Exhausted("wecom_kf", 7)
	m.Incidents([]models.IncidentName{models.DoorDown})
	m.Received("telegram", 3)
	m.Sent("telegram", SentNews)
	page := answer(t, New(nil, m.Handler(), quiet), "GET", "/metrics", "").Body.String()
	for _, line := range []string{
		`waybill_provider_up{provider="muzhi"} 0`, `waybill_budget_limit{provider="muzhi"} 100`, `waybill_budget_used{provider="muzhi"} 42`,
		`waybill_door_up{door="telegram"} 0`, `waybill_database_up 1`, `waybill_database_seconds_count 1`, `waybill_queue_up 1`,
		`waybill_credit_exhausted_chats{door="wecom_kf"} 7`, `waybill_incident_active{incident="door_down"} 1`, `waybill_incident_active{incident="queue_down"} 0`,
		`waybill_messages_received_total{door="telegram"} 3`, `waybill_messages_sent_total{door="telegram",kind="news"} 1`,
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
}

func TestAPartThatHangsIsNotUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		hangs := func(context.Context) error { <-release; return nil }
		s := New([]Check{{"database", hangs}, {"queue", func(context.Context) error { return nil }}}, metrics().Handler(), quiet)
		for range 20 { // those that answer are up each time
			begun := time.Now()
			w := answer(t, s, "GET", "/readyz", "")
			if got := strings.TrimSpace(w.Body.String()); w.Code != 503 || got != `[{"part":"database","up":false}]` || time.Since(begun) != readiness {
				t.Errorf("after %s: %d %s", time.Since(begun), w.Code, got)
			}
		}
		close(release)
	})
}
