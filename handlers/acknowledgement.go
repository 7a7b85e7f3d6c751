package handlers

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"waybill/tracking/recognise"
)

// acknowledges says that a text says nothing: where messages are counted, a
// notification that comes with the reply is answer enough. While a question is
// open, whatever is more than an acknowledgement may be meant as its answer.
func (t *turn) acknowledges(text string, open bool) bool {
	return t.traits().Metered && !t.inGroup() && (isAcknowledgement(text) || !open && !says(text))
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
// acknowledgement in a chat that follows nothing is answered with nothing of its own.
func (t *turn) acknowledge(ctx context.Context, text string, open bool) ([]Reply, error) {
	thanks := isThanks(text)
	nod := isAcknowledgement(text) && text != "" && (t.traits().Metered && !t.inGroup() || isNod(text))
	if open || !thanks && !nod {
		return nil, nil
	}
	live, _, err := t.store.CountFollowed(ctx, t.chat.ID)
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

// isNod says that an acknowledgement is one wherever it is said.
func isNod(text string) bool {
	switch plainWord(text) {
	case "好", "好的", "好吧", "好哒", "好滴", "嗯", "嗯嗯", "哦", "噢", "行", "可以", "收到", "知道了", "明白", "明白了", "了解", "ok", "okay", "sure", "got it", "alright", "great", "cool", "fine", "👌", "👍":
		return true
	}
	return false
}

// isAcknowledgement says that a text only keeps a conversation going, as somebody does who
// is told that any reply will do.
func isAcknowledgement(text string) bool {
	switch plainWord(text) {
	case "", "1", "好", "好的", "嗯", "ok", "sure", "继续", "繼續", "继续接收", "繼續接收", "接收", "收到", "知道了", "行", "可以", "嗯嗯", "哦", "噢",
		"在", "在吗", "在嗎", "continue", "go on", "go ahead", "more", "okay":
		return true
	}
	return isThanks(text) || isNod(text)
}

// isThanks says that a text thanks, and nothing else.
func isThanks(text string) bool {
	switch strings.Trim(plainWord(text), " ❤🙏👍😊") {
	case "谢谢", "謝謝", "谢谢你", "謝謝你", "谢谢您", "謝謝您", "谢了", "謝了", "多谢", "多謝", "感谢", "感謝", "谢谢啦", "謝謝啦", "好的谢谢", "好的,谢谢", "非常感谢", "非常感謝", "辛苦了", "辛苦啦", "3q",
		"thanks", "thank you", "thx", "ty", "thanks a lot", "many thanks", "thank you so much", "thank you very much", "ok thanks", "ok, thanks", "great, thanks", "cheers":
		return true
	}
	return false
}

// longestSmallTalk is how many characters a text may have that says nothing.
const longestSmallTalk = 20

// questionIs matches what wants an answer.
var questionIs = regexp.MustCompile(`(?i)[\p{L}\p{N}]\s*[?？]|[吗嗎谁誰]|什么|什麼|甚麼|怎么|怎麼|怎样|怎樣|如何|哪|为啥|为何|為何|多少|是不是|能不能|可不可以` +
	`|[投申][诉訴]|[退赔賠][货貨款件钱錢偿償]|丢了|丟了|坏了|壞了|客服|人工` +
	`|\b(complain\w*|refund|lost|broken|damaged|help|what|who|how|why|which|can you|could you|are you|do you)\b`)

// says reports whether a text that is no command says anything that wants an
// answer: it asks or complains, is long, or holds what looks like a number.
func says(text string) bool {
	found := recognise.Text(text)
	return questionIs.MatchString(text) || utf8.RuneCountInString(text) > longestSmallTalk || isTail(plainWord(text)) || len(found.Numbers)+len(found.Refused) > 0
}
