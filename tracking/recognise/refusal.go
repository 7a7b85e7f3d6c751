package recognise

import "strings"

// notNumber says what a whole run of letters and digits is, if it is something
// else than a tracking number by its own shape; "" if it is not.
func notNumber(s string) Reason {
	switch {
	case isPhone(s):
		return Phone
	case isIDCard(s):
		return IDCard
	case isBankCard(s):
		return BankCard
	}
	return ""
}

// isMobile: eleven digits, 13 to 19 in front.
func isMobile(s string) bool {
	return len(s) == 11 && s[0] == '1' && s[1] >= '3' && isDigits(s)
}

func isPhone(s string) bool {
	return isMobile(s) || isMobile(strings.TrimPrefix(s, "86")) || isMobile(strings.TrimPrefix(s, "0086"))
}

// isIDCard: a province, a birthday and a check character, as GB 11643 has it.
// The check character is not verified: who mistypes one still means an identity card.
func isIDCard(s string) bool {
	if len(s) != 18 || !isDigits(s[:17]) || s[17] != 'X' && !isDigit(s[17]) {
		return false
	}
	const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
	return begins(s, provinces) && begins(s[6:], "19 20") && isMonthDay(s[10:14])
}

// isBankCard: 16 to 19 digits of one of the card schemes with a good check digit.
func isBankCard(s string) bool {
	return len(s) >= 16 && len(s) <= 19 && isDigits(s) && begins(s, "3 4 5 62") && luhnChecks(s)
}

// isGlued: two numbers with nothing between them. They are not cut apart: where
// the one ends is a guess.
func isGlued(s string) bool {
	if len(s) < 2*shortest {
		return false
	}
	for at := shortest; at <= len(s)-shortest; at++ {
		if isDigit(s[at-1]) != isLetter(s[at]) {
			continue
		}
		first, ok := ruleFor(s[:at])
		second, too := ruleFor(s[at:])
		if ok && too && first.weight+second.weight > bare {
			return true
		}
	}
	return false
}

// isOrder: digits of the length that Taobao, Pinduoduo and Douyin give their orders.
func isOrder(s string) bool { return len(s) >= 16 && len(s) <= 19 && isDigits(s) }

// isDate: 20261122 in front.
func isDate(s string) bool {
	return len(s) >= 8 && begins(s, "19 20") && isDigits(s[:8]) && isMonthDay(s[4:8])
}

// isClock: twelve digits that read as 202611221030 or 261122103000.
func isClock(s string) bool {
	if len(s) != 12 {
		return false
	}
	long := isDate(s) && isBelow(s[8:10], 24) && isBelow(s[10:], 60)
	return long || begins(s, "2 30") && isMonthDay(s[2:6]) && isBelow(s[6:8], 24) && isBelow(s[8:10], 60) && isBelow(s[10:], 60)
}

func isMonthDay(s string) bool {
	return s[:2] >= "01" && s[:2] <= "12" && s[2:4] >= "01" && s[2:4] <= "31"
}

// isBelow compares two digits with a limit.
func isBelow(s string, limit int) bool {
	return int(s[0]-'0')*10+int(s[1]-'0') < limit
}

// isBook: the thirteen digits of an ISBN.
func isBook(s string) bool {
	return len(s) == 13 && begins(s, "978 979") && isDigits(s) && eanChecks(s)
}

// isPaper: letters before a date, and what numbers the papers of a day, as
// offices number them: YD2026112200011.
func isPaper(s string) bool {
	digits := strings.TrimLeft(s, capitals)
	return len(digits) < len(s) && isDate(digits)
}

// isServiceLine: 4008111111, 8008108000.
func isServiceLine(s string) bool { return len(s) == 10 && begins(s, "400 800") }
