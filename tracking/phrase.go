package tracking

import (
	"context"
	"errors"

	"waybill/models"
)

// words are one way to put a question to a provider.
type words struct {
	query  func(ctx context.Context, waybill string, c models.Carrier, tail string) (models.Trace, error)
	exempt models.Exempt
	other  func(error) (words, bool) // the other way, if this refusal may be due to the words; nil: there is none
	second bool                      // this is Rephrase
}

// wordsKept is how long the words that brought a trace are used first.
const wordsKept = 60 * day

// words puts the question in the way that last brought a trace; for most
// questions there is only one.
func (r *round) words(ctx context.Context, d *desk) words {
	plain := words{query: d.Query, exempt: r.exempt()}
	p, ok := d.Provider.(Rephraser)
	if !ok || r.ask.Tail == "" {
		plain.other = r.carrierless(d)
		return plain
	}
	turned := words{query: p.Rephrase, exempt: r.exempt(), second: true}
	_, kept, err := r.tracker.Memory.Recall(ctx, "words", d.Name()+":"+r.ask.Parcel.Number, r.tracker.now())
	if err == nil && kept {
		turned.other = instead(p, plain)
		return turned
	}
	plain.other = instead(p, turned)
	return plain
}

// carrierless asks without the carrier that a provider has just called wrong,
// where it can do without one: it names the right one itself.
func (r *round) carrierless(d *desk) func(error) (words, bool) {
	if r.ask.Parcel.Carrier == "" || !d.Serves("") {
		return nil
	}
	open := func(ctx context.Context, waybill string, _ models.Carrier, tail string) (models.Trace, error) {
		return d.Query(ctx, waybill, "", tail)
	}
	return func(err error) (words, bool) {
		return words{query: open, exempt: models.ExemptCarrier}, errors.Is(err, ErrCarrier)
	}
}

// instead is the other way, under the exemption that the provider names.
func instead(p Rephraser, w words) func(error) (words, bool) {
	return func(err error) (words, bool) {
		exempt, ok := p.Rephrasable(err)
		w.exempt = exempt
		return w, ok
	}
}

// otherwise is the other way to ask, when there is one and the end of this one
// calls for it.
func (w words) otherwise(err error) (words, bool) {
	if err == nil || w.other == nil {
		return words{}, false
	}
	return w.other(err)
}

// keep remembers which words brought the trace, which spares a call next time.
func (r *round) keep(ctx context.Context, d *desk, w words, err error) {
	if _, two := d.Provider.(Rephraser); err != nil || !two {
		return
	}
	t := r.tracker
	until := t.now() // the plain words need no remembering
	if w.second {
		until = until.Add(wordsKept)
	}
	_ = t.Memory.Remember(ctx, "words", d.Name()+":"+r.ask.Parcel.Number, []byte("1"), until) // forgetting costs a call, no more
}
