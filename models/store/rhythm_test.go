package store_test

import (
	"math"
	"testing"
	"time"

	"waybill/models"
)

func TestRhythmAddsUpAndFades(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		day := 24 * time.Hour
		counts := []models.Rhythm{{Carrier: "sf", Leg: "out", Slot: 9, Scans: 2, Exposure: 8}, {Leg: "found", Slot: 0, Scans: 1}}
		k.ok(k.AddRhythm(k.ctx(), counts, noon()))
		k.ok(k.AddRhythm(k.ctx(), counts[:1], noon().Add(time.Hour)))
		k.ok(k.AddRhythm(k.ctx(), nil, noon()))
		read := func() map[string]models.Rhythm {
			rows, err := k.Rhythm(k.ctx())
			k.ok(err)
			all := map[string]models.Rhythm{}
			for _, r := range rows {
				all[r.Leg] = r
			}
			return all
		}
		if all := read(); len(all) != 2 || all["out"].Scans != 4 || all["out"].Exposure != 16 || all["out"].Slot != 9 || all["out"].Carrier != "sf" {
			t.Fatalf("stored %+v", all)
		}
		k.ok(k.FadeRhythm(k.ctx(), noon().Add(day/2)))
		if all := read(); all["out"].Scans != 4 {
			t.Errorf("faded within a day: %+v", all)
		}
		for d := range 21 {
			at := noon().Add(time.Duration(d+1) * day)
			k.ok(k.FadeRhythm(k.ctx(), at))
			k.ok(k.FadeRhythm(k.ctx(), at.Add(time.Hour)))
		}
		if all := read(); math.Abs(all["out"].Scans-2) > 0.01 || math.Abs(all["out"].Exposure-8) > 0.01 {
			t.Errorf("after three weeks %+v counts, want half", all["out"])
		}
	})
}
