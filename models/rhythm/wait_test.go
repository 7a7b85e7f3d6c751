package rhythm

import (
	"math"
	"testing"
	"time"

	"waybill/models"
)

// plainWait is Wait by its definition, with the waiting of each step's news on its own.
func plainWait(c *Curve, newest, now models.Moment, least, most time.Duration, dear float64, weight func(models.Moment) float64) time.Duration {
	var news [horizon]float64
	var hours [horizon + 1]float64
	for i := range horizon {
		at := now.Add(grid*time.Duration(i) + grid/2)
		news[i] = c.At(at, newest) * grid.Hours()
		hours[i+1] = hours[i] + grid.Hours()*weight(at)
	}
	first, last := max(1, int((least+grid-1)/grid)), max(1, int(most/grid))
	if first >= last {
		return max(least, min(most, grid*time.Duration(last)))
	}
	var cost [horizon + 1]float64
	best := last
	for from := horizon - 1; from >= 0; from-- {
		cheapest := math.Inf(1)
		for until := from + first; until <= min(from+last, horizon); until++ {
			all := price*dear + cost[until]
			for i := from; i < until; i++ {
				recent := min(until, i+inHour)
				all += news[i] * (hours[recent] - hours[i] - (hours[i+1]-hours[i])/2 + overdue*(hours[until]-hours[recent]))
			}
			if all <= cheapest+same && from == 0 {
				best = until
			}
			cheapest = min(cheapest, all)
		}
		if !math.IsInf(cheapest, 1) {
			cost[from] = cheapest
		}
	}
	return grid * time.Duration(best)
}

func TestWaitIsThatOfItsDefinition(t *testing.T) {
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	quiet := models.Quiet{From: 23, To: 7, Zone: models.Shanghai}
	weights := []func(models.Moment) float64{
		func(models.Moment) float64 { return 1 },
		func(at models.Moment) float64 {
			if quiet.During(at) {
				return 1.0 / 9
			}
			return 1.0 / 3
		},
	}
	monday := models.At(time.Date(2026, 3, 2, 0, 3, 0, 0, models.Shanghai))
	tried := 0
	for _, leg := range Legs() {
		c, _ := table.Curve("sf", leg)
		for hour := 0; hour < 7*24; hour += 5 {
			now := monday.Add(time.Duration(hour) * time.Hour)
			for _, since := range []time.Duration{0, 40 * time.Minute, 5 * time.Hour, 60 * time.Hour} {
				for i, most := range []time.Duration{15 * time.Minute, 90 * time.Minute, 6 * time.Hour, 24 * time.Hour} {
					least, dear := 30*time.Minute*time.Duration(1+i%2), []float64{0.4, 1, 2}[tried%3]
					weight := weights[tried%2]
					tried++
					got := c.Wait(now.Add(-since), now, least, most, dear, weight)
					if want := plainWait(c, now.Add(-since), now, least, most, dear, weight); got != want {
						t.Fatalf("%s, hour %d, %s after the newest scan, at most %s: %s, want %s", leg, hour, since, most, got, want)
					}
				}
			}
		}
	}
}
