package models

import "time"

// JourneyPicture is what a picture of a parcel's journey shows, in the words of those
// who look at it.
type JourneyPicture struct {
	Parcel   Parcel
	Name     string  // what the chat calls it; "" when it has no name
	Carrier  string  // the carrier's name
	Status   string  // where it stands
	Took     string  // how long it has been under way, or was: 已走 2 天; "" when nobody knows
	Estimate string  // when it is expected, a sentence; "" when nobody knows
	Stops    []Stop  // its way, in order
	Scans    []Event // newest first
	Lang     string  // of all these words (BCP 47), for those that the picture adds
	Zone     *time.Location
	Now      Moment
	Dark     bool
}
