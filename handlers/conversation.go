package handlers

import (
	"context"
	"fmt"
	"time"

	"waybill/locales"
	"waybill/models"
)

// Parcels finds and keeps parcels.
type Parcels interface {
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	ByNumber(ctx context.Context, number string) ([]models.Parcel, error)
	Ensure(ctx context.Context, number string, carrier models.Carrier, tailNeeded bool, now models.Moment) (models.Parcel, error)
	History(ctx context.Context, parcelID, after int64, limit int) ([]models.Event, error)
}

// Follows keeps who follows what.
type Follows interface {
	Follow(ctx context.Context, w models.Following, now models.Moment) (models.Follow, error)
	Unfollow(ctx context.Context, chatID int64, parcelIDs []int64, now models.Moment) error
	Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error)
	FollowOf(ctx context.Context, chatID, parcelID int64) (models.Follow, bool, error)
}

// Labels keeps what a chat calls its parcels, and how it wants to hear of them.
type Labels interface {
	Rename(ctx context.Context, chatID, parcelID int64, name string) error
	Mute(ctx context.Context, chatID, parcelID int64, muted bool, now models.Moment) error
	SetListed(ctx context.Context, chatID int64, parcelIDs []int64) error
}

// Tails keeps phone tails, and counts the wrong ones.
type Tails interface {
	Tails(ctx context.Context, parcelID int64) ([]models.Tail, error)
	WrongTail(ctx context.Context, chatID int64, number string, now models.Moment) error
	WrongTails(ctx context.Context, chatID int64, number string, now models.Moment) (ofChat, ofWaybill int, err error)
}

// Habits keeps what a chat wants to be remembered.
type Habits interface {
	SetLang(ctx context.Context, chatID int64, lang string) error
	SetSpoken(ctx context.Context, chatID int64, lang string) error
	ChatTail(ctx context.Context, chatID int64) (string, error)
	SetChatTail(ctx context.Context, chatID int64, tail string) error
}

// Lives keeps whether and where a chat can be reached.
type Lives interface {
	Gone(ctx context.Context, chatID int64, now models.Moment) error
	Back(ctx context.Context, chatID int64, now models.Moment) error
	MoveChat(ctx context.Context, chatID int64, room string, now models.Moment) error
	Forget(ctx context.Context, chatID int64, now models.Moment) error
}

// Questions keeps the one open question of a chat.
type Questions interface {
	Question(ctx context.Context, chatID int64, now models.Moment) (models.Question, bool, error)
	Ask(ctx context.Context, q models.Question) error
	DropQuestion(ctx context.Context, chatID int64) error
}

// Checker asks the providers about a parcel now. tail is "" or digits that no
// provider has seen yet.
type Checker interface {
	Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error)
}

// Detector names the carriers of a number, most likely first; sure means that
// nobody need be asked.
type Detector interface {
	Detect(ctx context.Context, number string) (carriers []models.Carrier, sure bool)
}

// Books are what the operator wants to know of the money and the work.
type Books interface {
	Usage(ctx context.Context, day string) ([]models.Usage, error)
	Spent(ctx context.Context, day string) (map[string]int64, error)
	Backlog(ctx context.Context, now models.Moment) (models.Backlog, error)
}

// Pushes keeps which group robot gets a parcel's news as well.
type Pushes interface {
	// PushTo sends the parcel's news to the robot from now on; "" ends that.
	// models.ErrNotFound when the chat does not follow the parcel.
	PushTo(ctx context.Context, chatID, parcelID int64, robot string, now models.Moment) error
}

// Settings are what the operator decides about conversations.
type Settings struct {
	TailCarriers []models.Carrier           // those that want a phone's tail
	MaxParcels   int                        // live parcels per chat; 0: no limit
	Timezone     *time.Location             // of the times shown; nil: Asia/Shanghai
	Links        func(models.Parcel) string // the parcel page's link; nil: there are no pages
	Operators    []models.Address           // chats that may use the operators' commands
	Prices       map[string]float64         // yuan for a billed call, by "provider.kind"
	Budgets      map[string]int64           // billed calls a day, by provider
	Judges       map[string]Judge           // by door; a door without one cannot tell
	Traits       map[string]Traits          // by door
	Robots       []string                   // names of the group robots that news can be sent to
}

// Needs is everything a Conversation stands on. One store fulfils the first seven.
type Needs struct {
	Parcels   Parcels
	Follows   Follows
	Labels    Labels
	Tails     Tails
	Habits    Habits
	Lives     Lives
	Questions Questions
	Checker   Checker
	Detector  Detector
	Books     Books    // nil: there are no operators
	Carriers  Carriers // nil: carriers can be chosen, not typed
	Pushes    Pushes   // nil: there are no group robots
	Words     *locales.Bundle
	Now       func() time.Time
	Settings  Settings
}

// Conversation understands messages and decides what to answer. It keeps
// nothing in memory: an open question is a row, so it survives a restart.
type Conversation struct{ Needs }

// New makes a Conversation.
func New(n Needs) *Conversation {
	if n.Settings.Timezone == nil {
		n.Settings.Timezone = models.Shanghai
	}
	if n.Carriers == nil {
		n.Carriers = nameless{}
	}
	return &Conversation{n}
}

// Handle does what a message wants and returns what to answer, in order;
// nothing is an answer too. An error means that it can be handled again.
func (c *Conversation) Handle(ctx context.Context, chat models.Chat, m Message) ([]Reply, error) {
	now := models.At(c.Now())
	switch m.Happening {
	case Left:
		return nil, wrap("leave chat", c.Lives.Gone(ctx, chat.ID, now))
	case Moved:
		return nil, wrap("move chat", c.Lives.MoveChat(ctx, chat.ID, m.NewRoom, now))
	}
	if err := c.meet(ctx, &chat, m, now); err != nil {
		return nil, err
	}
	t := &turn{Conversation: c, voice: c.voice(chat, now), chat: chat, m: m}
	replies, err := t.answer(ctx)
	if err != nil {
		return nil, err
	}
	for i := range replies {
		replies[i].Lang = t.Tag()
	}
	if len(replies) > 0 {
		replies[0].Token = m.Token
	}
	return replies, nil
}

// meet brings a chat back that was gone, and notes the language its platform
// tells. A group keeps the first one: its members may speak several.
func (c *Conversation) meet(ctx context.Context, chat *models.Chat, m Message, now models.Moment) error {
	if chat.GoneAt != 0 {
		if err := c.Lives.Back(ctx, chat.ID, now); err != nil {
			return fmt.Errorf("bring chat back: %w", err)
		}
		chat.GoneAt = 0
	}
	if m.Lang == "" || m.Lang == chat.Spoken || m.Group && chat.Spoken != "" {
		return nil
	}
	chat.Spoken = m.Lang
	return wrap("note language", c.Habits.SetSpoken(ctx, chat.ID, m.Lang))
}

func (c *Conversation) voice(chat models.Chat, now models.Moment) voice {
	return voice{
		Speech: c.Words.For(chat.Lang, chat.Spoken), zone: c.Settings.Timezone, now: now,
		deaf: c.Settings.Traits[chat.Door].unheard(chat),
	}
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
