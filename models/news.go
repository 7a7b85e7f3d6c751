package models

import (
	"cmp"
	"slices"
)

// MaxNews is how many scans one message about news shows; the rest is counted.
const MaxNews = 5

// News is everything one chat is owed about one parcel, merged when it is sent.
type News struct {
	Chat    Chat
	Follow  Follow
	Parcel  Parcel
	Events  []Event // scans, newest first, at most MaxNews
	More    int     // older scans that are owed but not shown
	Notices []Event // everything else that is owed, oldest first
	Upto    int64   // the mark to move to once the platform has accepted the message
	Urgent  bool
	// Promised says that somebody waits for it: it is told whatever the hour.
	Promised bool
}

// Empty says that there is nothing in it that this follower may see; the mark
// moves without a message.
func (n News) Empty() bool { return len(n.Events) == 0 && len(n.Notices) == 0 }

// Compose merges what a follow is owed out of the parcel's events after its
// mark, in any order. A follower whose tail is not verified gets only the
// notices that say nothing of the journey.
func Compose(c Chat, f Follow, p Parcel, owed []Event) News {
	n := News{
		Chat: c, Follow: f, Parcel: p, Upto: max(f.Told, f.Owed),
		Urgent: f.Urgent > f.Told, Promised: f.Promised > f.Told && f.Promised != Unanswered,
	}
	for _, e := range owed {
		n.Upto = max(n.Upto, e.Seq)
		switch {
		case !f.Hears(p, e):
		case e.Kind == Scan:
			n.Events = append(n.Events, e)
		default:
			n.Notices = append(n.Notices, e)
		}
	}
	slices.SortFunc(n.Events, newestFirst)
	slices.SortFunc(n.Notices, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(n.Events) > MaxNews {
		n.More = len(n.Events) - MaxNews
		n.Events = n.Events[:MaxNews]
	}
	return n
}

// HearsAny says whether this follower may be told one of the events at least.
func (f Follow) HearsAny(p Parcel, events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return f.Hears(p, e) })
}

// Hears says whether this follower may be told e.
func (f Follow) Hears(p Parcel, e Event) bool {
	switch e.Kind {
	case TailRefused:
		return f.TailState == TailWrong || f.TailState == TailNone && e.Text == TailMissing
	case Ended:
		return true
	}
	return f.Opens(p)
}

// newestFirst orders scans as a trace shows them: by the carrier's clock, and
// by arrival where the clock says the same.
func newestFirst(a, b Event) int {
	return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Seq, a.Seq))
}
