package tracking

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"waybill/models"
)

// MaxScan is how many characters of a scan's text are kept.
const MaxScan = 1000

// Tidy makes a provider's raw scans (Text, Place, At and what else it knows)
// fit to be kept: cleaned and cut, those without words or without a
// believable time dropped, doubled ones once, newest first and in the
// provider's order among equals (newestFirst tells which that is), signed.
// Times after latest are not believed.
func Tidy(raw []models.Event, newestFirst bool, latest models.Moment) []models.Event {
	if !newestFirst {
		raw = slices.Clone(raw)
		slices.Reverse(raw)
	}
	seen := make(map[string]bool, len(raw))
	tidy := make([]models.Event, 0, len(raw))
	for _, e := range raw {
		e.Text, e.Place = Clean(e.Text, MaxScan), Clean(e.Place, MaxScan)
		if e.Text == "" || e.At <= 0 || e.At > latest {
			continue
		}
		e.Kind = models.Scan
		e.Sign()
		if !seen[e.Identity] {
			seen[e.Identity] = true
			tidy = append(tidy, e)
		}
	}
	slices.SortStableFunc(tidy, func(a, b models.Event) int { return cmp.Compare(b.At, a.At) })
	return tidy
}

// Clean trims a text, takes control and formatting characters out of it (line
// breaks become spaces) and cuts it to limit characters.
func Clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.TrimSpace(text)
	n := 0
	for i := range text {
		if n == limit {
			return strings.TrimSpace(text[:i])
		}
		n++
	}
	return text
}

// layouts are the forms in which carriers write times; Go reads unpadded
// months, days and hours and fractions of a second with them too.
func layouts() [8]string {
	return [...]string{
		"2006-1-2 15:4:5", "2006-1-2 15:4", "2006-1-2T15:4:5", "2006-1-2T15:4", "2006-1-2",
		time.RFC3339, "20060102150405", "2006-1-2 15:4:5 -0700",
	}
}

// timeMarks turn the ways to write a date's separators into dashes.
func timeMarks(s string) string {
	return strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", " ", "：", ":", "时", ":", "分", ":", "秒", "", "　", " ").Replace(s)
}

// ParseTime reads a carrier's time as Asia/Shanghai unless it names a zone:
// with or without seconds, with dashes, slashes, dots or 年月日, or as Unix
// seconds or milliseconds. Times before 2000 are not believed.
func ParseTime(s string) (models.Moment, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts() {
		if t, err := time.ParseInLocation(layout, s, models.Shanghai); err == nil {
			return believable(t)
		}
	}
	return parseOddTime(s)
}

func parseOddTime(s string) (models.Moment, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return parseUnix(n, len(s))
	}
	day, clock, _ := strings.Cut(strings.Replace(s, "日", "日 ", 1), " ")
	clock, _, _ = strings.Cut(clock, ".")
	s = strings.Join(strings.Fields(strings.TrimRight(timeMarks(day)+" "+timeMarks(clock), ": ")), " ")
	for _, layout := range layouts() {
		if t, err := time.ParseInLocation(layout, s, models.Shanghai); err == nil {
			return believable(t)
		}
	}
	return 0, false
}

func parseUnix(n int64, digits int) (models.Moment, bool) {
	switch digits {
	case 10:
		return believable(time.Unix(n, 0))
	case 13:
		return believable(time.UnixMilli(n))
	}
	return 0, false
}

func believable(t time.Time) (models.Moment, bool) {
	if t.Year() < 2000 || t.Year() > 9999 {
		return 0, false
	}
	return models.At(t), true
}

func retryAfter(h http.Header, now models.Moment) models.Moment {
	said := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(said); err == nil && seconds > 0 {
		return now.Add(time.Duration(min(seconds, 24*60*60)) * time.Second)
	}
	if at, err := http.ParseTime(said); err == nil && models.At(at) > now {
		return min(models.At(at), now.Add(24*time.Hour))
	}
	return 0
}
