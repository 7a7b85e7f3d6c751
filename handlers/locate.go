package handlers

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"waybill/models"
	"waybill/tracking/recognise"
)

// detectWithin is how long the carriers of a number are looked up; after it the
// local rules decide, and time is left to ask about the parcel itself.
const detectWithin = 5 * time.Second

// numbers handles a text with tracking numbers in it, and says how many it
// leaves out. An open question is dropped at the end: whoever sends another
// number has moved on.
func (t *turn) numbers(ctx context.Context, found recognise.Result) ([]Reply, error) {
	steps := make([]step, len(found.Numbers))
	for i, n := range found.Numbers {
		steps[i] = request{number: n.Number, name: n.Name, tail: n.Tail, text: around(found, i)}
	}
	replies, err := t.track(ctx, steps, nil)
	if err != nil || found.More == 0 {
		return replies, err
	}
	all := len(found.Numbers) + found.More
	return joinReplies(t.render.reply("left_out", "Count", found.More, "All", all, "Max", recognise.MaxNumbers), replies), nil
}

// around is the text around a number, in which its carrier may be named: all of
// it when the number is the only one, its line when others stand on other lines.
func around(found recognise.Result, at int) string {
	if len(found.Numbers) == 1 {
		return found.Text
	}
	line := found.Lines[at]
	for i, other := range found.Lines {
		if i != at && other == line {
			return ""
		}
	}
	return strings.Split(recognise.Normalise(found.Text), "\n")[line]
}

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
	return t.render.reply("no_number", "Number", example), nil
}

// locate finds the parcel that a request is about: one that the chat follows
// already, or the carrier's to whom the number belongs.
func (t *turn) locate(ctx context.Context, r request) (step, error) {
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
	r.dropCarrier(t.settings.Carriers, carrier)
	return located{request: r, parcel: parcel}, wrap("keep parcel", err)
}

// carrierOf decides whose number it is, or returns the carriers to choose
// from. A parcel that has a trace has proved its carrier.
func (t *turn) carrierOf(ctx context.Context, r request, known []models.Parcel) (carrier models.Carrier, choices []models.Carrier) {
	proved := slices.DeleteFunc(slices.Clone(known), func(p models.Parcel) bool { return p.EventAt == 0 })
	if len(proved) == 1 {
		return proved[0].Carrier, nil
	}
	ctx, cancel := context.WithTimeout(ctx, detectWithin)
	defer cancel()
	carriers, sure := t.settings.Detector.Detect(ctx, r.number)
	if len(carriers) == 0 {
		return "", nil
	}
	if sure || len(carriers) == 1 {
		return carriers[0], nil
	}
	if named, ok := r.namedCarrier(t.settings.Carriers, carriers); ok {
		return named, nil
	}
	return "", carriers[:min(len(carriers), maxChoices)]
}

// namedCarrier is the carrier that is all a text says beside the number (德邦
// 123456789037), or the one among several that a word of it names.
func (r request) namedCarrier(carriers Carriers, among []models.Carrier) (models.Carrier, bool) {
	beside := strings.Replace(recognise.Normalise(r.text), r.number, "", 1)
	if c, ok := carriers.Typed(strings.Trim(beside, " \t\n,.:;0123456789、，。：；")); ok {
		return c, true
	}
	var found models.Carrier
	for word := range strings.FieldsFuncSeq(r.text, func(c rune) bool { return !unicode.IsLetter(c) && c != '&' }) {
		c, ok := carriers.Typed(word)
		switch {
		case !ok || !slices.Contains(among, c):
		case found != "" && found != c:
			return "", false
		default:
			found = c
		}
	}
	return found, found != ""
}

// dropCarrier takes the carrier off a name that begins with it, and with it a
// tail that follows: 780123456789 中通 1234 茶叶 is called 茶叶.
func (r *request) dropCarrier(carriers Carriers, carrier models.Carrier) {
	first, rest, _ := strings.Cut(r.name, " ")
	if named, ok := carriers.Typed(first); !ok || named != carrier {
		return
	}
	r.name = rest
	if tail, name, _ := strings.Cut(rest, " "); r.tail == "" && isTail(tail) {
		r.tail, r.name = tail, name
	}
}
