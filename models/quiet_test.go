package models_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"waybill/models"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseQuiet(t *testing.T) {
	for text, want := range map[string]models.Quiet{"23-7": {From: 23, To: 7}, "0-6": {To: 6}, "13 - 15": {From: 13, To: 15}, "off": {}, "": {}} {
		if got, err := models.ParseQuiet(text, nil); err != nil || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"23", "7-7", "24-7", "-1-7", "a-b", "23-7-8", "on"} {
		if _, err := models.ParseQuiet(text, nil); err == nil {
			t.Errorf("%q is no mistake", text)
		}
	}
}

func TestQuietHoursOver(t *testing.T) {
	berlin := models.Quiet{From: 23, To: 7, Zone: zone(t, "Europe/Berlin")}
	early := models.Quiet{From: 0, To: 2, Zone: zone(t, "Europe/Berlin")}
	gap := models.Quiet{From: 1, To: 2, Zone: zone(t, "America/New_York")} // 2 o'clock does not exist on 9 March 2025
	kolkata := models.Quiet{From: 23, To: 7, Zone: zone(t, "Asia/Kolkata")}
	siesta := models.Quiet{From: 13, To: 15, Zone: models.Shanghai}
	for _, c := range []struct {
		name      string
		quiet     models.Quiet
		now, want string
	}{
		{"by day at once", models.Quiet{From: 23, To: 7, Zone: models.Shanghai}, "2025-06-04T12:00:00+08:00", "2025-06-04T12:00:00+08:00"},
		{"by night in the morning", models.Quiet{From: 23, To: 7, Zone: models.Shanghai}, "2025-06-04T23:00:00+08:00", "2025-06-05T07:00:00+08:00"},
		{"after midnight the same morning", models.Quiet{From: 23, To: 7, Zone: models.Shanghai}, "2025-06-05T06:59:59+08:00", "2025-06-05T07:00:00+08:00"},
		{"the end is not quiet any more", models.Quiet{From: 23, To: 7, Zone: models.Shanghai}, "2025-06-05T07:00:00+08:00", "2025-06-05T07:00:00+08:00"},
		{"off", models.Quiet{}, "2025-06-05T03:00:00+08:00", "2025-06-05T03:00:00+08:00"},
		{"within a day", siesta, "2025-06-05T14:30:00+08:00", "2025-06-05T15:00:00+08:00"},
		{"the night that loses an hour", berlin, "2025-03-30T01:30:00+01:00", "2025-03-30T07:00:00+02:00"},
		{"the night that gains an hour", berlin, "2025-10-26T01:30:00+02:00", "2025-10-26T07:00:00+01:00"},
		{"an hour that comes twice is no end until it comes for good", early, "2025-10-26T01:30:00+02:00", "2025-10-26T02:00:00+02:00"},
		{"an end that does not exist", gap, "2025-03-09T01:30:00-05:00", "2025-03-09T03:00:00-04:00"},
		{"a zone with half an hour", kolkata, "2025-06-05T03:10:00+05:30", "2025-06-05T07:00:00+05:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.quiet.Over(at(t, c.now)); got != at(t, c.want) {
				t.Errorf("over at %s, want %s", got.Time(), c.want)
			}
		})
	}
}

func at(t *testing.T, text string) models.Moment {
	t.Helper()
	m, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return models.At(m)
}

// Nobody is woken, nobody waits longer than a night, and nothing is told in the past.
func TestQuietHoursAreOverOutsideThemselves(t *testing.T) {
	zones := []*time.Location{zone(t, "Asia/Shanghai"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"), zone(t, "Asia/Kathmandu")}
	rapid.Check(t, func(t *rapid.T) {
		q := models.Quiet{
			From: rapid.IntRange(0, 23).Draw(t, "from"), To: rapid.IntRange(0, 23).Draw(t, "to"),
			Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
		}
		now := models.At(time.Date(2025, 6, 10, 12, 0, 0, 0, models.Shanghai)).Add(time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, "now")))
		told := q.Over(now)
		if q.During(told) || told < now || told.Sub(now) > 25*time.Hour {
			t.Fatalf("%+v: at %s told at %s", q, now.Time(), told.Time())
		}
	})
}
