// Package handlers understands what a message means and decides what to
// answer; it turns parcels, news and errors into words. It knows no platform:
// the doors below it turn platform values into Messages and Replies into
// platform calls.
package handlers
