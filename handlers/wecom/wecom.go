// Package wecom holds the doors to WeCom (企业微信): 微信客服 for customers, one to
// one (KF); 自建应用 for members, one to one (App); 智能机器人 for staff groups, over
// its long connection (AIBot); and the group robots to which news can be sent
// (Webhooks).
//
// The API is reached with github.com/silenceper/wechat/v2: its HTTP functions,
// its message types, its signature. Its client methods are not used, because
// they take no context, drop error codes and keep one token for two secrets;
// what is used is kept safe in Open.
package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// defaultAPIURL is where the SDK thinks WeCom is.
const defaultAPIURL = "https://qyapi.weixin.qq.com"

// Memory keeps small things for a while, for all replicas; the store does.
type Memory interface {
	// Recall reads what was remembered under a kind (at most 16 characters) and a key.
	Recall(ctx context.Context, kind, key string, now models.Moment) ([]byte, bool, error)
	// Remember stores a value until a moment, in the place of an older one.
	Remember(ctx context.Context, kind, key string, value []byte, until models.Moment) error
}

// Leases makes one replica at a time do something; the store does.
type Leases interface {
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (fence int64, held bool, err error)
	Unlease(ctx context.Context, name, owner string) error
}

// Keys of what the operators are alerted to. Agent is the number of the app.
const (
	AlertSecret = "alert.wecom_secret" // Agent: WeCom refuses its secret; it is not tried again for an hour
	AlertAccess = "alert.wecom_access" // Agent, Code: WeCom refuses the app, or this machine's address
	AlertReach  = "alert.wecom_reach"  // Agent, Code: the app may not write to somebody
	AlertRobot  = "alert.wecom_robot"  // Robot: WeCom knows its key no more, or nobody has configured it
	AlertBot    = "alert.wecom_aibot"  // Bot, Code: WeCom does not let the bot connect
)

// Phrases are the doors' own words in one language.
type Phrases struct {
	Continue      string // under the last message that WeCom allows a customer to get
	Choose        string // over a menu without any other text
	Human         string // the customer is being handed over
	NoHuman       string // nobody is there to be handed over to
	Number        string // over choices that are answered with their number
	MentionNumber string // the same in a group, where the bot must be mentioned
	FileCut       string // at the end of a file that is shown as text, and is not shown whole
}

// Settings are what the doors of one company share. Memory, Leases and Owner
// are required.
type Settings struct {
	CorpID    string                    // the company's id; KF and App need it, group robots do not
	APIURL    string                    // default https://qyapi.weixin.qq.com; trailing slashes are cut
	Memory    Memory                    // holds the access tokens, sealed
	Leases    Leases                    // lets one replica at a time fetch a token
	Owner     string                    // names this process among the replicas
	Phrases   func(lang string) Phrases // lang as Reply.Lang; KF and App need it
	Alerts    handlers.Alerter          // nil: operators are told nothing
	Transport http.RoundTripper         // nil: an own one
	Log       *slog.Logger              // nil: nothing is logged
	Now       func() time.Time
}

// API is the way to one company's API.
type API struct {
	settings Settings
	close    func()
}

// Open makes the way to the API. It makes no calls. The SDK has one HTTP client
// and one address for the whole process, and reads them without a lock: the
// API that was opened last is the one that works, so open it once, at start.
func Open(s Settings) (*API, error) {
	s, err := s.complete()
	if err != nil {
		return nil, fmt.Errorf("open wecom: %w", err)
	}
	return &API{settings: s, close: setUpSDK(s)}, nil
}

// Close closes idle connections.
func (a *API) Close() { a.close() }

func (s Settings) complete() (Settings, error) {
	if s.APIURL == "" {
		s.APIURL = defaultAPIURL
	}
	s.APIURL = strings.TrimRight(s.APIURL, "/")
	if s.Alerts == nil {
		s.Alerts = noAlerts{}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return s, s.check()
}

func (s Settings) check() error {
	var errs []error
	if u, err := url.Parse(s.APIURL); err != nil || u.Host == "" {
		errs = append(errs, errors.New("the API URL is not a URL"))
	}
	if s.Memory == nil || s.Leases == nil || s.Owner == "" {
		errs = append(errs, errors.New("tokens need a memory, leases and an owner"))
	}
	return errors.Join(errs...)
}

// checkDoor says what the settings lack for a door to a company's people.
func (s Settings) checkDoor() error {
	var errs []error
	if s.CorpID == "" {
		errs = append(errs, errors.New("the company's id is missing"))
	}
	if s.Phrases == nil {
		errs = append(errs, errors.New("phrases are missing"))
	}
	return errors.Join(errs...)
}

func (a *API) now() models.Moment { return models.At(a.settings.Now()) }

// noAlerts is an alerter where there are no operators.
type noAlerts struct{}

// Alert does nothing.
func (noAlerts) Alert(context.Context, string, ...any) {}

// AlertDaily tells nobody.
func (noAlerts) AlertDaily(context.Context, string, string, ...any) {}
