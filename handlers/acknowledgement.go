package handlers

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/pattern"
	"waybill/tracking/recognise"
)

// acknowledges says that a text says nothing: where messages are counted, a
// notification that comes with the reply is answer enough. While a question is
// open, whatever is more than an acknowledgement may be meant as its answer.
func (t *turn) acknowledges(text string, open bool) bool {
	return t.traits().Metered && !t.inGroup() && (t.keepsNewsComing(text) || greets(text) || !open && !says(text))
}

// keepsNewsComing says that a text is an acknowledgement here. Who was asked for any
// reply may reply "1", unless it is a row of the list that was shown last.
func (t *turn) keepsNewsComing(text string) bool {
	return isAcknowledgement(text) || t.traits().Metered && plainWord(text) == "1"
}

// optional marks the replies to such a text.
func optional(replies []Reply) []Reply {
	for i := range replies {
		replies[i].Optional = true
	}
	return replies
}

// acknowledge answers thanks and acknowledgements that come while no question is open.
// Where messages are counted, the door's last one before its credit ended has asked for
// any reply ("回复任意内容继续接收"), and the answer says that news will come again. An
// acknowledgement in a group, or in a chat that follows nothing, is answered with nothing
// of its own.
func (t *turn) acknowledge(ctx context.Context, text string, open bool) ([]Reply, error) {
	thanks := isThanks(text)
	acknowledged := text != "" && !t.inGroup() && t.keepsNewsComing(text)
	if open || !thanks && !acknowledged {
		return nil, nil
	}
	live, err := t.store.CountLive(ctx, t.chat.ID)
	switch {
	case err != nil:
		return nil, wrap("count parcels", err)
	case thanks && live > 0:
		return t.render.reply("welcome_watching"), nil
	case thanks:
		return t.render.reply("welcome"), nil
	case live == 0:
		return nil, nil
	}
	return t.render.reply("acknowledged"), nil
}

var (
	// acknowledgementIs matches letters that are nothing but acknowledgements and thanks.
	acknowledgementIs = pattern.New(`(?i)^(?:(?:` +
		`好+(?:的|滴|哒|噠|嘞|咧|呀|啊|啦|吧|呢|哦|喔|哟|呦|de|勒|嘛|耶|噢|了|看|极了|極了|棒|说|說)*|(?:太|真|很|挺|都|也|那)?(?:好|棒|[赞讚贊]|不[错錯])(?:了|的)?|可以|可|行|中|成|妥|妥了|[没沒](?:问题|問題|事|关系|關係)` +
		`|嗯+(?:呢|哼)*|恩+|唔+|哦+|噢+|喔+|昂+|[对對]的|没错|沒錯` +
		`|(?:我|已|已经|已經|都)?(?:收到(?:(?:你|您)?的?(?:消息|信息|通知|提醒))?|收悉|知道|晓得|曉得|明白|了解|瞭解|懂|清楚|看到|记住|記住)|(?:我)?(?:再|先|会|會)?等(?:(?:你|您)?的?(?:好?消息|通知)|等|着|著|一下|一等|你们?|您)|那(?:我)?(?:就|先)` +
		`|(?:非常|十分|太|万分|萬分|真的?|很|好|先)?(?:感谢|感謝|多谢|多謝|谢+|謝+|蟹蟹)(?:你|您|亲|親|老板|老闆|大家|各位|客服|一下|啊|小助手|小幫手|机器人|機器人|店家|晒|曬|嘞|回复|回覆|帮忙|幫忙|提醒|通知|告知|的)*|唔[该該]|不急|不着急|不著急|感恩|辛苦(?:你|您|大家)?|麻[烦煩](?:你|您)?|有[劳勞](?:你|您)?|不客气|不客氣|不用[谢謝]|不[谢謝]` +
		`|继续(?:接收|收|发|推送)?|繼續(?:接收|收|發|推送)?|接收|在|再[见見]|拜+|晚安|886?|[亲親]|老板|老闆|那|先` +
		`|哈+|呵+|嘿+|嘻+|6{2,}|厉害|厲害|给力|給力` +
		`|ok+(?:ay|ey|ie|i|k)?|okie|kk?|sure|fine|alright|gotit|got|noted|roger|copy|understood|isee|allgood|sounds?good|good|great|nice|cool|perfect|awesome|lovely|wonderful|excellent|noproblem|np|noworries|goodjob|niceone|willdo|allright|alrighty|thatsfine|thatsgood` +
		`|3[qx]|thx+|tks+|tnx|ths|thanx|thank(?:s|you|u|q|yous)?|thanksalot|thankssomuch|thankyou(?:so|very)?much|manythanks|ty+|tysm|tyvm|cheers|ta|appreciat(?:eit|ed)|verymuch|somuch|alot|again|then|bye+|goodnight` +
		`|continue|goon|goahead|more|keepgoing|carryon|next` +
		`)(?:了|啦|呢|哟|呦|呀|吧|哒|哈|哦|喔|啊|嘞|滴|的|喽|嘍|咯|囉)*)+$`)

	// thanksIs matches thanks among acknowledgements; 不用谢 and 不谢 are none.
	thanksIs = pattern.New(`(?:^|[^不用])(?:[谢謝]|蟹蟹|唔[该該]|感恩|辛苦)|thank|thx|tks|tnx|ths|thanx|3[qx]|ty|cheers|appreciat`)

	// particleIs matches letters that say nothing without a word before them.
	particleIs = pattern.New(`^[啊呀哦喔呢哈吧的了]+$`)

	// stickerIs matches WeChat's names of emoji, as they stand in a text.
	stickerIs = pattern.New(`(?i)\[(?:ok|好的|强|強|赞|讚|抱拳|玫瑰|愉快|微笑|呲牙|齜牙|合十|爱心|愛心|握手|鼓掌|太阳|太陽|咖啡|胜利|勝利|耶|加油|拥抱|擁抱|鲜花|鮮花|害羞|憨笑|偷笑|嘿哈|机智|機智|thumbsup|strong|salute|fist|rose|smile|grin|joyful|worship|pray|heart|shake|clap|sun|coffee|victory|yeah|hug|shy)\]`)
)

// acknowledgingEmoji are the emoji that acknowledge by themselves.
const acknowledgingEmoji = "👌👍🙏💪👏🤝😊😄😃😁😀🙂😉😆😂🥰😘❤💕💗💐🌹🌷✅✔☑🆗🫡🤗😍🎉💯🙆🫶✌☺😎🥳"

// isAcknowledgement says that a text only keeps a conversation going, as somebody
// does who is told that any reply will do: 好的谢谢, 收到啦, ok, 👌. What asks is none.
func isAcknowledgement(text string) bool {
	text = fold(text)
	if strings.ContainsAny(text, "?？") {
		return false
	}
	bare := strings.ReplaceAll(stickerIs.ReplaceAllString(text, "👌"), "~", "")
	letters := lettersOf(bare)
	if letters == "" {
		return strings.ContainsAny(bare, acknowledgingEmoji) || !strings.ContainsFunc(bare, unicode.IsSymbol)
	}
	return acknowledgementIs.MatchString(letters)
}

// isThanks says that an acknowledgement thanks.
func isThanks(text string) bool {
	return isAcknowledgement(text) && thanksIs.MatchString(lettersOf(text))
}

// lettersOf is a text without everything that is no letter and no digit, in lower case.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, fold(text))
}

// longestSmallTalk is how many characters a text may have that says nothing.
const longestSmallTalk = 20

// questionIs matches what wants an answer.
var questionIs = pattern.New(`(?i)[?？]|[吗嗎谁誰]|什么|什麼|甚麼|啥|怎么|怎麼|怎样|怎樣|咋|如何|哪|为何|為何|多少|是不是|能不能|可不可以` +
	`|客服|人工` +
	`|\b(help|what|who|how|why|which|can you|could you|are you|do you)\b`)

// says reports whether a text that is no command says anything that wants an
// answer: it asks or complains, is long, or holds what looks like a number.
func says(text string) bool {
	found := recognise.Text(text)
	return questionIs.MatchString(text) || complains(text) || utf8.RuneCountInString(text) > longestSmallTalk || isTail(plainWord(text)) || len(found.Numbers)+len(found.Refused) > 0
}
