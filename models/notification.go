package models

import (
	"cmp"
	"slices"
)

// MaxNews is how many scans one notification shows; the rest is counted.
const MaxNews = 5

// Notification is everything that is to be delivered to one chat about one
// parcel, merged when it is sent.
type Notification struct {
	Chat    Chat
	Follow  Follow
	Parcel  Parcel
	Events  []Folded // scans, newest first, at most MaxNews lines
	More    int      // older lines that are pending and not shown
	Notices []Event  // everything else that is pending, oldest first
	Upto    int64    // the sequence number that is delivered once the platform has accepted it
	Oldest  Moment   // when the oldest of what is pending was stored
	Urgency Urgency  // of the most urgent of it
	Awaited bool     // some of it answers somebody who waits: it is delivered whatever the hour
}

// Empty says that there is nothing in it that this follower may see; the mark
// moves without a message.
func (n Notification) Empty() bool { return len(n.Events) == 0 && len(n.Notices) == 0 }

// Breaks says that it is delivered in quiet hours too.
func (n Notification) Breaks() bool { return !n.Empty() && (n.Urgency == UrgentAlways || n.Awaited) }

// BuildNotification merges what is pending for a follow out of the parcel's
// events after its mark, in any order. A follower whose tail is not verified
// gets only the notices that say nothing of the journey.
func BuildNotification(c Chat, f Follow, p Parcel, pending []Event) Notification {
	n := Notification{Chat: c, Follow: f, Parcel: p, Upto: max(f.DeliveredSeq, f.PendingSeq)}
	var scans []Event
	for _, e := range pending {
		n.Upto = max(n.Upto, e.Seq)
		if !f.MaySee(p, e) {
			continue
		}
		n.Urgency = max(n.Urgency, e.Urgency)
		if n.Oldest == 0 || e.StoredAt < n.Oldest {
			n.Oldest = e.StoredAt
		}
		n.Awaited = n.Awaited || f.Awaited && slices.Contains(Answers(), e.Kind)
		if e.Kind == Scan {
			scans = append(scans, e)
		} else {
			n.Notices = append(n.Notices, e)
		}
	}
	if f.News(c.News) == NewsProblems {
		n.Urgency = min(n.Urgency, p.Status.problemUrgency())
	}
	slices.SortFunc(scans, newestFirst)
	n.Events = Fold(scans)
	slices.SortFunc(n.Notices, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(n.Events) > MaxNews {
		n.More = len(n.Events) - MaxNews
		n.Events = n.Events[:MaxNews]
	}
	return n
}

// problemUrgency is the urgency of news for somebody who hears of problems only: what
// else is pending (it was out for delivery, it waits for pickup) is told along with the
// problem, and never the reason why it is told at night.
func (s Status) problemUrgency() Urgency {
	if !s.Problem() {
		return Ordinary
	}
	return s.Urgency()
}

// MaySeeAny says whether this follower may be told one of the events at least.
func (f Follow) MaySeeAny(p Parcel, events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return f.MaySee(p, e) })
}

// MaySee says whether this follower may be told e.
func (f Follow) MaySee(p Parcel, e Event) bool {
	switch e.Kind {
	case TailRefused:
		switch e.Text {
		case TailMissing:
			return f.TailState.Wanting()
		case TailUnreadable:
			return f.TailState == TailLost
		}
		return f.TailState == TailWrong
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
