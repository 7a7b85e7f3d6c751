package handlers

import (
	"context"
	"strings"

	"waybill/models"
	"waybill/tracking/recognise"
)

// wish is one number that somebody wants to know about.
type wish struct {
	models.Item
	tail     string // given with it, or as the answer to the question for it
	answered bool   // tail answers a question: when it does not fit, the number is asked about alone
	said     string // the text around it, which may name its carrier
}

// numbers handles a text with tracking numbers in it, and says how many it
// leaves out. An open question is dropped at the end: whoever sends another
// number has moved on.
func (t *turn) numbers(ctx context.Context, found recognise.Result) ([]Reply, error) {
	wishes := make([]wish, 0, len(found.Numbers))
	said := around(found)
	for _, f := range found.Numbers {
		item := models.Item{Number: f.Number, Name: f.Name}
		wishes = append(wishes, wish{Item: item, tail: f.Tail, said: said[f.Number]})
	}
	replies, err := t.track(ctx, wishes, nil)
	if err != nil || found.More == 0 {
		return replies, err
	}
	all := len(found.Numbers) + found.More
	return together(t.tell("left_out", "Count", found.More, "All", all, "Max", recognise.MaxNumbers), replies), nil
}

// around is the text around every number, in which its carrier may be named:
// all of it, or the number's line where there are others on other lines.
func around(found recognise.Result) map[string]string {
	said := map[string]string{}
	if len(found.Numbers) == 1 {
		said[found.Numbers[0].Number] = found.Text
		return said
	}
	for line := range strings.SplitSeq(found.Text, "\n") {
		if on := recognise.Text(line).Numbers; len(on) == 1 {
			said[on[0].Number] = line
		}
	}
	return said
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
	return t.tell("no_number", "Number", example), nil
}

// unbranded takes the carrier off a name that begins with it, and with it a tail
// that follows: 780123456789 中通 1234 茶叶 is called 茶叶.
func (w *wish) unbranded(carriers Carriers, carrier models.Carrier) {
	first, rest, _ := strings.Cut(w.Name, " ")
	if named, ok := carriers.Typed(first); !ok || named != carrier {
		return
	}
	w.Name = rest
	if tail, name, _ := strings.Cut(rest, " "); w.tail == "" && isTail(tail) {
		w.tail, w.Name = tail, name
	}
}
