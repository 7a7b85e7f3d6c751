package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/models"
	"waybill/tracking"
)

const (
	atOnce    = 8                   // checks of one message under way together
	patience  = 15 * time.Second    // how long a reply waits for all checks of its message
	staysDone = 30 * 24 * time.Hour // a carrier may use a number again after a year
)

// wish is one number that somebody wants to know about.
type wish struct {
	models.Item
	tail     string // given with it, or as the answer to the question for it
	answered bool   // tail answers a question: when it does not fit, the number is asked about alone
	said     string // the text around it, which may name its carrier
}

// lookup is a wish on its way: what is known, what was found out, what is missing.
type lookup struct {
	wish
	parcel   models.Parcel
	follow   models.Follow // this chat's; zero when it does not follow yet
	untried  string        // the tail that a provider is to be asked with
	state    models.TailState
	needs    models.Asking // what has to be asked before there is a trace
	note     string        // key of a sentence that stands instead of the trace, or before a question
	stored   bool          // what is stored is shown without asking anybody
	checked  models.Checked
	keptTail bool // untried is the one the chat told the bot to remember
	compared bool // tail was compared with one that opened the parcel for somebody, and differs
	fresh    bool // the chat follows it since just now
	left     int  // how many more tails may be tried today
}

// numbers handles a text with tracking numbers in it, and says how many it
// leaves out. An open question is dropped at the end: whoever sends another
// number has moved on.
func (t *turn) numbers(ctx context.Context, found tracking.Recognised) ([]Reply, error) {
	wishes := make([]wish, 0, len(found.Numbers))
	for _, f := range found.Numbers {
		w := wish{Item: models.Item{Number: f.Number, Name: f.Name}, tail: f.Tail, said: around(found, f.Number)}
		wishes = append(wishes, t.unbranded(w, f.Carriers))
	}
	replies, err := t.track(ctx, wishes, nil)
	if err != nil || found.More == 0 {
		return replies, err
	}
	all := len(found.Numbers) + found.More
	return together(t.tell("left_out", "Count", found.More, "All", all, "Max", tracking.MaxNumbers), replies), nil
}

// unbranded takes the carrier off a name that begins with it, and with it a tail
// that follows: 780123456789 中通 1234 茶叶 is called 茶叶.
func (t *turn) unbranded(w wish, among []models.Carrier) wish {
	first, rest, _ := strings.Cut(w.Name, " ")
	if carrier, ok := t.Carriers.Typed(first); !ok || !slices.Contains(among, carrier) {
		return w
	}
	w.Name = rest
	if tail, name, _ := strings.Cut(rest, " "); w.tail == "" && isDigits(tail, tailLength) {
		w.tail, w.Name = tail, name
	}
	return w
}

// around is the text around a number, in which its carrier may be named: all
// of it, or the number's line where there are others on other lines.
func around(found tracking.Recognised, number string) string {
	if len(found.Numbers) == 1 {
		return found.Text
	}
	for line := range strings.SplitSeq(found.Text, "\n") {
		if on := tracking.Recognise(line).Numbers; len(on) == 1 && on[0].Number == number {
			return line
		}
	}
	return ""
}

// trackCommand is /track: the same as a text with a number, whatever the
// number looks like.
func (t *turn) trackCommand(ctx context.Context, args string) ([]Reply, error) {
	found := tracking.RecogniseTracked(args)
	if len(found.Numbers) > 0 {
		return t.numbers(ctx, found)
	}
	switch {
	case args == "", asksWhere(args), asksWhere(t.m.Text):
		return t.list(ctx, false)
	case len(found.Refused) > 0:
		return t.refused(found.Refused), nil
	}
	return t.tell("no_number", "Number", example), nil
}

// track brings wishes to an end: replies for those that can be answered, and
// one question for what is missing. rest is what was to be asked anyway.
func (t *turn) track(ctx context.Context, wishes []wish, rest []models.Item) ([]Reply, error) {
	lookups, err := t.prepare(ctx, wishes)
	if err != nil {
		return nil, err
	}
	if err := t.look(ctx, lookups); err != nil {
		return nil, err
	}
	var missing []models.Item
	for _, l := range lookups {
		if err := t.settle(ctx, l); err != nil {
			return nil, err
		}
		if l.needs != "" {
			missing = append(missing, l.missing())
		}
	}
	replies, err := t.results(ctx, lookups, len(missing)+len(rest) > 0)
	if err != nil {
		return nil, err
	}
	question, err := t.askNext(ctx, append(missing, rest...))
	return together(replies, question), err
}

// missing is the item that a question has to be asked about.
func (l *lookup) missing() models.Item {
	item := l.Item
	item.Carrier, item.Needs = l.parcel.Carrier, l.needs
	if l.needs == models.AskTail && l.answered {
		item.Needs = askAlone
	}
	return item
}

func (t *turn) prepare(ctx context.Context, wishes []wish) ([]*lookup, error) {
	room, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	lookups, err := t.places(ctx, wishes)
	if err != nil {
		return nil, err
	}
	for _, l := range lookups {
		if l.needs == "" && l.follow.ID == 0 && l.parcel.Live() {
			room--
			if room < 0 {
				l.note = "full"
			}
		}
		if err := t.unlock(ctx, l); err != nil {
			return nil, err
		}
		l.stored = l.parcel.Status.Done() && !l.parcel.Live() && t.now.Sub(l.parcel.DoneAt) < staysDone && l.untried == ""
	}
	return lookups, nil
}

// places finds what the wishes are about, some at once: a carrier may have to
// be asked for over the network.
func (t *turn) places(ctx context.Context, wishes []wish) ([]*lookup, error) {
	var g errgroup.Group
	g.SetLimit(atOnce)
	lookups := make([]*lookup, len(wishes))
	for i, w := range wishes {
		l := &lookup{wish: w}
		lookups[i] = l
		g.Go(func() error { return t.place(ctx, l) })
	}
	return lookups, g.Wait()
}

// room is how many more parcels this chat may follow.
func (t *turn) room(ctx context.Context) (int, error) {
	if t.Settings.MaxParcels <= 0 {
		return int(^uint(0) >> 1), nil
	}
	live, err := t.Follows.Followed(ctx, t.chat.ID, false)
	return t.Settings.MaxParcels - len(live), wrap("count parcels", err)
}

// look asks about all lookups that can be asked about, some at once. Whatever
// has not been answered in time is followed all the same: news of it will come.
func (t *turn) look(ctx context.Context, lookups []*lookup) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, l := range lookups {
		l.checked = models.Checked{Parcel: l.parcel}
		if l.needs == "" && l.note == "" && !l.stored {
			g.Go(func() error { return t.check(ctx, l) })
		}
	}
	return g.Wait()
}

// check asks about one parcel; when it turns out to want a tail, the one at
// hand is tried.
func (t *turn) check(ctx context.Context, l *lookup) (err error) {
	defer caught("check parcel", &err)
	if err := t.checkOnce(ctx, l); err != nil {
		return err
	}
	wanted := errors.Is(l.checked.Err, tracking.ErrTailNeeded) || l.checked.Parcel.TailNeeded
	if !wanted || l.parcel.TailNeeded {
		return nil
	}
	p := l.checked.Parcel
	if l.parcel, err = t.Parcels.Ensure(ctx, p.Number, p.Carrier, true, t.now); err != nil {
		return wrap("keep parcel", err)
	}
	l.checked.Parcel = l.parcel
	if err := t.unlock(ctx, l); err != nil || l.untried == "" {
		return err
	}
	return t.checkOnce(ctx, l)
}

func (t *turn) checkOnce(ctx context.Context, l *lookup) error {
	checked, err := t.Checker.Check(ctx, l.parcel, l.untried, models.Person)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("check parcel: %w", err)
	}
	if err != nil {
		checked = models.Checked{Parcel: l.parcel, Err: ctx.Err()}
	}
	if checked.Parcel.ID == 0 {
		checked.Parcel = l.parcel
	}
	l.checked = checked
	return nil
}

// place finds the parcel that a wish is about, or what has to be asked first.
func (t *turn) place(ctx context.Context, l *lookup) (err error) {
	defer caught("find parcel", &err)
	known, err := t.Parcels.ByNumber(ctx, l.Number)
	if err != nil {
		return wrap("find number", err)
	}
	for _, p := range known {
		follow, ours, err := t.Follows.FollowOf(ctx, t.chat.ID, p.ID)
		if err != nil {
			return wrap("find follow", err)
		}
		if ours && (l.Carrier == "" || l.Carrier == p.Carrier) {
			l.follow = follow
			return t.keep(ctx, l, p.Carrier)
		}
	}
	carrier, choices := t.carrierOf(ctx, l, known)
	if len(choices) > 0 {
		l.Carriers, l.needs = choices, models.AskCarrier
		return nil
	}
	return t.keep(ctx, l, carrier)
}

// carrierOf decides whose number it is, or returns the carriers to choose
// from. A parcel that has a trace has proved its carrier.
func (t *turn) carrierOf(ctx context.Context, l *lookup, known []models.Parcel) (carrier models.Carrier, choices []models.Carrier) {
	if l.Carrier != "" {
		return l.Carrier, nil
	}
	proved := slices.DeleteFunc(slices.Clone(known), func(p models.Parcel) bool { return p.EventAt == 0 })
	if len(proved) == 1 {
		return proved[0].Carrier, nil
	}
	carriers, sure := t.Detector.Detect(ctx, l.Number)
	if len(carriers) == 0 {
		return "", nil
	}
	if sure || len(carriers) == 1 {
		return carriers[0], nil
	}
	if named, ok := t.named(l.said, carriers); ok {
		return named, nil
	}
	return "", carriers[:min(len(carriers), maxChoices)]
}

// keep makes sure that the parcel has a row, before the first call about it.
func (t *turn) keep(ctx context.Context, l *lookup, carrier models.Carrier) error {
	wantsTail := slices.Contains(t.Settings.TailCarriers, carrier)
	parcel, err := t.Parcels.Ensure(ctx, l.Number, carrier, wantsTail, t.now)
	if err != nil {
		return wrap("keep parcel", err)
	}
	l.parcel = parcel
	return nil
}
