package recognise

import (
	"strings"

	"waybill/models"
)

// groupCode names the group of companies that a carrier belongs to: they share shapes
// of numbers, and people take one's name for another's.
func groupCode(c models.Carrier) string {
	switch c {
	case "ems", "ems_intl", "chinapost_parcel", "chinapost_std", "chinapost_reg", "chinapost_ecom", "zhongyouwl":
		return "post"
	}
	name, _, _ := strings.Cut(string(c), "_")
	return name
}

// freightOf is the freight service of a parcel carrier's brand, "" without one.
func freightOf(c models.Carrier) models.Carrier {
	switch c {
	case "sf", "zto", "yunda", "best", "jd":
		return c + "_freight"
	}
	return ""
}

func isFreight(c models.Carrier) bool { return strings.HasSuffix(string(c), "_freight") }

// allows says whether a number of a shape may be the carrier's that somebody
// named. A shape that one group alone has belongs to no other.
func allows(c models.Carrier, s string, shape rule) bool {
	for rest := shape.codes; rest != ""; {
		var code string
		code, rest, _ = strings.Cut(rest, " ")
		if groupCode(models.Carrier(code)) == groupCode(c) {
			return true
		}
	}
	if shape.sure || shape.foreign() != "" || shape.weight == marked {
		return false
	}
	if !isDigits(s) {
		return lettersOf(c, s)
	}
	return fitsLength(lengths(c), len(s))
}

// lettersOf says whether a carrier has numbers of letters and digits that no rule knows.
func lettersOf(c models.Carrier, s string) bool {
	switch c {
	case "sf", "sf_freight", "zto", "sto", "yunda", "jt", "usps", "ems", "fedex", "fedex_cn":
		return false
	case "yto":
		return fits(s, "@#########")
	case "jd", "jd_freight":
		return fits(s, "V@###########") || begins(s, "JD")
	}
	return countDigits(s) >= 6 && len(s) <= 24
}

// lengths lists how many digits a carrier's numbers have that carry no letters.
func lengths(c models.Carrier) string {
	switch c {
	case "sf", "sf_freight":
		return "12"
	case "zto", "zto_intl":
		return "12 14"
	case "sto":
		return "12 13 14 15 16"
	case "yto":
		return "10 12 13 18"
	case "yunda":
		return "13 15"
	case "jt":
		return "12 14 15 16"
	case "best", "best_freight":
		return "12 13 14 15 16"
	case "jd", "jd_freight":
		return "10 12 13 14 15"
	case "ems", "ems_intl", "chinapost_parcel", "chinapost_std", "chinapost_reg", "chinapost_ecom":
		return "11 12 13"
	case "dhl":
		return "10 11 12 14 16 18 20"
	case "ups":
		return "9 12 18"
	case "fedex", "fedex_cn":
		return "12 14 15 20 22"
	case "usps":
		return "20 22 26 30 34"
	}
	return "8 9 10 11 12 13 14 15 16"
}

// abroad says whether a foreign carrier without a code may have the number: any
// length that couriers print, unless the shape is somebody's.
func abroad(key, s string, shape rule) bool {
	if shape.foreign() != "" {
		return shape.foreign() == key
	}
	if shape.sure || shape.weight == marked {
		return false
	}
	return countDigits(s) >= 8 && len(s) <= 24
}

func fitsLength(lengths string, n int) bool {
	for lengths != "" {
		first, rest, _ := strings.Cut(lengths, " ")
		if n < 10 && len(first) == 1 && int(first[0]-'0') == n {
			return true
		}
		if n >= 10 && len(first) == 2 && int(first[0]-'0')*10+int(first[1]-'0') == n {
			return true
		}
		lengths = rest
	}
	return false
}
