package handlers

import (
	"cmp"
	"strings"

	"waybill/internal/pattern"
	"waybill/models"
)

// codeNamed matches a code that a scan calls one: 取件码 3-2-5012, 凭8-4-1007, 货架号
// 6-2-1031, pickup code K39021. codeBare matches the shape that only stations use.
var (
	codeNamed = pattern.New(`(?i)(取件码|取件碼|取货码|取貨碼|提货码|提貨碼|取件号|取件號|货架号|貨架號|货架|貨架|凭|憑|\b(?:[a-z-]+ )?code)[\s:：为為是「【\[（(]*([a-z]{0,3}\d[\da-z]*(?:-\d[\da-z]*)*)`)
	codeBare  = pattern.New(`(?:^|[^\d-])(\d{1,2}-\d{1,2}-\d{3,5})(?:[^\d-]|$)`)
	noPickup  = pattern.New(`(?i)^(zip|postal|post|area|country|status|error|verification|security) code$`)
)

// pickupCode is where the code stands that opens a locker or that a station asks
// for; from and to are zero when a text has none.
func pickupCode(text string) (from, to int) {
	for _, m := range codeNamed.FindAllStringSubmatchIndex(text, -1) {
		word, code := text[m[2]:m[3]], text[m[4]:m[5]]
		if !noPickup.MatchString(word) && len(code) >= 3 && !mobile.MatchString(code) {
			return m[4], m[5]
		}
	}
	if m := codeBare.FindStringSubmatchIndex(text); m != nil {
		return m[2], m[3]
	}
	return 0, 0
}

// strongCode is a scan's words with its pickup code to be seen at once.
func strongCode(text string) Line {
	from, to := pickupCode(text)
	var line Line
	for _, s := range []Span{{Text: text[:from]}, {Text: text[from:to], Style: Strong}, {Text: text[to:]}} {
		if s.Text != "" {
			line = append(line, s)
		}
	}
	return line
}

const stationWord = `(?:驿站|驛站|自提点|自提點|自提柜|自提櫃|快递柜|快遞櫃|智能柜|智慧櫃|包裹柜|包裹櫃|丰巢柜?|豐巢櫃?|代收点|代收點|服务站|服務站|服务点|服務點|便民站|便利店|超市|门市|門市)`

var (
	bracketed = pattern.New(`[【「\[]([^】」\]]{2,40})[】」\]]`)
	isStation = pattern.New(stationWord)
	atStation = pattern.New(`(?:到达|到達|已到|送达|送達|送至|送到|放入|放至|放到|放在|存放于|存放在|暂存于|暫存於|投递到|投遞到|投递至|投遞至|投入|存入)\s*([^，。,；;、：:【】（）()\s]{0,24}?` + stationWord + `)`)
	goesOn    = pattern.New(`发往|發往|下一站|前往|送往|飞往|飛往|即将|即將|准备发|準備發`)
)

// stationOf is the station or locker in which a scan says that a parcel waits, "" when
// it names none.
func stationOf(e models.Event) string {
	for _, m := range bracketed.FindAllStringSubmatch(e.Text, -1) {
		if isStation.MatchString(m[1]) {
			return m[1]
		}
	}
	if m := atStation.FindStringSubmatch(e.Text); m != nil {
		return m[1]
	}
	if isStation.MatchString(e.Place) {
		return e.Place
	}
	return ""
}

// placeOf is where a scan was made, "" when it does not say: the last place in
// brackets before the words that say where the parcel goes next.
func placeOf(e models.Event) string {
	here := e.Text
	if m := goesOn.FindStringIndex(here); m != nil {
		here = here[:m[0]]
	}
	place := ""
	for _, m := range bracketed.FindAllStringSubmatch(here, -1) {
		place = m[1]
	}
	return strings.TrimSpace(cmp.Or(place, e.Place))
}

// waiting is the scan that says most of where a parcel waits: with a code, else with
// a station, else the newest. False when there is none.
func waiting(found []models.Event) (models.Event, bool) {
	for _, says := range []func(models.Event) bool{
		func(e models.Event) bool { _, to := pickupCode(e.Text); return to > 0 },
		func(e models.Event) bool { return stationOf(e) != "" },
		func(models.Event) bool { return true },
	} {
		for _, e := range found {
			if says(e) {
				return e, true
			}
		}
	}
	return models.Event{}, false
}
