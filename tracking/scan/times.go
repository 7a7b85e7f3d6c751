package scan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/internal/pattern"
	"waybill/models"
)

// ParseTime reads a carrier's time as Asia/Shanghai unless it names a zone:
// with or without seconds, with dashes, slashes, dots or 年月日, with a day of the week,
// in 24 hours or with 上午, 下午, AM, PM and the like, 24:00 as the end of its day, or as
// Unix seconds or milliseconds. Times before 2000 are not believed, and one without a
// year is not read.
func ParseTime(s string) (models.Moment, bool) {
	s = strings.TrimSpace(s)
	if t, ok := usual(s); ok {
		return believable(t)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && (len(s) == 10 || len(s) == 13) {
		return parseUnix(n, len(s))
	}
	w, ok := takeApart(s)
	if !ok || w.year == 0 {
		return 0, false
	}
	return w.in(w.year)
}

// usual reads the forms in which nearly all times come; Go reads unpadded months,
// days and hours and fractions of a second with them too.
func usual(s string) (time.Time, bool) {
	for _, layout := range [...]string{"2006-1-2 15:4:5", "2006-1-2 15:4", time.RFC3339, "20060102150405"} {
		if t, err := time.ParseInLocation(layout, s, models.Shanghai); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func parseUnix(n int64, digits int) (models.Moment, bool) {
	if digits == 13 {
		return believable(time.UnixMilli(n))
	}
	return believable(time.Unix(n, 0))
}

func believable(t time.Time) (models.Moment, bool) {
	if t.Year() < 2000 || t.Year() > 9999 {
		return 0, false
	}
	return models.At(t), true
}

// written is a time as it was written, taken apart. Year is 0 where none was.
type written struct {
	year, month, day     int
	hour, minute, second int
	zone                 *time.Location
}

// in is the time in a year; false when that has no such day.
func (w written) in(year int) (models.Moment, bool) {
	t := time.Date(year, time.Month(w.month), w.day, w.hour, w.minute, w.second, 0, w.zone)
	sameDay := t.Month() == time.Month(w.month) && t.Day() == w.day
	endOfDay := w.hour == 24 && t.Add(-time.Second).Day() == w.day
	if !sameDay && !endOfDay {
		return 0, false
	}
	return believable(t)
}

var (
	dates = pattern.New(`^(?:([0-9]{4})\s?[-/.年]\s?)?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})(?:\s?([日号]))?`)
	clock = pattern.New(`([0-9]{1,2})\s?[:：时点]\s?([0-9]{1,2})(?:\s?分)?(?:\s?[:：]?\s?([0-9]{1,2})(?:[.,][0-9]{1,9})?\s?秒?)?`)
	hours = pattern.New(`(\d{1,2})\s?[时点]整?`)
	zones = pattern.New(`^(?:(Z|UTC|GMT)|(?:UTC|GMT)?\s?([+-])([0-9]{1,2}):?([0-9]{2})?)$`)
	// Parts of a day, as they stand before or behind the clock.
	mornings   = pattern.New(`(?i)凌晨|清晨|早上|早晨|上午|\ba\.?m\b\.?`)
	afternoons = pattern.New(`(?i)下午|午后|傍晚|晚上|晚间|夜间|夜里|\bp\.?m\b\.?|[0-9]\s?pm\b`)
	noons      = pattern.New(`中午|正午`)
)

// takeApart reads what the usual forms do not cover; false when it makes no time of
// day of some day.
func takeApart(s string) (written, bool) {
	w := written{zone: models.Shanghai}
	d := dates.FindStringSubmatch(s)
	if d == nil {
		return w, false
	}
	w.year, w.month, w.day = figure(d[1]), figure(d[2]), figure(d[3])
	rest := s[len(d[0]):]
	glued := d[4] == "" && rest != "" && '0' <= rest[0] && rest[0] <= '9' // the day has more digits
	if glued || w.month < 1 || w.month > 12 || w.day < 1 || w.day > 31 {
		return w, false
	}
	ok := w.readClock(rest)
	return w, ok
}

// readClock reads what stands behind a date: nothing, or a time of day.
func (w *written) readClock(s string) bool {
	if strings.TrimSpace(s) == "" {
		return w.year != 0 // a day alone, as some write it; without a year it may be anything
	}
	at := clock.FindStringSubmatchIndex(s)
	if at == nil {
		h := hours.FindStringSubmatch(s)
		if h == nil {
			return false
		}
		w.hour = figure(h[1])
		return w.twelveHours(s)
	}
	c := clock.FindStringSubmatch(s)
	w.hour, w.minute, w.second = figure(c[1]), figure(c[2]), figure(c[3])
	return w.twelveHours(s) && w.readZone(strings.TrimSpace(s[at[1]:]))
}

// twelveHours puts the hour into the half of the day that the words name.
func (w *written) twelveHours(s string) bool {
	switch late, early := afternoons.MatchString(s), mornings.MatchString(s); {
	case late && w.hour < 12, noons.MatchString(s) && w.hour < 3:
		w.hour += 12
	case early && w.hour == 12:
		w.hour = 0
	}
	return w.hour < 24 && w.minute < 60 && w.second < 61 || w.hour == 24 && w.minute == 0 && w.second == 0
}

func (w *written) readZone(s string) bool {
	z := zones.FindStringSubmatch(s)
	switch {
	case z == nil:
		return true
	case z[1] != "":
		w.zone = time.UTC
		return true
	}
	offset := figure(z[3])*60 + figure(z[4])
	if offset > 14*60 {
		return false
	}
	if z[2] == "-" {
		offset = -offset
	}
	w.zone = time.FixedZone("", offset*60)
	return true
}

// figure is what digits say; 0 for none.
func figure(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// readTimes reads the rows' times. Of one without a year the year is the one that brings it
// nearest to the next row that has one, else to now; it is never more than a
// day ahead. 今天, 昨天 and 前天 are counted from now.
func readTimes(rows []Row, now models.Moment) {
	var open map[int]written
	for i := range rows {
		r := &rows[i]
		if r.Time == "" {
			continue
		}
		s := strings.TrimSpace(r.Time)
		at, ok := ParseTime(s)
		if !ok {
			s = dated(s, now)
			at, ok = ParseTime(s)
		}
		if r.At = at; ok {
			continue
		}
		if w, partly := takeApart(s); partly && w.year == 0 {
			if open == nil {
				open = map[int]written{}
			}
			open[i] = w
		}
	}
	if len(open) == 0 {
		return
	}
	known := slices.Clone(rows)
	for i, w := range open {
		rows[i].At = w.nearest(neighbour(known, i, now), now)
	}
}

// neighbour is the time of the row nearest to row i that has one, else now.
func neighbour(rows []Row, i int, now models.Moment) models.Moment {
	for far := 1; far < len(rows); far++ {
		for _, n := range [...]int{i + far, i - far} {
			if n >= 0 && n < len(rows) && rows[n].At > 0 {
				return rows[n].At
			}
		}
	}
	return now
}

// nearest is the time in the year that brings it nearest to a moment, zero when no
// year does.
func (w written) nearest(to, now models.Moment) models.Moment {
	var best models.Moment
	year := to.Time().In(models.Shanghai).Year()
	for _, y := range [...]int{year - 1, year, year + 1} {
		at, ok := w.in(y)
		if ok && at <= now.Add(ahead) && (best == 0 || at.Sub(to).Abs() < best.Sub(to).Abs()) {
			best = at
		}
	}
	return best
}

// dated replaces a day that is counted from today by its date.
func dated(s string, now models.Moment) string {
	for i, words := range [...][]string{{"今天", "今日", "today"}, {"昨天", "昨日", "yesterday"}, {"前天", "前日"}} {
		for _, word := range words {
			if rest, ok := strings.CutPrefix(strings.ToLower(s), word); ok {
				return now.Time().In(models.Shanghai).AddDate(0, 0, -i).Format(time.DateOnly) + " " + strings.TrimSpace(rest)
			}
		}
	}
	return s
}
