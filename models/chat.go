package models

import (
	"crypto/sha256"
	"encoding/hex"
)

// Address says where a chat is: the door, the platform's id of the chat, and
// the topic within it ("" when none).
type Address struct {
	Door         string `gorm:"size:24;uniqueIndex:chats_address,priority:1"`                      // "telegram", "console", …
	Conversation string `gorm:"column:conversation;size:128;uniqueIndex:chats_address,priority:2"` // the platform's chat id
	Thread       string `gorm:"size:32;uniqueIndex:chats_address,priority:3"`
}

// Key is the address as one text, which names what is remembered about the chat.
func (a Address) Key() string { return a.Door + ":" + a.Conversation + ":" + a.Thread }

// KeyOf names what is remembered about one message to the chat, without saying
// which chat that is. The keys of all its messages begin with KeyOf("").
func (a Address) KeyOf(message string) string {
	sum := sha256.Sum256([]byte(a.Key()))
	return hex.EncodeToString(sum[:16]) + ":" + message
}

// DefaultLimit is how many live parcels a chat may follow unless settings say otherwise.
const DefaultLimit = 50

// Limits is how many live parcels a chat may follow.
type Limits struct {
	Each  int            // every chat; 0: no limit
	Chats map[string]int // single ones, by "door:conversation"
}

// Of is the limit of one chat, with all its topics; 0: none.
func (l Limits) Of(a Address) int {
	if n, ok := l.Chats[a.Door+":"+a.Conversation]; ok {
		return n
	}
	return l.Each
}

// Kinds of what is remembered about a chat for a while, under its address's Key,
// or KeyOf one of its messages. Whoever forgets the chat forgets these.
const (
	MemoryMet     = "chat_met"     // it has been greeted
	MemoryChoices = "chat_choices" // what the numbers stand for that it was shown
	MemoryShown   = "chat_shown"   // which parcel it was shown last with buttons, or that it was a list
	MemorySaid    = "chat_said"    // what a message says that may turn out not to be delivered; by KeyOf
)

// ChatMemories are the kinds of what is remembered under a chat's Key.
func ChatMemories() []string { return []string{MemoryMet, MemoryChoices, MemoryShown} }

// SaidBind is what a message's words are sealed to that are kept under a key as MemorySaid.
func SaidBind(key string) string { return MemorySaid + "/" + key }

// RobotDoor is the door of group robots, which only take what is pushed to
// them. Their chats' rooms are the robots' names.
const RobotDoor = "wecom_robot"

// Chat is somebody, or a group, that the bot talks with.
type Chat struct {
	ID int64 `gorm:"primaryKey"`
	Address
	Group  bool    `gorm:"column:is_group"`
	Lang   string  `gorm:"size:12"` // BCP 47, chosen with /lang; "" until then
	Spoken string  `gorm:"size:12"` // what the platform last said the language is
	Tail   []byte  // sealed; see store.ChatTail
	News   News    `gorm:"size:12"` // how much it hears
	NewsAt int     // with NewsDaily: the minute of the day (WAYBILL_TIMEZONE) at which it hears
	Listed []int64 `gorm:"serializer:json"` // parcels of the last list shown, in order
	GoneAt Moment  // the chat blocked the bot or is gone; zero while it can be told

	WorkAt     Moment // when there is something to answer or to send; Never when there is not
	RetryAt    Moment // after a failure: nothing new makes it due before this
	Failures   int    // turns in a row that failed
	ClaimOwner string `gorm:"size:80"` // the process that serves the chat now
	ClaimUntil Moment // by the database's clock
	ClaimEpoch int64  // raised by every claim; a write under an older one is refused

	CreatedAt Moment `gorm:"autoCreateTime:false"`
}

// Claim is the right to serve one chat. Every write of whoever serves it names
// the claim, and is refused (ErrStale) once somebody else has claimed the chat.
type Claim struct {
	ChatID int64
	Epoch  int64
	At     Moment // when the chat was claimed
	WorkAt Moment // as the claim left it: when it has changed since, there is new work
}

// Claimed is a chat with something to do, as it was found, and the claim on it.
type Claimed struct {
	Chat  Chat
	Claim Claim
}

// Language is the chat's language: the chosen one, else the platform's, else "".
func (c Chat) Language() string {
	if c.Lang != "" {
		return c.Lang
	}
	return c.Spoken
}

// Arrival is one incoming update as the platform sent it, kept until its
// reply is accepted. (Door, Key) is unique: repeated deliveries have one effect.
type Arrival struct {
	ID       int64  `gorm:"primaryKey"`
	Door     string `gorm:"size:24;uniqueIndex:inbox_door_key,priority:1"`
	Key      string `gorm:"column:update_key;size:128;uniqueIndex:inbox_door_key,priority:2"`
	ChatID   int64  `gorm:"index:inbox_chat"`
	Pos      int64  // the platform's own order within the chat
	Body     []byte // the update, as it came; emptied when the row ends
	Replies  []byte // what is to be sent, once it is decided; JSON of the handlers
	Answered bool   // Replies is decided
	Sent     int    // how many of Replies the platform has accepted
	Failures int    // attempts in a row that failed
	DueAt    Moment // not before this; Never once it has ended
	At       Moment // when it came

	Address Address `gorm:"-"` // where it came from; the store finds or makes the chat
	Group   bool    `gorm:"-"`
}
