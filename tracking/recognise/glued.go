package recognise

// gluedCarrier is how many letters at the front of a whole run name a carrier
// whose number the digits behind them are: DHL2529670305, EMS1154210775507. It is
// 0 where the letters belong to the number (SF…, STO…), or the digits cannot be
// that carrier's. With it comes the digits' rule.
func gluedCarrier(s string) (size int, digits rule) {
	for size < len(s) && isLetter(s[size]) {
		size++
	}
	if size < 3 || size > 11 || len(s)-size < shortest || len(s) > longest || !isDigits(s[size:]) {
		return 0, rule{}
	}
	code := latinCode(s[:size])
	if code == "" || isPhone(s[size:]) {
		return 0, rule{}
	}
	if whole, ok := ruleFor(s); ok && whole.weight > claimed {
		return 0, rule{}
	}
	digits, _ = ruleFor(s[size:])
	if !allows(code, s[size:], digits) {
		return 0, rule{}
	}
	digits.weight = bare
	return size, digits
}
