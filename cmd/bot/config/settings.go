// Package config reads the settings from the environment. Nobody else looks at
// it. Every setting may also stand in the file that NAME_FILE points at; all
// mistakes are reported at once, by name, and none repeats a value, which may be a
// secret in the wrong variable.
package config

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the image has no zone database

	"waybill/internal/redact"
	"waybill/models"
	"waybill/tracking"
)

// Secret is a setting that must not be shown.
type Secret = redact.Secret

// Settings is everything that the environment says, under names that begin
// with WAYBILL_. Defaults are those of the tags.
type Settings struct {
	DB         string         `env:"DB" envDefault:"sqlite://waybill.db"` // or mysql://user:password@host:port/name
	NATSURL    string         `env:"NATS_URL"`                            // "": the queue runs in this process
	HTTPAddr   string         `env:"HTTP_ADDR" envDefault:"127.0.0.1:8080"`
	PublicURL  string         `env:"PUBLIC_URL"`    // without a trailing slash, "" when the world cannot reach us
	SecretKey  Secret         `env:"SECRET_KEY"`    // "": made beside the SQLite file
	AdminToken Secret         `env:"ADMIN_TOKEN"`   // signs the operator in at the dashboard; "": there is none
	Proxies    []netip.Prefix `env:"TRUSTED_PROXY"` // whose X-Forwarded-For is believed
	AdminChats []string       `env:"ADMIN_CHATS"`   // door:conversation
	Locale     string         `env:"LOCALE" envDefault:"zh-CN"`
	Zone       *time.Location `env:"TIMEZONE" envDefault:"Asia/Shanghai"`
	LogLevel   string         `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat  string         `env:"LOG_FORMAT" envDefault:"text"`

	Telegram Telegram `envPrefix:"TELEGRAM_"`
	WeCom    WeCom    `envPrefix:"WECOM_"`

	Providers []string          `env:"PROVIDERS"` // names in the order in which they are asked; default: all
	Vendors   []tracking.Vendor // those that are configured, in that order, with their own settings

	TailCarriers []string           `env:"TAIL_CARRIERS" envDefault:"sf,sf_freight,zto,kye"` // canonical carrier codes
	Budgets      map[string]int64   `env:"DAILY_BUDGET"`                                     // billed calls a day by provider; none: no budget
	Rates        map[string]float64 `env:"RATE"`                                             // calls a second by provider; 0: no limit
	Prices       map[string]float64 `env:"PRICES"`                                           // yuan by "provider.kind"
	MinInterval  time.Duration      `env:"MIN_INTERVAL" envDefault:"30m"`
	PollSpeed    float64            `env:"POLL_SPEED" envDefault:"1"`
	MaxParcels   models.Limits      `env:"MAX_PARCELS" envDefault:"50"` // live parcels
	Keep         time.Duration      `env:"KEEP" envDefault:"90d"`       // how long finished parcels stay
	Quiet        models.Quiet       `env:"QUIET_HOURS" envDefault:"23-7"`
	ShopName     string             `env:"SHOP_NAME"` // with which customers are greeted
}

// SQLitePath is the file of the database, when it is one.
func (s Settings) SQLitePath() (path string, ok bool) { return strings.CutPrefix(s.DB, "sqlite://") }

// Telegram holds the settings of the Telegram door.
type Telegram struct {
	Token         Secret `env:"TOKEN"`
	APIURL        string `env:"API_URL" envDefault:"https://api.telegram.org"`
	WebhookSecret Secret `env:"WEBHOOK_SECRET"`
}

// WeCom holds the settings of the three WeCom doors and of the group robots.
type WeCom struct {
	CorpID        string   `env:"CORP_ID"`
	APIURL        string   `env:"API_URL" envDefault:"https://qyapi.weixin.qq.com"`
	KF            Callback `envPrefix:"KF_"`
	KFWelcome     string   `env:"KF_WELCOME"` // the whole greeting of customers; "": a default one
	App           Callback `envPrefix:"APP_"`
	AibotID       string   `env:"AIBOT_ID"`
	AibotSecret   Secret   `env:"AIBOT_SECRET"`
	AibotURL      string   `env:"AIBOT_URL" envDefault:"wss://openws.work.weixin.qq.com"`
	GroupWebhooks Secret   `env:"GROUP_WEBHOOKS"` // name=key,…
}

// Callback is what a WeCom application with callbacks needs.
type Callback struct {
	AgentID string `env:"AGENT_ID"`
	Secret  Secret `env:"SECRET"`
	Token   Secret `env:"TOKEN"`
	AESKey  Secret `env:"AES_KEY"`
}

// Mistakes is everything that is wrong with the settings.
type Mistakes []Mistake

// Mistake is one wrong setting. It never repeats the value.
type Mistake struct {
	Name    string // the whole name of the variable
	Problem string // what it should be
}

// String is the mistake in one line.
func (m Mistake) String() string { return m.Name + ": " + m.Problem }

// Error lists all mistakes, a line each.
func (m Mistakes) Error() string {
	lines := []string{"cannot start with these settings:"}
	for _, mistake := range m {
		lines = append(lines, mistake.String())
	}
	return strings.Join(lines, "\n  ")
}

// Read reads and checks every setting, those of the vendors too. The error is
// a Mistakes that names all that is wrong.
func Read(environ map[string]string, vendors []tracking.Vendor) (Settings, error) {
	r, s := parse(environ, vendors)
	r.check(&s, vendors)
	return s, r.err()
}

// Parse reads every setting by itself, and does not ask whether together they
// are enough to serve anybody.
func Parse(environ map[string]string, vendors []tracking.Vendor) (Settings, error) {
	r, s := parse(environ, vendors)
	return s, r.err()
}

// ReadDatabase finds fault with the settings of the database alone, so that it
// can be prepared before anything else is configured.
func ReadDatabase(environ map[string]string, vendors []tracking.Vendor) (Settings, error) {
	r, s := parse(environ, vendors)
	r.checkDB(&s)
	r.mistakes = slices.DeleteFunc(r.mistakes, func(m Mistake) bool {
		name := strings.TrimSuffix(m.Name, "_FILE")
		return slices.Contains(r.names, name) && name != prefix+"DB" && name != prefix+"SECRET_KEY"
	})
	return s, r.err()
}

func parse(environ map[string]string, vendors []tracking.Vendor) (*reader, Settings) {
	r, s := &reader{environ: environ, values: map[string]string{}}, Settings{}
	r.fill(&s, prefix, forms(&s, vendors))
	for _, v := range vendors {
		r.fill(v.Settings, vendorPrefix(v), nil)
	}
	r.findUnknown()
	if !r.set("PROVIDERS") {
		s.Providers = vendorNames(vendors)
	}
	s.Vendors = configured(s.Providers, vendors)
	s.Rates = rates(s.Rates, vendors)
	return r, s
}

// ReadStored finds fault with every setting by itself and with those of the database,
// so that what is stored can be changed before anybody is served.
func ReadStored(environ map[string]string, vendors []tracking.Vendor) (Settings, error) {
	r, s := parse(environ, vendors)
	r.checkDB(&s)
	return s, r.err()
}

// DoorNames are the names of all doors that chats can be at.
func DoorNames() []string { return []string{"telegram", "wecom_kf", "wecom_app", "wecom_aibot"} }
