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
	const second = 60_000 // scans of one minute with the same words are one
	row := func(at models.Moment, text string) Row { return Row{Event: models.Event{At: at * second, Text: text}} }
	got, err := Tidy([]Row{
		row(50, "newest"), row(20, " first of the \x07same\tminute "), row(20, "second of the same minute"),
		row(10, "oldest"), row(10, "oldest"),
		row(30, " \u200b "), row(90, "tomorrow"), row(25, strings.Repeat("长", 2000)),
	}, true, 60*second-models.Moment(ahead.Milliseconds()))
	want := []string{"newest", strings.Repeat("长", MaxText), "first of the same minute", "second of the same minute", "oldest"}
	if err != nil || len(got.Events) != len(want) {
		t.Fatalf("got %d scans, want %d: %v, %v", len(got.Events), len(want), got, err)
	}
	for i, e := range got.Events {
		if e.Text != want[i] || e.Kind != models.Scan || e.Identity == "" {
			t.Errorf("scan %d is %+v, want %q signed", i, e, want[i])
		}
	}
}

func TestTidyTurnsOldestFirstAroundAmongEquals(t *testing.T) {
	rows := []Row{{Event: models.Event{At: 1, Text: "a"}}, {Event: models.Event{At: 1, Text: "b"}}}
	got, err := Tidy(rows, false, 10)
	if err != nil || got.Newest() != "b" || rows[0].Text != "a" {
		t.Errorf("got %v from %v, want the later one first and the argument untouched", got, rows)
	}
}

func TestTheTimesTellWhichRowIsNewest(t *testing.T) {
	up := []Row{{Event: models.Event{At: 1, Text: "a"}}, {Event: models.Event{At: 70_000, Text: "b"}}, {Event: models.Event{At: 70_000, Text: "c"}}}
	if got, err := Tidy(up, true, 80_000); err != nil || got.Newest() != "c" {
		t.Errorf("the newest is %q, want the last row's", got.Newest())
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
		"an estimate needs none":    {[]models.Event{{Text: "预计明天送达"}}, false},
	} {
		var rows []Row
		for _, e := range c.raw {
			rows = append(rows, Row{Event: e})
		}
		if _, err := Tidy(rows, true, 10); (err != nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCleanMakesOneBlankOfManyAndWordsOfMarkup(t *testing.T) {
	for text, want := range map[string]string{
		" a \r\n\tb ": "a b",
		`包裹已到<a href="https://x.example">城西服务点</a>&nbsp;取件<br/>请带证件<br>`: "包裹已到城西服务点 取件 请带证件",
		"a\u200bb\ufeffc\xff\ufffd": "abc",
		"":                          "",
	} {
		if got := Clean(text, 100); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := Clean("一二 三四", 3); got != "一二" {
		t.Errorf("cut to %q", got)
	}
}
