package models

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
