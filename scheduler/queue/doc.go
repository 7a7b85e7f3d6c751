// Package queue carries hints (which parcel was taken for checking) from the
// replica that takes them to whichever replica has time, over NATS JetStream:
// a server inside this process, or a cluster that all replicas share.
//
// Nothing in the queue is worth keeping. A hint that is lost comes again,
// because the database knows that its parcel is due; one that comes twice
// fails the parcel's version check. So the queue is in memory, bounded, and
// throws its oldest hints away first.
package queue
