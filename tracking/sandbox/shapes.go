package sandbox

import (
	"strings"

	"waybill/models"
)

// shape is a form of number: letters in front, how many digits follow, and the
// digits with which they may begin.
type shape struct {
	letters  string
	digits   int
	begins   []string
	carriers []models.Carrier
}

// shapes are the emulated vendors' own rules, the surest first. They are not
// the bot's: an emulator that shared them would hide their mistakes.
func shapes() []shape {
	return []shape{
		{"SF", 13, nil, []models.Carrier{"sf"}},
		{"YT", 13, nil, []models.Carrier{"yto"}},
		{"JT", 13, nil, []models.Carrier{"jt"}},
		{"TT", 13, nil, []models.Carrier{"ttk"}},
		{"DPK", 12, nil, []models.Carrier{"deppon"}},
		{"ZJS", 12, nil, []models.Carrier{"zjs"}},
		{"SUR", 12, nil, []models.Carrier{"suer"}},
		{"", 15, []string{"77"}, []models.Carrier{"sto"}},
		{"", 15, []string{"43"}, []models.Carrier{"yunda", "sto"}},
		{"", 15, []string{"31", "42", "46"}, []models.Carrier{"yunda"}},
		{"", 15, []string{"621"}, []models.Carrier{"cainiao"}},
		{"", 14, []string{"73", "74", "75", "76", "78", "79"}, []models.Carrier{"zto"}},
		{"", 13, []string{"95", "96", "97", "98", "99", "10", "11", "12"}, []models.Carrier{"ems", "chinapost_parcel"}},
		{"", 13, nil, []models.Carrier{"yunda", "ems", "chinapost_parcel"}},
		{"", 12, nil, []models.Carrier{"sto", "ane", "yunda", "zto", "sf"}},
	}
}

// guess names the carriers that a number may belong to, the likeliest first;
// none when it looks like nobody's.
func (s *Sandbox) guess(number string) []models.Carrier {
	if c, ok := postal(number); ok {
		return []models.Carrier{c}
	}
	if strings.HasPrefix(number, "JD") && len(number) == 15 && digits(number[4:]) {
		return []models.Carrier{"jd"}
	}
	for _, form := range s.shapes {
		if form.fits(number) {
			return form.carriers
		}
	}
	return nil
}

func (s shape) fits(number string) bool {
	rest, ok := strings.CutPrefix(number, s.letters)
	if !ok || len(rest) != s.digits || !digits(rest) {
		return false
	}
	for _, b := range s.begins {
		if strings.HasPrefix(rest, b) {
			return true
		}
	}
	return len(s.begins) == 0
}

// postal knows the postal union's form S10, its check digit aside.
func postal(number string) (models.Carrier, bool) {
	if len(number) != 13 || !letters(number[:2]) || !digits(number[2:11]) || !letters(number[11:]) {
		return "", false
	}
	switch {
	case number[11:] != "CN":
		return "ems_intl", true
	case number[0] == 'E':
		return "ems", true
	}
	return "chinapost_parcel", true
}

// foreign knows numbers of companies that the emulated vendors do not carry for:
// UPS, USPS, DHL, Amazon, YunExpress. A vendor finds nothing under them, where a
// number of no known form is carried by somebody.
func foreign(number string) bool {
	for _, form := range []shape{
		{letters: "TBA", digits: 12},
		{letters: "YT", digits: 16},
		{letters: "JJD", digits: 18},
		{letters: "JVGL", digits: 20},
		{digits: 20, begins: []string{"91", "92", "93", "94", "95"}},
		{digits: 22, begins: []string{"91", "92", "93", "94", "95"}},
		{digits: 30, begins: []string{"420"}},
	} {
		if form.fits(number) {
			return true
		}
	}
	return len(number) == 18 && strings.HasPrefix(number, "1Z")
}

// plausible says whether a number may be somebody's at all.
func plausible(number string) bool {
	n := 0
	for i := range len(number) {
		switch {
		case digits(number[i : i+1]):
			n++
		case !letters(number[i:i+1]) && number[i] != '-':
			return false
		}
	}
	return n >= 6 && len(number) >= 8
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func letters(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return s != ""
}

// wantsTail says whether a carrier shows its traces only to those who know a phone.
func wantsTail(c models.Carrier) bool {
	switch c {
	case "sf", "sf_freight", "zto", "kye":
		return true
	}
	return false
}
