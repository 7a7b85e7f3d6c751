// Package models is Waybill's vocabulary and its pure rules: parcels, events,
// statuses, chats, follows, questions, calls and news, and the functions that
// decide what is news. It does no I/O and imports the standard library only.
package models
