package handlers

import "waybill/models"

// Happening is what a Message tells.
type Happening string

const (
	Said   Happening = ""       // somebody wrote Text
	Tapped Happening = "tapped" // somebody pressed a button; Button holds its data
	Joined Happening = "joined" // the bot was added, or unblocked
	Left   Happening = "left"   // the bot was removed, or blocked
	Moved  Happening = "moved"  // the chat has a new id; NewRoom holds it
)

// Message is one incoming update in the house's own words, made by a door.
type Message struct {
	Address   models.Address
	Happening Happening
	Group     bool   // more than one person reads the chat
	Addressed bool   // in a group: the bot is meant (mention, reply to it, command with its name); always true one to one
	Text      string // the bot's own mention is stripped
	Button    string // Tapped: the button's data
	NewRoom   string // Moved: the platform's new chat id
	From      string // the platform's id of the person, for ownership and administrator checks
	Lang      string // the person's language as the platform tells it (BCP 47), "" when it does not
	Token     string // the door's own handle to answer this very update (a callback id, a request id)
}
