package wecomtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxPage      = 1000
	keptFor      = 3 * 24 * time.Hour // how long sync_msg hands a message out
	noticeFor    = 10 * time.Minute   // the token of an announcement
	withoutToken = 5                  // calls of sync_msg a minute without a token
)

// States of a session.
const (
	StateNew   = 0
	StateBot   = 1
	StateQueue = 2
	StateHuman = 3
	StateEnded = 4
)

// account is a customer-service account.
type account struct {
	log        []entry
	notices    map[string]time.Time // tokens of announcements, and when they were made
	bare       []time.Time          // calls of sync_msg without one
	empty      int                  // pages to hand out without a message
	sessions   map[string]*session
	servicers  map[string]int // status by userid
	department bool           // a whole department serves, too
	welcomed   bool           // the console has a welcome of its own
}

// entry is a line of an account's log.
type entry struct {
	at   time.Time
	body json.RawMessage
}

// session is one customer at one account.
type session struct {
	state    int
	servicer string
	spoke    time.Time // when the customer last wrote
	heard    time.Time // when the customer last got a message or a welcome
	greeted  time.Time // when the customer last got a welcome
	left     int
	codes    map[string]right
	seen     map[string]bool // msgids of what was sent
}

// silentFor says that nobody has said anything for so long.
func (s *session) silentFor(d time.Duration, now time.Time) bool {
	return now.Sub(s.spoke) >= d && now.Sub(s.heard) >= d
}

// right is the right to send one message that a code gives.
type right struct {
	until time.Time
	state int // only in this state; -1: in any
}

// Account makes a customer-service account.
func (a *API) Account(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.account(id)
}

func (a *API) account(id string) *account {
	if a.accounts[id] == nil {
		a.accounts[id] = &account{
			notices: map[string]time.Time{}, sessions: map[string]*session{}, servicers: map[string]int{},
		}
	}
	return a.accounts[id]
}

func (k *account) session(customer string) *session {
	if k.sessions[customer] == nil {
		k.sessions[customer] = &session{state: StateEnded, codes: map[string]right{}, seen: map[string]bool{}}
	}
	return k.sessions[customer]
}

// Say is a customer writing a text. It returns the message's id.
func (a *API) Say(account, customer, text string) string {
	return a.write(account, customer, "text", map[string]any{"content": text})
}

// Press is a customer pressing an item of a menu.
func (a *API) Press(account, customer, id, content string) string {
	return a.write(account, customer, "text", map[string]any{"content": content, "menu_id": id})
}

// Show is a customer sending something that is not text: "image", "voice", ….
func (a *API) Show(account, customer, kind string) string {
	return a.write(account, customer, kind, map[string]any{"media_id": "media"})
}

// ShowFile is a customer sending a picture ("image") or a "file" that is kept under an id.
func (a *API) ShowFile(account, customer, kind, media string) string {
	return a.write(account, customer, kind, map[string]any{"media_id": media})
}

// Share is a customer sending content that others have written: "link",
// "miniprogram", "merged_msg", "channels_shop_order", ….
func (a *API) Share(account, customer, kind string, content map[string]any) string {
	return a.write(account, customer, kind, content)
}

// Forwarded is the content of a "merged_msg": chats that a customer forwards, a
// text each. WeCom writes each message as text in the message.
func Forwarded(title string, texts ...string) map[string]any {
	items := []any{}
	for _, text := range texts {
		inner, err := json.Marshal(map[string]any{"msgtype": "text", "text": map[string]any{"content": text}})
		if err != nil {
			panic(err) // maps of strings are JSON
		}
		items = append(items, map[string]any{"send_time": 1, "msgtype": "text", "sender_name": "张三", "msg_content": string(inner)})
	}
	return map[string]any{"title": title, "item": items}
}

// write puts a customer's message into the log, and lets the bot speak again.
func (a *API) write(account, customer, kind string, content map[string]any) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	k := a.account(account)
	s := k.session(customer)
	s.spoke, s.left = a.Now(), 5
	if s.state == StateEnded {
		s.state = StateNew
	}
	return a.enterLog(k, map[string]any{
		"open_kfid": account, "external_userid": customer, "origin": 3, "msgtype": kind, kind: content,
	})
}

// Reply is a servicer writing to a customer.
func (a *API) Reply(account, customer, servicer, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enterLog(a.account(account), map[string]any{
		"open_kfid": account, "external_userid": customer, "servicer_userid": servicer, "origin": 5,
		"msgtype": "text", "text": map[string]any{"content": text},
	})
}

// Enter is a customer opening the chat. The code of the event lets the bot
// greet; it is "" for those who wrote, were greeted or written to within 48 hours.
func (a *API) Enter(account, customer string) (code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.account(account)
	s := k.session(customer)
	event := map[string]any{"event_type": "enter_session", "open_kfid": account, "external_userid": customer, "scene": "1"}
	if s.silentFor(48*time.Hour, a.Now()) && !k.welcomed {
		code = a.id("welcome-code-")
		s.codes[code] = right{until: a.Now().Add(20 * time.Second), state: -1}
		event["welcome_code"] = code
	}
	a.enterLog(k, map[string]any{"origin": 4, "msgtype": "event", "event": event})
	return code
}

// Undelivered is WeCom saying afterwards that it could not deliver a message.
func (a *API) Undelivered(account, customer, msgid string, failType int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enterLog(a.account(account), map[string]any{"origin": 4, "msgtype": "event", "event": map[string]any{
		"event_type": "msg_send_fail", "open_kfid": account, "external_userid": customer,
		"fail_msgid": msgid, "fail_type": failType,
	}})
}

// Nonsense puts something into the log that is no message.
func (a *API) Nonsense(account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.account(account)
	k.log = append(k.log, entry{at: a.Now(), body: json.RawMessage(`{"msgid":17}`)})
}

// Empty has the next n pages of an account come without a message, and with more to come.
func (a *API) Empty(account string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.account(account).empty = n
}

// enterLog adds a line to the log. The caller holds the lock.
func (a *API) enterLog(k *account, fields map[string]any) string {
	id, now := a.id("msg-"), a.Now()
	fields["msgid"], fields["send_time"] = id, now.Unix()
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // maps of strings and numbers are JSON
	}
	k.log = append(k.log, entry{at: now, body: body})
	return id
}

func (a *API) listAccounts() any {
	list := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(a.accounts)) {
		list = append(list, map[string]any{"open_kfid": id, "name": id, "manage_privilege": true})
	}
	return map[string]any{"account_list": list}
}

// syncMsg hands out the log behind a cursor.
func (a *API) syncMsg(c *call) (any, *no) {
	var in struct {
		Cursor string `json:"cursor"`
		Token  string `json:"token"`
		Limit  int    `json:"limit"`
		Voice  int    `json:"voice_format"`
		KF     string `json:"open_kfid"`
	}
	if no := c.decode(&in); no != nil {
		return nil, no
	}
	k := a.accounts[in.KF]
	switch {
	case k == nil:
		return nil, refuse(95000, "invalid open_kfid")
	case len(in.Cursor) > 64 || len(in.Token) > 128 || in.Limit < 0 || in.Limit > maxPage:
		return nil, refuse(40058, "invalid parameter")
	}
	if no := a.notified(k, in.Token); no != nil {
		return nil, no
	}
	from, ok := position(in.Cursor)
	if !ok || from > len(k.log) {
		return nil, refuse(40058, "invalid cursor")
	}
	return a.pageOf(k, from, in.Limit), nil
}

// notified checks the token of an announcement; without one WeCom takes few calls.
func (a *API) notified(k *account, token string) *no {
	now := a.Now()
	if token != "" {
		made, ok := k.notices[token]
		if !ok || now.Sub(made) > noticeFor {
			return refuse(95007, "invalid msg token")
		}
		return nil
	}
	k.bare = slices.DeleteFunc(k.bare, func(at time.Time) bool { return now.Sub(at) > time.Minute })
	if len(k.bare) >= withoutToken {
		return refuse(45009, "api freq out of limit")
	}
	k.bare = append(k.bare, now)
	return nil
}

func position(cursor string) (int, bool) {
	if cursor == "" {
		return 0, true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(cursor, "cursor-"))
	return n, err == nil && n >= 0 && strings.HasPrefix(cursor, "cursor-")
}

// pageOf is one page. What is older than three days is not handed out.
func (a *API) pageOf(k *account, from, limit int) any {
	if limit == 0 {
		limit = maxPage
	}
	list, to := []json.RawMessage{}, from
	if k.empty > 0 {
		k.empty--
	} else {
		for ; to < len(k.log) && len(list) < min(limit, a.PageSize); to++ {
			if a.Now().Sub(k.log[to].at) <= keptFor {
				list = append(list, k.log[to].body)
			}
		}
	}
	more := 0
	if to < len(k.log) {
		more = 1
	}
	return map[string]any{"next_cursor": "cursor-" + strconv.Itoa(to), "has_more": more, "msg_list": list}
}
