package models

import "time"

// Retention is how long what is over stays. What is not named here has one time for all
// (store.Sweep).
type Retention struct {
	Parcels     time.Duration // parcels and their events, after their end or after their last follower left
	Follows     time.Duration // follows, after the end of their parcels
	Tails       time.Duration // sealed tails, after the end of their parcels, once these are not asked about any more
	Unreachable time.Duration // chats that are gone; live parcels of which nobody can be told
}
