package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAWaybillAskedAboutTooOftenIsLockedForADay(t *testing.T) {
	for name, speed := range map[string]float64{"as fast as the world": 1, "at six hundred times": 600} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{Speed: speed})
			pass := func(d time.Duration) { w.clock.Add(time.Duration(float64(d) / speed)) }
			ask := func(want string) {
				t.Helper()
				if got := w.track(t, "yuantong", "YT1000000000013", ""); got.code() != want {
					t.Fatalf("got %s %s, want %s", got.code(), got.Message, want)
				}
			}
			ask("200")
			pass(30 * time.Minute)
			ask("200")
			pass(25 * time.Minute)
			ask("501")
			pass(23 * time.Hour)
			ask("501")
			pass(time.Hour)
			ask("200")
			if got := w.Locked(); len(got) != 1 {
				t.Errorf("%d numbers locked", len(got))
			}
			if _, billed := w.Asked("kuaidi100", "query", ""); billed != 3 {
				t.Errorf("%d calls billed", billed)
			}
		})
	}
}

func TestAnotherPhoneIsNoRepetitionButCountsForTheDay(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 48 {
		if got := w.track(t, "shunfeng", "SF1000000000015", fmt.Sprint(2000+i)); got.code() != "408" {
			t.Fatalf("question %d: %s %s", i, got.code(), got.Message)
		}
	}
	if got := w.track(t, "shunfeng", "SF1000000000015", "1234"); got.code() != "501" || !strings.Contains(got.Message, "锁单") {
		t.Errorf("the 49th in a day: %s %s", got.code(), got.Message)
	}
}

func TestEveryHalfHourForDaysIsNotTooOften(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 150 {
		if got := w.track(t, "yuantong", "YT1000000000013", ""); got.code() != "200" {
			t.Fatalf("question %d: %s", i, got.code())
		}
		w.clock.Add(30 * time.Minute)
	}
}

func TestEveryFifthFailureIsBilledOnceInFortyDays(t *testing.T) {
	w := newWorld(t, Options{})
	want := map[int]int{4: 0, 5: 1, 10: 1, 24: 1, 25: 2}
	for i := 1; i <= 25; i++ {
		if i == 21 {
			w.clock.Add(40 * 24 * time.Hour)
		}
		w.track(t, "jtexpress", "JT1000000000038", "")
		w.clock.Add(time.Hour)
		if billed, told := want[i]; told {
			if _, got := w.Asked("kuaidi100", "query", ""); got != billed {
				t.Errorf("after %d failures %d are billed, want %d", i, got, billed)
			}
		}
	}
}
