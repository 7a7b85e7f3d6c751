package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/internal/pattern"
	"waybill/internal/ratelimit"
)

// Defaults of Settings.
const (
	defaultAPIURL      = "https://api.telegram.org"
	defaultPollTimeout = 50 * time.Second // the longest that Telegram holds a poll
)

// Settings of the door; only Token is required.
type Settings struct {
	Token         string
	APIURL        string                    // default https://api.telegram.org; trailing slashes are cut
	WebhookSecret string                    // "": long polling; 1-256 of A-Z, a-z, 0-9, _ and -
	PublicURL     string                    // the base under which Telegram reaches Webhook and, over https, people the app; "": there is no app
	Profiles      []Profile                 // what Telegram shows of the bot, by language; the first is for everybody else too. None: it is left as it is
	Phrases       func(lang string) Phrases // the words that the door itself adds, in a language (BCP 47); nil: none
	Search        Search                    // answers inline queries; nil: none are asked for
	Limits        Limits                    // zero: Telegram's
	Slots         ratelimit.Slots           // shares Limits.PerSecond among replicas; nil: this process keeps it alone
	PollTimeout   time.Duration             // how long Telegram may hold a poll; whole seconds, default and at most 50 s
	Client        *http.Client              // its Transport is used; nil: an own one
	Log           *slog.Logger              // nil: nothing is logged
	Now           func() time.Time
}

// Search finds what somebody types behind the bot's name among their own parcels.
type Search func(ctx context.Context, s handlers.Search) (handlers.Found, error)

// Phrases are the words that the door itself adds to what is sent.
type Phrases struct {
	ReplyHere string // under a question in a group where the bot sees only replies to its messages
}

// Profile is what Telegram shows of the bot in one language.
type Profile struct {
	Lang        string    // BCP 47
	Private     []Command // the command menu one to one; none: it is left as it is
	Group       []Command // the command menu in groups; likewise
	Description string    // shown before anybody has written; at most 512 characters, "" leaves it as it is
	Short       string    // shown with the bot's name; at most 120 characters, likewise
	App         string    // on the button that opens the app; "": the button opens the command menu
}

// Command is a line of a command menu: a name of 1-32 of a-z, 0-9 and _, without a
// slash, and a description of 1-256 characters.
type Command struct {
	Name string
	Text string
}

var (
	secretShape  = pattern.New(`^[A-Za-z0-9_-]{1,256}$`)
	commandShape = pattern.New(`^[a-z0-9_]{1,32}$`)
	langShape    = pattern.New(`^[a-z]{2}(-[A-Za-z0-9]+)*$`)
)

// complete fills in defaults and refuses what could never work, all mistakes
// at once. No mistake quotes the token or the secret.
func (s Settings) complete() (Settings, error) {
	if s.APIURL == "" {
		s.APIURL = defaultAPIURL
	}
	s.APIURL = strings.TrimRight(s.APIURL, "/")
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if s.PollTimeout == 0 {
		s.PollTimeout = defaultPollTimeout
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Phrases == nil {
		s.Phrases = func(string) Phrases { return Phrases{} }
	}
	if s.Client == nil {
		s.Client = &http.Client{Transport: transport()}
	}
	if !strings.HasPrefix(s.PublicURL, "https://") { // Telegram opens no other app
		s.Profiles = slices.Clone(s.Profiles)
		for i := range s.Profiles {
			s.Profiles[i].App = ""
		}
	}
	s.Limits = s.Limits.complete()
	return s, errors.Join(s.checkAccess(), s.checkWebhook(), s.checkProfiles())
}

func (s Settings) checkAccess() error {
	var errs []error
	if s.Token == "" || strings.ContainsAny(s.Token, "/?#% \t\r\n") {
		errs = append(errs, errors.New("the token is empty or not a token"))
	}
	u, err := url.Parse(s.APIURL)
	if err != nil || u.Host == "" {
		errs = append(errs, errors.New("the API URL is not a URL"))
	}
	// Less than a second would make the library ask without a timeout, over and over.
	if s.PollTimeout < time.Second || s.PollTimeout > defaultPollTimeout {
		errs = append(errs, fmt.Errorf("a poll timeout of %s is not within 1s and %s", s.PollTimeout, defaultPollTimeout))
	}
	return errors.Join(errs...)
}

func (s Settings) checkWebhook() error {
	if s.WebhookSecret == "" {
		return nil
	}
	var errs []error
	if !secretShape.MatchString(s.WebhookSecret) {
		errs = append(errs, errors.New("the webhook secret is not 1-256 of A-Z, a-z, 0-9, _ and -"))
	}
	if s.PublicURL == "" {
		errs = append(errs, errors.New("a webhook secret needs a public URL"))
	}
	return errors.Join(errs...)
}

func (s Settings) checkProfiles() error {
	var errs []error
	for _, p := range s.Profiles {
		if !langShape.MatchString(p.Lang) {
			errs = append(errs, fmt.Errorf("language %q does not begin with two letters", p.Lang))
		}
		if n := utf8.RuneCountInString(p.Description); n > maxDescription {
			errs = append(errs, fmt.Errorf("the bot's description in %q has %d characters, more than %d", p.Lang, n, maxDescription))
		}
		if n := utf8.RuneCountInString(p.Short); n > maxShort {
			errs = append(errs, fmt.Errorf("the bot's short description in %q has %d characters, more than %d", p.Lang, n, maxShort))
		}
		errs = append(errs, checkCommands(p.Private), checkCommands(p.Group))
	}
	return errors.Join(errs...)
}

func checkCommands(cs []Command) error {
	var errs []error
	if len(cs) > 100 {
		errs = append(errs, fmt.Errorf("a menu of %d commands is longer than 100", len(cs)))
	}
	for _, c := range cs {
		if !commandShape.MatchString(c.Name) {
			errs = append(errs, fmt.Errorf("command %q is not 1-32 of a-z, 0-9 and _", c.Name))
		}
		if n := utf8.RuneCountInString(c.Text); n < 1 || n > 256 {
			errs = append(errs, fmt.Errorf("the description of %q has %d characters, not 1-256", c.Name, n))
		}
	}
	return errors.Join(errs...)
}
