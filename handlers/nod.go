package handlers

import (
	"context"
	"regexp"
	"unicode/utf8"

	"waybill/models"
	"waybill/tracking/recognise"
)

// newsFollows says that a text has said nothing and that owed news is about to
// come all the same: where messages are counted, the news is the answer. While a
// question is open, whatever is more than a nod may be meant as its answer.
func (t *turn) newsFollows(ctx context.Context, text string, open bool) (bool, error) {
	if !t.traits().Metered || t.inGroup() || !nods(text) && (open || says(text)) {
		return false, nil
	}
	all, err := t.Follows.Followed(ctx, t.chat.ID, true)
	if err != nil {
		return false, wrap("read follows", err)
	}
	quiet := t.Settings.Quiet != nil && t.Settings.Quiet(t.now)
	for _, f := range all {
		if !owed(f.Follow) || quiet && !wakes(f.Follow) {
			continue
		}
		events, err := t.Parcels.History(ctx, f.Parcel.ID, f.Follow.Told, 0)
		if err != nil {
			return false, wrap("read history", err)
		}
		if f.Follow.HearsAny(f.Parcel, events) {
			return true, nil
		}
	}
	return false, nil
}

// nodded answers whoever does as told ("回复任意内容继续接收") while nothing waits:
// news will come again. Nothing where nobody was told so.
func (t *turn) nodded(ctx context.Context, text string, open bool) ([]Reply, error) {
	if open || !t.traits().Metered || t.inGroup() || text == "" || !nods(text) {
		return nil, nil
	}
	live, err := t.Follows.Followed(ctx, t.chat.ID, false)
	if err != nil || len(live) == 0 {
		return nil, wrap("read follows", err)
	}
	return t.tell("nodded"), nil
}

func (t *turn) traits() Traits { return t.Settings.Traits[t.chat.Door] }

func owed(f models.Follow) bool { return f.Owed > f.Told }

// wakes says that what is owed is told at night, too.
func wakes(f models.Follow) bool {
	return f.Urgent > f.Told || f.Promised > f.Told && f.Promised != models.Unanswered
}

// nods says that a text only keeps a conversation going, as somebody does who
// is told that any reply will do.
func nods(text string) bool {
	switch plainWord(text) {
	case "", "1", "好", "好的", "嗯", "ok", "sure", "继续", "繼續", "继续接收", "繼續接收", "接收", "收到", "知道了", "行", "可以", "嗯嗯", "哦", "噢",
		"谢谢", "謝謝", "在", "在吗", "在嗎", "continue", "go on", "go ahead", "more", "okay", "thanks", "thank you":
		return true
	}
	return false
}

// longestNod is how many characters a text may have that says nothing.
const longestNod = 20

// questionIs matches what wants an answer.
var questionIs = regexp.MustCompile(`(?i)[\p{L}\p{N}]\s*[?？]|[吗嗎谁誰]|什么|什麼|甚麼|怎么|怎麼|怎样|怎樣|如何|哪|为啥|为何|為何|多少|是不是|能不能|可不可以` +
	`|[投申][诉訴]|[退赔賠][货貨款件钱錢偿償]|丢了|丟了|坏了|壞了|客服|人工` +
	`|\b(complain\w*|refund|lost|broken|damaged|help|what|who|how|why|which|can you|could you|are you|do you)\b`)

// says reports whether a text that is no command says anything that wants an
// answer: it asks or complains, is long, or holds what looks like a number.
func says(text string) bool {
	found := recognise.Text(text)
	return questionIs.MatchString(text) || utf8.RuneCountInString(text) > longestNod || isTail(plainWord(text)) || len(found.Numbers)+len(found.Refused) > 0
}
