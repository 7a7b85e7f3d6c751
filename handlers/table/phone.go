package table

import (
	"regexp"
	"strconv"
	"strings"

	"waybill/tracking/recognise"
)

// tailLength is how many digits of a phone carriers want.
const tailLength = 4

var (
	// extension matches what stands behind a virtual number: 18412345678-1234, …转1234.
	extension = regexp.MustCompile(`(?i)[\d*]{5,}\s*(?:-|转|轉|分机|分機|EXT\.?|#|,)\s*(\d{3,6})$`)
	phoneLike = regexp.MustCompile(`^(?:\+?\d{1,3}[ -]?)?1[3-9]\d[\d* -]{6,12}\d{4}`)
	secondOne = regexp.MustCompile(`[/,，;；、|\n]+`)
)

// tailOf is the last four digits of the phone in a cell, which may be masked, or of a
// virtual number's extension; "" when there are none. tails: the column holds tails
// alone, of which a spreadsheet takes leading zeros away.
func tailOf(at cell, tails bool) string {
	text := clean(at.text)
	if scientific.MatchString(text) {
		value, err := strconv.ParseFloat(at.raw, 64)
		if err != nil || value >= 1e15 {
			return ""
		}
		text = strconv.FormatFloat(value, 'f', 0, 64)
	}
	text = strings.TrimSpace(secondOne.Split(recognise.Normalise(text), 2)[0])
	if m := extension.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	end := len(text)
	from := end
	for from > 0 && text[from-1] >= '0' && text[from-1] <= '9' {
		from--
	}
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	switch {
	case tails && end > 0 && end < tailLength && from == 0:
		return strings.Repeat("0", tailLength-end) + text
	case end-from >= tailLength:
		return text[end-tailLength:]
	case len(digits) >= 7 && onlyDigits(strings.TrimPrefix(digits, "+")):
		return digits[len(digits)-tailLength:]
	}
	return ""
}

// isPhone says that a cell holds a mobile phone, or four digits alone.
func isPhone(at cell) bool {
	text := clean(at.text)
	return phoneLike.MatchString(text) || len(text) == tailLength && onlyDigits(text)
}
