package handlers

import (
	"strings"

	"waybill/internal/pattern"
)

// saidYes and saidNo are the typed answers to a question of yes or no. Such a
// question stands before what cannot be undone, so 好的, which is also what one
// says to news, is no yes.
func saidYes(text string) bool {
	switch plainWord(text) {
	case "是", "是的", "对", "對", "对的", "對的", "没错", "沒錯", "确认", "確認", "确定", "確定", "yes", "y", "yep", "yeah", "confirm", "yes please":
		return true
	}
	return false
}

// agrees is the typed answer to a question whose yes costs nothing.
func agrees(text string) bool {
	switch plainWord(text) {
	case "好", "好的", "好啊", "可以", "行", "要", "嗯", "关注", "關注", "全部关注", "全部關注", "追蹤", "全部", "ok", "okay", "sure", "follow", "follow all", "follow them", "all":
		return true
	}
	return saidYes(text)
}

// declining matches one clause that wants nothing more: 不用了, 先不了, 还没想好,
// 以后再说, never mind, no thanks.
var declining = pattern.New(`(?i)^(?:` +
	`(?:没关系|沒關係|没事|沒事|那|我|我们|我們|还是|還是|就|先|暂时|暫時|现在|現在|目前|今天|这个|這個)*` +
	`(?:否|不|不是|不要|不用|不必|不需要|不想|没必要|沒必要|不了|别|別|算|取消|放弃|放棄|免|没事|沒事|没关系|沒關係|不管|` +
	`(?:不|别|別|不用|不想|不要)(?:弄|查|改|停|删|刪|取|起|写|寫|搞|问|問|说|說|管|麻烦|麻煩|换|換|加|填|给|給)(?:名字?|它|你)?|` +
	`(?:还|還)?(?:没|沒)(?:想好|想到|决定|決定)|想不出来?|再想想|再看看|再考虑(?:一下)?|再考慮(?:一下)?|` +
	`(?:等|待|晚|过|過|以后|以後|之后|之後|下次|回头|回頭|改天|稍后|稍後|一会儿?|一會兒?|等会儿?|等會兒?|等下|等一下|晚点|晚點|过会儿?|過會兒?|有空|到时候|到時候)+(?:再)(?:说|說|弄|改|看|取|起|想|来|來|发|發|讲|講))` +
	`(?:了|啦|吧|啊|呀|哦|喔|呢|先|谢谢|謝謝|多谢|感谢|感謝|你|您|哈)*` +
	`|no|n|nope|nah|no need|never ?mind|nvm|not (?:now|yet|today)|forget (?:it|that)|(?:maybe |perhaps |how about )?(?:later|tomorrow|another day)|some other time|another time|skip(?: it)?|cancel(?: it| that)?|` +
	`(?:please )?(?:don['’]?t|do not)(?: bother)?|leave it(?: as it is)?|let(?:['’]?s)? (?:it be|not)|i(?:['’]?ve| have)? changed my mind|i don['’]?t (?:want|need)(?: it| to| that| this)?(?: anymore| any more)?|ask me later|not really|(?:i['’]?m )?not sure(?: yet)?|undecided|(?:i )?haven['’]?t decided(?: yet)?` +
	`)$`)

// hesitating matches a clause that only goes with declining and is no acknowledgement.
var hesitating = pattern.New(`(?i)^(?:啊|呃|额|抱歉|不好意思|oh|well|ah|hm+|please|sorry|it['’]?s (?:ok|okay|fine)|you)+$`)

// saidNo says that a text wants nothing of what was asked: one clause of it declines,
// and the others acknowledge, hesitate, or decline as well.
func saidNo(text string) bool {
	declined := false
	for clause := range strings.FieldsFuncSeq(fold(text), func(r rune) bool { return strings.ContainsRune(",.!?~;:。，、！？～；：…\n", r) }) {
		clause = strings.Join(strings.Fields(clause), " ")
		clause = strings.TrimSuffix(strings.TrimSuffix(clause, " thanks"), " thank you")
		switch {
		case declining.MatchString(clause), declining.MatchString(strings.ReplaceAll(clause, " ", "")):
			declined = true
		case clause == "", hesitating.MatchString(clause), isAcknowledgement(clause):
		default:
			return false
		}
	}
	return declined
}

// noTail matches what people say who have no phone's digits to give.
var noTail = pattern.New(`(?i)(没有?|沒有?|无|無|不知道|不清楚|不晓得|不曉得|不记得|不記得|忘记?了?|忘記?了?|找不到|查不到|看不到|哪里看|哪裡看|去哪找|是什么|是什麼|什么是|什麼是|啥是|哪个|哪個|哪来|哪來).{0,6}(手机|手機|电话|電話|号码?|號碼?|尾号|尾號|末四|后四位|後四)` +
	`|(手机|手機|电话|電話|号码|號碼|尾号|尾號|末四.).{0,6}(没|沒|不知道|不清楚|不记得|不記得|忘|找不到|看不到|哪|什么|什麼|多少)` +
	`|^[我也都真]{0,2}(不知道|不清楚|不晓得|不曉得|不记得|不記得|忘了|忘记了|忘記了|没有|沒有|哪里看|哪裡看|什么意思|什麼意思|为什么要|為什麼要)[啊呀的了吧呢耶欸誒哦喔啦诶]*[\s\p{P}]*$` +
	`|(为什么|為什麼|为啥|為啥|干嘛|幹嘛).{0,6}(要|电话|電話|手机|手機|末四|尾号|尾號|验证|驗證|核对)|(谁|誰|卖家|賣家|收件人|寄件人|我)的(手机|手機|电话|電話)?(号码?|號碼?)?(还是|還是|吗|嗎|[?？])` +
	`|\b(don['’]?t|do not|no|not|forgot|what|which|whose|where)\b.{0,24}\b(phone|digits?|number|know|remember|have (it|one|any))\b|\bwhy\b.{0,24}\b(need|want|ask|phone|digits?)\b|^[\s\p{P}]*(no idea|dunno|i forgot|not sure|why)[\s\p{P}]*$`)

// hasNoTail says that a text answers the question for a tail with that there is none.
func hasNoTail(text string) bool { return noTail.MatchString(fold(text)) }
