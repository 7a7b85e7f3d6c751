package models

import (
	"testing"
	"time"
)

// onTheWay are scans, newest first, a status each and the hours since the first.
func onTheWay(scans map[int]Status) Trace {
	t := Trace{Provider: "muzhi", Status: InTransit}
	for hours := 200; hours >= 0; hours-- {
		if s, ok := scans[hours]; ok {
			e := Event{Kind: Scan, At: Moment(1 + hours*60*60_000), Text: string(s), Status: s}
			e.Sign()
			t.Events = append(t.Events, e)
		}
	}
	return t
}

func TestAParcelRemembersItsMilestones(t *testing.T) {
	at := func(hours int) Moment { return Moment(1 + hours*60*60_000) }
	whole := onTheWay(map[int]Status{0: Collected, 10: InTransit, 40: InTransit, 50: OutForDelivery, 52: ReadyForPickup, 150: Delivered})
	whole.Status = Delivered
	p := Decide(Parcel{ID: 1}, nil, whole, at(151)).Parcel
	if p.OutAt != at(50) || p.ReadyAt != at(52) || p.Silence != (30*time.Hour).Milliseconds() {
		t.Errorf("out %d, ready %d, silent %d: want what its scans say, and nothing of the station's days", p.OutAt, p.ReadyAt, p.Silence)
	}

	bare := onTheWay(map[int]Status{0: "", 10: "", 50: ""}) // a provider that gives a status of the whole only
	bare.Status = OutForDelivery
	first := Decide(Parcel{ID: 1}, nil, bare, at(51))
	if first.Parcel.OutAt != at(50) {
		t.Errorf("out %d: the newest scan brought the status", first.Parcel.OutAt)
	}
	later := onTheWay(map[int]Status{0: "", 10: "", 50: "", 53: ""})
	later.Status = OutForDelivery
	second := Decide(first.Parcel, first.Events, later, at(54))
	if second.Parcel.OutAt != at(50) || second.Parcel.Silence != (40*time.Hour).Milliseconds() {
		t.Errorf("out %d, silent %d: what was known stays", second.Parcel.OutAt, second.Parcel.Silence)
	}
	old := Decide(second.Parcel, append(first.Events, second.Events...), bare, at(55))
	if old.Parcel.OutAt != at(50) {
		t.Errorf("out %d after an answer that is late", old.Parcel.OutAt)
	}
}
