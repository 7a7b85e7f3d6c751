package recognise

import (
	"strings"

	"waybill/models"
)

// weight says how much a shape proves by itself.
type weight int

const (
	claimed weight = iota // a number only where the text calls it one
	bare                  // digits alone: a number unless the text around it speaks against it
	marked                // letters or a check digit make it unmistakable
)

// The length of the numbers that some rule knows, in characters.
const (
	shortest = 10
	longest  = 34
)

// rule is what the shape of a number says.
type rule struct {
	codes  string // carriers, most likely first, with spaces between; "!amazon" is a foreign one without a code; "" unknown
	sure   bool   // one carrier's rule alone matches
	weight weight
}

// foreign is the key of a foreign carrier that has no code in the table, "" when it is none.
func (r rule) foreign() string {
	if strings.HasPrefix(r.codes, "!") {
		return r.codes[1:]
	}
	return ""
}

// carriers lists the rule's carriers, never nil.
func (r rule) carriers() []models.Carrier {
	return r.appendCarriers([]models.Carrier{})
}

// appendCarriers appends the rule's carriers.
func (r rule) appendCarriers(list []models.Carrier) []models.Carrier {
	if r.foreign() != "" {
		return list
	}
	for codes := r.codes; codes != ""; {
		var code string
		code, codes, _ = strings.Cut(codes, " ")
		list = append(list, models.Carrier(code))
	}
	return list
}

// ByShape names the carriers a number may belong to by its shape alone,
// most likely first, and whether one carrier's rule alone matches. None: the
// number is foreign or of no known shape.
func ByShape(number string) (carriers []models.Carrier, sure bool) {
	r, _ := ruleFor(compact(Normalise(number)))
	return r.carriers(), r.sure
}

// ruleFor finds the rule of a whole number: upper case, letters and digits
// only. Without one the rule is empty.
func ruleFor(s string) (rule, bool) {
	if len(s) < shortest || len(s) > longest {
		return rule{}, false
	}
	for _, known := range [...]func(string) (rule, bool){digitRule, letterRule, s10Rule} {
		if r, ok := known(s); ok {
			return r, true
		}
	}
	return rule{}, false
}

// letterRule knows the numbers that begin with a carrier's letters. The rules
// are those of Courier-Validation and of public station software.
func letterRule(s string) (rule, bool) {
	switch {
	case fits(s, "SF*############"):
		return rule{"sf", true, marked}, true
	case fits(s, "YT#############"):
		return rule{"yto", true, marked}, true
	case fits(s, "YT################"): // YunExpress, often taken for YTO
		return rule{"yunexpress", true, marked}, true
	case fits(s, "JT#############"):
		return rule{"jt", true, marked}, true
	case fits(s, "JD**###########"):
		return rule{"jd", true, marked}, true
	case fits(s, "DPK############"):
		return rule{"deppon", true, marked}, true
	case fits(s, "TT#############"):
		return rule{"ttk", true, marked}, true
	case fits(s, "YD#############"), fits(s, "YD###############"):
		return rule{"yunda", true, marked}, true
	case fits(s, "ZJS############"):
		return rule{"zjs", true, marked}, true
	case fits(s, "SUR############"):
		return rule{"suer", true, marked}, true
	case fits(s, "4PX#############CN"):
		return rule{"fourpx", true, marked}, true
	case fits(s, "KY#############"):
		return rule{"kye", true, marked}, true
	case fits(s, "1Z****************"):
		return rule{"ups", upsChecks(s), marked}, true
	case fits(s, "TBA############"), fits(s, "TBM############"), fits(s, "TBC############"):
		return rule{"!amazon", false, marked}, true
	}
	return letterLegacy(s)
}

// letterLegacy knows shapes that only some sources have, or that died out.
func letterLegacy(s string) (rule, bool) {
	switch {
	case fits(s, "JT############"):
		return rule{"jt", false, marked}, true
	case fits(s, "DPK###########"), fits(s, "DPK#############"):
		return rule{"deppon", false, marked}, true
	case fits(s, "STO##########"):
		return rule{"sto", false, marked}, true
	case fits(s, "LP##############"): // Cainiao's own number of a parcel that others carry
		return rule{"cainiao", false, marked}, true
	case fits(s, "JD##################"), begins(s, "JJD") && len(s) >= 18 && len(s) <= 24 && isDigits(s[3:]):
		return rule{"dhl", false, marked}, true
	case fits(s, "C##############") && !isDate(s[1:]), fits(s, "D##############") && !isDate(s[1:]):
		return rule{"!ontrac", false, claimed}, true
	case fits(s, "XA###########") && !isMobile(s[2:]):
		return rule{"chinapost_reg chinapost_parcel ems", false, marked}, true
	case fits(s, "P@###########") && !isMobile(s[2:]):
		return rule{"ems chinapost_parcel chinapost_std", false, marked}, true
	}
	return rule{}, false
}

// digitRule knows the numbers without letters, by length and first digits.
func digitRule(s string) (rule, bool) {
	if !isDigits(s) {
		return rule{}, false
	}
	switch len(s) {
	case 10:
		return rule{"deppon yto", false, claimed}, true
	case 12:
		return twelve(s), true
	case 13:
		return thirteen(s), true
	case 14:
		return fourteen(s)
	case 15:
		return fifteen(s)
	case 16, 17:
		return sixteen(s)
	case 18:
		return rule{"yto", false, bare}, s[0] >= '6'
	case 20, 22, 30, 34:
		return postalDigits(s)
	}
	return rule{}, false
}

// postalDigits knows the numbers of the United States' post: 22 digits, the
// older 20, and 22 behind 420 and the ZIP code of 5 or 9 digits. A wrong check
// digit makes 22 digits unsure.
func postalDigits(s string) (rule, bool) {
	if len(s) == 20 {
		return rule{"usps", false, bare}, begins(s, "70 71 73 77 81 82 03 14 23") && uspsChecks(s)
	}
	if len(s) > 22 && !strings.HasPrefix(s, "420") {
		return rule{}, false
	}
	s = s[len(s)-22:]
	return rule{"usps", uspsChecks(s), bare}, begins(s, "91 92 93 94 95")
}

// twelve: every carrier once had twelve digits; some first digits lean to one of them.
func twelve(s string) rule {
	switch {
	case s[0] == '0':
		return rule{"fengwang", false, claimed}
	case begins(s, "75 76 78"):
		return rule{"zto sf sto ane ymdd zto_freight", false, bare}
	case begins(s, "4 268 368 568 588 668 688 868 888 968"):
		return rule{"sto sf zto ane ymdd zto_freight", false, bare}
	}
	return rule{"sf zto sto ane ymdd zto_freight", false, bare}
}

// thirteen: Yunda, EMS and the post share them. What begins like a clock in
// milliseconds (13…19) or a bar code (69…) needs to be called a number.
func thirteen(s string) rule {
	switch {
	case begins(s, "31 42 43 46 5"):
		return rule{"yunda ems chinapost_parcel", false, bare}
	case begins(s, "10 11 12 95 97"):
		return rule{"ems chinapost_parcel yunda", false, bare}
	case begins(s, "60 91 92 96 98 99"):
		return rule{"chinapost_parcel ems yunda", false, bare}
	case s[0] == '8':
		return rule{"ems yunda chinapost_parcel", false, bare}
	}
	return rule{"yunda ems chinapost_parcel", false, claimed}
}

func fourteen(s string) (rule, bool) {
	switch {
	case begins(s, "73 74 75 76 78 79"):
		return rule{"zto", true, bare}, true
	case begins(s, "77"):
		return rule{"sto zto", false, bare}, true
	case begins(s, "43"):
		return rule{"sto yunda", false, bare}, true
	}
	return rule{"zto best", false, claimed}, begins(s, "70 71 72")
}

func fifteen(s string) (rule, bool) {
	switch {
	case begins(s, "77"):
		return rule{"sto", true, bare}, true
	case begins(s, "43"):
		return rule{"yunda sto", false, bare}, true
	case begins(s, "31 42 46"):
		return rule{"yunda", true, bare}, true
	case begins(s, "621"):
		return rule{"cainiao", true, bare}, true
	case begins(s, "99"):
		return rule{"fengwang jt", false, claimed}, true
	}
	return rule{"yunda", false, claimed}, begins(s, "3 4")
}

func sixteen(s string) (rule, bool) {
	switch {
	case begins(s, "77"):
		return rule{"sto", false, bare}, true
	case begins(s, "43"):
		return rule{"sto", false, claimed}, true
	}
	return rule{"jt best", false, bare}, len(s) == 16 && begins(s, "55 56 58 59")
}

// fits compares with a shape: # is a digit, @ a letter, * either, all else itself.
func fits(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; shape[i] {
		case '#':
			if !isDigit(c) {
				return false
			}
		case '@':
			if !isLetter(c) {
				return false
			}
		case '*':
			if !isDigit(c) && !isLetter(c) {
				return false
			}
		case c:
		default:
			return false
		}
	}
	return true
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

func isDigits(s string) bool { return countDigits(s) == len(s) }

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// hasDigits says that a text has at least so many digits, full-width ones too.
func hasDigits(s string, least int) bool {
	for i := 0; i < len(s) && least > 0; i++ {
		if isDigit(s[i]) || s[i] == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && s[i+2] >= 0x90 && s[i+2] <= 0x99 {
			least--
		}
	}
	return least <= 0
}

// compact takes the blanks and dashes out of normalised text.
func compact(s string) string {
	if !strings.ContainsAny(s, " -\t\r\n") {
		return s
	}
	return strings.NewReplacer(" ", "", "-", "", "\t", "", "\r", "", "\n", "").Replace(s)
}
