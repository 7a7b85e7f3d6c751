package models

// Stop is a city on a parcel's way.
type Stop struct {
	City     string  // as people call it: 长沙
	Lon, Lat float64 // degrees; both 0 where nobody told them
	Ahead    bool    // where the parcel goes, and it has not been there yet
}

// Placed says that it is known where the stop lies.
func (s Stop) Placed() bool { return s.Lon != 0 || s.Lat != 0 }
