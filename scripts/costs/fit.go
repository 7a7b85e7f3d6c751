package main

import (
	"io"

	"waybill/models"
	"waybill/models/rhythm"
)

// fit writes the rhythm that explains journeys best (models/rhythm/prior.csv).
func fit(w io.Writer, journeys []Journey) error {
	f := rhythm.NewFit()
	for _, j := range journeys {
		var leg rhythm.Leg
		for i, s := range j.Events {
			if i > 0 {
				f.Gap(leg, models.At(j.Events[i-1].At), models.At(s.At))
			}
			leg = rhythm.LegOf(s.Status, s.Text)
		}
		if last := j.Events[len(j.Events)-1]; leg != "" {
			f.Silence(leg, models.At(last.At))
		}
	}
	return f.Write(w)
}
