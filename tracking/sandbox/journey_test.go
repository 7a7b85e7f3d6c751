package sandbox

import (
	"fmt"
	"testing"
	"time"

	"waybill/models"
)

// Every itinerary's progress, in Muzhi's statuses, with the scans growing all the way.
func TestScenariosTakeTheirCourse(t *testing.T) {
	for number, want := range map[string][]int{
		"YT1000000000013": {2, 3, 4},
		"SF1000000000015": {2, 3, 4},
		"JT1000000000012": {1, 2, 3, 4},
		"368000000012":    {2, 3, 4},
		"773000000000017": {2, 3, 4},
		"YT1000000000021": {2, 3, 9, 3, 4},
		"YT1000000000039": {2, 3, 5},
		"YT1000000000047": {2, 3, 5, 2, 10},
		"EA100000003CN":   {2, 3, 4},
		"JT1000000000020": {2},
		"JDVA10000000014": {2, 3, 4, 2, 3, 4},
		"310000000000019": {2, 3, 4},
	} {
		t.Run(Title(number), func(t *testing.T) {
			w := newWorld(t, Options{})
			var progress []int
			scans := 0
			for range 160 {
				got := w.ask(t, "kddh", number, "tel", "1234")
				if len(got.Data) < scans {
					t.Fatalf("%d scans became %d", scans, len(got.Data))
				}
				scans = len(got.Data)
				if len(progress) == 0 || progress[len(progress)-1] != got.Status {
					progress = append(progress, got.Status)
				}
				w.clock.Add(time.Hour)
			}
			if fmt.Sprint(progress) != fmt.Sprint(want) {
				t.Errorf("went %v, want %v", progress, want)
			}
		})
	}
}

func TestJourneysArePure(t *testing.T) {
	now := newClock().Now()
	for i := range 500 {
		j := journey{number: fmt.Sprintf("YT2%012d", i), seed: 7}
		all := j.scans(now, now.Add(1000*time.Hour), 1)
		again := j.scans(now, now.Add(1000*time.Hour), 1)
		fast := j.scans(now, now.Add(1000*time.Hour), 600)
		if fmt.Sprint(all) != fmt.Sprint(again) || len(fast) != len(all) {
			t.Fatalf("number %d has two journeys", i)
		}
		if end := all[0].At.Sub(now); all[0].Status != models.Delivered || end < 40*time.Hour || end > 150*time.Hour {
			t.Errorf("number %d ends %s after %s", i, all[0].Status, end)
		}
		if first := fast[len(fast)-1].At; first.After(now) || now.Sub(first) > time.Minute {
			t.Errorf("number %d begins at %s when time is fast", i, first)
		}
	}
}

func TestAnotherSeedTellsOtherJourneys(t *testing.T) {
	now := newClock().Now()
	one := journey{number: "YT2000000000001", seed: 1}.scans(now, now, 1)
	two := journey{number: "YT2000000000001", seed: 2}.scans(now, now, 1)
	if fmt.Sprint(one) == fmt.Sprint(two) {
		t.Error("two seeds, one journey")
	}
}

func TestANumberCanBeHeldOnTheWay(t *testing.T) {
	const still = "YT1000000000900"
	w := newWorld(t, Options{Speed: 14400, Stuck: []string{still}})
	for range 5 {
		if got := w.ask(t, "kddh", still); got.Status != 2 || got.Kdmc != "圆通速递" {
			t.Fatalf("status %d, carried by %s", got.Status, got.Kdmc)
		}
		w.clock.Add(time.Hour)
	}
}
