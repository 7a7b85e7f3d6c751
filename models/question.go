package models

// Asking is what an open question wants to know.
type Asking string

const (
	AskTail    Asking = "tail"    // the last four digits of a phone, for every item
	AskCarrier Asking = "carrier" // which carrier the first item's number belongs to
	// AskPick asks which parcel a command is about. The first item holds the command;
	// the others are the parcels to choose from, none when they are those of the list.
	AskPick     Asking = "pick"
	AskStopAll  Asking = "stopall"  // whether to stop all, which are the items
	AskStopMany Asking = "stopmany" // whether to stop the items
	AskForget   Asking = "forget"   // whether to erase everything
	AskName     Asking = "name"     // what to call the first item
	AskNews     Asking = "news"     // how much the chat wants to hear
	AskKeep     Asking = "keep"     // the last four digits of a phone, for the chat to remember
	AskTypo     Asking = "typo"     // whether the first item's number was meant, and not the one given
	AskLabel    Asking = "label"    // which of the items, read off a photo, are meant
	AskTable    Asking = "table"    // whether to follow the items, which a table lists
)

// Question is the one open question of a chat. It is a row, so it survives a
// restart; it expires a day after it was asked.
type Question struct {
	ChatID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Asking    Asking `gorm:"size:12"`
	Nonce     string `gorm:"size:16"`         // buttons carry it, so an old one cannot answer a new question
	Items     []Item `gorm:"serializer:json"` // what it is about
	Rest      []Item `gorm:"serializer:json"` // what is to be asked after it
	AskedAt   Moment
	ExpiresAt Moment
	// ChangedBy is the arrival whose handling made this the open question, or ended
	// the previous one (then Asking is ""). Should the process end before the
	// replies are stored, the same arrival is handled once more, and finds Previous.
	ChangedBy int64
	Previous  *Question `gorm:"serializer:json"`
}

// Item is one number that a question is about.
type Item struct {
	Number   string    `json:"number"`
	Name     string    `json:"name,omitempty"`
	Carrier  Carrier   `json:"carrier,omitempty"`  // decided already, or ""
	Carriers []Carrier `json:"carriers,omitempty"` // to choose from
	Needs    Asking    `json:"needs,omitempty"`    // in Rest: what is to be asked
	Given    string    `json:"given,omitempty"`    // AskTypo: the number as it was written
	Tail     string    `json:"tail,omitempty"`     // AskTypo, AskLabel, AskTable: digits given with it; the store keeps them in Sealed
	Sealed   []byte    `json:"sealed,omitempty"`
	Verb     string    `json:"verb,omitempty"` // AskPick: what the command does
	Args     string    `json:"args,omitempty"` // AskPick: what follows the parcel in it
}
