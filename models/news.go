package models

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
}

// Compose merges what a follow is owed out of the parcel's events after its
// mark (any order). A follower whose tail is not verified gets notices only.
func Compose(c Chat, f Follow, p Parcel, owed []Event) News {
	return News{}
}
