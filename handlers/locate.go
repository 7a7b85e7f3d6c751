package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill/internal/spelling"
	"waybill/models"
	"waybill/tracking/recognise"
)

// detectWithin is how long the carriers of a number are looked up; after it the
// local rules decide, and time is left to ask about the parcel itself.
const detectWithin = 5 * time.Second

// numbers handles a text with tracking numbers in it, asks whether those were meant
// that are likely behind mistyped ones, and says how many it leaves out. An open question is dropped at the end: whoever sends another
// number has moved on.
func (t *turn) numbers(ctx context.Context, found recognise.Result) ([]Reply, error) {
	t.understand("numbers")
	t.numbersSeen = len(found.Numbers)
	steps := make([]step, len(found.Numbers))
	for i, n := range found.Numbers {
		steps[i] = requestFor(n)
	}
	replies, err := t.track(ctx, steps, mistyped(found))
	if err != nil || found.More == 0 {
		return replies, err
	}
	return joinReplies(t.leftOut(found), replies), nil
}

// requestFor asks about a number that was found in a text.
func requestFor(n recognise.Number) request {
	r := request{
		number: n.Number, name: n.Name, tail: n.Tail,
		sure: n.Sure, carriers: n.Carriers, foreign: models.Carrier(n.Foreign), named: n.Claimed,
	}
	if n.Named && len(n.Carriers) > 0 {
		r.named = n.Carriers[0]
	}
	return r
}

// mistyped are the numbers that were likely meant by mistyped ones.
func mistyped(found recognise.Result) []models.Item {
	var items []models.Item
	for _, typo := range found.Typos {
		if typo.Likely != "" {
			items = append(items, models.Item{Number: typo.Likely, Given: typo.Given, Needs: models.AskTypo})
		}
	}
	return items
}

// nearlyFollowed says of mistyped numbers of which nobody else can say what was meant
// that it is likely one that the chat follows, when it differs in one character.
func (t *turn) nearlyFollowed(ctx context.Context, found *recognise.Result) error {
	unclear := func(typo recognise.Typo) bool { return typo.Likely == "" }
	if t.overheard() || !slices.ContainsFunc(found.Typos, unclear) {
		return nil
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return err
	}
	for i, typo := range found.Typos {
		near := slices.DeleteFunc(slices.Clone(all), func(f models.Followed) bool {
			return spelling.Distance(typo.Given, f.Parcel.Number) != 1
		})
		if unclear(typo) && len(near) == 1 {
			found.Typos[i].Likely = near[0].Parcel.Number
		}
	}
	return nil
}

// leftOut says how many numbers were too many, and with which one they begin.
func (t *turn) leftOut(found recognise.Result) []Reply {
	all := len(found.Numbers) + found.More
	rest := recognise.Normalise(found.Text)
	for _, n := range found.Numbers {
		rest = strings.ReplaceAll(rest, n.Number, " ")
	}
	if left := recognise.Text(rest).Numbers; len(left) > 0 {
		return t.render.reply("left_out_from", "Count", found.More, "All", all, "Max", recognise.MaxNumbers, "End", endOf(left[0].Number))
	}
	return t.render.reply("left_out", "Count", found.More, "All", all, "Max", recognise.MaxNumbers)
}

// endOf is the end by which a number can be found: its last four characters.
func endOf(number string) string { return number[max(0, len(number)-4):] }

// trackCommand is /track: the same as a text with a number, whatever the
// number looks like.
func (t *turn) trackCommand(ctx context.Context, args string) ([]Reply, error) {
	found := recognise.Tracked(args)
	if len(found.Numbers) > 0 {
		return t.numbers(ctx, found)
	}
	switch {
	case args == "", asksWhere(args), asksWhere(t.m.Text):
		return t.list(ctx, false)
	case len(found.Refused) > 0:
		return t.refused(found.Refused), nil
	}
	p, err := t.pickAll(ctx, args)
	if err != nil {
		return nil, err
	}
	if p.found() {
		return t.about(ctx, verbDetail, p)
	}
	return t.render.reply("no_number", "Number", example), nil
}

// locate finds the parcel that a request is about: one that the chat follows
// already, or the carrier's to whom the number belongs.
func (t *turn) locate(ctx context.Context, r request) (step, error) {
	if r.foreign != "" {
		return refused{located{request: r, parcel: models.Parcel{Number: r.number, Carrier: r.foreign}}, "unserved"}, nil
	}
	known, err := t.store.ByNumber(ctx, r.number)
	if err != nil {
		return nil, wrap("find number", err)
	}
	for _, p := range known {
		follow, ours, err := t.store.FollowOf(ctx, t.chat.ID, p.ID)
		if err != nil {
			return nil, wrap("find follow", err)
		}
		if ours {
			l, err := t.ensureParcel(ctx, r, p.Carrier)
			l.follow = follow
			return l, err
		}
	}
	carrier, choices := t.carrierOf(ctx, r, known)
	if len(choices) > 0 {
		return needsCarrier{r, choices}, nil
	}
	return t.ensureParcel(ctx, r, carrier)
}

// resume locates the parcel again once its carrier is known from an answer to a question.
func (t *turn) resume(ctx context.Context, r resumed) (step, error) {
	l, err := t.ensureParcel(ctx, r.request, r.carrier)
	if err != nil {
		return nil, err
	}
	l.follow, _, err = t.store.FollowOf(ctx, t.chat.ID, l.parcel.ID)
	return l, wrap("find follow", err)
}

// ensureParcel makes sure that the parcel has a row, before the first call about it.
func (t *turn) ensureParcel(ctx context.Context, r request, carrier models.Carrier) (located, error) {
	wantsTail := slices.Contains(t.settings.TailCarriers, carrier)
	parcel, err := t.store.Ensure(ctx, r.number, carrier, t.render.scanLanguage(), wantsTail, t.now)
	return located{request: r, parcel: parcel}, wrap("keep parcel", err)
}

// carrierOf decides whose number it is, or returns the carriers to choose
// from. A parcel that has a trace has proved its carrier. Where a rule is sure,
// or the text names the carrier, nobody else is asked.
func (t *turn) carrierOf(ctx context.Context, r request, known []models.Parcel) (carrier models.Carrier, choices []models.Carrier) {
	proved := slices.DeleteFunc(slices.Clone(known), func(p models.Parcel) bool { return p.EventAt == 0 })
	if len(proved) == 1 {
		return proved[0].Carrier, nil
	}
	if r.sure && len(r.carriers) > 0 {
		return r.carriers[0], nil
	}
	ctx, cancel := context.WithTimeout(ctx, detectWithin)
	defer cancel()
	carriers, sure := t.settings.Detector.Detect(ctx, r.number)
	if len(carriers) == 0 && len(r.carriers) == 1 {
		return r.carriers[0], nil
	}
	if len(carriers) == 0 {
		return "", nil
	}
	if sure || len(carriers) == 1 {
		return carriers[0], nil
	}
	return "", carriers[:min(len(carriers), maxChoices)]
}
