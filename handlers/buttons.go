package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// parcelButtons are what one can press under a reply about a parcel.
func (r renderer) parcelButtons(f models.Follow, p models.Parcel, chat models.News) [][]Button {
	id := strconv.FormatInt(p.ID, 10)
	details := Button{Text: r.say("button.details"), Data: "d:" + id}
	name := Button{Text: r.say("button.name"), Data: "n:" + id}
	stop := Button{Text: r.say("button.stop"), Data: "s:" + id}
	if !p.Live() {
		return [][]Button{{details, stop}}
	}
	refresh := Button{Text: r.say("button.refresh"), Data: "r:" + id}
	mute := Button{Text: r.say("button.mute"), Data: "m:" + id}
	if !f.News(chat).Everything() {
		mute = Button{Text: r.say("button.unmute"), Data: "v:" + id}
	}
	return [][]Button{{refresh, details}, {name, mute, stop}}
}

// tapped does what a pressed button says. Its data is a letter for what to do, and
// a parcel's id, a question's nonce or a choice: whoever could make data up reaches
// no more than this chat's own parcels and question.
func (t *turn) tapped(ctx context.Context) ([]Reply, error) {
	what, about, _ := strings.Cut(t.m.Button, ":")
	replies, err := t.tappedFor(ctx, what, about)
	if err == nil && len(replies) > 0 && len(replies[0].Blocks) > 0 {
		replies[0].Edit = replaces(what) && !replies[0].Asks
	}
	return replies, err
}

// replaces says that what a button brings stands in place of its message: a parcel
// that has changed, a question that is answered. Details, and what asks for words, come
// below the parcel, or the list, that they are about.
func replaces(what string) bool { return what != "d" && what != "n" }

func (t *turn) tappedFor(ctx context.Context, what, about string) ([]Reply, error) {
	switch what {
	case "s", "n", "d", "r", "m", "v":
		return t.tappedParcel(ctx, what, about)
	case "c", "y", "x", "k", "e", "o", "p":
		nonce, choice, _ := strings.Cut(about, ":")
		return t.tappedQuestion(ctx, what, nonce, choice)
	case "g":
		return t.tappedShopMenu(ctx, t.m.Button)
	case "u":
		return t.undo(ctx)
	case "w":
		if choice := newsIn(about); choice.said {
			return t.setNews(ctx, choice.news, choice.minuteOr(t.chat.NewsAt))
		}
	case "l":
		if lang, ok := langOf(about); ok {
			return t.speak(ctx, lang)
		}
	}
	return t.toast("button_old"), nil
}

func (t *turn) toast(key string) []Reply {
	return []Reply{{Toast: t.render.say(key)}}
}

func (t *turn) tappedParcel(ctx context.Context, what, id string) ([]Reply, error) {
	f, ok, err := t.owned(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return t.toast("not_followed"), nil
	}
	return t.tappedFollowed(ctx, what, f)
}

func (t *turn) tappedFollowed(ctx context.Context, what string, f models.Followed) ([]Reply, error) {
	switch what {
	case "s":
		return t.tappedStop(ctx, f)
	case "n":
		return t.askName(ctx, f)
	case "d":
		return t.details(ctx, f, true)
	case "m", "v":
		return t.tappedMute(ctx, f, what == "m")
	}
	return t.refresh(ctx, f)
}

// tappedMute mutes a parcel, or lets all of its news through again. Where the message
// with the button can be rewritten, it keeps what it says of the parcel.
func (t *turn) tappedMute(ctx context.Context, f models.Followed, muted bool) ([]Reply, error) {
	replies, err := t.mute(ctx, []models.Followed{f}, muted)
	if err != nil || !t.rewrites() {
		return replies, err
	}
	f, _, err = t.owned(ctx, strconv.FormatInt(f.Parcel.ID, 10))
	if err != nil {
		return nil, err
	}
	key := "mute.off"
	if muted {
		key = "mute.on"
	}
	return t.rewritten(ctx, f, strings.TrimRight(t.render.say(key, "Count", 1), "：: "))
}

// rewrites says that the message whose button was pressed can be written anew.
func (t *turn) rewrites() bool { return t.m.Happening == Tapped && t.traits().Keyboard }

// rewritten is a parcel as it is stored, with a note for who pressed the button.
func (t *turn) rewritten(ctx context.Context, f models.Followed, note string) ([]Reply, error) {
	replies, err := t.results(ctx, []step{asStored(f)}, false)
	if err == nil {
		replies[0].Toast = note
	}
	return replies, err
}

// owned is the parcel of a button, if this chat follows it.
func (t *turn) owned(ctx context.Context, id string) (models.Followed, bool, error) {
	parcelID, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return models.Followed{}, false, nil //nolint:nilerr // made-up data owns nothing
	}
	follow, ok, err := t.store.FollowOf(ctx, t.chat.ID, parcelID)
	if err != nil || !ok {
		return models.Followed{}, false, wrap("find follow", err)
	}
	parcel, err := t.store.Parcel(ctx, parcelID)
	return models.Followed{Follow: follow, Parcel: parcel}, err == nil, wrap("read parcel", err)
}

// tappedStop stops a parcel, and ends the question which to stop.
func (t *turn) tappedStop(ctx context.Context, f models.Followed) ([]Reply, error) {
	replies, err := t.stopPicked(ctx, picked{rows: []models.Followed{f}, byWords: t.m.Happening != Tapped})
	if err != nil {
		return nil, err
	}
	q, open, err := t.question(ctx)
	if err != nil || !open || q.Asking != models.AskPick {
		return replies, err
	}
	return replies, t.closeQuestion(ctx)
}

// refresh asks about a parcel again and rewrites the message whose button was
// pressed; inside the floor it shows what is stored, and says how old it is.
func (t *turn) refresh(ctx context.Context, f models.Followed) ([]Reply, error) {
	l := located{request: request{number: f.Parcel.Number}, parcel: f.Parcel, follow: f.Follow}
	if !f.Follow.Opens(f.Parcel) {
		return t.track(ctx, []step{l}, nil)
	}
	o := opened{located: l, state: f.Follow.TailState}
	steps := []step{o}
	if !f.Parcel.Live() {
		steps[0] = checked{opened: o, answer: models.Checked{Parcel: f.Parcel}, stored: true}
	}
	err := t.checkAll(ctx, steps)
	if c, ok := steps[0].(checked); ok && err == nil {
		steps[0], err = t.follow(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	shown, ok := steps[0].(followed)
	if !ok {
		return t.replyTo(ctx, steps, nil)
	}
	replies, err := t.results(ctx, steps, false)
	if err != nil {
		return nil, err
	}
	replies[0].Toast = t.freshness(shown.answer)
	return replies, nil
}

// freshness is how new what is shown is.
func (t *turn) freshness(c models.Checked) string {
	switch {
	case c.Fresh:
		return t.render.say("refreshed")
	case c.Parcel.HeardAt == 0:
		return t.render.say("later")
	}
	return t.render.say("heard", "Age", t.render.age(c.Parcel.HeardAt))
}

// tappedQuestion answers the open question, if the button belongs to it.
func (t *turn) tappedQuestion(ctx context.Context, what, nonce, choice string) ([]Reply, error) {
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	if !open || q.Nonce != nonce {
		return t.toast("question_old"), nil
	}
	switch {
	case what == "x":
		return t.declined(ctx)
	case what == "y" && (sure(q.Asking) || q.Asking == models.AskTable):
		return t.confirmed(ctx, q)
	case what == "c" && q.Asking == models.AskCarrier && choice == "":
		return t.otherCarrier(ctx, q)
	case what == "c" && q.Asking == models.AskCarrier && slices.Contains(q.Items[0].Carriers, models.Carrier(choice)):
		return t.chosen(ctx, q, models.Carrier(choice))
	case what == "k" && q.Asking == models.AskPick:
		return t.tappedPick(ctx, q, choice)
	case what == "e" && q.Asking == models.AskName:
		return t.answerName(ctx, q, "-")
	case what == "o" && q.Asking == models.AskTypo:
		return t.answerTypo(ctx, q, choice)
	case what == "y" && q.Asking == models.AskLabel:
		return t.answerLabel(ctx, q, q.Items)
	case what == "p" && q.Asking == models.AskLabel:
		return t.tappedLabel(ctx, q, choice)
	}
	return t.toast("question_old"), nil
}
