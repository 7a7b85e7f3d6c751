package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestTroublesOfScenariosAndOfAWholeProvider(t *testing.T) {
	w := newWorld(t, Options{Slow: time.Millisecond})
	for number, want := range map[string]string{
		"JT1000000000500": "500 Failed To Call Backend Service",
		"JT1000000000200": "200 ",
		"JT1000000000408": "200 ",
		"JT1000000000429": "403 Throttled by API Flow Control",
		"JT1000000000403": "403 Quota Exhausted",
	} {
		if got := w.ask(t, "kddh", number); fmt.Sprint(got.status, " ", got.reason) != want {
			t.Errorf("%s: got %d %s, want %s", number, got.status, got.reason, want)
		}
	}
	for _, fault := range Faults() {
		w.Break("muzhi", fault)
		if got := w.ask(t, "kddh", "YT1000000000013"); fault != Slow && got.Msg != "" {
			t.Errorf("broken with %s it still answers %s", fault, got.Msg)
		}
	}
	w.Break("muzhi", Healthy)
	if got := w.ask(t, "kddh", "YT1000000000013"); got.Msg != "查询成功" {
		t.Errorf("mended it says %s", got.Msg)
	}
}

func TestASlowAnswerEndsWhenTheClientLeaves(t *testing.T) {
	w := newWorld(t, Options{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/query?kddh=JT1000000000408", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "APPCODE x")
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCallsAreCountedWithWhatIsBilled(t *testing.T) {
	w := newWorld(t, Options{Remember: 3})
	w.ask(t, "kddh", "YT1000000000013")
	w.ask(t, "kddh", "YT1000000000013")
	w.ask(t, "kddh", "SF1000000000015")
	w.ask(t, "kddh", "JT1000000000403")
	w.get(t, MuzhiDetectPath, "APPCODE x", "kddh", "YT1000000000013")
	for _, c := range []struct {
		provider, endpoint, number string
		asked, billed              int
	}{
		{"", "", "", 5, 3},
		{"muzhi", "query", "", 4, 2},
		{"muzhi", "query", "YT1000000000013", 2, 2},
		{"muzhi", "query", "SF1000000000015", 1, 0},
		{"muzhi", "detect", "", 1, 1},
		{"juhe", "", "", 0, 0},
	} {
		if asked, billed := w.Asked(c.provider, c.endpoint, c.number); asked != c.asked || billed != c.billed {
			t.Errorf("%s %s %s: %d asked, %d billed", c.provider, c.endpoint, c.number, asked, billed)
		}
	}
	if calls := w.Calls(); len(calls) != 4 || calls[0].Number != "" || calls[0].Endpoint != "detect" {
		t.Errorf("beyond what is remembered calls are summed: %v", calls)
	}
}

func TestTheOldestNumberIsForgottenFirst(t *testing.T) {
	m := newMemory(2)
	at := newClock()
	first := at.Now()
	m.start("a", first)
	at.Add(time.Hour)
	m.start("b", at.Now())
	if m.start("a", at.Now()) != first {
		t.Error("a known number starts anew")
	}
	m.start("c", at.Now())
	if m.start("b", at.Now().Add(time.Hour)) != at.Now() {
		t.Error("the newer one was forgotten")
	}
	if m.start("a", at.Now()).Equal(first) || len(m.known) != 2 {
		t.Error("the oldest one was kept")
	}
}
