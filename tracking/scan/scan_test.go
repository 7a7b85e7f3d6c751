package scan

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestParseTimeReadsWhatCarriersWrite(t *testing.T) {
	full := models.At(time.Date(2026, 3, 4, 5, 6, 7, 0, models.Shanghai))
	minute := full.Add(-7 * time.Second)
	day := models.At(time.Date(2026, 3, 4, 0, 0, 0, 0, models.Shanghai))
	for text, want := range map[string]models.Moment{
		"2026-03-04 05:06:07":       full,
		" 2026-03-04 05:06:07 ":     full,
		"2026-3-4 5:06:07":          full,
		"2026-03-04 05:06:07.000":   full,
		"2026-03-04 05:06":          minute,
		"2026/03/04 05:06:07":       full,
		"2026/3/4 5:06":             minute,
		"2026.03.04 05:06:07":       full,
		"2026-03-04T05:06:07":       full,
		"2026-03-04T05:06:07+08:00": full,
		"2026-03-03T21:06:07Z":      full,
		"2026年03月04日 05:06:07":      full,
		"2026年3月4日05时06分07秒":        full,
		"2026-03-04 05：06：07":       full,
		"20260304050607":            full,
		"1772571967":                full,
		"1772571967000":             full,
		"2026-03-04":                day,
		"":                          0,
		"昨天":                        0,
		"0000-00-00 00:00:00":       0,
		"1970-01-01 08:00:00":       0,
		"2026-13-04 05:06:07":       0,
		"42":                        0,
	} {
		got, ok := ParseTime(text)
		if got != want || ok != (want != 0) {
			t.Errorf("%q: got %s %v, want %s", text, got.Time(), ok, want.Time())
		}
	}
}

func TestTidyOrdersCleansAndSigns(t *testing.T) {
	scan := func(at models.Moment, text string) models.Event { return models.Event{At: at, Text: text} }
	got, err := Tidy([]models.Event{
		scan(2000, " first of the \x07same\tsecond "), scan(2000, "second of the same second"),
		scan(5000, "newest"), scan(1000, "oldest"), scan(1000, "oldest"),
		scan(3000, " \u200b "), scan(0, "no time"), scan(9000, "tomorrow"), scan(2500, strings.Repeat("长", 2000)),
	}, true, 6000-models.Moment(ahead.Milliseconds()))
	want := []string{"newest", strings.Repeat("长", MaxText), "first of the same second", "second of the same second", "oldest"}
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %d scans, want %d: %v, %v", len(got), len(want), got, err)
	}
	for i, e := range got {
		if e.Text != want[i] || e.Kind != models.Scan || e.Identity == "" {
			t.Errorf("scan %d is %+v, want %q signed", i, e, want[i])
		}
	}
}

func TestTidyTurnsOldestFirstAroundAmongEquals(t *testing.T) {
	raw := []models.Event{{At: 1, Text: "a"}, {At: 1, Text: "b"}}
	got, err := Tidy(raw, false, 10)
	if err != nil || got[0].Text != "b" || raw[0].Text != "a" {
		t.Errorf("got %v from %v, want the later one first and the argument untouched", got, raw)
	}
}

func TestRowsWithWordsButWithoutTimesAreNonsense(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []models.Event
		want bool
	}{
		"nothing":                   {nil, false},
		"a row without words":       {[]models.Event{{}}, false},
		"words without a time":      {[]models.Event{{Text: "a"}}, true},
		"one row of two has a time": {[]models.Event{{Text: "a"}, {Text: "b", At: 1}}, false},
	} {
		if _, err := Tidy(c.raw, true, 10); (err != nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
