package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"waybill/internal/pattern"
)

// fold makes full-width letters, digits and signs half-width, and every blank a space.
func fold(s string) string {
	return strings.ReplaceAll(width.Fold.String(s), "\u00a0", " ")
}

// tidy drops what cannot be seen and the spaces around a text. The joiner stays
// of which emoji are built; bytes that are no UTF-8 become U+FFFD.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200d':
			return r
		case r >= '\u200b' && r <= '\u200f', r == '\u2060', r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r):
			return -1
		case r == '\u3000', r == '\u00a0':
			return ' '
		}
		return r
	}, s))
}

// plainWord is a short text as it is compared: folded, lower case, without the
// punctuation around it.
func plainWord(s string) string {
	return strings.ToLower(strings.Trim(fold(s), " \t\n.,!?~;:。，、！？～；：…“”\"'()（）"))
}

// numberTried matches one word that was probably meant as a tracking number.
var numberTried = pattern.New(`^[A-Za-z]{0,4}[- ]?\d[0-9A-Za-z -]{2,}$`)

// triesNumber says that a text is probably a number, with something wrong in it.
func triesNumber(text string) bool {
	return numberTried.MatchString(plainWord(text)) && len(plainWord(text)) > tailLength
}

// isTail says that s is as many digits as a phone's tail has, and nothing else.
func isTail(s string) bool {
	return len(s) == tailLength && strings.Trim(s, "0123456789") == ""
}

// whereIs matches what people ask about their parcels without naming one:
// 我的快递到哪了, 快递呢, 到哪儿了, 怎么还没到, where is my parcel, still not here.
var whereIs = pattern.New(`(?i)` +
	`(快递|快件|包裹|物流|运单|運單|快遞|裹裹).{0,6}(哪|呢|吗|嗎|嘛|查|怎|啥|什么|什麼|甚麼|何时|何時|几时|幾時|多久|进度|進度|状态|狀態|情况|情況|信息|消息|动态|動態|到了|到没|到沒|没到|沒到|来了|來了|来没|來沒|最新)` +
	`|(查|看|问|問).{0,6}(快递|快件|包裹|物流|运单|運單|快遞)` +
	`|我的(货|貨|件|东西|東西).{0,4}(呢|哪|到|吗|嗎)` +
	`|^.{0,8}(到|在|走到|送到|寄到|卡在|停在)(了)?(哪|哪儿|哪里|哪里了|什么地方)` +
	`|^(我的)?(快递|快件|包裹|物流|快遞)[\s\p{P}]*$` +
	`|^[^看听聽想遇找]{0,6}(到|到货|到貨|送|发货|發貨|签收|簽收)了?(没|沒|吗|嗎|嘛|么)有?[啊呀\s\p{P}]*$` +
	`|[还還](没|沒|未)有?(到货|到貨|送到|送来|送來|收到|签收|簽收|派送|动静|動靜|更新|(到|来|來|送|动|動)([\s\p{P}啊呀哦呢吗嗎嘛么了]|$))` +
	`|(没|沒)有?收到([\s\p{P}啊呀哦呢吗嗎货貨件快包东東]|$)` +
	`|(什么|什麼|甚麼|啥|几|幾|何)(时候|時候|时|時|点|點).{0,4}(到|送|派|收|来|來|发货|發貨)` +
	`|(多久|多长时间|多長時間|几天|幾天|哪天).{0,4}(到|送|收|来|來)` +
	`|(怎么|怎麼|咋|为什么|為什麼|为啥|為啥|几天|幾天|一直).{0,6}(不动|不動|不更新|不送|不派|还不到|還不到|(没|沒)有?(动|動|更新|到|来|來|送|发货|發貨))` +
	`|^(大概|大约|大約)?[还還]?(需)?要(多久|几天|幾天|多长时间|多長時間)[啊呀呢\s\p{P}]*$` +
	`|^(几|幾)[号號](能|可以|会|會)?(到|送)` +
	`|^(走)?到\p{Han}{2,5}了?(没|沒|吗|嗎)有?[啊呀\s\p{P}]*$` +
	`|^(我的)?(现在|現在|目前)?(有没有|有沒有|有)(新的?|什么|什麼)?(进度|進度|更新|消息|动态|動態)(了)?(没|沒|吗|嗎|嘛)?有?[啊呀呢\s\p{P}]*$` +
	`|(什么|什麼)(时候|時候).{0,4}(领|領|取)|^(我)?(现在|現在|今天)?(可以|能)(去)?(取|领|領)(货|貨|件|包裹)?(了)?(没|沒|吗|嗎|嘛)有?[啊呀\s\p{P}]*$` +
	`|^\W*(my |parcel |order )?(status|eta|progress)( please)?\W*$` +
	`|^\W*where\W*$|\bwhen(['’]?s| is| will) it\b.{0,12}\b(com|arriv|get|here|due)` +
	`|\b(is|has|did|was|will) (it|my (order|stuff|thing)|they)\b.{0,12}\b(delivered|here|com(e|ing)|arriv\w*|ship(ped)?|get here|on its way|out for delivery)\b` +
	`|^\W*(what['’]?s|what is) (the|its) (status|eta)\W*$` +
	`|\b(where|when|what|status|track|any news|news|update|eta)\b.{0,40}\b(parcels?|packages?|orders?|deliver(y|ies)|shipments?|stuff|things?)\b` +
	`|\b(parcels?|packages?|deliver(y|ies)|shipments?)\b.{0,20}(\?|？|\b(where|status|yet|now|arrived?)\b)` +
	`|\bwhere(['’]?s| is| are) (it|they|mine|\d{3,8})\b` +
	`|\bwhen (will|does|is|can|do)\b.{0,16}\b(arriv\w*|come|coming|here|delivered|get (it|them))\b` +
	`|\bhow (long|much longer)\b.{0,16}\b(take|arrive|here|till|until)\b` +
	`|\bstill (not|waiting|nothing|has ?n['’]?t|have ?n['’]?t|is ?n['’]?t|no (parcel|package|delivery|sign))\b` +
	`|\b(not|has ?n['’]?t|have ?n['’]?t|did ?n['’]?t|is ?n['’]?t)\b.{0,12}\b(here|arrived?|come|delivered|received?|turned up|shown up)\b` +
	`|^[\s\p{P}]*(any )?(news|updates?)( yet)?[\s\p{P}]*$` +
	`|^[\s\p{P}]*(my )?(parcels?|packages?|shipments?|deliveries)[\s\p{P}]*$`)

// asksWhere says that a text asks about parcels in general.
func asksWhere(text string) bool { return whereIs.MatchString(fold(text)) }

var (
	// courierTextIs matches what carriers, stations and lockers write to people: who
	// sends it in brackets, 您的包裹已到, a code to collect it with.
	courierTextIs = pattern.New(`^\s*[【\[][^】\]]{2,14}[】\]]` +
		`|您的?.{0,12}(快递|快遞|包裹|快件|邮件|郵件|货物|貨物|商品|订单|訂單).{0,24}(已|到达|到達|到了|正在|即将|即將)` +
		`|(取件|取货|取貨|提货|提貨|领取|領取|开箱|開箱)(码|碼|号|號|验证码|驗證碼)?[为為是:： ]{0,2}[0-9A-Za-z-]{3,}|[凭憑].{0,16}(取|领|領)`)
	asksSomething = pattern.New(`[?？吗嗎呢]|怎|咋|什么|什麼|为何|為何|哪|我(的|[没沒要想不就])|[给給帮幫]我`)
)

// shortestCourierText is how many characters such a message has at least.
const shortestCourierText = 12

// isCourierText says that a text is a message from a courier, pasted: it complains of
// nothing, and a phone in it is the courier's.
func isCourierText(text string) bool {
	return utf8.RuneCountInString(text) >= shortestCourierText && courierTextIs.MatchString(text) && !asksSomething.MatchString(text)
}
