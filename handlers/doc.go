// Package handlers understands what a message means and decides what to
// answer; it turns parcels, notifications and errors into words. It knows no
// platform: the doors below it turn platform values into Messages and Replies
// into platform calls.
//
// A message becomes a turn (turn.go), which finds out what it is: a command
// (command.go), the answer to an open question (answer.go), or numbers. Numbers
// and answers about them take one road (road.go): locate.go finds parcel and
// carrier, tails.go opens what wants a phone's tail, check.go asks and follows,
// results.go puts what came of it into words, ask.go asks what is missing.
package handlers
