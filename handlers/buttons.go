package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// tapped does what a pressed button says. Its data is a letter for what to do,
// and a parcel's id, a question's nonce or a language: whoever could make data
// up reaches no more than this chat's own parcels and question.
func (t *turn) tapped(ctx context.Context) ([]Reply, error) {
	what, about, _ := strings.Cut(t.m.Button, ":")
	switch what {
	case "s", "n", "d", "r":
		return t.tappedParcel(ctx, what, about)
	case "c", "y", "x":
		nonce, choice, _ := strings.Cut(about, ":")
		return t.tappedQuestion(ctx, what, nonce, models.Carrier(choice))
	case "l":
		if lang, ok := langOf(about); ok {
			return t.speak(ctx, lang)
		}
	}
	return t.toast("button_old"), nil
}

func (t *turn) toast(key string) []Reply {
	return []Reply{{Toast: t.Say(key)}}
}

func (t *turn) tappedParcel(ctx context.Context, what, id string) ([]Reply, error) {
	f, ok, err := t.owned(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return t.toast("not_followed"), nil
	}
	switch what {
	case "s":
		return t.tappedStop(ctx, f)
	case "n":
		return t.askName(ctx, f.Parcel)
	case "d":
		return t.details(ctx, f)
	}
	return t.refresh(ctx, f)
}

// owned is the parcel of a button, if this chat follows it.
func (t *turn) owned(ctx context.Context, id string) (models.Followed, bool, error) {
	parcelID, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return models.Followed{}, false, nil //nolint:nilerr // made-up data owns nothing
	}
	follow, ok, err := t.Follows.FollowOf(ctx, t.chat.ID, parcelID)
	if err != nil || !ok {
		return models.Followed{}, false, wrap("find follow", err)
	}
	parcel, err := t.Parcels.Parcel(ctx, parcelID)
	return models.Followed{Follow: follow, Parcel: parcel}, err == nil, wrap("read parcel", err)
}

// tappedStop stops a parcel, and ends the question which to stop.
func (t *turn) tappedStop(ctx context.Context, f models.Followed) ([]Reply, error) {
	replies, err := t.stopPicked(ctx, picked{rows: []models.Followed{f}})
	if err != nil {
		return nil, err
	}
	q, open, err := t.Questions.Question(ctx, t.chat.ID, t.now)
	if err != nil || !open || q.Asking != models.AskStop {
		return replies, wrap("read question", err)
	}
	return replies, t.drop(ctx)
}

// refresh asks about a parcel again and rewrites the message whose button was
// pressed; inside the floor it shows what is stored, and says how old it is.
func (t *turn) refresh(ctx context.Context, f models.Followed) ([]Reply, error) {
	l := &lookup{
		wish:   wish{Item: models.Item{Number: f.Parcel.Number, Carrier: f.Parcel.Carrier}},
		parcel: f.Parcel, follow: f.Follow, state: f.Follow.TailState,
	}
	if !f.Follow.Opens(f.Parcel) {
		return t.track(ctx, []wish{l.wish}, nil)
	}
	l.stored = !f.Parcel.Live()
	if err := t.look(ctx, []*lookup{l}); err != nil {
		return nil, err
	}
	if err := t.join(ctx, l); err != nil {
		return nil, err
	}
	replies, err := t.results(ctx, []*lookup{l}, false)
	if err != nil {
		return nil, err
	}
	replies[0].Edit = true
	replies[0].Toast = t.freshness(l.checked)
	return replies, nil
}

// freshness is how new what is shown is.
func (t *turn) freshness(c models.Checked) string {
	switch {
	case c.Fresh:
		return t.Say("refreshed")
	case c.Parcel.HeardAt == 0:
		return t.Say("later")
	}
	return t.Say("heard", "Age", t.age(c.Parcel.HeardAt))
}

// tappedQuestion answers the open question, if the button belongs to it.
func (t *turn) tappedQuestion(ctx context.Context, what, nonce string, choice models.Carrier) ([]Reply, error) {
	q, open, err := t.Questions.Question(ctx, t.chat.ID, t.now)
	if err != nil {
		return nil, wrap("read question", err)
	}
	if !open || q.Nonce != nonce {
		return t.toast("question_old"), nil
	}
	switch {
	case what == "x":
		return t.declined(ctx)
	case what == "y" && (q.Asking == models.AskStopAll || q.Asking == models.AskForget):
		return t.confirmed(ctx, q)
	case what == "c" && q.Asking == models.AskCarrier && choice == "":
		return t.otherCarrier(ctx, q)
	case what == "c" && q.Asking == models.AskCarrier && slices.Contains(q.Items[0].Carriers, choice):
		return t.chosen(ctx, q, choice)
	}
	return t.toast("question_old"), nil
}
