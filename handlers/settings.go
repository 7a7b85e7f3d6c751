package handlers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"waybill/locales"
	"waybill/models"
	"waybill/tracking/recognise"
)

// Store keeps what conversations read and change.
type Store interface {
	// Parcels, by what people call them, and their scans.
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	ByNumber(ctx context.Context, number string) ([]models.Parcel, error)
	Ensure(ctx context.Context, number string, carrier models.Carrier, lang string, tailNeeded bool, now models.Moment) (models.Parcel, error)
	History(ctx context.Context, parcelID, after int64, limit int) ([]models.Event, error)
	NewestScans(ctx context.Context, parcelIDs []int64) (map[int64]models.Event, error)

	// What a chat follows, and how it wants to hear of it. PushTo sends a
	// parcel's news to a group robot as well ("" ends that); it returns
	// models.ErrNotFound when the chat does not follow the parcel.
	Follow(ctx context.Context, w models.Following, now models.Moment) (models.Follow, error)
	Unfollow(ctx context.Context, chatID int64, parcelIDs []int64, now models.Moment) error
	// Undo follows again what Unfollow ended last, within ten minutes, and returns the parcels.
	Undo(ctx context.Context, chatID int64, now models.Moment) ([]int64, error)
	Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error)
	FollowedOf(ctx context.Context, chatID int64, parcelIDs []int64) ([]models.Followed, error)
	FollowedByNumber(ctx context.Context, chatID int64, number string) ([]models.Followed, error)
	AllFollowed(ctx context.Context, chatID int64) ([]models.Followed, error)
	FollowOf(ctx context.Context, chatID, parcelID int64) (models.Follow, bool, error)
	CountLive(ctx context.Context, chatID int64) (int, error)
	CountFollowed(ctx context.Context, chatID int64) (live, done int, err error)
	Listed(ctx context.Context, chatID int64, numbers []string) ([]models.Listed, error)
	FollowBatch(ctx context.Context, b models.Batch, now models.Moment) ([]models.BatchResult, error)
	Rename(ctx context.Context, chatID, parcelID int64, name string) error
	Mute(ctx context.Context, chatID, parcelID int64, muted bool, now models.Moment) error
	SetListed(ctx context.Context, chatID int64, parcelIDs []int64) error
	PushTo(ctx context.Context, chatID, parcelID int64, robot string, now models.Moment) error

	// Phone tails: what followers gave, and a day's attempts to guess one.
	Tails(ctx context.Context, parcelID int64) ([]models.Tail, error)
	ReserveTailAttempt(ctx context.Context, chatID int64, number string, ofChat, ofWaybill int, now models.Moment) (taken models.TailAttempts, reserved bool, err error)
	ReturnTailAttempt(ctx context.Context, chatID int64, number string, now models.Moment) error
	TailAttempts(ctx context.Context, chatID int64, number string, now models.Moment) (models.TailAttempts, error)

	// How far the first checks of imported tables have come, and what is said of it to
	// chats that have asked nothing (Outbox).
	PutImport(ctx context.Context, i models.Import) error
	NoteImport(ctx context.Context, i models.Import) error
	DueImports(ctx context.Context, now models.Moment, limit int) ([]models.Import, error)
	ImportParts(ctx context.Context, i models.Import, now models.Moment) ([]models.ImportPart, error)
	EndImport(ctx context.Context, i models.Import) error
	ChatByID(ctx context.Context, id int64) (models.Chat, error)
	Post(ctx context.Context, to models.Address, about string, replies []byte, since, now models.Moment) (fresh bool, err error)

	// A chat: what it wants remembered, and whether and where it can be reached.
	ChatAt(ctx context.Context, a models.Address) (c models.Chat, ok bool, err error)
	SetLang(ctx context.Context, chatID int64, lang string) error
	SetSpoken(ctx context.Context, chatID int64, lang string) error
	SetNews(ctx context.Context, chatID int64, news models.News, minute int, now models.Moment) error
	ChatTail(ctx context.Context, chatID int64) (string, error)
	SetChatTail(ctx context.Context, chatID int64, tail string) error
	Gone(ctx context.Context, chatID int64, now models.Moment) error
	Back(ctx context.Context, chatID int64, now models.Moment) error
	MoveChat(ctx context.Context, chatID int64, conversation string, now models.Moment) error
	Forget(ctx context.Context, chatID int64, now models.Moment) error

	// The one open question of a chat.
	Question(ctx context.Context, chatID, arrivalID int64, now models.Moment) (models.Question, bool, error)
	Ask(ctx context.Context, q models.Question) error
	DropQuestion(ctx context.Context, chatID, arrivalID int64, now models.Moment) error

	// What a chat was shown last (models.MemoryShown).
	Recall(ctx context.Context, kind, key string, now models.Moment) (value []byte, ok bool, err error)
	Remember(ctx context.Context, kind, key string, value []byte, until models.Moment) error

	// What operators want to know of the money and the work.
	Usage(ctx context.Context, day string) ([]models.Usage, error)
	UsageSince(ctx context.Context, day string) ([]models.Usage, error)
	ShareCalls(ctx context.Context, prices map[string]float64, now models.Moment) error
	ChatUsage(ctx context.Context, period string, limit int) (most []models.ChatUsage, none models.ChatUsage, err error)
	Spent(ctx context.Context, day string) (map[string]int64, error)
	Backlog(ctx context.Context, now models.Moment) (models.Backlog, error)
	CountLiveParcels(ctx context.Context) (int64, error)
}

// Detector names the carriers of a number, most likely first; sure means that
// nobody need be asked.
type Detector interface {
	Detect(ctx context.Context, number string) (carriers []models.Carrier, sure bool)
}

// Carriers reads a carrier's name or code as people write it, and knows how people
// reach a carrier.
type Carriers interface {
	Typed(text string) (models.Carrier, bool)
	Contact(carrier models.Carrier) recognise.Contact
}

// Checker asks the providers about a parcel now. tail is "" or digits that no
// provider has seen yet.
type Checker interface {
	Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error)
	// Followed sees to what a parcel needs that has just been followed: a push
	// subscription, where a provider offers one.
	Followed(ctx context.Context, parcelID int64)
}

// ErrCannotTell is Admins' answer when the platform's own means nothing: asking
// again would bring the same.
var ErrCannotTell = errors.New("the platform does not tell who administers the group")

// Admins tells who administers a group. ErrCannotTell is an answer, other errors
// are passing.
type Admins interface {
	Admin(ctx context.Context, group models.Address, person string) (bool, error)
}

// Traits are what is particular about a door, as far as words depend on it.
type Traits struct {
	Metered  bool // its messages are counted: pending news is answer enough to a text that says nothing
	Humans   bool // whoever asks for a human may be handed over to one
	Mentions bool // in groups it hears nothing but what mentions the bot
	Keyboard bool // buttons are pressed where they stand under a message, and many fit
	Edits    bool // a Reply can replace the message whose button was pressed, also later
	Pictures bool // a Reply's picture can be shown
	Captions bool // and stands over its text in one message; else it comes behind the text
	Staff    bool // only a corporation's own people write through it: they may send news to its group robots
}

// mentionsOnly says that of this chat the bot hears only what mentions it.
func (t Traits) mentionsOnly(c models.Chat) bool { return t.Mentions && c.Group }

// Settings are what a Conversation works with, in the order in which a message
// meets it, and what the operator decides.
type Settings struct {
	Store    Store
	Detector Detector
	Carriers Carriers // nil: carriers can be chosen, not typed
	Checker  Checker
	// Estimator says when parcels are expected. Nil: what their providers say.
	Estimator Estimator
	Painter   Painter     // nil: there are no pictures
	Labels    LabelReader // nil: pictures are answered with that the number is to be sent
	Words     *locales.Bundle
	Log       *slog.Logger // at level debug, what was understood, without what was said; nil: nothing
	Now       func() time.Time

	TailCarriers []models.Carrier             // those that want a phone's tail
	MaxParcels   models.Limits                // live parcels
	Timezone     *time.Location               // of the times shown; nil: Asia/Shanghai
	Links        func(models.Followed) string // the address of a follow's page, "" for none; nil: there are no pages
	Operators    []models.Address             // chats that may use the operators' commands
	Prices       map[string]float64           // yuan for a billed call, by "provider.kind"
	Budgets      map[string]int64             // billed calls a day, by provider
	Admins       map[string]Admins            // by door; a door without them cannot tell
	Traits       map[string]Traits            // by door
	Humans       map[string]Humans            // by door; a door without them cannot tell whether somebody serves
	ShopName     string                       // whose customers are greeted; "" when it has none
	Welcome      string                       // the whole greeting of customers; "": a default one
	Robots       []string                     // names of the group robots that news can be sent to
}
