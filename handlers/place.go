package handlers

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/models"
)

// detectWithin is how long the carriers of a number are looked up; after it the
// local rules decide, and time is left to ask about the parcel itself.
const detectWithin = 5 * time.Second

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
	ctx, cancel := context.WithTimeout(ctx, detectWithin)
	defer cancel()
	carriers, sure := t.Detector.Detect(ctx, l.Number)
	if len(carriers) == 0 {
		return "", nil
	}
	if sure || len(carriers) == 1 {
		return carriers[0], nil
	}
	if named, ok := t.named(l.wish, carriers); ok {
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
	l.unbranded(t.Carriers, carrier)
	return nil
}
