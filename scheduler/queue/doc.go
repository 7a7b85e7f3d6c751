// Package queue brings hints (which parcel was taken for checking) to workers,
// and wakes those who wait. There are two ways. Local is a channel: every
// process works off what it takes for itself. Cluster is a NATS JetStream
// cluster: whatever one process takes reaches the workers of all. While the
// cluster does not answer, a Cluster is a Local.
//
// Nothing in the queue is worth keeping. A hint that is lost comes again,
// because the database knows that its parcel is due; one that comes twice
// fails the parcel's version check. So the queue is in memory, bounded, and
// throws its oldest hints away first.
package queue
