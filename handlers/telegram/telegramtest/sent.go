package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// Sent is a message that the bot has sent, as it stands now.
type Sent struct {
	Chat     int64
	Thread   int64
	ID       int64
	Text     string // what the reader sees: markup parsed, white space around it gone; a file's or photo's caption
	Raw      string // as the bot wrote it
	Entities []Entity
	Buttons  [][]Button
	Forced   *Forced // the reader's app opens a reply to it
	ReplyTo  int64
	File     *File
	Photo    *File
	Preview  bool // a link preview may show
	Edits    int
	At       time.Time // when it came, or was edited last
}

// Button is an inline button.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// Forced is a ForceReply under a message.
type Forced struct {
	Selective bool // only for whom the message answers or mentions
}

// Action is what the bot has shown itself to be doing ("typing").
type Action struct {
	Chat   int64
	Thread int64
	Name   string
	At     time.Time
}

// Answer is the end of a callback query.
type Answer struct {
	Query string
	Text  string
}

// clone makes a copy that the caller may keep.
func (s *Sent) clone() Sent {
	c := *s
	c.Entities = slices.Clone(s.Entities)
	c.Buttons = slices.Clone(s.Buttons)
	return c
}

// String makes a failed test readable.
func (s Sent) String() string {
	b, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
