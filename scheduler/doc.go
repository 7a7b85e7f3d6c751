// Package scheduler decides which parcel is due, has it asked about, decides when
// it is due next, and leaves what is news in the store: it marks for whom it is
// pending and wakes deliveries.
//
// It keeps nothing in memory that a restart would miss: what is due, what is
// pending and who does what are rows, and every write that decides something is
// conditional on the row's version. So any number of schedulers on one database
// is correct; leases only spare them from doing the same work.
package scheduler
