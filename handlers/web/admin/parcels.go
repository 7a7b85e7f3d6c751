package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// How many rows a parcel's page has at most, of each kind.
const (
	followersShown = 50
	scansShown     = 200
	callsShown     = 100
	sentShown      = 100
)

// parcelsPage is a list of parcels.
type parcelsPage struct {
	Rows     []parcelRow
	More     string
	Search   string
	State    string
	States   []option
	Problem  string
	Searched bool
}

type option struct{ Value, Name string }

type parcelRow struct {
	models.Parcel
	Masked    string
	Followers int64
}

// Filters of parcels besides a status.
const (
	stateDone = "done"
	stateLive = "live"
)

// parcels is /admin/parcels?q=&state=&before=: a search by the number or its end, or a
// list by state.
func (d *Dashboard) parcels(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	page := parcelsPage{Search: strings.ToUpper(short(strings.TrimSpace(q.Get("q")))), State: short(q.Get("state")), States: d.states()}
	page.Searched = page.Search != "" || page.State != ""
	found, more, problem, err := d.findParcels(r, page.Search, page.State, before)
	if err == nil {
		page.Rows, err = d.parcelRows(r, found)
	}
	if err != nil {
		d.failed(w, r, err)
		return
	}
	status := http.StatusOK
	if page.Problem = problem; problem != "" {
		status = http.StatusBadRequest
	}
	if more > 0 {
		page.More = query("q", page.Search, "state", page.State, "before", strconv.FormatInt(more, 10))
	}
	d.show(w, status, "parcels", view{Menu: "parcels", Title: d.say("parcels"), Live: before == 0 && problem == "", Data: page})
}

func (d *Dashboard) findParcels(r *http.Request, search, state string, before int64) (found []models.Parcel, more int64, problem string, err error) {
	switch {
	case search != "" && (len(search) < shownEnd || strings.Trim(search, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != ""):
		return nil, 0, d.say("bad_search"), nil
	case search != "":
		found, err = d.Store.ParcelsEnding(r.Context(), search, before, pageSize+1)
	case state == "":
		found, more, err = d.Store.Parcels(r.Context(), before, pageSize, nil)
		return found, more, "", err
	case state == stateDone:
		found, more, err = d.Store.Parcels(r.Context(), before, pageSize, func(p models.Parcel) bool { return p.DoneAt != 0 })
		return found, more, "", err
	case state == stateLive:
		found, more, err = d.Store.Parcels(r.Context(), before, pageSize, models.Parcel.Live)
		return found, more, "", err
	case slices.Contains(models.Statuses(), models.Status(state)):
		found, err = d.Store.LiveParcels(r.Context(), models.Status(state), before, pageSize+1)
	default:
		return nil, 0, d.say("bad_state"), nil
	}
	if len(found) > pageSize {
		found = found[:pageSize]
		more = found[pageSize-1].ID
	}
	return found, more, "", err
}

func (d *Dashboard) states() []option {
	all := []option{{"", d.say("all_states")}, {stateLive, d.say("state_live")}, {stateDone, d.say("state_done")}}
	for _, s := range models.Statuses() {
		all = append(all, option{string(s), d.status(s)})
	}
	return all
}

func (d *Dashboard) parcelRows(r *http.Request, found []models.Parcel) ([]parcelRow, error) {
	ids := make([]int64, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	counts, err := d.Store.CountFollowers(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]parcelRow, len(found))
	for i, p := range found {
		rows[i] = parcelRow{p, mask(p.Number), counts[p.ID]}
	}
	return rows, nil
}

// parcelPage is one parcel, with all that answers "why did he not get the news?".
type parcelPage struct {
	Parcel    models.Parcel
	Number    string // masked, unless it was asked for
	Shown     bool
	Followers []followerRow
	More      int64 // followers that are not shown
	Scans     []scanRow
	Calls     []callRow
	Sent      []sentRow
}

type followerRow struct {
	models.Follower
	Chat   string
	Name   string
	Reason reason
	News   string
}

type scanRow struct {
	models.Event
	Text, Place string
}

type sentRow struct {
	models.Sent
	Chat   string
	Number string // of the parcel, on a chat's page
	Reason string
}

// parcel is /admin/parcels/{id}.
func (d *Dashboard) parcel(w http.ResponseWriter, r *http.Request) { d.oneParcel(w, r, false) }

// showParcel shows a parcel with its number, and keeps that it was asked for.
func (d *Dashboard) showParcel(w http.ResponseWriter, r *http.Request) { d.oneParcel(w, r, true) }

func (d *Dashboard) oneParcel(w http.ResponseWriter, r *http.Request, shown bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		d.Pages.NotFound(w, r)
		return
	}
	page, err := d.buildParcel(r, id, shown)
	if errors.Is(err, models.ErrNotFound) {
		d.Pages.NotFound(w, r)
		return
	}
	if err != nil {
		d.failed(w, r, err)
		return
	}
	if shown {
		d.noteShown(r, d.say("note_parcel", "Number", mask(page.Number), "ID", id))
	}
	d.show(w, http.StatusOK, "parcel", view{Menu: "parcels", Title: page.Number, Live: !shown, Data: page})
}

// noteShown keeps that something was shown unmasked, and logs it.
func (d *Dashboard) noteShown(r *http.Request, what string) {
	d.Log.Info("shown unmasked", "what", what, "address", addressOf(r, d.Proxies))
	d.note(r.Context(), models.NoteShown, what)
}

func (d *Dashboard) buildParcel(r *http.Request, id int64, shown bool) (page parcelPage, err error) {
	ctx := r.Context()
	if page.Parcel, err = d.Store.Parcel(ctx, id); err != nil {
		return page, err
	}
	page.Number, page.Shown = maskedID(page.Parcel.Number, shown), shown
	sent, err := d.Store.SentOf(ctx, id, sentShown)
	if err != nil {
		return page, err
	}
	if err := d.addFollowers(r, &page, sent); err != nil {
		return page, err
	}
	events, err := d.Store.History(ctx, id, 0, scansShown)
	if err != nil {
		return page, err
	}
	for _, e := range events {
		text := maskText(e.Text, shown)
		if kind := d.eventKind(e); kind != "" {
			text = kind
		}
		page.Scans = append(page.Scans, scanRow{e, text, maskText(e.Place, shown)})
	}
	calls, err := d.Store.CallsAbout(ctx, page.Parcel.Number, callsShown)
	if err == nil {
		page.Calls, err = d.callRows(r, calls)
	}
	return page, err
}

// addFollowers adds who follows the parcel, and what was sent to whom.
func (d *Dashboard) addFollowers(r *http.Request, page *parcelPage, sent []models.Sent) error {
	ctx, id := r.Context(), page.Parcel.ID
	followers, err := d.Store.Followers(ctx, id, followersShown)
	if err != nil {
		return err
	}
	if len(followers) == followersShown {
		counts, err := d.Store.CountFollowers(ctx, []int64{id})
		if err != nil {
			return err
		}
		page.More = counts[id] - followersShown
	}
	chats := map[int64]string{}
	for _, f := range followers {
		chats[f.Chat.ID] = f.Chat.Door + " " + mask(f.Chat.Conversation)
		about := sent
		if f.Chat.Failures > 0 {
			if about, err = d.Store.SentTo(ctx, f.Chat.ID, listed); err != nil {
				return err
			}
		}
		why, err := d.explain(ctx, f, page.Parcel, about)
		if err != nil {
			return err
		}
		page.Followers = append(page.Followers, followerRow{
			Follower: f, Chat: chats[f.Chat.ID], Name: models.MaskPhones(f.Follow.Name), Reason: why,
			News: d.hears(f.Follow.News(f.Chat.News), f.Chat.NewsAt),
		})
	}
	for _, s := range sent {
		page.Sent = append(page.Sent, sentRow{Sent: s, Chat: chats[s.ChatID], Reason: maskText(s.Reason, false)})
	}
	return nil
}
