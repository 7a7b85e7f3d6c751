// Package parcel is the page of one parcel, and its picture, for whoever holds the
// signed link of a follow.
package parcel

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/locales"
	"waybill/models"
	"waybill/tracking/recognise"
)

// Static is the page's style sheet and script, for web.NewPages.
//
//go:embed static
var Static embed.FS

//go:embed parcel.html icons.html
var files embed.FS

// Store reads what the page shows.
type Store interface {
	ChatByID(ctx context.Context, id int64) (models.Chat, error)
	FollowOf(ctx context.Context, chatID, parcelID int64) (models.Follow, bool, error)
	FollowsBegun(ctx context.Context, chatID int64, begun models.Moment) ([]models.Followed, error)
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	History(ctx context.Context, parcelID, after int64, limit int) ([]models.Event, error)
}

// Contacts knows how people reach a carrier.
type Contacts interface {
	Contact(carrier models.Carrier) recognise.Contact
}

// Painter draws the journeys of parcels.
type Painter interface {
	// Journey is a journey as PNG, in which phones are masked; nil when it cannot be drawn,
	// of which the painter itself tells the operator.
	Journey(j models.JourneyPicture) []byte
}

// Settings are what the page is made with.
type Settings struct {
	Pages     *web.Pages
	Links     *Links
	Store     Store
	Contacts  Contacts
	Estimator handlers.Estimator
	Painter   Painter // nil: there are no pictures
	Words     *locales.Bundle
	Zone      *time.Location
	Log       *slog.Logger
	Now       func() time.Time
}

// Page answers the links of follows.
type Page struct {
	settings Settings
	template *template.Template
}

// New reads the page's template.
func New(s Settings) (*Page, error) {
	t, err := s.Pages.Template(files, nil, "parcel.html", "icons.html")
	if err != nil {
		return nil, fmt.Errorf("make parcel page: %w", err)
	}
	return &Page{settings: s, template: t}, nil
}

// Routes are GET /p/{link} and GET /p/{link}.png; what else lies below /p/ is a wrong link.
func (p *Page) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /p/{link}", Handler: http.HandlerFunc(p.serve)},
		{Pattern: "GET /p/", Handler: http.HandlerFunc(p.settings.Pages.NotFound)},
	}
}

func (p *Page) serve(w http.ResponseWriter, r *http.Request) {
	link, picture := strings.CutSuffix(r.PathValue("link"), ".png")
	o, err := p.open(r.Context(), link)
	switch {
	case err == nil && picture:
		err = p.picture(w, r, o)
	case err == nil:
		err = p.page(w, r, link, o)
	}
	switch {
	case err == nil:
	case errors.Is(err, errNoPage):
		p.settings.Pages.NotFound(w, r)
	default:
		p.settings.Log.Error("show parcel page", "error", err)
		web.Protect(w.Header(), "")
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// opened is what a link opens.
type opened struct {
	chat     models.Chat
	followed models.Followed
}

// open finds the follow of a link; errNoPage when it has ended, or its chat is gone.
func (p *Page) open(ctx context.Context, link string) (opened, error) {
	h, err := p.settings.Links.read(link)
	if err != nil {
		return opened{}, err
	}
	chat, err := p.settings.Store.ChatByID(ctx, h.chat)
	if errors.Is(err, models.ErrNotFound) || err == nil && chat.GoneAt != 0 {
		return opened{}, errNoPage
	}
	if err != nil {
		return opened{}, err
	}
	f, err := p.followed(ctx, h)
	return opened{chat, f}, err
}

// followed is the follow that a link was made for: where it was then, or wherever the
// correction of a carrier has taken it since.
func (p *Page) followed(ctx context.Context, h holder) (models.Followed, error) {
	follow, ok, err := p.settings.Store.FollowOf(ctx, h.chat, h.parcel)
	if err != nil {
		return models.Followed{}, err
	}
	if ok {
		parcel, err := p.settings.Store.Parcel(ctx, h.parcel)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return models.Followed{}, err
		}
		if f := (models.Followed{Follow: follow, Parcel: parcel}); h.is(f) {
			return f, nil
		}
	}
	rows, err := p.settings.Store.FollowsBegun(ctx, h.chat, h.begun)
	if err != nil {
		return models.Followed{}, err
	}
	for _, f := range rows {
		if h.is(f) {
			return f, nil
		}
	}
	return models.Followed{}, errNoPage
}

// wording speaks the language of the follow's chat.
func (p *Page) wording(o opened) handlers.Wording {
	return handlers.NewWording(p.settings.Words.For(o.chat.Lang, o.chat.Spoken), p.settings.Zone, models.At(p.settings.Now()))
}

func (p *Page) page(w http.ResponseWriter, r *http.Request, link string, o opened) error {
	found, err := p.scans(r.Context(), o)
	if err != nil {
		return err
	}
	words := p.wording(o)
	v := newView(words, o.followed, p.settings.Estimator.Expected(r.Context(), o.followed.Parcel), found, p.settings.Contacts.Contact(o.followed.Parcel.Carrier))
	if p.settings.Painter != nil && !v.Locked {
		v.Image = p.settings.Links.base + "/p/" + link + ".png"
	}
	web.Protect(w.Header(), "")
	p.settings.Pages.RenderFresh(w, r, p.template, web.Page{Lang: words.Tag(), Data: v})
	return nil
}

// picture is the journey's picture; whoever may see no trace sees none.
func (p *Page) picture(w http.ResponseWriter, r *http.Request, o opened) error {
	if p.settings.Painter == nil || !o.followed.Follow.Opens(o.followed.Parcel) {
		return errNoPage
	}
	found, err := p.scans(r.Context(), o)
	if err != nil {
		return err
	}
	j := p.wording(o).Picture(o.followed, p.settings.Estimator.Expected(r.Context(), o.followed.Parcel), found)
	j.Name, j.Estimate = models.MaskPhones(j.Name), models.MaskPhones(j.Estimate)
	png := p.settings.Painter.Journey(j)
	if png == nil {
		return errNotDrawn
	}
	web.Protect(w.Header(), "")
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(png)
	return nil
}

// scans are the carrier's lines, newest first; none for whoever may see no trace.
func (p *Page) scans(ctx context.Context, o opened) ([]models.Event, error) {
	if !o.followed.Follow.Opens(o.followed.Parcel) {
		return nil, nil
	}
	history, err := p.settings.Store.History(ctx, o.followed.Parcel.ID, 0, 0)
	return handlers.Scans(history), err
}
