package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/time/rate"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/locales"
	"waybill/models"
)

// mostRows is how many parcels are shown at once; the others are found by searching.
const mostRows = 200

// request is what somebody known asks for.
type request struct {
	*http.Request
	person person
	chat   models.Chat // zero when the person has never written
}

// problem is an answer other than 200. Its text is for programs; the app has words for it.
type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

var (
	errBusy     = problem{http.StatusTooManyRequests, "too many requests"}
	errBody     = problem{http.StatusBadRequest, "not the JSON that is expected"}
	errNotJSON  = problem{http.StatusUnsupportedMediaType, "want application/json"}
	errGone     = problem{http.StatusNotFound, "not followed"}
	errTooLong  = problem{http.StatusBadRequest, "too long"}
	errNobody   = problem{http.StatusUnauthorized, "unauthorized"}
	errNotFresh = problem{http.StatusConflict, "nothing to undo"}
)

// known lets through whom Telegram names, within their rate, and writes what do returns.
func (a *App) known(do func(request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := a.verifier.person(r.Header.Get("Authorization"))
		if err != nil {
			w.Header().Set("WWW-Authenticate", "tma")
			a.answer(w, errNobody.status, map[string]string{"error": errNobody.text})
			return
		}
		said, err := a.served(r, p, do)
		var why problem
		switch {
		case err == nil:
			a.answer(w, http.StatusOK, said)
		case errors.As(err, &why):
			a.answer(w, why.status, map[string]string{"error": why.text})
		case errors.Is(err, models.ErrNotFound):
			a.answer(w, errGone.status, map[string]string{"error": errGone.text})
		default:
			a.failed(w, err)
		}
	})
}

func (a *App) served(r *http.Request, p person, do func(request) (any, error)) (any, error) {
	if !a.allowed(p) {
		return nil, errBusy
	}
	address := models.Address{Door: door, Conversation: strconv.FormatInt(p.ID, 10)}
	chat, _, err := a.settings.Store.ChatAt(r.Context(), address)
	if err != nil {
		return nil, err
	}
	return do(request{Request: r, person: p, chat: chat})
}

// allowed counts a person's request. Two that come at once may count as one.
func (a *App) allowed(p person) bool {
	limiter, ok := a.rates.Get(p.ID)
	if !ok {
		limiter = rate.NewLimiter(perSecond, burst)
	}
	a.rates.Put(p.ID, limiter, remembered)
	return limiter.AllowN(a.settings.Now(), 1)
}

func (a *App) failed(w http.ResponseWriter, err error) {
	a.settings.Log.Error("answer mini app", "error", err)
	a.answer(w, http.StatusInternalServerError, map[string]string{"error": "internal"})
}

func (a *App) answer(w http.ResponseWriter, status int, said any) {
	web.Protect(w.Header(), "")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(said) // who is gone by now asks again
}

// read reads a request's JSON body, which has no other fields than those of into.
func read(r request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errNotJSON
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil || decoder.Decode(&struct{}{}) != io.EOF {
		return errBody
	}
	return nil
}

// listed is the app's whole data.
type listed struct {
	Lang   string            `json:"lang"`
	Words  map[string]string `json:"words"`
	Groups []group           `json:"groups"`
	All    int               `json:"all"`  // how many parcels the chat follows, finished ones included
	More   string            `json:"more"` // said of those that are not shown; "" when all are
}

type group struct {
	Title   string `json:"title"`
	Parcels []row  `json:"parcels"`
}

// row is one parcel in words.
type row struct {
	ID       int64  `json:"id"`
	Called   string `json:"called"` // its name, else its carrier
	Name     string `json:"name"`
	Number   string `json:"number"`
	Carrier  string `json:"carrier"`
	Standing string `json:"standing"`
	Tone     string `json:"tone"`
	Age      string `json:"age"`
	Scan     string `json:"scan"`
	Muted    bool   `json:"muted"`
	Page     string `json:"page"`
}

// list are the chat's parcels by what they need, those that match the query q.
func (a *App) list(r request) (any, error) {
	words := a.settings.Words.For(r.chat.Lang, r.chat.Spoken, r.person.Lang)
	w := handlers.NewWording(words, a.settings.Zone, models.At(a.settings.Now()))
	all, total, err := a.followed(r)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query().Get("q")
	found := matching(all, query, w)
	shown := byGroup(found)
	shown = shown[:min(len(shown), mostRows)]
	newest, err := a.newest(r.Context(), shown)
	if err != nil {
		return nil, err
	}
	said := listed{Lang: words.Tag(), Words: wordsOf(words), Groups: []group{}, All: total}
	for i, f := range shown {
		if i == 0 || handlers.Group(f) != handlers.Group(shown[i-1]) {
			said.Groups = append(said.Groups, group{Title: words.Say("mini." + handlers.Group(f))})
		}
		last := &said.Groups[len(said.Groups)-1]
		last.Parcels = append(last.Parcels, a.row(w, r.chat, f, newest[f.Parcel.ID]))
	}
	more := len(found) - len(shown)
	if strings.TrimSpace(query) == "" {
		more += total - len(all)
	}
	if more > 0 {
		said.More = moreWords(words, more)
	}
	return said, nil
}

// followed are the chat's parcels that are at hand, and how many it follows.
func (a *App) followed(r request) (rows []models.Followed, total int, err error) {
	if r.chat.ID == 0 {
		return nil, 0, nil
	}
	if rows, err = a.settings.Store.Followed(r.Context(), r.chat.ID, true); err != nil {
		return nil, 0, err
	}
	live, done, err := a.settings.Store.CountFollowed(r.Context(), r.chat.ID)
	return rows, max(live+done, len(rows)), err
}

func moreWords(words *locales.Localizer, count int) string {
	return words.Say("mini_more", "Count", count)
}

// matching are the parcels whose name, number or carrier holds the words of a query.
func matching(all []models.Followed, query string, w handlers.Wording) []models.Followed {
	terms := strings.Fields(strings.ToLower(query))
	var found []models.Followed
	for _, f := range all {
		text := strings.ToLower(f.Follow.Name + "\n" + f.Parcel.Number + "\n" + w.Carrier(f.Parcel.Carrier))
		matches := true
		for _, term := range terms {
			matches = matches && strings.Contains(text, term)
		}
		if matches {
			found = append(found, f)
		}
	}
	return found
}

// byGroup orders parcels by the heading under which they stand, and within as in lists.
func byGroup(rows []models.Followed) []models.Followed {
	groups := map[string][]models.Followed{}
	for _, f := range handlers.InShownOrder(rows) {
		groups[handlers.Group(f)] = append(groups[handlers.Group(f)], f)
	}
	var ordered []models.Followed
	for _, key := range []string{"needs_you", "today", "on_the_way", "not_moving", "over"} {
		ordered = append(ordered, groups[key]...)
	}
	return ordered
}

// newest are the newest scans of those that the chat may see.
func (a *App) newest(ctx context.Context, rows []models.Followed) (map[int64]models.Event, error) {
	var ids []int64
	for _, f := range rows {
		if f.Follow.Opens(f.Parcel) {
			ids = append(ids, f.Parcel.ID)
		}
	}
	return a.settings.Store.NewestScans(ctx, ids)
}

func (a *App) row(w handlers.Wording, chat models.Chat, f models.Followed, newest models.Event) row {
	p := f.Parcel
	shown := row{
		ID: p.ID, Name: f.Follow.Name, Number: p.Number, Carrier: w.Carrier(p.Carrier), Tone: "muted",
		Called: cmp.Or(f.Follow.Name, w.Carrier(p.Carrier), p.Number),
		Muted:  !f.Follow.News(chat.News).Everything(), Page: a.settings.Path(f),
	}
	if !f.Follow.Opens(p) {
		shown.Standing = w.Say("list.locked")
		return shown
	}
	if p.EventAt == 0 && (p.Status == "" || p.Status == models.Unknown) {
		shown.Standing = w.Say("list.unheard")
		return shown
	}
	shown.Standing, shown.Tone = w.Standing(p), handlers.Tone(p.Status)
	if p.EventAt != 0 {
		shown.Age = w.Age(p.EventAt)
	}
	if newest.At != 0 {
		newest.Text, newest.Place = models.MaskPhones(newest.Text), models.MaskPhones(newest.Place)
		shown.Scan = w.Brief(newest)
	}
	return shown
}
