// Package scheduler decides which parcel is due, asks about it, decides when
// it is due next, and sees to it that everybody who is owed news is told.
//
// It keeps nothing in memory that a restart would miss: what is due, who is
// owed and who does what are rows, and every write that decides something is
// conditional on the row's version. So any number of schedulers on one
// database is correct; leases only spare them from doing the same work.
package scheduler
