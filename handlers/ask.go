package handlers

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"waybill/internal/pattern"
	"waybill/models"
	"waybill/tracking/recognise"
)

const (
	questionLives = 24 * time.Hour
	forNowLives   = 10 * time.Minute // of a question about what somebody asked for just now
	maxChoices    = 4                // carriers to choose from, beside "other"
	nonceLength   = 8
	tailLength    = 4  // digits of a phone
	longestAnswer = 40 // characters of a sentence that may hold a tail

	// askAlone marks an item of Question.Rest whose tail is asked for on its
	// own: one that was given for several did not fit it.
	askAlone models.Asking = "alone"
)

// askNext asks the next of what is missing: carriers and mistyped numbers one by one, then one tail
// for all that need one, then those that the tail did not fit. Nothing missing
// asks nothing, and ends what was open. It comes last, so that a message that
// fails on its way finds its question again.
func (t *turn) askNext(ctx context.Context, missing []models.Item) ([]Reply, error) {
	if len(missing) == 0 {
		return nil, t.dropQuestion(ctx)
	}
	q := next(missing)
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// dropQuestion ends the chat's open question, if there is one.
func (t *turn) dropQuestion(ctx context.Context) error {
	_, open, err := t.question(ctx)
	if err != nil || !open {
		return err
	}
	t.asked = &models.Question{}
	return wrap("drop question", t.store.DropQuestion(ctx, t.chat.ID, t.m.Arrival, t.now))
}

// closeQuestion ends the open question. One that was asked about something else in
// between gives way to the one that it stood before.
func (t *turn) closeQuestion(ctx context.Context) error {
	q, open, err := t.question(ctx)
	if err != nil || !open {
		return err
	}
	if !forNow(q.Asking) && q.Asking != models.AskTable || len(q.Rest) == 0 {
		return t.dropQuestion(ctx)
	}
	before := next(q.Rest)
	return t.ask(ctx, &before)
}

// standBefore has a question about something asked for just now stand before the one
// that is open, whose parcels still wait for their carriers or tails.
func (t *turn) standBefore(ctx context.Context, q *models.Question) error {
	open, is, err := t.question(ctx)
	if err != nil || !is || !forNow(q.Asking) && q.Asking != models.AskTable {
		return err
	}
	q.Rest = open.Rest
	if open.Asking == models.AskTail || open.Asking == models.AskCarrier {
		q.Rest = nil
		for _, item := range open.Items {
			item.Needs = open.Asking
			q.Rest = append(q.Rest, item)
		}
		q.Rest = append(q.Rest, open.Rest...)
	}
	return nil
}

// ask makes q the chat's open question.
func (t *turn) ask(ctx context.Context, q *models.Question) error {
	if err := t.standBefore(ctx, q); err != nil {
		return err
	}
	q.ChatID, q.Nonce, q.ChangedBy = t.chat.ID, rand.Text()[:nonceLength], t.m.Arrival
	q.AskedAt, q.ExpiresAt = t.now, t.now.Add(questionLives)
	if forNow(q.Asking) {
		q.ExpiresAt = t.now.Add(forNowLives)
	}
	t.asked = q
	return wrap("ask question", t.store.Ask(ctx, *q))
}

// forNow says that a question is about something that was asked for just now.
// Whoever gives a command instead of the answer, or comes back later, wants it no
// more: a "yes" to something else must not stop or erase everything.
func forNow(asking models.Asking) bool {
	switch asking {
	case models.AskPick, models.AskStopAll, models.AskStopMany, models.AskForget, models.AskName, models.AskNews, models.AskKeep:
		return true
	}
	return false
}

// dropOvertaken drops a question that a command follows instead of its answer.
// Whoever is asked which parcel is meant may look at the list first.
func (t *turn) dropOvertaken(ctx context.Context, c command) error {
	q, open, err := t.question(ctx)
	if err != nil || !open || !forNow(q.Asking) {
		return err
	}
	if looks := c.verb == verbList || c.verb == verbDetail && c.args != ""; looks && q.Asking == models.AskPick {
		return nil
	}
	return t.closeQuestion(ctx)
}

// next picks the question that comes first.
func next(missing []models.Item) models.Question {
	first := func(needs models.Asking) int {
		return slices.IndexFunc(missing, func(i models.Item) bool { return i.Needs == needs })
	}
	if at := first(models.AskCarrier); at >= 0 {
		return single(models.AskCarrier, missing, at)
	}
	if at := first(models.AskTypo); at >= 0 {
		return single(models.AskTypo, missing, at)
	}
	q := models.Question{Asking: models.AskTail}
	for _, item := range missing {
		if item.Needs == models.AskTail {
			q.Items = append(q.Items, item)
		} else {
			q.Rest = append(q.Rest, item)
		}
	}
	if len(q.Items) > 0 {
		return q
	}
	return single(models.AskTail, missing, 0)
}

func single(asking models.Asking, missing []models.Item, at int) models.Question {
	return models.Question{
		Asking: asking,
		Items:  []models.Item{missing[at]},
		Rest:   slices.Delete(slices.Clone(missing), at, at+1),
	}
}

// renderQuestion is a question in words and buttons, and how to have the answer heard.
func (t *turn) renderQuestion(q models.Question) []Reply {
	replies := t.questionWords(q)
	replies[0].Blocks = t.render.mention(replies[0].Blocks)
	replies[0].Asks = typed(q.Asking)
	return replies
}

// typed says that a question is answered in words.
func typed(asking models.Asking) bool {
	switch asking {
	case models.AskTail, models.AskCarrier, models.AskPick, models.AskName, models.AskKeep:
		return true
	}
	return false
}

func (t *turn) questionWords(q models.Question) []Reply {
	switch q.Asking {
	case models.AskTail:
		return t.askTail(q)
	case models.AskCarrier:
		return t.askCarrier(q)
	case models.AskPick:
		return t.whichWords(q)
	case models.AskName:
		return t.nameWords(q)
	case models.AskNews:
		return t.newsWords()
	case models.AskKeep:
		return t.render.reply("tail.usage")
	case models.AskTypo:
		return t.typoWords(q)
	case models.AskLabel:
		return t.labelWords(q)
	case models.AskStopAll, models.AskStopMany:
		return t.stopSure(q)
	case models.AskTable:
		return t.yesNo(q, "table.sure", "Count", len(q.Items))
	}
	return t.yesNo(q, "forget.sure")
}

func (t *turn) askTail(q models.Question) []Reply {
	if len(q.Items) == 1 {
		item := q.Items[0]
		if t.wrongTail == item.Number {
			return []Reply{{}} // what was wrong with the last one says what to send
		}
		return t.render.reply("tail.ask", "Number", item.Number, "Carrier", t.render.carrier(item.Carrier))
	}
	block := t.render.sentence("tail.ask_many", "Count", len(q.Items))
	named := len(q.Items)
	if named > recognise.MaxNumbers {
		named = namedInAsking
	}
	for _, item := range q.Items[:named] {
		block = append(block, t.render.head(models.Parcel{Number: item.Number, Carrier: item.Carrier}, item.Name))
	}
	if more := len(q.Items) - named; more > 0 {
		block = append(block, t.render.sentence("stop.more", "Count", more)...)
	}
	return []Reply{{Blocks: []Block{block}}}
}

func (t *turn) askCarrier(q models.Question) []Reply {
	item := q.Items[0]
	if len(item.Carriers) == 0 {
		return t.render.reply("carrier_ask.typed", "Number", item.Number)
	}
	reply := Reply{Blocks: []Block{t.render.sentence("carrier_ask.choose", "Number", item.Number)}}
	for row := range slices.Chunk(item.Carriers, 2) {
		var buttons []Button
		for _, c := range row {
			buttons = append(buttons, Button{Text: t.render.carrier(c), Data: "c:" + q.Nonce + ":" + string(c)})
		}
		reply.Buttons = append(reply.Buttons, buttons)
	}
	elsewhere := Button{Text: t.render.say("button.elsewhere"), Data: "c:" + q.Nonce + ":"}
	reply.Buttons = append(reply.Buttons, []Button{elsewhere})
	return []Reply{reply}
}

func (t *turn) yesNo(q models.Question, key string, args ...any) []Reply {
	reply := Reply{Blocks: []Block{t.render.sentence(key, args...)}}
	reply.Buttons = [][]Button{{
		{Text: t.render.say("button.yes"), Data: "y:" + q.Nonce},
		{Text: t.render.say("button.no"), Data: "x:" + q.Nonce},
	}}
	return []Reply{reply}
}

// remind says once more what the open question wants.
func (t *turn) remind(q models.Question) []Reply {
	replies := t.renderQuestion(q)
	replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("question_open"))
	return replies
}

// joinReplies puts a question under what was said before it, where the buttons
// allow it, so that one message is sent and not two.
func joinReplies(replies, question []Reply) []Reply {
	if len(replies) == 0 || len(question) == 0 || len(replies[len(replies)-1].Buttons) > 0 {
		return append(replies, question...)
	}
	last := &replies[len(replies)-1]
	if len(question[0].Blocks) > 0 {
		last.Blocks = append(last.Blocks, Block{Line{}})
		last.Blocks = append(last.Blocks, question[0].Blocks...)
	}
	last.Buttons, last.Asks = question[0].Buttons, question[0].Asks
	return append(replies, question[1:]...)
}

// isNoTail matches sentences whose digits are of something else than a phone: a
// waybill's or an order's end, a code, a year, an amount.
var isNoTail = pattern.New(`(?i)(运单|運單|单号|單號|面单|面單|订单|訂單|快递|快遞|快件|物流|包裹|卡)的?(尾号|尾號|末四|后四|後四|最后四|最後四|号码|號碼|号|號)` +
	`|(取件|取货|取貨|提货|提貨|验证|驗證|邀请|邀請|开箱|開箱)[码碼]|[¥￥$]\s*\d|\d\s*(年|元|块|塊|件|个|個)` +
	`|\b(waybill|tracking|order|parcel|card|pickup|verification) (number|no|code|digits|ending|id)\b|\bcode\b`)

// foreignMobile matches a whole mobile phone of Taiwan, and one of any country that
// is written with its code.
var foreignMobile = pattern.New(`(?:\b09\d{2}[ -]?\d{3}[ -]?\d{3}|\+\d{1,3}(?:[ -]?\(?\d+\)?){1,5}\d{2})\b`)

// tailIn finds the four digits that answer the question for a tail: alone, or
// as the only digits of a short sentence; of a whole phone number the last four.
func tailIn(text string, strict bool) (string, bool) {
	text = fold(text)
	if word := plainWord(text); isTail(word) || strict {
		return word, isTail(word)
	}
	if m := foreignMobile.FindString(text); m != "" && utf8.RuneCountInString(text) <= longestAnswer {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, m)
		return digits[len(digits)-tailLength:], true
	}
	groups := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) != 1 || utf8.RuneCountInString(text) > longestAnswer || isNoTail.MatchString(text) || asksWhere(text) {
		return "", false
	}
	switch digits := groups[0]; {
	case len(digits) == tailLength:
		return digits, true
	case len(digits) == 11 && digits[0] == '1':
		return digits[7:], true
	}
	return "", false
}
