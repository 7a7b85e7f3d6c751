package scan

import (
	"testing"
	"time"

	"waybill/models"
)

// shanghai is a moment by the clock of Shanghai.
func shanghai(t *testing.T, s string) models.Moment {
	t.Helper()
	at, err := time.ParseInLocation(time.DateTime, s, models.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return models.At(at)
}

func TestParseTimeReadsOddForms(t *testing.T) {
	const quarterToFive = "2026-11-27 16:45:00"
	for text, want := range map[string]string{
		"2026-11-27 下午4:45":            quarterToFive,
		"2026-11-27 下午 4:45:00":        quarterToFive,
		"2026/11/27 下午4点45分":           quarterToFive,
		"2026年11月27日 下午4时45分":          quarterToFive,
		"2026年11月27日下午4:45":            quarterToFive,
		"2026年11月27日 16時45分":           "",
		"2026-11-27 PM 4:45":           quarterToFive,
		"2026-11-27 4:45 PM":           quarterToFive,
		"2026-11-27 4:45pm":            quarterToFive,
		"2026-11-27 04:45:00 p.m.":     quarterToFive,
		"2026-11-27 16:45 下午":          quarterToFive,
		"2026-11-27 上午4:45":            "2026-11-27 04:45:00",
		"2026-11-27 4:45 AM":           "2026-11-27 04:45:00",
		"2026-11-27 凌晨12:05":           "2026-11-27 00:05:00",
		"2026-11-27 12:05 AM":          "2026-11-27 00:05:00",
		"2026-11-27 12:05 PM":          "2026-11-27 12:05:00",
		"2026-11-27 中午12:05":           "2026-11-27 12:05:00",
		"2026-11-27 中午1:05":            "2026-11-27 13:05:00",
		"2026-11-27 晚上8:30":            "2026-11-27 20:30:00",
		"2026-11-27 傍晚 6点":             "2026-11-27 18:00:00",
		"2026-11-27 星期五 16:45":         quarterToFive,
		"2026-11-27 (周五) 16:45:00":     quarterToFive,
		"2026-11-27（星期五）16:45":         quarterToFive,
		"2026-11-27 Fri 16:45:00":      quarterToFive,
		"2026-11-27, 16:45":            quarterToFive,
		"2026-11-27 16:45:00.123":      quarterToFive,
		"2026-11-27T16:45:00.123":      quarterToFive,
		"2026-11-27T16:45:00.000+0800": quarterToFive,
		"2026-11-27T08:45:00.000Z":     quarterToFive,
		"2026-11-27 08:45:00 UTC":      quarterToFive,
		"2026-11-27 08:45:00 +0000":    quarterToFive,
		"2026-11-27 17:45:00 GMT+9":    quarterToFive,
		"2026-11-27 16:45:00 +08":      quarterToFive,
		"2026-11-27 24:00:00":          "2026-11-28 00:00:00",
		"2026-11-27 24:00":             "2026-11-28 00:00:00",
		"2026-12-31 24:00:00":          "2027-01-01 00:00:00",
		"2026.11.27 16:45":             quarterToFive,
		"2026-11-27  16:45":            quarterToFive,
		"11-27 16:45":                  "",
		"11月27日 16:45":                 "",
		"2026-11-27 25:00":             "",
		"2026-11-27 16:75":             "",
		"2026-11-31 16:45":             "",
		"2026-02-29 16:45":             "",
		"27/11/2026 16:45":             "",
		"刚刚":                           "",
		"3小时前":                         "",
		"2026-11-27 不详":                "",
		"1234567":                      "",
		"2026-11-27 16:45:00 +99:00":   "",
		"2026-11-27 16:45 GMT-5":       "2026-11-28 05:45:00",
	} {
		got, ok := ParseTime(text)
		if ok != (want != "") || ok && got-got%1000 != shanghai(t, want) {
			t.Errorf("%q: got %s %v, want %q", text, got.Time().In(models.Shanghai).Format(time.DateTime), ok, want)
		}
	}
}

func TestATimeWithoutAYearTakesItFromItsNeighboursOrTheClock(t *testing.T) {
	for name, c := range map[string]struct {
		now  string
		rows []string // newest first
		want []string
	}{
		"the clock":                   {"2026-11-28 10:00:00", []string{"11-27 16:45", "11月26日 08:00"}, []string{"2026-11-27 16:45:00", "2026-11-26 08:00:00"}},
		"last year":                   {"2027-01-02 10:00:00", []string{"1-1 9:00", "12-31 16:45"}, []string{"2027-01-01 09:00:00", "2026-12-31 16:45:00"}},
		"a neighbour of years ago":    {"2026-11-28 10:00:00", []string{"03-05 08:00", "2024-03-04 16:45:00"}, []string{"2024-03-05 08:00:00", "2024-03-04 16:45:00"}},
		"a neighbour of the old year": {"2026-11-28 10:00:00", []string{"01-01 08:00", "2024-12-31 16:45:00"}, []string{"2025-01-01 08:00:00", "2024-12-31 16:45:00"}},
		"tomorrow, by another zone":   {"2026-12-31 20:00:00", []string{"01-01 01:00"}, []string{"2027-01-01 01:00:00"}},
		"not the future":              {"2026-11-28 10:00:00", []string{"12-24 08:00"}, []string{"2025-12-24 08:00:00"}},
		"a leap day":                  {"2025-02-01 10:00:00", []string{"02-29 08:00"}, []string{"2024-02-29 08:00:00"}},
		"today and yesterday":         {"2026-11-28 10:00:00", []string{"今天 09:30", "昨天 下午4:45", "前天16:45", "Yesterday 8:00"}, []string{"2026-11-28 09:30:00", "2026-11-27 16:45:00", "2026-11-27 08:00:00", "2026-11-26 16:45:00"}},
		"afternoon":                   {"2026-11-28 10:00:00", []string{"11-27 下午4:45"}, []string{"2026-11-27 16:45:00"}},
		"one that cannot be read":     {"2026-11-28 10:00:00", []string{"刚刚", "2026-11-27 16:45:00", "不详", "2026-11-27 08:00:00"}, []string{"2026-11-27 16:45:00", "2026-11-27 16:45:00", "2026-11-27 08:00:00", "2026-11-27 08:00:00"}},
		"the oldest of them":          {"2026-11-28 10:00:00", []string{"2026-11-27 16:45:00", "--"}, []string{"2026-11-27 16:45:00", "2026-11-27 16:45:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			var rows []Row
			for i, s := range c.rows {
				rows = append(rows, Row{Time: s, Event: models.Event{Text: string(rune('a' + i))}})
			}
			got, err := Tidy(rows, true, shanghai(t, c.now))
			if err != nil || len(got.Events) != len(c.want) {
				t.Fatalf("got %d scans: %v", len(got.Events), err)
			}
			for i, e := range got.Events {
				if e.At != shanghai(t, c.want[i]) {
					t.Errorf("scan %d is of %s, want %s", i, e.At.Time().In(models.Shanghai).Format(time.DateTime), c.want[i])
				}
			}
		})
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-11-27 下午4:45", "11-27 16:45", "昨天 16:45", "1772571967", "2026-11-27T08:45:00.000Z", "2026年3月4日05时06分07秒"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at, ok := ParseTime(s); ok && (at <= 0 || at >= models.Never) {
			t.Errorf("%q is %d", s, at)
		}
		rows := []Row{{Time: s, Event: models.Event{Text: s}}}
		if j, err := Tidy(rows, true, 1_800_000_000_000); err == nil {
			for _, e := range j.Events {
				if e.At > 1_800_000_000_000+models.Moment(ahead.Milliseconds()) {
					t.Errorf("%q lies ahead", s)
				}
			}
		}
	})
}
