package models

import (
	"testing"
)

func TestAParcelIsTheSameWhenACheckHasChangedOnlyItsMoments(t *testing.T) {
	before := Parcel{ID: 1, Number: "YT1", Status: InTransit, Version: 3, AskedAt: 1, HeardAt: 2, Failures: 1, Seq: 4}
	checked := before
	checked.Version, checked.AskedAt, checked.SettledAt, checked.HeardAt, checked.DueAt, checked.Failures = 5, 10, 12, 11, 20, 0
	if !checked.SameButChecked(before) {
		t.Error("a check's moments are taken for a change")
	}
	for name, change := range map[string]func(*Parcel){
		"another parcel": func(p *Parcel) { p.ID = 2 },
		"status":         func(p *Parcel) { p.Status = Delivered },
		"notice":         func(p *Parcel) { p.Noticed = NoticedStuck },
		"end":            func(p *Parcel) { p.DoneAt = 9 },
		"tail":           func(p *Parcel) { p.TailNeeded = true },
	} {
		changed := checked
		change(&changed)
		if changed.SameButChecked(before) {
			t.Errorf("%s: not seen", name)
		}
	}
}
