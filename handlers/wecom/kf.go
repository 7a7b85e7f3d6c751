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
	"waybill/models"
)

// Mailbox keeps, for each customer-service account, what WeCom has announced
// and how far it was fetched.
type Mailbox interface {
	// Announce stores that an account has something to fetch, with the callback's token.
	Announce(ctx context.Context, account, token string, now models.Moment) error
	// Mails lists every account that was ever announced.
	Mails(ctx context.Context) ([]models.Mail, error)
	// ArriveSynced stores a page in one transaction: what arrived, what it does
	// to the credits, and the cursor. ErrStale when Page.From is not the stored
	// cursor. A renewal makes the chat's waiting replies and owed news due at once.
	ArriveSynced(ctx context.Context, p models.Page, now models.Moment) (fresh int, err error)
}

// Credits counts what WeCom still lets the bot send to a customer.
type Credits interface {
	// Credit is the zero Credit with the address where the customer never wrote.
	Credit(ctx context.Context, a models.Address) (models.Credit, error)
	// SetCredit stores Left; nothing happens when the customer has written since c was read.
	SetCredit(ctx context.Context, c models.Credit) error
}

// Phrases are the door's own words in one language.
type Phrases struct {
	Continue string // under the last message that WeCom allows: 回复任意内容继续接收
	Choose   string // over a menu without any other text
	Human    string // the customer is being handed over
	NoHuman  string // nobody is there to be handed over to
}

// KFSettings are the settings of the KF door. All are required.
type KFSettings struct {
	AgentID string // of the app that may call the KF API
	Secret  string
	Token   string // of its callback
	AESKey  string // of its callback, 43 characters
	Mailbox Mailbox
	Credits Credits
	Phrases func(lang string) Phrases // lang as Reply.Lang
}

var _ handlers.Door = (*KF)(nil)

// KF is the door to 微信客服: WeChat customers, one to one. WeCom only announces
// that there are messages; Run fetches them. Its methods may be used at the
// same time.
type KF struct {
	*caller
	mailbox  Mailbox
	credits  Credits
	phrases  func(lang string) Phrases
	envelope *Envelope
	wake     func()
	rung     chan struct{}
	states   *states
	fetching *fetching
	doubts   *doubts
}

// NewKF makes the door. It calls nobody. wake is called whenever something new
// lies in the inbox; it must not block. It may be nil.
func NewKF(a *API, s KFSettings, wake func()) (*KF, error) {
	envelope, err := NewEnvelope(s.Token, s.AESKey, a.settings.CorpID)
	err = errors.Join(err, a.settings.corp())
	if s.Secret == "" || s.Token == "" {
		err = errors.Join(err, errors.New("the secret or the callback's token is missing"))
	}
	if s.Mailbox == nil || s.Credits == nil || s.Phrases == nil {
		err = errors.Join(err, errors.New("a mailbox, credits or phrases are missing"))
	}
	if err != nil {
		return nil, fmt.Errorf("set up wecom customer service: %w", err)
	}
	if wake == nil {
		wake = func() {}
	}
	return &KF{
		caller: a.caller(s.AgentID, s.Secret), mailbox: s.Mailbox, credits: s.Credits, phrases: s.Phrases,
		envelope: envelope, wake: wake, rung: make(chan struct{}, 1),
		states: newStates(a.settings.Now), fetching: newFetching(a.settings.Now),
		doubts: newDoubts(a.settings.Now),
	}, nil
}

// Name is the door's name in addresses.
func (k *KF) Name() string { return "wecom_kf" }

// Ready is nil while the door works, else it says what does not.
func (k *KF) Ready() error { return k.tokens.ready() }

// Check calls the API for nothing but to see whether it answers this app.
func (k *KF) Check(ctx context.Context) error {
	_, err := k.accounts(ctx)
	return err
}

// Callback takes in what WeCom delivers to /wecom/kf: the check of the URL, and
// announcements. 401 without the right signature, 413 for more than a
// mebibyte, 200 only once it is stored.
func (k *KF) Callback() http.Handler {
	return &callback{envelope: k.envelope, take: k.announced, log: k.settings.Log, door: k.Name()}
}

// announced stores that there is something to fetch.
func (k *KF) announced(ctx context.Context, message []byte) error {
	var m kf.CallbackMessage
	if xml.Unmarshal(message, &m) != nil {
		return errNonsense
	}
	if m.Event != "kf_msg_or_event" {
		return nil
	}
	if err := k.mailbox.Announce(ctx, m.OpenKfID, m.Token, k.now()); err != nil {
		return fmt.Errorf("store announcement: %w", err)
	}
	select {
	case k.rung <- struct{}{}:
	default:
	}
	return nil
}

// party is one customer at one account.
type party struct{ account, customer string }

func (p party) address() models.Address {
	return models.Address{Door: "wecom_kf", Room: p.account + "/" + p.customer}
}

func partyOf(a models.Address) (party, error) {
	account, customer, ok := strings.Cut(a.Room, "/")
	if !ok || customer == "" {
		return party{}, fmt.Errorf("%w: not the address of a customer", models.ErrRefused)
	}
	return party{account, customer}, nil
}
