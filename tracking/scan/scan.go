// Package scan turns a provider's rows into scans: a row's time into a moment,
// its text into clean words, the newest words into a status, what the carrier only
// expects into an estimate. It is pure.
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
	"strings"
	"time"
	"unicode"

	"waybill/models"
)

// MaxText is how many characters of a scan's text are kept, MaxEstimate of an estimate's.
const (
	MaxText     = 1000
	MaxEstimate = 200
)

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

var errNoTimes = errors.New("no scan with a readable time")

// Row is one line of a provider's answer: the time as it wrote it, and what else it
// knows (Text, Place, Code …). At is used where Time is "".
type Row struct {
	Time string
	models.Event
}

// Journey is what rows tell.
type Journey struct {
	Events   []models.Event // newest first, signed
	Estimate string         // what the carrier expects, in its own words; "" when it does not say
}

// Newest is the newest scan's words, "" without scans.
func (j Journey) Newest() string {
	if len(j.Events) == 0 {
		return ""
	}
	return j.Events[0].Text
}

// Tidy makes a provider's rows fit to be kept: cleaned and cut, those without words
// or of a time that is not to be believed dropped, doubled ones once, newest first and in the
// provider's order among equals (newestFirst tells which that is, where the times
// do not), signed. Lines that tell only what is expected are the estimate (IsEstimate).
// A row whose time cannot be read is of the time of the row before which it stands.
// Rows with words of which none has a believable time are an error: nonsense
// is not "no record".
func Tidy(rows []Row, newestFirst bool, now models.Moment) (Journey, error) {
	rows = slices.Clone(rows)
	readTimes(rows, now)
	if upward(rows, newestFirst) {
		slices.Reverse(rows)
	}
	var j Journey
	worded := false
	for i := range rows {
		e := &rows[i].Event
		e.Text, e.Place = Clean(e.Text, MaxText), Clean(e.Place, MaxText)
		if !IsEstimate(e.Text) {
			worded = worded || e.Text != ""
			continue
		}
		if j.Estimate == "" {
			j.Estimate = Clean(e.Text, MaxEstimate)
		}
		e.Text = ""
	}
	lendTimes(rows)
	j.Events = kept(rows, now.Add(ahead))
	if worded && len(j.Events) == 0 {
		return Journey{}, errNoTimes
	}
	return j, nil
}

// upward says that rows come oldest first: most of their times tell, else the
// provider's habit.
func upward(rows []Row, newestFirst bool) bool {
	steps := 0
	var before models.Moment
	for _, r := range rows {
		if r.At > 0 && before > 0 {
			steps += cmp.Compare(r.At, before)
		}
		if r.At > 0 {
			before = r.At
		}
	}
	if steps == 0 {
		return !newestFirst
	}
	return steps > 0
}

// lendTimes gives rows whose time could not be read, newest first, the time of the
// next older one, or of the next newer one when there is none.
func lendTimes(rows []Row) {
	var near models.Moment
	for i := len(rows) - 1; i >= 0; i-- {
		rows[i].lend(near)
		near = rows[i].At
	}
	for i := range rows {
		rows[i].lend(near)
		near = rows[i].At
	}
}

func (r *Row) lend(at models.Moment) {
	if r.At == 0 {
		r.At = at
	}
}

func kept(rows []Row, latest models.Moment) []models.Event {
	seen := make(map[string]bool, len(rows))
	tidy := make([]models.Event, 0, len(rows))
	for _, r := range rows {
		e := r.Event
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

// Clean makes a text readable: words out of markup, without control and formatting
// characters, one blank for many and for line breaks, at most limit characters.
func Clean(text string, limit int) string {
	text = models.Plain(strings.ToValidUTF8(text, ""))
	if isClean(text, limit) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	n, blank := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) {
			blank = n > 0
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			continue
		}
		if blank && n < limit {
			b.WriteByte(' ')
			n, blank = n+1, false
		}
		if n >= limit {
			break
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSuffix(b.String(), " ")
}

// isClean sees quickly of most texts that there is nothing to do.
func isClean(text string, limit int) bool {
	before := ' ' // none may begin with a blank
	n := 0
	for _, r := range text {
		visible := ' ' < r && r < 0x7f || 0x4e00 <= r && r <= 0x9fff || 0x3001 <= r && r <= 0x303f || 0xff01 <= r && r <= 0xff5e
		if !visible && (r != ' ' || before == ' ') {
			return false
		}
		before, n = r, n+1
	}
	return n <= limit && (before != ' ' || n == 0)
}
