package wecom

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/silenceper/wechat/v2/work/kf"

	"waybill/handlers"
	"waybill/internal/expiring"
	"waybill/internal/troublelog"
	"waybill/models"
)

// SyncStore keeps, for each customer-service account, what WeCom has announced
// and the cursor up to which messages were fetched.
type SyncStore interface {
	// Announce stores that an account has something to fetch, with the callback's token.
	Announce(ctx context.Context, account, token string, now models.Moment) error
	// SyncCursors lists every account that was ever announced, with its cursor.
	SyncCursors(ctx context.Context) ([]models.SyncCursor, error)
	// ArriveSynced stores a page in one transaction: what arrived, what it does
	// to the credits, and the cursor. ErrStale when Page.From is not the stored
	// cursor. A renewed credit makes the chat's waiting replies and news due at once.
	ArriveSynced(ctx context.Context, p models.SyncPage, now models.Moment) (fresh int, err error)
}

// Credits counts what WeCom still lets the bot send to a customer.
type Credits interface {
	// Credit is the zero Credit with the address where the customer never wrote.
	Credit(ctx context.Context, a models.Address) (models.Credit, error)
	// SetCredit stores Left; nothing happens when the customer has written since c was read.
	SetCredit(ctx context.Context, c models.Credit) error
}

// Sealer encrypts what customers are sent, while it is kept in case it was not
// delivered. What is sealed opens under the same bind only.
type Sealer interface {
	Seal(bind, plain string) ([]byte, error)
	Open(bind string, sealed []byte) (string, error)
}

// KFSettings are the settings of the KF door. All are required.
type KFSettings struct {
	AgentID   string // of the app that may call the KF API
	Secret    string
	Token     string // of its callback
	AESKey    string // of its callback, 43 characters
	SyncStore SyncStore
	Credits   Credits
	Sealer    Sealer
}

var (
	_ handlers.Door   = (*KF)(nil)
	_ handlers.Humans = (*KF)(nil)
)

// KF is the door to 微信客服: WeChat customers, one to one. WeCom only announces
// that there are messages; Run fetches them. Its methods may be used at the
// same time.
type KF struct {
	*client
	syncStore   SyncStore
	credits     Credits
	sealer      Sealer
	envelope    *Envelope
	wake        func()
	trouble     *troublelog.Log
	announced   chan struct{} // holds one token while accounts have to be looked at
	fetching    *fetching
	botServes   *expiring.Map[party, int]       // states of sessions in which the bot may speak
	serving     *expiring.Map[string, bool]     // whether somebody serves an account
	unconfirmed *expiring.Map[string, struct{}] // names of messages that were sent and got no answer
}

// NewKF makes the door. It makes no calls. wake is called after an
// arrival was stored; it must not block. It may be nil.
func NewKF(a *API, s KFSettings, wake func()) (*KF, error) {
	envelope, err := NewEnvelope(s.Token, s.AESKey, a.settings.CorpID)
	err = errors.Join(err, a.settings.checkDoor())
	if s.Secret == "" || s.Token == "" {
		err = errors.Join(err, errors.New("the secret or the callback's token is missing"))
	}
	if s.SyncStore == nil || s.Credits == nil || s.Sealer == nil {
		err = errors.Join(err, errors.New("a sync store, credits or a sealer are missing"))
	}
	if err != nil {
		return nil, fmt.Errorf("set up wecom customer service: %w", err)
	}
	if wake == nil {
		wake = func() {}
	}
	return &KF{
		client: a.client(s.AgentID, s.Secret), syncStore: s.SyncStore, credits: s.Credits, sealer: s.Sealer,
		envelope: envelope, wake: wake, trouble: troublelog.New(a.settings.Log), announced: make(chan struct{}, 1), fetching: newFetching(a.settings.Now),
		botServes:   expiring.New[party, int](statesKept, a.settings.Now),
		serving:     expiring.New[string, bool](statesKept, a.settings.Now),
		unconfirmed: expiring.New[string, struct{}](unconfirmedKept, a.settings.Now),
	}, nil
}

// Name is the door's name in addresses.
func (k *KF) Name() string { return "wecom_kf" }

// Traits say that messages are counted and that customers can be handed over.
func (k *KF) Traits() handlers.Traits {
	return handlers.Traits{Metered: true, Humans: true, Pictures: true}
}

// Ready is nil while the door works, else it says what does not.
func (k *KF) Ready() error { return k.tokens.ready() }

// Callback takes in what WeCom delivers to /wecom/kf: the check of the URL, and
// announcements. 401 without the right signature, 413 for more than
// httpbody.Limit, 200 only once it is stored.
func (k *KF) Callback() http.Handler {
	return &callback{envelope: k.envelope, store: k.announce, log: k.settings.Log, door: k.Name()}
}

// announce stores that there is something to fetch.
func (k *KF) announce(ctx context.Context, message []byte) error {
	var m kf.CallbackMessage
	if xml.Unmarshal(message, &m) != nil {
		return errUnreadable
	}
	if m.Event != "kf_msg_or_event" {
		return nil
	}
	if err := k.syncStore.Announce(ctx, m.OpenKfID, m.Token, k.now()); err != nil {
		return fmt.Errorf("store announcement: %w", err)
	}
	k.lookAgain()
	return nil
}

// lookAgain has Run look at the accounts at once.
func (k *KF) lookAgain() {
	select {
	case k.announced <- struct{}{}:
	default:
	}
}

// party is one customer at one account.
type party struct{ account, customer string }

func (p party) address() models.Address {
	return models.Address{Door: "wecom_kf", Conversation: p.account + "/" + p.customer}
}

func partyOf(a models.Address) (party, error) {
	account, customer, ok := strings.Cut(a.Conversation, "/")
	if !ok || customer == "" {
		return party{}, fmt.Errorf("%w: not the address of a customer", models.ErrRefused)
	}
	return party{account, customer}, nil
}
