// Package recognise reads tracking numbers, phone tails and names out of what
// people write and paste, says which carriers a number may belong to by its
// shape, and holds the table of carriers: names, and the codes that each
// provider gives them. It is pure: no I/O, no clock, no network.
package recognise

import (
	"strings"

	"waybill/models"
)

// MaxNumbers is how many numbers of one message are read; what is beyond is only counted.
const MaxNumbers = 20

// Result is what the local rules alone read out of a text. Its JSON is the
// line that `bot recognise` prints; see AppendJSON.
type Result struct {
	Text    string   // as it came
	Numbers []Number // in order of appearance, each once, at most MaxNumbers
	More    int      // how many further numbers there were
	Refused []Reason // why other things that looked like numbers are none, each once
	Typos   []Typo   // numbers that were mistyped, each once, at most MaxNumbers; they are none of Numbers
}

// Number is one tracking number in a text.
type Number struct {
	Number   string           // normalised: upper case, without blanks and dashes
	Carriers []models.Carrier // most likely first; empty when foreign or unknown; the named one alone
	Sure     bool             // nobody need be asked: one carrier's rule alone matches, or the text names a carrier that the shape allows
	Named    bool             // the text names Carriers[0], or Foreign
	Claimed  models.Carrier   // the carrier that the text names though the shape excludes it, or ""
	Foreign  string           // key of a foreign carrier that Carriers cannot hold: "amazon", "ontrac", "dpd", "post.GB" (with the country's ISO code); or ""
	Tail     string           // the last four digits of the phone that the text gives for it, or ""
	Name     string           // what the text calls it, or ""; 1 to 20 characters
}

// Typo is a number that somebody mistyped: a letter for a digit, its first
// letters in the wrong order, a character too much or too little.
type Typo struct {
	Given  string // normalised
	Likely string // what was probably meant and fits a carrier's rule; "" when nobody can say
}

// Reason says what a run of digits is that is no tracking number.
type Reason string

const (
	Order    Reason = "order"    // a shop's order number
	Phone    Reason = "phone"    // a mobile phone's number
	IDCard   Reason = "idcard"   // an identity card's number
	BankCard Reason = "bankcard" // a bank card's number
	Mistyped Reason = "mistyped" // a carrier's number with something too much, too little or wrong
)

// Text reads the tracking numbers out of whatever somebody wrote or
// pasted. It is pure, takes time linear in the text, and never cuts a number
// out of a longer run of letters or digits.
//
// A run of letters or digits is a number when a carrier's letters or a check
// digit mark it; when it has no letters but a carrier's length and first
// digits, and nothing around it speaks against it; or when the text calls it
// one (单号:, ?nu=, "tracking number").
func Text(text string) Result {
	var r reader
	return r.read(text, false)
}

// Reader reads text after text in the memory that the one before took: a third
// faster than Text where there are many. It is not safe for concurrent use.
type Reader struct{ reader reader }

// Text is Text; what it returns holds until the next text is read.
func (r *Reader) Text(text string) Result { return r.reader.read(text, false) }

// Tracked is Text for what follows /track: what opens the text
// is a number if it can be one at all (see One), whatever it looks like.
func Tracked(text string) Result {
	var r reader
	return r.read(text, true)
}

// One reads one number that somebody gave as such: 6 to 34 letters
// and digits, at least four of them digits, blanks and dashes between them
// allowed. Phones, identity cards and bank cards are refused.
func One(text string) (Number, bool) {
	s := compact(strings.TrimSpace(Normalise(text)))
	if !isClaimable(s, 6) || notNumber(s) != "" {
		return Number{}, false
	}
	r, _ := ruleFor(s)
	return Number{Number: s, Carriers: r.carriers(), Sure: r.sure, Foreign: r.foreign()}, true
}

// isClaimable: letters and digits of a length that providers take, with enough
// digits in it.
func isClaimable(s string, least int) bool {
	if len(s) < least || len(s) > longest || countDigits(s) < 4 {
		return false
	}
	return runEnd(s, 0) == len(s)
}

// reader goes once through a text.
type reader struct {
	raw     string // as it came
	text    string // normalised
	plain   string // text in simplified characters, place by place
	tracked bool   // what opens the text is a number
	out     Result
	spans   []span

	urlStart int    // the address that was seen last
	urlEnd   int    // ends here
	last     int    // where the last thing that was called a number, or an order, ended
	lastWas  saying // what it was called
	rawAt    int    // a place in raw…
	textAt   int    // …and the same place in text
	named    []mention
	sought   bool // the text has been searched for carriers' names
	marks    []tailMark
	labelsAt []int // where labels of names may begin
	digitsAt []int // where phones and tails may begin
	beyond   map[string]bool
	scoped   []scope          // of the spans
	settled  []company        // of the spans, where the text names one
	listed   []models.Carrier // of all numbers
}

// span is where a number stands in the text, and what its shape says.
type span struct {
	start, end int
	index      int // among Result.Numbers
	tail       string
	next       int  // behind the tail that follows it alone; end without one
	rank       rank // of the tail that the text gives elsewhere
	rule       rule
	said       saying
}

func (r *reader) read(raw string, tracked bool) Result {
	r.reset(raw, tracked)
	if !hasDigits(raw, 4) {
		return r.out
	}
	r.text = Normalise(raw)
	for at := 0; at < len(r.text); {
		if !isAlnum(r.text[at]) {
			at++
			continue
		}
		at = r.run(at, runEnd(r.text, at))
		r.tracked = false
	}
	if len(r.spans) > 0 {
		r.describe()
	}
	return r.out
}

// reset forgets the text before and keeps the memory that it took.
func (r *reader) reset(raw string, tracked bool) {
	numbers := r.out.Numbers[:0]
	if numbers == nil {
		numbers = []Number{}
	}
	*r = reader{
		raw: raw, tracked: tracked, out: Result{Text: raw, Numbers: numbers},
		spans: r.spans[:0], scoped: r.scoped[:0], named: r.named[:0], settled: r.settled[:0], marks: r.marks[:0],
		labelsAt: r.labelsAt[:0], digitsAt: r.digitsAt[:0], listed: r.listed[:0],
	}
}

// run reads one run of letters and digits and returns where to go on.
func (r *reader) run(start, end int) int {
	start = r.address(start, end)
	s := r.text[start:end]
	digits := countDigits(s)
	if digits == 0 && (len(s) > 4 || start < r.urlEnd) {
		return end
	}
	if len(s) <= 5 && !r.goesOn(end) {
		return end
	}
	if r.plain == "" {
		r.plain = simplify(r.text)
	}
	found, ok := ruleFor(s)
	if ok && found.weight > claimed {
		return r.known(start, end, found)
	}
	if whole, rule, to := r.join(start, end); to > 0 {
		said := r.said(start)
		if r.byteAt(end) == '-' && isPaper(whole) && (isPaper(s) || isDate(r.text[end+1:])) || // PO-20261128-003
			rule.weight == bare && said > saidParcel && (said != saidPaper || !rule.sure) {
			return to
		}
		return r.take(start, to, whole, rule, said)
	}
	if digits <= 3 || len(s) <= 5 {
		return end
	}
	if size, rule := gluedCarrier(s); size > 0 && !r.isPiece(start, end) && r.said(start) <= saidParcel {
		return r.known(start+size, end, rule)
	}
	return r.unknown(start, end, found)
}

// known reads a run that fits a rule: a number unless what is around it speaks against it.
func (r *reader) known(start, end int, found rule) int {
	s := r.text[start:end]
	if r.isPiece(start, end) {
		return end
	}
	said := r.said(start)
	switch {
	case found.weight == marked:
		if said > saidParcel && isPaper(s) {
			return end
		}
	case notNumber(s) != "":
		return r.refuse(end, notNumber(s), said)
	case said == saidWaybill:
	case said == saidOrder, r.isPinduoduo(start):
		return r.refuse(end, Order, said)
	case said == saidOther, isClock(s), r.isAmount(start, end):
		return end
	case said == saidPaper && !found.sure, isBook(s) && !r.isClaimed(start, end, s, found):
		return end
	case start < r.urlEnd && !r.isClaimed(start, end, s, found):
		return end
	}
	return r.take(start, end, s, found, said)
}

// unknown reads a run that fits no rule, or only a doubtful one: a number where
// the text calls it one, or names its carrier.
func (r *reader) unknown(start, end int, found rule) int {
	s := r.text[start:end]
	if r.isPiece(start, end) {
		return end
	}
	said := r.said(start)
	if whole, rule, to := r.broken(start, end, said); to > 0 {
		return r.take(start, to, whole, rule, said)
	}
	typo, mistyped := r.typo(s, start, said)
	switch {
	case notNumber(s) != "":
		return r.refuse(end, notNumber(s), said)
	case isGlued(s):
		return r.refuse(end, Mistyped, said)
	case r.tracked && isClaimable(s, 6) && strings.TrimSpace(r.text[:start]) == "":
		return r.take(start, end, s, found, saidWaybill)
	case mistyped:
		r.mistyped(typo)
		return r.refuse(end, Mistyped, said)
	case said == saidWaybill && isClaimable(s, 8) && (len(s) > 8 || !isDate(s)):
		return r.take(start, end, s, found, said)
	case said == saidOrder, said == saidNothing && isOrder(s) && !r.isClaimed(start, end, s, found), len(s) == 15 && r.isPinduoduo(start):
		return r.refuse(end, Order, said)
	case said > saidParcel:
		return end
	case !isDate(s) && r.isClaimed(start, end, s, found):
		return r.take(start, end, s, found, said)
	case start < r.urlEnd:
		return end
	case isForeign(s) && (said == saidParcel || r.standsAlone(start, end)):
		return r.take(start, end, s, found, said)
	}
	return end
}

// take keeps a number, and returns where to go on. What is listed after it is
// called what it was called.
func (r *reader) take(start, end int, s string, found rule, said saying) int {
	tail, next := r.tail(end)
	if tail != "" && strings.HasSuffix(s, tail) {
		tail = "" // the number's own end
	}
	n := Number{Number: s, Carriers: r.carriers(found), Sure: found.sure, Foreign: found.foreign(), Tail: tail}
	if at := r.keep(n); at >= 0 && len(r.spans) < 5*MaxNumbers {
		r.spans = append(r.spans, span{start: start, end: end, index: at, tail: tail, next: next, rule: found, said: said})
	}
	r.last, r.lastWas = next, said
	return next
}

// carriers are the rule's carriers, in memory that all numbers of the text share.
func (r *reader) carriers(found rule) []models.Carrier {
	if found.codes == "" || found.foreign() != "" {
		return []models.Carrier{}
	}
	first := len(r.listed)
	r.listed = found.appendCarriers(r.listed)
	return r.listed[first:len(r.listed):len(r.listed)]
}

// byteAt is a byte of the normalised text, 0 outside of it.
func (r *reader) byteAt(i int) byte {
	if i < 0 || i >= len(r.text) {
		return 0
	}
	return r.text[i]
}

func runEnd(s string, at int) int {
	for at < len(s) && isAlnum(s[at]) {
		at++
	}
	return at
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
