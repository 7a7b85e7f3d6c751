package models

import "testing"

func TestANotificationShowsFiveNewestScansAndCountsTheRest(t *testing.T) {
	var owed []Event
	for i := range 8 {
		e := scan(Moment(100-i), string(rune('a'+i)))
		e.Seq = int64(i + 1)
		owed = append(owed, e)
	}
	n := BuildNotification(Chat{}, Follow{PendingSeq: 8}, Parcel{}, owed)
	if len(n.Events) != MaxNews || n.More != 3 || n.Events[0].At != 100*minute || n.Upto != 8 {
		t.Errorf("got %d events, %d more, first at %d, up to %d", len(n.Events), n.More, n.Events[0].At, n.Upto)
	}
}

func TestANotificationTellsAFollowerOnlyWhatTheTailOpens(t *testing.T) {
	locked := Parcel{TailNeeded: true}
	owed := []Event{{Seq: 1, Kind: Scan}, {Seq: 2, Kind: Stuck}, {Seq: 3, Kind: TailRefused}, {Seq: 4, Kind: Ended}}
	cases := []struct {
		name           string
		state          TailState
		scans, notices int
	}{
		{"a verified follower hears all but the refusal of another's tail", TailOK, 1, 2},
		{"an untried follower hears only the end", TailUntried, 0, 1},
		{"a refused follower hears of the refusal and the end", TailWrong, 0, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			n := BuildNotification(Chat{}, Follow{TailState: c.state}, locked, owed)
			if len(n.Events) != c.scans || len(n.Notices) != c.notices || n.Upto != 4 {
				t.Errorf("%d scans, %d notices, up to %d", len(n.Events), len(n.Notices), n.Upto)
			}
		})
	}
}

func TestANotificationThatAFollowerMayNotSeeIsEmptyButMovesTheMark(t *testing.T) {
	n := BuildNotification(Chat{}, Follow{}, Parcel{TailNeeded: true}, []Event{{Seq: 9, Kind: Scan}})
	if !n.Empty() || n.Upto != 9 {
		t.Errorf("empty %v, up to %d", n.Empty(), n.Upto)
	}
}

func TestWhoHearsOfProblemsOnlyIsWokenByNothingElse(t *testing.T) {
	pending := func(urgencies ...Urgency) []Event {
		var events []Event
		for i, u := range urgencies {
			events = append(events, Event{Seq: int64(i + 1), Kind: Scan, Urgency: u})
		}
		return events
	}
	for _, c := range []struct {
		name    string
		news    News
		mute    Mute
		status  Status
		pending []Event
		breaks  bool
	}{
		{"rejected after it was out for delivery", NewsProblems, MuteInherited, Rejected, pending(UrgentAlways, UrgentDay), false},
		{"stuck after it was out for delivery", NewsProblems, MuteInherited, OutForDelivery, append(pending(UrgentAlways), Event{Seq: 9, Kind: Stuck}), false},
		{"a reminder of what waits", NewsProblems, MuteInherited, ReadyForPickup, append(pending(UrgentAlways), Event{Seq: 9, Kind: PickupWaits}), false},
		{"an attempt that failed", NewsProblems, MuteInherited, FailedAttempt, pending(UrgentAlways, UrgentAlways), true},
		{"a chat that hears of it", NewsUrgent, MuteInherited, Rejected, pending(UrgentAlways, UrgentDay), true},
		{"a parcel that is muted on its own", NewsProblems, Muted, OutForDelivery, pending(UrgentAlways), true},
	} {
		n := BuildNotification(Chat{News: c.news}, Follow{Mute: c.mute}, Parcel{Status: c.status}, c.pending)
		if n.Breaks() != c.breaks {
			t.Errorf("%s: breaks quiet hours: %v", c.name, n.Breaks())
		}
	}
}
