package handlers

import (
	"context"
	"slices"
	"strconv"

	"waybill/models"
	"waybill/tracking/recognise"
)

// answered tries a text as the answer to the open question; false when it is
// none. In a group, what was not said to the bot answers only when it can
// hardly mean anything else.
func (t *turn) answered(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	noTail := q.Asking == models.AskTail && hasNoTail(text)
	if saidNo(text) && !noTail && (sure(q.Asking) || !t.overheard()) {
		replies, err := t.declined(ctx)
		return replies, true, err
	}
	switch q.Asking {
	case models.AskTail:
		return t.typedTail(ctx, q, text)
	case models.AskCarrier:
		return t.typedCarrier(ctx, q, text)
	case models.AskPick:
		return t.answerPick(ctx, q, text)
	case models.AskName:
		if t.overheard() || asksWhere(text) || pleads(text) {
			return nil, false, nil
		}
		if wantsTail(q.Rest) && isTail(plainWord(text)) {
			return t.tailAfterAll(ctx, text)
		}
		replies, err := t.answerName(ctx, q, text)
		return replies, true, err
	case models.AskNews:
		return t.typedNews(ctx, text)
	case models.AskKeep:
		return t.typedKept(ctx, text)
	case models.AskLabel:
		return t.typedLabelAnswer(ctx, q, text)
	case models.AskTypo:
		if !saidYes(text) || t.overheard() {
			return nil, false, nil
		}
		replies, err := t.answerTypo(ctx, q, typoLikely)
		return replies, true, err
	}
	return t.typedYesNo(ctx, q, text)
}

// typedNews reads the number of a choice, or how much is to be heard in words.
func (t *turn) typedNews(ctx context.Context, text string) ([]Reply, bool, error) {
	choices := []string{"all", "urgent", "problems", "daily"}
	if n, ok := row(plainWord(text)); ok && n <= len(choices) {
		text = choices[n-1]
	}
	if t.overheard() || !newsIn(text).said {
		return nil, false, nil
	}
	replies, err := t.news(ctx, text)
	return replies, true, err
}

// sure says that a question asks for a yes before what cannot be undone.
func sure(asking models.Asking) bool {
	return asking == models.AskStopAll || asking == models.AskStopMany || asking == models.AskForget
}

// tailAfterAll takes four digits for the answer to the question that a later one
// stands before: a tail is no name.
func (t *turn) tailAfterAll(ctx context.Context, text string) ([]Reply, bool, error) {
	if err := t.closeQuestion(ctx); err != nil {
		return nil, false, err
	}
	q, _, err := t.question(ctx)
	if err != nil || q.Asking != models.AskTail {
		return nil, false, err
	}
	return t.typedTail(ctx, q, text)
}

func wantsTail(items []models.Item) bool {
	return slices.ContainsFunc(items, func(i models.Item) bool { return i.Needs == models.AskTail })
}

// typedTail reads the four digits, or says where they are to be found.
func (t *turn) typedTail(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	if tail, ok := tailIn(text, t.overheard()); ok {
		replies, err := t.answerTail(ctx, q, tail)
		return replies, true, err
	}
	if t.overheard() || !hasNoTail(text) {
		return nil, false, nil
	}
	return t.render.reply("tail.where"), true, nil
}

// answerTail tries a tail on every parcel that the question was about.
func (t *turn) answerTail(ctx context.Context, q models.Question, tail string) ([]Reply, error) {
	if len(q.Items) > recognise.MaxNumbers {
		return t.answerTails(ctx, q, tail)
	}
	steps := make([]step, len(q.Items))
	for i, item := range q.Items {
		r := request{number: item.Number, name: item.Name, tail: tail, answered: true}
		steps[i] = resumed{r, item.Carrier}
	}
	return t.track(ctx, steps, q.Rest)
}

// typedCarrier reads the number of a choice, the word for none of them, or a
// carrier's name.
func (t *turn) typedCarrier(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	word, choices := plainWord(text), q.Items[0].Carriers
	n, err := strconv.Atoi(word)
	carrier, named := t.settings.Carriers.Typed(word)
	switch {
	case err == nil && n >= 1 && n <= len(choices):
		replies, err := t.chosen(ctx, q, choices[n-1])
		return replies, true, err
	case len(choices) > 0 && (err == nil && n == len(choices)+1 || saidOther(word)):
		replies, err := t.otherCarrier(ctx, q)
		return replies, true, err
	case named:
		replies, err := t.chosen(ctx, q, carrier)
		return replies, true, err
	case t.m.Addressed && !t.m.Group && len(choices) == 0 && !asksWhere(text) && !complains(text):
		return t.render.reply("carrier_ask.unknown", "Number", q.Items[0].Number), true, nil
	}
	return nil, false, nil
}

func saidOther(word string) bool {
	switch word {
	case "其他", "其它", "别的", "別的", "都不是", "other", "none", "none of these":
		return true
	}
	return false
}

// chosen goes on with the carrier that the chat has named.
func (t *turn) chosen(ctx context.Context, q models.Question, carrier models.Carrier) ([]Reply, error) {
	item := q.Items[0]
	r := request{number: item.Number, name: item.Name, named: carrier}
	return t.track(ctx, []step{resumed{r, carrier}}, q.Rest)
}

// otherCarrier asks for a name, because none of the choices was right.
func (t *turn) otherCarrier(ctx context.Context, q models.Question) ([]Reply, error) {
	q.Items[0].Carriers = nil
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

func (t *turn) typedYesNo(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	agreed := q.Asking == models.AskTable && !t.overheard() && agrees(text) // nothing is lost by it
	if !saidYes(text) && !agreed {
		return nil, false, nil
	}
	replies, err := t.confirmed(ctx, q)
	return replies, true, err
}

// confirmed does what was asked about. In a group the one who says yes must be
// allowed to, whoever asked for it; some named parcels anybody may stop.
func (t *turn) confirmed(ctx context.Context, q models.Question) ([]Reply, error) {
	if q.Asking == models.AskTable {
		return t.followTable(ctx, q)
	}
	if q.Asking != models.AskStopMany {
		if why, err := t.notAllowed(ctx, "no_admins"); err != nil || why != nil {
			return why, err
		}
	}
	if q.Asking == models.AskForget {
		if err := t.store.Forget(ctx, t.chat.ID, t.now); err != nil {
			return nil, wrap("forget chat", err)
		}
		return t.render.reply("forget.done"), nil
	}
	p, err := t.ofItems(ctx, q.Items)
	if err != nil {
		return nil, err
	}
	replies, err := t.stopPicked(ctx, p)
	if err != nil {
		return nil, err
	}
	return replies, t.closeQuestion(ctx)
}

func (t *turn) declined(ctx context.Context) ([]Reply, error) {
	return t.render.reply("dropped"), t.closeQuestion(ctx)
}
