package handlers

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
)

const (
	maxName     = 40 // characters of a parcel's name
	maxAnswered = 20 // the same, of Chinese ones, in an answer that may be no name at all
)

// name calls a parcel something. Without a name it asks for one; where no parcel is
// named and there is only one, it calls that one so.
func (t *turn) name(ctx context.Context, args string) ([]Reply, error) {
	p, err := t.pick(ctx, args)
	if err == nil {
		p, err = t.pickedBefore(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	pointed := pointsAtRow(args)
	switch {
	case len(live) == 1 && !pointed && (p.unknown != "" || p.rest == ""):
		return t.rename(ctx, live[0].Parcel, args)
	case p.unknown != "" && !pointed:
		return t.which(ctx, verbName, args)
	}
	return t.about(ctx, verbName, p)
}

// pointsAtRow says that an argument begins like a row or a number.
func pointsAtRow(args string) bool {
	opens, _ := cutWord(args)
	return strings.ContainsAny(fold(opens), "0123456789#") || strings.HasPrefix(opens, "第")
}

func (t *turn) askName(ctx context.Context, f models.Followed) ([]Reply, error) {
	item := models.Item{Number: f.Parcel.Number, Carrier: f.Parcel.Carrier, Name: f.Follow.Name}
	q := models.Question{Asking: models.AskName, Items: []models.Item{item}}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// nameWords is the question what to call a parcel. One that has a name can lose it.
func (t *turn) nameWords(q models.Question) []Reply {
	replies := t.render.reply("name.ask", "Number", q.Items[0].Number)
	if q.Items[0].Name != "" {
		replies[0].Buttons = [][]Button{{{Text: t.render.say("button.unname"), Data: "e:" + q.Nonce}}}
	}
	return replies
}

// answerName takes what was said as the name that was asked for, unless it is
// rather a sentence.
func (t *turn) answerName(ctx context.Context, q models.Question, text string) ([]Reply, error) {
	item := q.Items[0]
	if isSentence(text) {
		return t.render.reply("name.sentence", "Number", item.Number, "Max", maxAnswered), nil
	}
	p, err := t.ofItems(ctx, q.Items)
	if err != nil {
		return nil, err
	}
	if len(p.rows) == 0 {
		return t.render.reply("not_followed_number", "Number", item.Number), t.closeQuestion(ctx)
	}
	replies, err := t.rename(ctx, p.rows[0].Parcel, text)
	if err != nil {
		return nil, err
	}
	return replies, t.closeQuestion(ctx)
}

// isSentence says that a text is too long for a name, or asks something.
func isSentence(text string) bool {
	text = strings.TrimSpace(text)
	length := utf8.RuneCountInString(text)
	chinese := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	return length > maxName || chinese && length > maxAnswered || strings.HasSuffix(fold(text), "?") || strings.Contains(text, "\n")
}

// rename gives a parcel a name, or takes the one that it has.
func (t *turn) rename(ctx context.Context, p models.Parcel, name string) ([]Reply, error) {
	name, ok := Name(name)
	if !ok {
		return t.render.reply("name.too_long", "Number", p.Number, "Max", maxName), nil
	}
	if err := t.store.Rename(ctx, t.chat.ID, p.ID, name); err != nil {
		return nil, wrap("rename parcel", err)
	}
	if name == "" {
		return t.render.reply("name.removed", "Number", p.Number), nil
	}
	return t.render.reply("name.done", "Number", p.Number, "Name", name), nil
}

// saysNoName says that the name is to be taken away.
func saysNoName(name string) bool {
	switch plainWord(name) {
	case "", "-", "--", "none", "no name", "remove", "delete", "clear", "无", "無", "没有", "沒有", "清空", "去掉", "删掉", "刪掉", "移除":
		return true
	}
	return saysOff(name)
}
