package estimate

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// RouteOf is the route of a parcel as far as it is known, with places spelled in one way:
// without 市 and 省, and in Simplified characters where the table has them.
func RouteOf(p models.Parcel) models.Route {
	r := models.Route{Carrier: p.Carrier}
	r.Origin, r.OriginArea = place(p.Origin)
	r.Destination, r.DestinationArea = place(p.Destination)
	return r
}

// place reads a place as carriers write it (广东省深圳市, 浙江,杭州市, 深圳): its city and
// the province around it, each "" when it is not known. A city that the table does not
// have is taken as it is written, without a province.
func place(name string) (city, area string) {
	name = strings.TrimSpace(name)
	inner := name[len(provincePrefix.FindString(name)):]
	if inner == "" {
		inner = name
	}
	for end := range prefixes(inner) {
		if city, area = look(inner[:end]); city != "" {
			return city, area
		}
	}
	bare := strings.TrimRight(provinceSuffix.ReplaceAllString(name, ""), " ,，")
	if isProvince(bare) {
		return "", bare
	}
	return strings.TrimSuffix(inner, "市"), ""
}

// prefixes are the lengths in bytes of a text's beginnings that may be a city, the
// longest first.
func prefixes(text string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		var ends []int
		for end := 0; end < len(text) && len(ends) < longestCity; {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
			ends = append(ends, end)
		}
		for i := len(ends) - 1; i > 0; i-- { // no city has one character
			if !yield(ends[i]) {
				return
			}
		}
	}
}

// look finds a city in the table: its name there, and its province.
func look(name string) (city, area string) {
	for from := 0; ; {
		at := strings.Index(provinces[from:], name)
		if at < 0 {
			return "", ""
		}
		start, end := from+at, from+at+len(name)
		from = end
		if start == 0 || !strings.ContainsRune(" =", rune(provinces[start-1])) || !strings.ContainsRune(" =\n", rune(provinces[end])) {
			continue
		}
		line := provinces[strings.LastIndexByte(provinces[:start], '\n')+1 : end]
		area, _, _ = strings.Cut(line, " ")
		if provinces[start-1] == '=' {
			name = line[strings.LastIndexByte(line, ' ')+1 : len(line)-len(name)-1]
		}
		return name, area
	}
}

// isProvince says that a line of the table is about it.
func isProvince(name string) bool {
	return name != "" && (strings.HasPrefix(provinces, name+" ") || strings.Contains(provinces, "\n"+name+" "))
}

// longestCity is how many characters the longest name of the table has.
const longestCity = 5

// provinces are the provinces with their cities, one province a line; behind = stands
// another spelling of the name before it.
//
//go:embed provinces.txt
var provinces string

var (
	// provincePrefix stands before a city, as in 广东省深圳市 and 浙江,杭州市.
	provincePrefix = regexp.MustCompile(`^(?:中国|中國)?[\s,，]*(?:(?:河北|山西|辽宁|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|臺灣|廣東|江蘇|内蒙古|广西|西藏|宁夏|新疆)(?:省|(?:壮族|回族|维吾尔)?自治区)?|吉林省)[\s,，]*`)
	// provinceSuffix is what a province's name may end with.
	provinceSuffix = regexp.MustCompile(`(?:省|(?:壮族|回族|维吾尔)?自治区|特别行政区)$`)
)
