// Package scan turns a provider's rows into scans: a row's time into a moment,
// its text into clean words, the newest words into a status. It is pure.
//
// Words are read in three steps. The parser takes a folded text apart into
// clauses and those into acts: what is done (act), how it is said (how: done,
// planned, denied, asked for…) and who and what stands around it (party); the
// lexicons chinese.txt and english.txt say which word is which. A verdict is
// what one such statement means. Decide weighs the verdicts of all clauses.
package scan

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"waybill/models"
)

// MaxText is how many characters of a scan's text are kept.
const MaxText = 1000

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

var errNoTimes = errors.New("no scan with a readable time")

// Tidy makes a provider's raw scans (Text, Place, At and what else it knows)
// fit to be kept: cleaned and cut, those without words or without a
// believable time dropped, doubled ones once, newest first and in the
// provider's order among equals (newestFirst tells which that is), signed.
// Rows with words of which none has a believable time are an error: nonsense
// is not "no record".
func Tidy(raw []models.Event, newestFirst bool, now models.Moment) ([]models.Event, error) {
	worded := slices.ContainsFunc(raw, func(e models.Event) bool { return strings.TrimSpace(e.Text) != "" })
	tidy := tidied(raw, newestFirst, now.Add(ahead))
	if worded && len(tidy) == 0 {
		return nil, errNoTimes
	}
	return tidy, nil
}

func tidied(raw []models.Event, newestFirst bool, latest models.Moment) []models.Event {
	if !newestFirst {
		raw = slices.Clone(raw)
		slices.Reverse(raw)
	}
	seen := make(map[string]bool, len(raw))
	tidy := make([]models.Event, 0, len(raw))
	for _, e := range raw {
		e.Text, e.Place = Clean(e.Text, MaxText), Clean(e.Place, MaxText)
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
