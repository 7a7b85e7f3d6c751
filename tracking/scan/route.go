package scan

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"waybill/internal/pattern"
	"waybill/models"
)

// Route reads the places between which a parcel travels out of its scans, newest first,
// as people call them (长沙): the city of its first scans, and once it has reached the
// recipient's end that of its newest ones. "" where they name no city that is certain.
func Route(events []models.Event, status models.Status) (from, to string) {
	for i := len(events) - 1; i >= 0 && i >= len(events)-routeScans && from == ""; i-- {
		from = cityOf(events[i])
	}
	if !atRecipient(status) {
		return from, ""
	}
	for _, e := range events[:min(len(events), routeScans)] {
		if leaves.MatchString(e.Text) {
			break
		}
		if to = cityOf(e); to != "" {
			break
		}
	}
	return from, to
}

// routeScans is how many scans from an end may tell the city there: orders and
// thanks name none.
const routeScans = 3

func atRecipient(s models.Status) bool {
	switch s {
	case models.OutForDelivery, models.ReadyForPickup, models.Delivered, models.FailedAttempt, models.Rejected:
		return true
	}
	return false
}

// cityOf is the city where a scan was made: its place's, else the first that its words name
// at the beginning, in brackets, or behind a word such as 到达. "" when there is none.
func cityOf(e models.Event) string {
	if city := cityAt(e.Place, true); city != "" {
		return city
	}
	if rest, ok := strings.CutPrefix(e.Text, "【"); ok { // as most of them begin
		if city := cityAt(rest, true); city != "" {
			return city
		}
	}
	for _, at := range starts.FindAllStringSubmatchIndex(e.Text, -1) {
		before := e.Text[:at[0]]
		if headed.MatchString(before) {
			continue
		}
		bracketed := at[2] >= 0
		if city := cityAt(e.Text[at[1]:], bracketed); city != "" {
			return city
		}
	}
	return ""
}

// cityAt is the city that a text begins with. One that the table does not have
// counts where it is all there is (【昆山市】).
func cityAt(text string, alone bool) string {
	text = text[len(provinces.FindString(text)):]
	if name := longestName(text); name != "" && !streets.MatchString(text[len(name):]) {
		return name
	}
	if m := anyCity.FindStringSubmatch(text); alone && m != nil && !markets.MatchString(m[1]) {
		return m[1]
	}
	return ""
}

// longestName is the longest name of the table that a text begins with.
func longestName(text string) string {
	end, name := 0, ""
	for range longestCity {
		_, size := utf8.DecodeRuneInString(text[end:])
		if end += size; size == 0 {
			break
		}
		if isCity(text[:end]) {
			name = text[:end]
		}
	}
	return name
}

// isCity looks a name up in the table.
func isCity(name string) bool {
	low, high := 0, len(cities)
	for low < high {
		start := strings.LastIndexByte(cities[:(low+high)/2], '\n') + 1
		end := start + strings.IndexByte(cities[start:], '\n')
		switch line := cities[start:end]; {
		case line == name:
			return true
		case line < name:
			low = end + 1
		default:
			high = start
		}
	}
	return false
}

// longestCity is how many characters the longest name of the table has.
const longestCity = 5

// cities are the names of the prefecture-level cities and their like, sorted, one a line.
//
//go:embed cities.txt
var cities string

var (
	// starts are where a place may begin: the beginning, brackets, and words before a place.
	starts = pattern.New(`([【\[（(])|(?:到达|抵达|到達|抵達|离开|離開|已在|由|从|從|位于)|^`)
	// headed stands before a place to which a parcel is only on its way.
	headed = pattern.New(`(?:发往|前往|送往|寄往|运往|发至|下一站|目的地|发到|發往|運往|發至)[^】）)\]]{0,6}$`)
	leaves = pattern.New(`离开|发往|發往|離開|已发出|下一站`)
	// provinces stand before their cities, as in 广东省深圳市 and 浙江,杭州市.
	provinces = pattern.New(`^(?:中国|中國)?[\s,，]*(?:(?:河北|山西|辽宁|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|臺灣|廣東|江蘇|内蒙古|广西|西藏|宁夏|新疆)(?:省|(?:壮族|回族|维吾尔)?自治区)?|吉林省)[\s,，]*`)
	// streets are what makes a street or a district of a city's name (南京路, 朝阳区), or another word.
	streets = pattern.New(`^(?:[东西南北中]?(?:[一二三四五六七八九]?(?:路|街|道|巷|弄|里))|大道|大街|区|區|县|縣|镇|乡|村|业|光|省|花园|小区|医院|大学|学院|石)`)
	anyCity = pattern.New(`^(\p{Han}{2,4})市\s*(?:[】\]）)]|$)`)
	markets = pattern.New(`[超门夜菜集城都闹早股上]$`)
)
