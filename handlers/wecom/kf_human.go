package wecom

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"waybill/handlers"
)

// longestWish is how many characters a text may have that asks for a human in
// the midst of it: what is longer is pasted, and may only mention one.
const longestWish = 40

var (
	// human matches a text that is nothing but the wish for a human.
	human = regexp.MustCompile(`(?i)^[\s\p{P}]*(` +
		`((转|轉|找|接|要|转接|轉接)?(人工|真人)(客服|服务|服務)?|客服)+(吧|呢|啊|呀|嘛|吗|嗎|谢谢|謝謝)?` +
		`|(a )?(human|agent|operator|representative|real person)( please| pls)?` +
		`)[\s\p{P}]*$`)

	// humanWithin matches the wish for a human within a text.
	humanWithin = regexp.MustCompile(`(?i)(转|轉|转接|轉接|转到|轉到|找|接|叫)(个|個|一下|你们|你們|你们的|你們的)?(人工|真人|客服)([^费費]|$)` +
		`|(要|想要|需要)(个|個)?(人工|真人)(客服|服务|服務|[\s\p{P}吧啊呀]|$)` +
		`|(人工|真人)(客服|服务|服務|坐席|座席)` +
		`|\b(talk|speak|chat|connect|transfer|hand)\b.{0,20}\b(human|agent|person|people|representative|operator|someone|somebody)\b` +
		`|\b(want|need|get)\b.{0,10}\b(human|agent|representative|operator|real person)\b`)

	// noHuman matches who wants none.
	noHuman = regexp.MustCompile(`(?i)(不要|不用|不需要|不想|不必|别|別|取消|无需|無需).{0,4}(人工|真人|客服)|\b(don['’]?t|do not|not|no need)\b`)
)

// wantsHuman says that a text asks for a human.
func wantsHuman(text string) bool {
	text = strings.TrimSpace(text)
	if human.MatchString(text) {
		return true
	}
	return utf8.RuneCountInString(text) <= longestWish && humanWithin.MatchString(text) && !noHuman.MatchString(text) && handlers.Talk(text)
}
