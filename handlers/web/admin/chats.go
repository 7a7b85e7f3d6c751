package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// chatsPage is a list of chats.
type chatsPage struct {
	Rows    []chatRow
	More    string
	Search  string
	State   string
	States  []option
	Problem string
}

type chatRow struct {
	models.Chat
	Masked  string
	News    string
	Follows int64
}

// Filters of chats.
const (
	chatsFailing = "failing"
	chatsGone    = "gone"
	chatsGroups  = "groups"
)

// chats is /admin/chats?q=&state=&before=: a search by the platform's id, or a list.
func (d *Dashboard) chats(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	page := chatsPage{Search: strings.TrimSpace(q.Get("q")), State: short(q.Get("state")), States: []option{
		{"", d.say("all_chats")},
		{chatsFailing, d.say("chats_failing")},
		{chatsGone, d.say("chats_gone")},
		{chatsGroups, d.say("chats_groups")},
	}}
	if len(page.Search) > 128 {
		page.Search = page.Search[:128]
	}
	found, more, err := d.findChats(r, page.Search, page.State, before)
	if err == nil {
		page.Rows, err = d.chatRows(r, found)
	}
	if err != nil {
		d.failed(w, r, err)
		return
	}
	status := http.StatusOK
	if !slices.ContainsFunc(page.States, func(o option) bool { return o.Value == page.State }) {
		page.Problem, status = d.say("bad_state"), http.StatusBadRequest
	}
	if more > 0 {
		page.More = query("state", page.State, "before", strconv.FormatInt(more, 10))
	}
	d.show(w, status, "chats", view{Menu: "chats", Title: d.say("chats"), Live: before == 0 && page.Problem == "", Data: page})
}

func (d *Dashboard) findChats(r *http.Request, search, state string, before int64) (found []models.Chat, more int64, err error) {
	ctx := r.Context()
	if search != "" {
		found, err = d.Store.ChatsAt(ctx, d.Doors, search)
		return found, 0, err
	}
	switch state {
	case "":
		return d.Store.Chats(ctx, before, pageSize, nil)
	case chatsFailing:
		found, err = d.Store.FailingChats(ctx, pageSize)
		return found, 0, err
	case chatsGone:
		return d.Store.Chats(ctx, before, pageSize, func(c models.Chat) bool { return c.GoneAt != 0 })
	case chatsGroups:
		return d.Store.Chats(ctx, before, pageSize, func(c models.Chat) bool { return c.Group })
	}
	return nil, 0, nil
}

func (d *Dashboard) chatRows(r *http.Request, found []models.Chat) ([]chatRow, error) {
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	counts, err := d.Store.CountFollows(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]chatRow, len(found))
	for i, c := range found {
		rows[i] = chatRow{c, mask(c.Conversation), d.hears(c.News, c.NewsAt), counts[c.ID]}
	}
	return rows, nil
}

// chatPage is one chat.
type chatPage struct {
	Chat         models.Chat
	Conversation string // masked, unless it was asked for
	Shown        bool
	News         string
	Credit       models.Credit
	CreditLeft   int
	Open         []models.Arrival
	Follows      []chatFollow
	More         string
	Sent         []sentRow
}

type chatFollow struct {
	models.Follow
	Parcel models.Parcel
	Number string
	Name   string
	Reason reason
}

// chat is /admin/chats/{id}.
func (d *Dashboard) chat(w http.ResponseWriter, r *http.Request) { d.oneChat(w, r, false) }

// showChat shows a chat with the platform's id, and keeps that it was asked for.
func (d *Dashboard) showChat(w http.ResponseWriter, r *http.Request) { d.oneChat(w, r, true) }

func (d *Dashboard) oneChat(w http.ResponseWriter, r *http.Request, shown bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		d.Pages.NotFound(w, r)
		return
	}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	page, err := d.buildChat(r, id, before, shown)
	if errors.Is(err, models.ErrNotFound) {
		d.Pages.NotFound(w, r)
		return
	}
	if err != nil {
		d.failed(w, r, err)
		return
	}
	if shown {
		d.noteShown(r, d.say("note_chat", "Chat", page.Chat.Door+" "+mask(page.Chat.Conversation), "ID", id))
	}
	d.show(w, http.StatusOK, "chat", view{
		Menu: "chats", Title: page.Chat.Door + " " + page.Conversation, Live: !shown && before == 0, Data: page,
	})
}

func (d *Dashboard) buildChat(r *http.Request, id, before int64, shown bool) (page chatPage, err error) {
	ctx := r.Context()
	if page.Chat, err = d.Store.ChatByID(ctx, id); err != nil {
		return page, err
	}
	page.Conversation, page.Shown = maskedID(page.Chat.Conversation, shown), shown
	page.News = d.hears(page.Chat.News, page.Chat.NewsAt)
	if page.Credit, err = d.Store.Credit(ctx, page.Chat.Address); err != nil {
		return page, err
	}
	page.CreditLeft = page.Credit.LeftAt(d.moment())
	if page.Open, err = d.Store.OpenArrivals(ctx, id, models.Never-1); err != nil {
		return page, err
	}
	sent, err := d.Store.SentTo(ctx, id, sentShown)
	if err != nil {
		return page, err
	}
	follows, err := d.Store.FollowsOf(ctx, id, before, pageSize+1)
	if err != nil {
		return page, err
	}
	if len(follows) > pageSize {
		follows = follows[:pageSize]
		page.More = query("before", strconv.FormatInt(follows[pageSize-1].ID, 10))
	}
	err = d.addFollows(r, &page, follows, sent)
	return page, err
}

// addFollows adds what a chat follows, and what was sent to it.
func (d *Dashboard) addFollows(r *http.Request, page *chatPage, follows []models.Follow, sent []models.Sent) error {
	ids := make([]int64, 0, len(follows)+len(sent))
	for _, f := range follows {
		ids = append(ids, f.ParcelID)
	}
	for _, s := range sent {
		ids = append(ids, s.ParcelID)
	}
	parcels, err := d.Store.ParcelsByID(r.Context(), slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	for _, f := range follows {
		p := parcels[f.ParcelID]
		why, err := d.explain(r.Context(), models.Follower{Follow: f, Chat: page.Chat, Credit: page.Credit}, p, sent)
		if err != nil {
			return err
		}
		page.Follows = append(page.Follows, chatFollow{f, p, mask(p.Number), models.MaskPhones(f.Name), why})
	}
	for _, s := range sent {
		row := sentRow{Sent: s, Reason: maskText(s.Reason, false)}
		if s.ParcelID != 0 {
			row.Number = mask(parcels[s.ParcelID].Number)
		}
		page.Sent = append(page.Sent, row)
	}
	return nil
}
