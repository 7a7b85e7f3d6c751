package handlers

import (
	"context"
	"slices"
	"strconv"

	"waybill/models"
)

// choiceButtons is how many parcels a question which one offers as buttons.
const choiceButtons = 8

// which shows the list and asks which of it a command is about.
func (t *turn) which(ctx context.Context, v verb, args string) ([]Reply, error) {
	replies, err := t.list(ctx, false)
	if err != nil {
		return nil, err
	}
	live, err := t.follows(ctx, false)
	if err != nil || len(live) == 0 {
		return replies, err
	}
	question, err := t.askPick(ctx, v, args, nil, live)
	replies[len(replies)-1].Buttons = nil // those of the question stand there
	return joinReplies(replies, question), err
}

// choose asks which of the parcels was meant that a word fits.
func (t *turn) choose(ctx context.Context, v verb, args string, among []models.Followed) ([]Reply, error) {
	among = among[:min(len(among), maxListed)]
	if err := t.rememberRows(ctx, among); err != nil {
		return nil, err
	}
	block := t.render.sentence("pick.several", "Count", len(among))
	for i, f := range among {
		block = append(block, append(Line{{Text: strconv.Itoa(i+1) + ". "}}, t.render.head(f.Parcel, f.Follow.Name)...))
	}
	question, err := t.askPick(ctx, v, args, among, among)
	return joinReplies([]Reply{{Blocks: []Block{block}}}, question), err
}

// askPick asks which parcel a command is about; choices are all that it may be, none
// when they are those of the list, and shown are the rows that were shown.
func (t *turn) askPick(ctx context.Context, v verb, args string, choices, shown []models.Followed) ([]Reply, error) {
	q := models.Question{Asking: models.AskPick, Items: []models.Item{{Verb: string(v), Args: args}}}
	for _, f := range choices {
		q.Items = append(q.Items, models.Item{Number: f.Parcel.Number, Carrier: f.Parcel.Carrier})
	}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	question := t.renderQuestion(q)
	for i, f := range shown[:min(len(shown), choiceButtons)] {
		if i%4 == 0 {
			question[0].Buttons = append(question[0].Buttons, nil)
		}
		row := &question[0].Buttons[len(question[0].Buttons)-1]
		*row = append(*row, Button{Text: strconv.Itoa(i + 1), Data: "k:" + q.Nonce + ":" + strconv.FormatInt(f.Parcel.ID, 10)})
	}
	return question, nil
}

// answerPick goes on with the command with the parcel that the answer names. In a
// group, what was not said to the bot names it by its row or number only.
func (t *turn) answerPick(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	v, args := verb(q.Items[0].Verb), q.Items[0].Args
	if wantsAll(text) && args == "" {
		replies, err := t.pickedAll(ctx, q, v)
		return replies, true, err
	}
	p, err := t.pickAll(ctx, text)
	_, rows := rowsIn(text)
	if err != nil || !rows && (!p.found() || p.byWords && t.overheard()) {
		return nil, false, err
	}
	p.rest = args
	replies, err := t.about(ctx, v, p)
	if err != nil || p.unknown != "" {
		return replies, true, err
	}
	return replies, true, t.dropAnswered(ctx, q)
}

// pickedAll goes on with all parcels that could be chosen.
func (t *turn) pickedAll(ctx context.Context, q models.Question, v verb) ([]Reply, error) {
	if len(q.Items) == 1 {
		return t.aboutAll(ctx, v)
	}
	p, err := t.ofItems(ctx, q.Items[1:])
	if err != nil {
		return nil, err
	}
	replies, err := t.about(ctx, v, p)
	if err != nil {
		return nil, err
	}
	return replies, t.dropAnswered(ctx, q)
}

// tappedPick goes on with the command with the parcel of the button.
func (t *turn) tappedPick(ctx context.Context, q models.Question, id string) ([]Reply, error) {
	f, ok, err := t.owned(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return t.toast("not_followed"), nil
	}
	replies, err := t.do(ctx, verb(q.Items[0].Verb), picked{rows: []models.Followed{f}, rest: q.Items[0].Args})
	if err != nil {
		return nil, err
	}
	return replies, t.dropAnswered(ctx, q)
}

// dropAnswered ends a question that was answered, unless the answer led to another.
func (t *turn) dropAnswered(ctx context.Context, q models.Question) error {
	if t.asked != nil && t.asked.Nonce != q.Nonce {
		return nil
	}
	return t.closeQuestion(ctx)
}

// ofItems finds the parcels of a question again. Those that are not followed any more
// count as found: the same answer may be handled twice.
func (t *turn) ofItems(ctx context.Context, items []models.Item) (picked, error) {
	all, err := t.follows(ctx, true)
	if err != nil {
		return picked{}, err
	}
	var p picked
	for _, item := range items {
		is := func(q models.Parcel) bool { return q.Number == item.Number && q.Carrier == item.Carrier }
		if p.add(all, func(f models.Followed) bool { return is(f.Parcel) }) {
			continue
		}
		older, err := t.store.FollowedByNumber(ctx, t.chat.ID, item.Number)
		if err != nil {
			return p, wrap("find number", err)
		}
		if p.add(older, func(f models.Followed) bool { return is(f.Parcel) }) {
			continue
		}
		known, err := t.store.ByNumber(ctx, item.Number)
		if err != nil {
			return p, wrap("find number", err)
		}
		if at := slices.IndexFunc(known, is); at >= 0 {
			p.gone = append(p.gone, known[at])
		}
	}
	return p, nil
}

// whichWords is the question which parcel a command is about.
func (t *turn) whichWords(q models.Question) []Reply {
	v, args := q.Items[0].Verb, q.Items[0].Args
	if verb(v) == verbName && args != "" {
		return t.render.reply("pick.called", "Name", args)
	}
	return t.render.reply("pick." + v)
}
