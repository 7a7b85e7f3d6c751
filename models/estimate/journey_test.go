package estimate

import (
	"testing"
	"time"

	"waybill/models"
)

func TestFinished(t *testing.T) {
	was := models.Parcel{ID: 7, Carrier: "zto", Number: "secret", Status: models.OutForDelivery}
	done := models.Parcel{
		ID: 7, Carrier: "zto", Origin: "深圳市", Destination: "北京", Status: models.Delivered, DoneAt: at(5, 13),
		StartedAt: at(3, 18), OutAt: at(5, 8), EventAt: at(5, 12), Silence: 5,
	}
	want := took(at(3, 18), 42*hour)
	want.ParcelID, want.OutAt, want.Silence = 7, at(5, 8), 5
	if got, ok := Finished(was, done); !ok || got != want {
		t.Fatalf("got %+v, %v, want %+v", got, ok, want)
	}
	for name, change := range map[string]func(was, is *models.Parcel){
		"done before":                func(was, _ *models.Parcel) { was.DoneAt = 1 },
		"delivered by words alone":   func(_, is *models.Parcel) { is.DoneAt = 0 },
		"returned":                   func(_, is *models.Parcel) { is.Status = models.Returned },
		"given up":                   func(_, is *models.Parcel) { is.Status = models.InTransit },
		"nobody knows when it began": func(_, is *models.Parcel) { is.StartedAt = 0 },
		"one scan is all there is":   func(_, is *models.Parcel) { is.StartedAt = is.EventAt },
		"of no carrier":              func(_, is *models.Parcel) { is.Carrier = "" },
		"it took a season":           func(_, is *models.Parcel) { is.StartedAt = is.EventAt.Add(-61 * day) },
	} {
		a, b := was, done
		change(&a, &b)
		if got, ok := Finished(a, b); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	fetched := done
	fetched.ReadyAt, fetched.EventAt = at(5, 10), at(7, 10)
	if got, ok := Finished(was, fetched); !ok || got.DeliveredAt != at(5, 10) {
		t.Errorf("%+v: the station's days are not the carrier's", got)
	}
}

// silences are journeys with gaps of so many hours, in turn.
func silences(n int, hours ...int) []models.Journey {
	all := many(n, 2)
	for i := range all {
		all[i].Silence = (time.Duration(hours[i%len(hours)]) * hour).Milliseconds()
	}
	return all
}

func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name   string
		groups [][]models.Journey
		want   time.Duration // 0: too little is known
	}{
		{"a slow route", [][]models.Journey{silences(40, 80)}, 100 * hour},
		{"a quick route", [][]models.Journey{silences(40, 10)}, 48 * hour},
		{"a route on which anything may happen", [][]models.Journey{silences(40, 200)}, 120 * hour},
		{"one of fifty was lost for weeks", [][]models.Journey{silences(100, append(make([]int, 49), 500)...)}, 48 * hour},
		{"one of ten crosses a border", [][]models.Journey{silences(100, 20, 20, 20, 20, 20, 20, 20, 20, 20, 64)}, 80 * hour},
		{"too few", [][]models.Journey{silences(calibrating-1, 80)}, 0},
		{"too few of the route, enough of the carrier", [][]models.Journey{silences(5, 10), silences(40, 80)}, 100 * hour},
		{"nothing", nil, 0},
	} {
		if got, ok := Silence(c.groups); got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, ok, c.want)
		}
	}
}
