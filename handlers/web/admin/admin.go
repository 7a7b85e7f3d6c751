// Package admin is the operator's dashboard: what calls cost, how far the work is
// behind, and what became of each parcel, chat and message. Everything is read from the
// database, so that any replica shows the same.
//
// The steps of a request: guard.go lets in who is signed in (signin.go), a page's file
// builds what it shows (overview.go, calls.go, parcels.go, chats.go, pushes.go), its
// template puts it into the layout of all pages. Numbers are masked (mask.go) until the
// operator asks for them, which is kept.
package admin

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"waybill/handlers/web"
	"waybill/locales"
	"waybill/models"
)

// Store is what the dashboard reads, and where its sessions and notes are.
type Store interface {
	Usage(ctx context.Context, day string) ([]models.Usage, error)
	UsageBetween(ctx context.Context, day string, from, to models.Moment) ([]models.Usage, error)
	Spent(ctx context.Context, day string) (map[string]int64, error)
	Figures(ctx context.Context, now models.Moment) (models.Figures, error)

	Calls(ctx context.Context, f models.CallFilter, limit int) ([]models.LedgerCall, models.Cursor, error)
	CallsAbout(ctx context.Context, number string, limit int) ([]models.LedgerCall, error)

	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	Parcels(ctx context.Context, before int64, limit int, choose func(models.Parcel) bool) ([]models.Parcel, int64, error)
	LiveParcels(ctx context.Context, status models.Status, before int64, limit int) ([]models.Parcel, error)
	ParcelsEnding(ctx context.Context, end string, before int64, limit int) ([]models.Parcel, error)
	ParcelsByID(ctx context.Context, ids []int64) (map[int64]models.Parcel, error)
	ParcelIDs(ctx context.Context, numbers []string) (map[string]int64, error)
	History(ctx context.Context, parcelID, after int64, limit int) ([]models.Event, error)

	Followers(ctx context.Context, parcelID int64, limit int) ([]models.Follower, error)
	CountFollowers(ctx context.Context, parcelIDs []int64) (map[int64]int64, error)
	CountFollows(ctx context.Context, chatIDs []int64) (map[int64]int64, error)
	FollowsOf(ctx context.Context, chatID, before int64, limit int) ([]models.Follow, error)
	Waiting(ctx context.Context, limit int) ([]models.Follower, error)

	ChatByID(ctx context.Context, id int64) (models.Chat, error)
	Chats(ctx context.Context, before int64, limit int, choose func(models.Chat) bool) ([]models.Chat, int64, error)
	ChatsAt(ctx context.Context, doors []string, conversation string) ([]models.Chat, error)
	FailingChats(ctx context.Context, limit int) ([]models.Chat, error)
	Credit(ctx context.Context, a models.Address) (models.Credit, error)
	OpenArrivals(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error)

	SentOf(ctx context.Context, parcelID int64, limit int) ([]models.Sent, error)
	SentTo(ctx context.Context, chatID int64, limit int) ([]models.Sent, error)
	RawPushes(ctx context.Context) ([]models.RawPush, error)

	Sessions
	Note(ctx context.Context, n models.Note) error
	Notes(ctx context.Context, kind models.NoteKind, limit int) ([]models.Note, error)
	Incidents(ctx context.Context) ([]models.Incident, error)
}

// Providers say which of them are left alone now.
type Providers interface {
	Cooldowns(ctx context.Context) []models.Cooldown
}

// Settings are what the dashboard needs.
type Settings struct {
	Pages     *web.Pages // made with Static among its files
	Store     Store
	Providers Providers
	Names     []string // of the providers, in the order in which they are asked
	Doors     []string // names of those that are open
	Words     *locales.Bundle
	Token     string         // signs the operator in
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	PublicURL string         // "" when the world cannot reach us
	Zone      *time.Location // of shown times
	Quiet     models.Quiet
	Prices    map[string]float64 // yuan by "provider.kind"
	Budgets   map[string]int64
	Log       *slog.Logger
	Now       func() time.Time
}

// Static are the files that the dashboard's pages link to.
//
//go:embed static
var Static embed.FS

//go:embed *.html
var files embed.FS

// Dashboard answers under /admin.
type Dashboard struct {
	Settings
	words     *locales.Localizer
	usage     *ledger
	figures   *kept[models.Figures]
	templates map[string]*template.Template
	forms     *http.CrossOriginProtection
}

// New reads the templates. The dashboard speaks the language of the settings
// (WAYBILL_LOCALE), whatever the browser prefers: it is one operator's.
func New(s Settings) (*Dashboard, error) {
	d := &Dashboard{
		Settings: s, words: s.Words.For(), templates: map[string]*template.Template{},
		usage: newLedger(s.Store, s.Now), forms: http.NewCrossOriginProtection(),
	}
	d.figures = newKept(s.Now, func(ctx context.Context) (models.Figures, error) { return s.Store.Figures(ctx, d.moment()) })
	for _, name := range []string{"login", "forbidden", "overview", "calls", "parcels", "parcel", "chats", "chat", "pushes"} {
		t, err := s.Pages.Template(files, d.funcs(), "parts.html", name+".html")
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		d.templates[name] = t
	}
	if origin := originOf(s.PublicURL); origin != "" { // a proxy may pass another Host on
		if err := d.forms.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trust public url: %w", err)
		}
	}
	d.forms.SetDenyHandler(http.HandlerFunc(d.forbidden))
	return d, nil
}

// Routes are all paths of the dashboard.
func (d *Dashboard) Routes() []web.Route {
	route := func(pattern string, h http.HandlerFunc) web.Route {
		return web.Route{Pattern: pattern, Handler: d.sameSite(d.forms.Handler(protected(h)))}
	}
	return []web.Route{
		route("GET /admin/login", d.loginPage),
		route("POST /admin/login", d.login),
		route("POST /admin/logout", d.logout),
		route("GET /admin", d.guard(d.overview)),
		route("GET /admin/charts/{name}", d.guard(d.chart)),
		route("GET /admin/calls", d.guard(d.calls)),
		route("GET /admin/usage.csv", d.guard(d.usageCSV)),
		route("GET /admin/parcels", d.guard(d.parcels)),
		route("GET /admin/parcels/{id}", d.guard(d.parcel)),
		route("POST /admin/parcels/{id}", d.guard(d.showParcel)),
		route("GET /admin/chats", d.guard(d.chats)),
		route("GET /admin/chats/{id}", d.guard(d.chat)),
		route("POST /admin/chats/{id}", d.guard(d.showChat)),
		route("GET /admin/pushes", d.guard(d.pushes)),
		route("POST /admin/pushes", d.guard(d.showPush)),
	}
}

func protected(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Protect(w.Header(), "")
		r.Body = http.MaxBytesReader(w, r.Body, formLimit)
		h(w, r)
	})
}

// formLimit is how many bytes a form of the dashboard has at most.
const formLimit = 4 << 10

// view is what every page's template gets.
type view struct {
	Menu  string // the page's place in the menu
	Title string
	Live  bool // it is kept up to date while it is open
	Now   models.Moment
	Data  any
}

// show renders a page.
func (d *Dashboard) show(w http.ResponseWriter, status int, name string, v view) {
	v.Now = d.moment()
	d.Pages.Render(w, status, d.templates[name], web.Page{Lang: d.words.Tag(), Data: v})
}

// failed answers a request that the database did not.
func (d *Dashboard) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		d.Log.Error("show dashboard", "path", r.URL.Path, "error", err)
	}
	http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
}

func (d *Dashboard) say(key string, args ...any) string { return d.words.Say("admin."+key, args...) }

func (d *Dashboard) moment() models.Moment { return models.At(d.Now()) }
