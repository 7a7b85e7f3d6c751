package recognise

import "strings"

// countries are the ISO 3166 codes in which a postal number may end, and YP, Yanwen's own.
const countries = "AD AE AF AG AI AL AM AN AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BT BW BY BZ " +
	"CA CD CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ " +
	"UA UG US UY UZ VA VC VE VG VI VN VU WF WS YE YP YT ZA ZM ZW"

// s10Rule knows the numbers of the Universal Postal Union's standard S10: two
// letters, eight digits, a check digit, a country. A wrong check digit only
// takes the certainty away: carriers print such numbers too.
func s10Rule(s string) (rule, bool) {
	if !fits(s, "@@#########@@") || !strings.Contains(countries, s[11:]) {
		return rule{}, false
	}
	codes := s10Codes(s[0], s[11:])
	return rule{codes, codes[0] != '!' && s10Checks(s), marked}, true
}

// s10Codes is the postal service of a country, by the first letter where it has
// several; "!post.GB" where the table has none.
func s10Codes(service byte, country string) string {
	switch country {
	case "CN":
		switch service {
		case 'E':
			return "ems"
		case 'R':
			return "chinapost_reg"
		}
		return "chinapost_parcel"
	case "HK":
		return "hkpost"
	case "US":
		return "usps"
	case "YP":
		return "yanwen"
	}
	return "!post." + country
}

// s10Checks verifies the check digit: weights 8 6 4 2 3 5 9 7, 11 minus the
// remainder by 11, where 10 becomes 0 and 11 becomes 5.
func s10Checks(s string) bool {
	const weights = "86423597"
	sum := 0
	for i := range len(weights) {
		sum += int(s[2+i]-'0') * int(weights[i]-'0')
	}
	want := 11 - sum%11
	switch want {
	case 10:
		want = 0
	case 11:
		want = 5
	}
	return int(s[10]-'0') == want
}

// upsChecks verifies the check digit of 1Z…: letters count (code − 63) mod 10,
// every second character double.
func upsChecks(s string) bool {
	sum := 0
	for i, c := range []byte(s[2 : len(s)-1]) {
		value := int(c - '0')
		if isLetter(c) {
			value = (int(c) - 63) % 10
		}
		sum += value * (1 + i%2)
	}
	last := s[len(s)-1]
	return isDigit(last) && (10-sum%10)%10 == int(last-'0')
}

// uspsChecks verifies the mod-10 check digit of 22 digits: every second one from the right triple.
func uspsChecks(s string) bool {
	sum := 0
	for i := range len(s) - 1 {
		sum += int(s[i]-'0') * (1 + 2*((len(s)-i-1)%2))
	}
	return (10-sum%10)%10 == int(s[len(s)-1]-'0')
}

// luhnChecks verifies the check digit of bank cards.
func luhnChecks(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// eanChecks verifies the check digit of bar codes on goods and books.
func eanChecks(s string) bool {
	sum := 0
	for i := range len(s) {
		sum += int(s[i]-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}
