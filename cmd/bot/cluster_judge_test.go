package main

import (
	"strings"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
)

// What TestCluster goes by finds what it is there to find.
func TestTheJudgesOfTheClusterFindWhatIsWrong(t *testing.T) {
	begun := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return begun.Add(time.Duration(seconds * float64(time.Second))) }
	const a, b = "YT1000000000001", "YT1000000000002"
	follows := map[string]int64{a: 1, b: 1}
	said := func(number string, scan string, seconds float64) telegramtest.Sent {
		return telegramtest.Sent{Chat: 1, Text: number + " 快件已到达【第" + scan + "转运中心】", At: at(seconds)}
	}
	well := []telegramtest.Sent{said(a, "1", 5), said(b, "1", 6), said(a, "2", 15), said(b, "2", 16)}
	moved := []time.Time{at(0), at(10)}
	if wrong, repeats := disorder(newsOf(well)); len(wrong) > 0 || len(repeats) > 0 {
		t.Errorf("nothing is wrong: %q %v", wrong, repeats)
	}
	if wrong := late(newsOf(well), follows, moved, nil); len(wrong) > 0 {
		t.Errorf("nothing is late: %q", wrong)
	}
	if wrong := late(newsOf(well[:3]), follows, moved, nil); len(wrong) != 1 || !strings.Contains(wrong[0], "nobody hears") {
		t.Errorf("one is lost: %q", wrong)
	}
	slow := append(well[:3:3], said(b, "2", 40))
	if wrong := late(newsOf(slow), follows, moved, nil); len(wrong) != 1 || !strings.Contains(wrong[0], "too late") {
		t.Errorf("one is late: %q", wrong)
	}
	if wrong := late(newsOf(slow), follows, moved, []trouble{{begun: at(11), end: at(12)}}); len(wrong) > 0 {
		t.Errorf("it was late for a reason: %q", wrong)
	}
	if wrong, _ := disorder(newsOf(append(well, said(a, "1", 20)))); len(wrong) != 1 {
		t.Errorf("one is out of order: %q", wrong)
	}
	if _, repeats := disorder(newsOf(append(well, said(a, "2", 20)))); len(repeats) != 1 {
		t.Errorf("one came again: %v", repeats)
	}
	if found := twice([]query{{a, at(0)}, {b, at(1)}, {a, at(1.5)}, {b, at(3.1)}}); len(found) != 1 {
		t.Errorf("one was asked about twice: %q", found)
	}
	if most := fastest([]query{{a, at(0)}, {b, at(0.5)}, {a, at(0.9)}, {b, at(1.6)}}); most != 3 {
		t.Errorf("%d in a second, want 3", most)
	}
}
