package models

import "slices"

// TailState is what is known about the tail that a follower gave.
type TailState int

const (
	TailNone    TailState = iota // none given
	TailUntried                  // given, no answer has verified or refused it yet
	TailOK                       // it brought a trace, or equals one that did
	TailWrong                    // a provider refused it
	TailLost                     // no key opens it any more, and the chat was told
)

// Wanting says that the follower has to give a tail, or another one, before it sees a
// parcel that wants one.
func (s TailState) Wanting() bool { return slices.Contains(WantingTails(), s) }

// WantingTails are the states that are Wanting.
func WantingTails() []TailState { return []TailState{TailNone, TailWrong, TailLost} }

// Mute is whether only urgent news of a parcel is delivered to a chat.
type Mute int

const (
	MuteInherited Mute = iota // as much as the chat wants to hear (Chat.News)
	Muted                     // what is urgent
	Unmuted                   // everything, whatever the chat wants to hear
)

// Follow is one chat following one parcel. What has happened after DeliveredSeq
// was not delivered; the mark moves only once the platform has accepted the message.
type Follow struct {
	ID        int64  `gorm:"primaryKey"`
	ChatID    int64  `gorm:"uniqueIndex:follows_chat_parcel,priority:1"`
	ParcelID  int64  `gorm:"uniqueIndex:follows_chat_parcel,priority:2;index:follows_parcel"`
	Name      string `gorm:"size:80"`
	Mute      Mute   `gorm:"column:muted"`
	Tail      []byte // sealed, bound to this row's chat and parcel; dies with the row
	TailState TailState
	// DeliveredSeq is the last of the parcel's sequence numbers that was
	// delivered to the chat, PendingSeq the last that is to be; zero when none is.
	DeliveredSeq int64
	PendingSeq   int64
	// Awaited says that somebody waits: for the answer to a question until it
	// is there, then for its delivery. It is delivered whatever the hour.
	Awaited  bool
	Failures int    // attempts in a row to put what is pending into words that failed
	PushTo   string `gorm:"size:64"` // a group robot that gets this parcel's news too
	// ImportedAt names the import (Import.StartedAt) whose summary tells the parcel's
	// first state; zero when none does.
	ImportedAt Moment
	DoneAt     Moment // the parcel's, so that a chat's finished parcels are found apart; see store.Followed
	CreatedAt  Moment `gorm:"autoCreateTime:false"`
}

// News is how much the chat hears of this parcel: the parcel's own mute goes
// before what the chat has chosen.
func (f Follow) News(chat News) News {
	switch f.Mute {
	case Muted:
		return NewsUrgent
	case Unmuted:
		return NewsAll
	}
	return chat
}

// Pending says that something is to be delivered.
func (f Follow) Pending() bool { return f.PendingSeq > f.DeliveredSeq }

// Opens says whether this follower may see the parcel's trace.
func (f Follow) Opens(p Parcel) bool { return !p.TailNeeded || f.TailState == TailOK }

// MostFinished is how many of a chat's finished parcels are at hand by name, those that
// were finished last; older ones are found by their number.
const MostFinished = 60

// Followed is a follow together with its parcel, a row of a chat's list.
type Followed struct {
	Follow Follow
	Parcel Parcel
}

// Tail is a follower's phone tail in the clear. It never enters a log or an error.
type Tail struct {
	FollowID int64
	ChatID   int64
	Digits   string // "" when no key opens what is stored
	State    TailState
	Sealed   []byte // as it is stored
}

// TailAttempts counts a day's attempts to guess a waybill's tail: those of one chat,
// and of all chats together.
type TailAttempts struct{ OfChat, OfWaybill int }

// Hint points a worker at a parcel that was taken for checking. It carries no
// more, so that a lost one comes again and a doubled one fails the version check.
type Hint struct {
	Parcel  int64 `json:"p"`
	Version int64 `json:"v"`
}

// Following is a chat's request to follow a parcel. On a parcel that the chat
// follows already, Name and Tail replace the old ones unless empty, and what
// was delivered stays delivered.
type Following struct {
	ChatID    int64
	ParcelID  int64
	Name      string
	Tail      string // digits in the clear; the store seals them
	TailState TailState
	Delivered int64 // what the reply shows: the parcel counts as delivered up to this sequence number
	Awaited   bool  // the reply says that the answer is told as soon as it is there
	Max       int   // live parcels per chat; ErrTooMany beyond. 0: no limit
}
