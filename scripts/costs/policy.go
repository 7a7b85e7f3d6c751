package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waybill/models"
	"waybill/scheduler"
)

const floor = 30 * time.Minute // WAYBILL_MIN_INTERVAL

// quietHours are WAYBILL_QUIET_HOURS as they are by default.
func quietHours() models.Quiet { return models.Quiet{From: 23, To: 7, Zone: models.Shanghai} }

// policy is one way to find out what happens to parcels.
type policy struct {
	every   time.Duration // fixed polling; 0: as the product decides
	polls   bool          // false: the first question alone
	pushes  bool
	rhythm  bool // the product asks when a carrier moves
	records bool // and records when that is
	quiet   bool
	lag     time.Duration // from a scan to its upload
	failing float64       // share of calls that fail, paid
	dear    float64       // scheduler.Cadence's
}

func (p policy) cadence() scheduler.Cadence {
	c := scheduler.Cadence{Floor: floor, Speed: 1, Dear: p.dear}
	if p.quiet {
		c.Quiet = quietHours()
	}
	return c
}

// outcome is what a policy cost and achieved.
type outcome struct {
	policy    policy
	calls     int
	parcels   int
	delivered int
	missed    int // scans that the bot never had
	ordered   int // push subscriptions
	delays    []time.Duration
	atDay     []time.Duration // of scans outside of quiet hours
}

// perDelivered is paid calls per delivered parcel.
func (o outcome) perDelivered() float64 { return float64(o.calls) / float64(max(1, o.delivered)) }

// quantile of the delays, which are sorted.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func (o outcome) median() time.Duration { return quantile(o.delays, 0.5) }
func (o outcome) p90() time.Duration    { return quantile(o.delays, 0.9) }

// policies are those that are compared, by their keys in the tables.
func policies(base policy) map[string]policy {
	fixed := func(every time.Duration) policy {
		p := base
		p.every, p.polls = every, true
		return p
	}
	waybill := func(change func(*policy)) policy {
		p := base
		p.polls, p.quiet = true, true
		change(&p)
		return p
	}
	all := map[string]policy{
		"fixed30": fixed(30 * time.Minute), "fixed60": fixed(time.Hour), "fixed120": fixed(2 * time.Hour), "fixed240": fixed(4 * time.Hour),
		"push":       waybill(func(p *policy) { p.polls, p.pushes = false, true }),
		"pushnet":    waybill(func(p *policy) { p.pushes, p.rhythm, p.records = true, true, true }),
		"before":     waybill(func(*policy) {}),
		"beforefull": waybill(func(p *policy) { p.quiet = false }),
		"builtin":    waybill(func(p *policy) { p.rhythm = true }),
		"now":        waybill(func(p *policy) { p.rhythm, p.records = true, true }),
		"nowfull":    waybill(func(p *policy) { p.rhythm, p.records, p.quiet = true, true, false }),
	}
	for _, dear := range []float64{0.25, 0.5, 2, 4, 8} {
		all[fmt.Sprintf("now%g", dear)] = waybill(func(p *policy) { p.rhythm, p.records, p.dear = true, true, dear })
	}
	return all
}

// play plays journeys under a policy.
func play(ctx context.Context, journeys []Journey, p policy) (*world, error) {
	w, err := newWorld(journeys, p)
	if err != nil {
		return nil, err
	}
	err = w.run(ctx)
	return w, err
}

// sum adds up what the world's parcels cost, of one carrier or ("") of all.
func (w *world) sum(carrier models.Carrier) outcome {
	o := outcome{policy: w.policy}
	for _, p := range w.parcels {
		if carrier != "" && p.journey.Carrier != carrier {
			continue
		}
		o.parcels++
		o.calls += p.calls
		o.ordered += len(p.pushes)
		o.missed += p.missed()
		if p.journey.Delivered() {
			o.delivered++
		}
		for _, d := range p.delays {
			o.delays = append(o.delays, d.wait)
			if !d.night {
				o.atDay = append(o.atDay, d.wait)
			}
		}
	}
	slices.Sort(o.delays)
	slices.Sort(o.atDay)
	return o
}
