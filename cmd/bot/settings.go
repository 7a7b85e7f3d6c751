package main

import (
	"strings"
	"time"

	"waybill/models"
)

// Settings is everything that the environment says. It is read once, by
// ReadSettings; nobody else looks at the environment.
type Settings struct {
	DB         string // sqlite://PATH or mysql://user:password@host:port/name
	NATSURL    string // "": the queue runs in this process
	HTTPAddr   string
	PublicURL  string // without a trailing slash, "" when the world cannot reach us
	SecretKey  Secret // "": made beside the SQLite file
	AdminToken Secret
	AdminChats []string // door:room
	Locale     string
	Zone       *time.Location
	LogLevel   string
	LogFormat  string

	Telegram Telegram
	WeCom    WeCom

	Providers []string // names, in the order in which they are asked
	Muzhi     Muzhi
	Kuaidi100 Kuaidi100
	Juhe      Juhe
	Kuaibao   Kuaibao

	TailCarriers []string           // canonical carrier codes
	Budgets      map[string]int64   // billed calls a day by provider; none: no budget
	Rates        map[string]float64 // calls a second by provider; 0: no limit
	Prices       map[string]float64 // yuan by "provider.kind"
	MinInterval  time.Duration
	PollSpeed    float64
	MaxParcels   int
	Quiet        models.Quiet
}

// Telegram holds the settings of the Telegram door.
type Telegram struct {
	Token         Secret
	APIURL        string
	WebhookSecret Secret
}

// WeCom holds the settings of the three WeCom doors.
type WeCom struct {
	CorpID        string
	APIURL        string
	KF            Callback
	App           Callback
	AibotID       string
	AibotSecret   Secret
	AibotURL      string
	GroupWebhooks Secret // name=key,…
}

// Callback is what a WeCom application with callbacks needs.
type Callback struct {
	AgentID string
	Secret  Secret
	Token   Secret
	AESKey  Secret
}

// Muzhi holds the settings of the Muzhi API; an empty path switches its call off.
type Muzhi struct {
	AppCode    Secret
	URL        string
	QueryPath  string
	DetectPath string
	ListPath   string
}

// Kuaidi100 holds the settings of the Kuaidi100 API.
type Kuaidi100 struct {
	Customer      Secret
	Key           Secret
	URL           string
	AutonumberURL string
	Salt          Secret
	CallbackURL   string
}

// Juhe holds the settings of the Juhe API.
type Juhe struct {
	Key    Secret
	URL    string
	Format string // json or xml
}

// Kuaibao holds the settings of the Kuaibao API.
type Kuaibao struct {
	AppID     string
	APIKey    Secret
	URL       string
	PushToken Secret
}

// Lookup finds an environment variable; os.LookupEnv is one.
type Lookup func(name string) (string, bool)

// Mistakes is everything that is wrong with the settings, one line each, by name.
type Mistakes []string

// Error lists all mistakes, a line each.
func (m Mistakes) Error() string {
	return "cannot start with these settings:\n  " + strings.Join(m, "\n  ")
}

// ReadSettings reads and checks every setting. The error is a Mistakes that
// names all that is wrong; it never shows a secret.
func ReadSettings(lookup Lookup) (Settings, error) {
	e := &env{lookup: lookup, given: map[string]bool{}}
	s := read(e)
	check(e, &s)
	if len(e.mistakes) > 0 {
		return s, e.mistakes
	}
	return s, nil
}

// ReadDatabase reads the settings that the database alone needs, so that it
// can be prepared before anything else is configured.
func ReadDatabase(lookup Lookup) (Settings, error) {
	e := &env{lookup: lookup, given: map[string]bool{}}
	s := Settings{DB: readDB(e), SecretKey: readKeys(e)}
	checkDB(e, &s)
	if len(e.mistakes) > 0 {
		return s, e.mistakes
	}
	return s, nil
}
