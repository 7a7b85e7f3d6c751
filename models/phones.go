package models

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaskPhones hides the phones in a text that more people than its chat may read: a page,
// a picture. Mobiles keep three digits before and four behind (138****5678), landlines
// their area code, the first digit and the last two (0571-8*****21), numbers of other
// countries their beginning and the last two; a virtual number's extension is hidden
// whole (184****0000-****). What is masked already stays, and so do carriers' hotlines
// (400, 800, 95xxx), codes for a pickup, and waybill numbers.
func MaskPhones(text string) string {
	if !hasDigits(text, fewestPhoneDigits) {
		return text
	}
	runes := []rune(text)
	folded := foldPhones(runes)
	for at := 0; at < len(folded); {
		end := maskPhone(runes, folded, at)
		if end == at {
			end = behindRun(folded, at)
		}
		at = end
	}
	return string(runes)
}

// fewestPhoneDigits is how many digits the shortest phone has, one of a town.
const fewestPhoneDigits = 7

// hasDigits says that a text has as many digits as that, of whatever width.
func hasDigits(text string, count int) bool {
	for _, r := range text {
		if r = halfWidth(r); '0' <= r && r <= '9' {
			count--
		}
		if count == 0 {
			return true
		}
	}
	return false
}

// foldPhones writes a text with one byte for each character, so that places in it are
// places in the text: digits and letters in half width, every dash as -, every blank as
// a blank, and ~ for all other characters.
func foldPhones(runes []rune) string {
	folded := make([]byte, len(runes))
	for i, r := range runes {
		full := r
		switch r = lower(halfWidth(r)); {
		case full == '，': // a clause ends; in front of an extension stands a half one
			folded[i] = '~'
		case unicode.Is(unicode.Pd, r) || r == '−':
			folded[i] = '-'
		case unicode.IsSpace(r):
			folded[i] = ' '
		case r > ' ' && r < '~':
			folded[i] = byte(r)
		default:
			folded[i] = '~'
		}
	}
	return string(folded)
}

// behindRun is where to look on: behind the digits, or letters and digits, that begin at a place.
func behindRun(folded string, at int) int {
	end := at + 1
	if !isWordByte(folded[at]) {
		return end
	}
	for end < len(folded) && isWordByte(folded[end]) {
		if isLatin(rune(folded[end-1])) && !isLatin(rune(folded[end])) && phoneLabel.MatchString(folded[:end]) {
			break // tel13812345678
		}
		end++
	}
	return end
}

func isWordByte(c byte) bool { return '0' <= c && c <= '9' || isLatin(rune(c)) }

// maskPhone hides the phone that begins at a place and returns its end; the place
// itself where none begins.
func maskPhone(runes []rune, folded string, at int) int {
	if c := folded[at]; c != '+' && c != '(' && (c < '0' || c > '9') {
		return at
	}
	if at > 0 && folded[at-1] == '*' { // the end of a masked one
		return at
	}
	if p, ok := phoneAt(folded, at); ok {
		hideDigits(runes, folded, p)
		return hideExtension(runes, folded, p.to)
	}
	m := bare.FindStringIndex(folded[at:])
	if len(m) == 0 || !endsNumber(folded, at+m[1]) || hotline.MatchString(folded[at:at+m[1]]) || !calledPhone(runes[:at]) {
		return at
	}
	hideDigits(runes, folded, phone{at, at + m[1], 1, 2})
	return hideExtension(runes, folded, at+m[1])
}

// phone is where a phone's own digits stand, and how many of them are shown at both ends.
type phone struct{ from, to, head, tail int }

// phoneAt is the phone that begins at a place by its form alone.
func phoneAt(folded string, at int) (phone, bool) {
	for _, shape := range [...]struct {
		form       *regexp.Regexp
		head, tail int
	}{{mobile, 3, 4}, {landline, 1, 2}, {taiwanMobile, 4, 3}, {abroad, 3, 2}} {
		if m := shape.form.FindStringSubmatchIndex(folded[at:]); len(m) > 0 && endsNumber(folded, at+m[1]) {
			return phone{at + m[2], at + m[3], shape.head, shape.tail}, true
		}
	}
	return phone{}, false
}

// endsNumber says that no digit goes on at a place, nor what masks one.
func endsNumber(folded string, at int) bool {
	return at == len(folded) || (folded[at] < '0' || folded[at] > '9') && folded[at] != '*'
}

// hideDigits puts a star for each digit of a phone but for those that are shown.
func hideDigits(runes []rune, folded string, p phone) {
	total := 0
	for i := p.from; i < p.to; i++ {
		if '0' <= folded[i] && folded[i] <= '9' {
			total++
		}
	}
	for i, nth := p.from, 0; i < p.to; i++ {
		if folded[i] < '0' || folded[i] > '9' {
			continue
		}
		nth++
		if nth > p.head && nth <= total-p.tail {
			runes[i] = '*'
		}
	}
}

// hideExtension hides what is dialled behind a virtual number, or behind a firm's:
// -1234, 转1234, ext. 12. It returns where to look on.
func hideExtension(runes []rune, folded string, at int) int {
	word := at
	m := extension.FindStringSubmatchIndex(folded[at:])
	if said := extensionWord.FindString(string(runes[at:min(len(runes), at+extensionReach)])); said != "" {
		word = at + utf8.RuneCountInString(said)
		m = extensionDigits.FindStringSubmatchIndex(folded[word:])
	}
	if len(m) == 0 || !endsNumber(folded, word+m[1]) {
		return at
	}
	if _, another := phoneAt(folded, word+m[2]); another {
		return at
	}
	hideDigits(runes, folded, phone{from: word + m[2], to: word + m[3]})
	return word + m[1]
}

// extensionReach is how many characters announce an extension at most: （分机号码：.
const extensionReach = 10

// calledPhone says that the words before a place call what stands there a phone, or
// name a courier, and that no other word between them calls it something else.
func calledPhone(before []rune) bool {
	text := strings.ToLower(string(before[max(0, len(before)-phoneWordReach):]))
	m := phoneWord.FindAllStringIndex(text, -1)
	if m == nil {
		return false
	}
	between := text[m[len(m)-1][1]:]
	return utf8.RuneCountInString(between) <= phoneWordBetween && !hasDigits(between, 1) && !otherNumber.MatchString(between)
}

// How many characters before a number are read, and how many of them may stand between
// the word and the number: 快递员：欧阳小明，(87654321).
const (
	phoneWordReach   = 24
	phoneWordBetween = 10
)

var (
	mobile       = regexp.MustCompile(`^(?:\(?(?:\+|00)?86\)?[ -]?)?(1[3-9]\d(?:[ .-]?\d{4}[ .-]?\d{4}|\d[ .-]\d{3}[ .-]\d{4}|[ .-]?\d{3}[ .-]\d{5}))`)
	landline     = regexp.MustCompile(`^(?:\(?(?:\+|00)?86\)?[ -]?)?\(?(?:010|02\d|0[3-9]\d{2}|0[2-8])\)?[ -]{0,2}(\d{3,4}[ -]?\d{4})`)
	taiwanMobile = regexp.MustCompile(`^(09\d{2}[ -]?\d{3}[ -]?\d{3})`)
	abroad       = regexp.MustCompile(`^(\+[1-9](?:[ -]?[()]?\d){7,14})`)
	bare         = regexp.MustCompile(`^\d(?:[ -]?\d){6,15}`)
	hotline      = regexp.MustCompile(`^(?:[48]00|1010|95\d{3}[ -]|96\d{3}[ -])`)

	extension       = regexp.MustCompile(`^ ?(?:-{1,2}|#|,{1,2}|ext\.?|[px]) ?:? ?(\d{1,6})`)
	extensionWord   = regexp.MustCompile(`^[ (（,，]{0,2}(?:后?(?:转接?|轉接?)|分[机機](?:[号號][码碼]?)?|后?按)[:： ]{0,2}`)
	extensionDigits = regexp.MustCompile(`^(\d{1,6})`)

	phoneLabel = regexp.MustCompile(`(?:tel|phone|mobile|call)$`)
	phoneWord  = regexp.MustCompile(`电话|電話|热线|熱線|座机|座機|市话|市話|手机|手機|联系|聯繫|聯絡|致电|致電|拨打|撥打|快递员|快遞員|派件员|派送员|业务员|收派员|快递小哥|\btel\b|phone|mobile|\bcall\b|contact|courier`)
	// otherNumber between such a word and digits says what they are.
	otherNumber = regexp.MustCompile(`[件货貨证證提密]码|[件貨證密]碼|code|[单單件]号|[单單件]號|凭|憑|pin`)
)
