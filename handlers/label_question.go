package handlers

import (
	"context"
	"slices"
	"strconv"
	"time"

	"waybill/models"
	"waybill/tracking/recognise"
)

const (
	// albumWithin is how long after a photo another one belongs to the same question:
	// platforms deliver an album photo by photo.
	albumWithin = 2 * time.Minute
	// labelChoices is how many numbers have a button of their own.
	labelChoices = 4
)

// foundOnLabels asks whether the numbers in a picture are meant. Those of carriers
// that nobody here serves are said to be so at once.
func (t *turn) foundOnLabels(ctx context.Context, numbers []recognise.Number, caption string) ([]Reply, error) {
	if !slices.ContainsFunc(numbers, func(n recognise.Number) bool { return n.Foreign == "" }) {
		return t.numbers(ctx, recognise.Result{Numbers: numbers})
	}
	q := models.Question{Asking: models.AskLabel}
	open, is, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	if is && open.Asking == models.AskLabel && t.now.Sub(open.AskedAt) <= albumWithin {
		q.Items = slices.Clone(open.Items)
	}
	tail, name := captioned(numbers, caption)
	for _, n := range numbers {
		at := slices.IndexFunc(q.Items, func(i models.Item) bool { return i.Number == n.Number })
		if at < 0 && len(q.Items) < recognise.MaxNumbers {
			q.Items = append(q.Items, labelItem(n, tail, name))
		}
	}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

func labelItem(n recognise.Number, tail, name string) models.Item {
	item := models.Item{Number: n.Number, Tail: tail, Name: name}
	if len(n.Carriers) == 1 || n.Named && len(n.Carriers) > 0 {
		item.Carrier = n.Carriers[0]
	}
	return item
}

// captioned are the tail and the name that a caption gives, as it would behind a
// number: "1234 妈妈的茶叶". A name is that of one parcel.
func captioned(numbers []recognise.Number, caption string) (tail, name string) {
	if caption == "" {
		return "", ""
	}
	found := recognise.Text(numbers[0].Number + " " + caption).Numbers
	if len(found) != 1 || found[0].Number != numbers[0].Number {
		return "", ""
	}
	if len(numbers) > 1 {
		return found[0].Tail, ""
	}
	return found[0].Tail, found[0].Name
}

// labelWords is that question: its yes first, which means all of several numbers.
func (t *turn) labelWords(q models.Question) []Reply {
	if len(q.Items) == 1 {
		item := q.Items[0]
		replies := t.yesNo(q, "photo.this")
		replies[0].Blocks = append(replies[0].Blocks, Block{t.render.head(models.Parcel{Number: item.Number, Carrier: item.Carrier}, item.Name)})
		return replies
	}
	block := t.render.sentence("photo.these", "Count", len(q.Items))
	for i, item := range q.Items {
		head := t.render.head(models.Parcel{Number: item.Number, Carrier: item.Carrier}, item.Name)
		block = append(block, append(Line{{Text: strconv.Itoa(i+1) + ". "}}, head...))
	}
	reply := Reply{Blocks: []Block{block}, Buttons: [][]Button{{{Text: t.render.say("button.all_of_them"), Data: "y:" + q.Nonce}}}}
	if len(q.Items) <= labelChoices {
		for i, item := range q.Items {
			reply.Buttons = append(reply.Buttons, []Button{{Text: item.Number, Data: "p:" + q.Nonce + ":" + strconv.Itoa(i)}})
		}
	}
	reply.Buttons = append(reply.Buttons, []Button{{Text: t.render.say("button.none_of_them"), Data: "x:" + q.Nonce}})
	return []Reply{reply}
}

// typedLabelAnswer reads a yes, which means all numbers, or which of them are meant.
func (t *turn) typedLabelAnswer(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	if t.overheard() {
		return nil, false, nil
	}
	items := q.Items
	if rows, ok := rowsIn(text); ok {
		items = nil
		for _, row := range rows {
			if row > len(q.Items) {
				return nil, false, nil
			}
			items = append(items, q.Items[row-1])
		}
	} else if !meansAll(text) {
		return nil, false, nil
	}
	replies, err := t.answerLabel(ctx, q, items)
	return replies, true, err
}

// meansAll says that a text takes what a picture was asked about: whatever comes of
// it can be undone, so 好的 is a yes here.
func meansAll(text string) bool {
	switch plainWord(text) {
	case "都要", "都是", "都查", "都对", "都對", "两个都要", "兩個都要", "两个都是", "兩個都是", "都查一下", "both", "all of them", "both of them", "these",
		"是这个", "是這個", "就是这个", "就是這個", "就这个", "就這個", "这个", "這個", "就是它", "是它", "this", "this one", "that one", "that's it", "thats it", "it is", "right", "correct":
		return true
	}
	return saidYes(text) || wantsAll(text) || isAcknowledgement(text)
}

// answerLabel goes on with the numbers that are meant, as if they had been typed.
func (t *turn) answerLabel(ctx context.Context, q models.Question, items []models.Item) ([]Reply, error) {
	steps := make([]step, len(items))
	for i, item := range items {
		steps[i] = labelRequest(item)
	}
	return t.track(ctx, steps, q.Rest)
}

// tappedLabel goes on with the one number whose button was pressed.
func (t *turn) tappedLabel(ctx context.Context, q models.Question, choice string) ([]Reply, error) {
	for i := range q.Items {
		if strconv.Itoa(i) == choice {
			return t.answerLabel(ctx, q, q.Items[i:i+1])
		}
	}
	return t.toast("question_old"), nil // made-up data chooses nothing
}

func labelRequest(item models.Item) request {
	r := request{number: item.Number}
	for _, n := range numbersInCode(item.Number) {
		if n.Number == item.Number {
			r = requestFor(n)
		}
	}
	if item.Carrier != "" {
		r.carriers, r.sure = []models.Carrier{item.Carrier}, true
	}
	r.tail, r.name = item.Tail, item.Name
	return r
}
