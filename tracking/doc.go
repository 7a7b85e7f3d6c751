// Package tracking finds numbers in text, finds the carrier of a number, and
// asks the tracking APIs in turn: it defines the one contract that all of them
// fulfil (Provider), the few names their refusals are translated into, and the
// Tracker that keeps their rules and the operator's money.
package tracking
