package recognise

import (
	"slices"
	"strings"
)

// typo says whether a run is a carrier's number with something wrong, and what
// was probably meant. Numbers without letters are mistyped only where the text
// calls them a number.
func (r *reader) typo(s string, start int, said saying) (Typo, bool) {
	if start < r.urlEnd || said > saidParcel || len(s) < shortest-1 || len(s) > longest {
		return Typo{}, false
	}
	if isDigits(s) {
		return Typo{}, false
	}
	if likely := corrected(s); likely != "" {
		return Typo{Given: s, Likely: likely}, true
	}
	return Typo{Given: s}, isMistyped(s)
}

// mistyped notes a typo, each once.
func (r *reader) mistyped(t Typo) {
	if len(r.out.Typos) < MaxNumbers && !slices.Contains(r.out.Typos, t) {
		r.out.Typos = append(r.out.Typos, t)
	}
}

// corrected is the number that one slip of the pen away fits a rule that one
// carrier alone has; "" when there is none.
func corrected(s string) string {
	for _, likely := range [...]string{digitsFor(s, len(s)-len(strings.TrimLeft(s, capitals))), digitsFor(s, 0), digitsFor(s, 2), digitsFor(s, 3), digitsFor(s, 4), lettersInOrder(s), lettersFor(s)} {
		if likely == "" || likely == s {
			continue
		}
		if found, ok := ruleFor(likely); ok && found.sure {
			return likely
		}
	}
	if isLetter(s[0]) && strings.HasSuffix(s[len(s)-2:], "CN") {
		return postalFor(s)
	}
	return ""
}

// digitsFor writes digits for the letters that look like them, from a place on;
// "" when other letters stand there.
func digitsFor(s string, from int) string {
	if from >= len(s) {
		return ""
	}
	fixed := []byte(s)
	for i := from; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'O' || c == 'Q':
			fixed[i] = '0'
		case c == 'I' || c == 'L':
			fixed[i] = '1'
		case !isDigit(c):
			return ""
		}
	}
	return string(fixed)
}

// postalFor does the same between the letters of a postal number.
func postalFor(s string) string {
	if len(s) != 13 {
		return ""
	}
	middle := digitsFor(s[:11], 2)
	if middle == "" || middle == s[:11] {
		return ""
	}
	if found, ok := ruleFor(middle + s[11:]); ok && found.sure {
		return middle + s[11:]
	}
	return ""
}

// lettersInOrder puts a carrier's letters right that were typed in another order, or one of them twice.
func lettersInOrder(s string) string {
	for _, swap := range [...]string{"FS SF", "TY YT", "TJ JT", "DJ JD", "DKP DPK", "PDK DPK", "KDP DPK", "KPD DPK", "PKD DPK", "SSF SF", "SFF SF", "YYT YT", "YTT YT", "JJT JT", "JTT JT", "DPPK DPK"} {
		wrong, right, _ := strings.Cut(swap, " ")
		if rest, ok := strings.CutPrefix(s, wrong); ok && isDigits(rest) {
			return right + rest
		}
	}
	return ""
}

// lettersFor writes letters for the digits that look like them at the front: 5F is SF.
func lettersFor(s string) string {
	for _, swap := range [...]string{"5F SF", "D9K DPK", "0PK DPK", "Y7 YT", "J7 JT"} {
		wrong, right, _ := strings.Cut(swap, " ")
		if rest, ok := strings.CutPrefix(s, wrong); ok && isDigits(rest) {
			return right + rest
		}
	}
	return ""
}

// isMistyped: a known carrier's letters before almost only digits, or letters
// that look like digits, which fit none of its numbers.
func isMistyped(s string) bool {
	if len(s) < shortest || len(s) > 22 || !begins(s, prefixes) {
		return false
	}
	others := 0
	for i := range len(s) {
		if !isDigit(s[i]) && strings.IndexByte("OIL", s[i]) < 0 {
			others++
		}
	}
	return others <= 4
}
