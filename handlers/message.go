package handlers

import (
	"context"
	"errors"
	"strings"

	"waybill/models"
)

// Happening is what a Message tells.
type Happening string

const (
	Said   Happening = ""       // somebody wrote Text
	Tapped Happening = "tapped" // somebody pressed a button; Button holds its data
	Joined Happening = "joined" // the bot was added, or unblocked
	Left   Happening = "left"   // the bot was removed, or blocked
	Moved  Happening = "moved"  // the chat has a new id, which NewConversation holds
	// Wordless is what holds no text: a contact, a place, a sticker, a voice message.
	Wordless Happening = "wordless"
)

// Message is one incoming update in our own words, made by a door.
type Message struct {
	Address   models.Address
	Happening Happening
	Group     bool   // more than one person reads the chat
	Addressed bool   // in a group: the bot is meant (mention, reply to it, command with its name); always true one to one
	Text      string // the bot's own mention is stripped
	// Attached is text that comes with Text and that its writer did not write: the
	// message it answers or quotes, the targets of its links, a card's title and
	// description. Numbers in it count where Text itself holds none.
	Attached string
	// Files are what came with Text, such as photos. What a door cannot read is none.
	Files           []Attachment
	Edited          bool   // it replaces a message that was handled before
	Button          string // Tapped: the button's data
	NewConversation string // Moved: the platform's new chat id
	From            string // the platform's id of the person, for ownership and administrator checks
	Lang            string // the person's language as the platform tells it (BCP 47), "" when it does not
	Arrival         int64  // the stored update, 0 where there is none: the same one may be handled twice
	Token           string // the door's own handle to answer this very update (a callback id, a request id)
}

// AttachmentKind is what an Attachment was sent as.
type AttachmentKind string

const (
	Photo    AttachmentKind = "photo"    // a picture that the platform shows in the chat, compressed by it
	Document AttachmentKind = "document" // a file of any kind, as it was: a picture, a table
)

// Attachment is a file that came with a message. Its bytes are read when they are
// needed.
type Attachment struct {
	Kind AttachmentKind
	Name string // as the sender calls it, "" where the platform does not say
	MIME string // as the platform says, "" where it does not
	Size int64  // bytes, 0 where the platform does not say
	// Open reads the whole file. It is ErrTooLarge when it has more than limit bytes, or
	// more than the platform hands out; models.ErrGone when the platform does not keep it
	// any more. Other errors are passing.
	Open func(ctx context.Context, limit int64) ([]byte, error)
}

// ErrTooLarge says that an attachment has more bytes than are read.
var ErrTooLarge = errors.New("the file is too large")

// Style is how a Span looks where the platform can show it.
type Style string

const (
	Plain  Style = ""
	Strong Style = "strong"
	Quote  Style = "quote" // somebody else's words, such as a carrier's scans; adjacent lines are one quotation
	Code   Style = "code"  // a number to copy with one tap
	Link   Style = "link"  // Span.URL behind Span.Text
	Dim    Style = "dim"   // times and places; plain where the platform has no such thing
)

// Span is a run of text in one style. Text is never markup: doors escape it.
type Span struct {
	Text  string `json:"t"`
	Style Style  `json:"s,omitempty"`
	URL   string `json:"u,omitempty"`
}

// Line is one line of a reply.
type Line []Span

func (l Line) text() string {
	var b strings.Builder
	for _, span := range l {
		b.WriteString(span.Text)
	}
	return b.String()
}

// Block is a group of lines that is never torn apart when a long reply is cut
// to a platform's limit: an event, a parcel's head, a row of a list.
type Block []Line

// Button is something to press. Data is at most 64 bytes; doors without
// buttons show Number choices instead ("回复 1").
type Button struct {
	Text string `json:"t"`
	Data string `json:"d"`
}

// Occasion is why a Reply is sent. Doors that may send only so many messages
// keep the last ones for what matters most.
type Occasion string

const (
	Answer Occasion = ""       // somebody said something
	News   Occasion = "news"   // something happened
	Urgent Occasion = "urgent" // something happened that breaks quiet hours
)

// Reply is one message to send. A door that must cut it does so between Blocks.
type Reply struct {
	Blocks  []Block    `json:"b,omitempty"`
	Buttons [][]Button `json:"k,omitempty"` // rows of buttons under the text
	File    *File      `json:"f,omitempty"` // sent with the text, or instead of it
	Picture *File      `json:"i,omitempty"` // a PNG, shown with the text under it, or behind the text where Traits.Captions is not set; left out where Traits.Pictures is not set
	Token   string     `json:"o,omitempty"` // Message.Token of what it answers
	Toast   string     `json:"a,omitempty"` // short note for a pressed button, where the platform has them
	Edit    bool       `json:"e,omitempty"` // replaces the message whose button was pressed, where that is possible
	// EditOnly says that it is not sent where it cannot replace that message.
	EditOnly bool     `json:"x,omitempty"`
	For      Occasion `json:"n,omitempty"`
	// Asks says that it wants an answer in words, not only a pressed button.
	Asks bool `json:"q,omitempty"`
	// Optional says that it need not be sent when a notification is in the same turn.
	Optional bool   `json:"p,omitempty"`
	Lang     string `json:"l,omitempty"` // what it is written in (BCP 47), for the words that a door adds; "" where the door is to choose
}

// File is a document to send.
type File struct {
	Name string `json:"n"`
	Body []byte `json:"b"`
}

// Text is the reply without any style, lines separated by newlines and blocks by none.
func (r Reply) Text() string {
	var b strings.Builder
	for _, block := range r.Blocks {
		for _, line := range block {
			b.WriteString(line.text())
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// PlainText is a reply of plain text.
func PlainText(s string) Reply { return Reply{Blocks: []Block{{Line{{Text: s}}}}} }

// Plain is the reply without any style and buttons, for a platform that refuses
// how it looks. Its blocks stay: a long one is cut where it was.
func (r Reply) Plain() Reply {
	plain := Reply{Token: r.Token, File: r.File, Picture: r.Picture, For: r.For, Asks: r.Asks, Lang: r.Lang, Edit: r.EditOnly, EditOnly: r.EditOnly}
	for _, b := range r.Blocks {
		lines := make(Block, len(b))
		for i, line := range b {
			lines[i] = Line{{Text: line.text()}}
		}
		plain.Blocks = append(plain.Blocks, lines)
	}
	return plain
}
