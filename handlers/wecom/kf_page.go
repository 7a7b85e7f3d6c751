package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const (
	perMessage   = 5              // messages that a customer's message lets the bot send
	creditFor    = 48 * time.Hour // how long that right lasts
	welcomeIn    = 20 * time.Second
	tooOld       = time.Hour // before its account's first announcement: such a message was not for the bot
	fromCustomer = 3         // kfMessage.Origin: a customer wrote it
	fromSystem   = 4         // an event
	perSecond    = 1000      // positions for messages that were written within one second
	typeText     = "text"
	typeVoice    = "voice"
	typeEvent    = "event"
	eventEnter   = "enter_session"
	eventFailed  = "msg_send_fail"
	eventStatus  = "session_status_change"
)

// kfMessage is what the door reads of a message of sync_msg. The SDK's types
// leave an event's parties empty.
type kfMessage struct {
	ID       string `json:"msgid"`
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	SentAt   int64  `json:"send_time"` // seconds
	Origin   int    `json:"origin"`
	Type     string `json:"msgtype"`
	Text     struct {
		Content string `json:"content"`
		MenuID  string `json:"menu_id"` // of the menu's item that was pressed
	} `json:"text"`
	Image kfMedia `json:"image"`
	File  kfMedia `json:"file"`
	Event kfEvent `json:"event"`
}

type kfMedia struct {
	ID string `json:"media_id"`
}

type kfEvent struct {
	Type     string `json:"event_type"`
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Welcome  string `json:"welcome_code"`
	FailType int    `json:"fail_type"`
	FailID   string `json:"fail_msgid"` // as the door has named the message
}

func (m kfMessage) at() models.Moment { return models.At(time.Unix(m.SentAt, 0)) }

// party is who the message is from, or the event about.
func (m kfMessage) party() party {
	if m.Type == typeEvent {
		return party{m.Event.Account, m.Event.Customer}
	}
	return party{m.Account, m.Customer}
}

// exhausts says that WeCom takes nothing more for that customer until the
// customer writes. Only this event says so, after the message was accepted.
func (e kfEvent) exhausts() bool {
	switch e.FailType {
	case 4, 5, 6, 10: // later than 48 hours; the session ended; more than five; refused by the customer
		return true
	}
	return false
}

// page turns what was fetched into what is to be stored.
func (k *KF) page(ctx context.Context, m models.SyncCursor, got synced) (models.SyncPage, error) {
	p := models.SyncPage{Account: m.Account, From: m.Cursor, Cursor: got.Cursor}
	if p.Cursor == "" {
		p.Cursor = m.Cursor
	}
	if got.More == 0 {
		p.Fetched = m.Announced
	}
	for _, raw := range got.Messages {
		var msg kfMessage
		if json.Unmarshal(raw, &msg) != nil || msg.ID == "" {
			k.settings.Log.Warn("wecom message is unreadable and dropped", slog.String("account", m.Account))
			continue
		}
		if m.FirstAt.Sub(msg.at()) > tooOld {
			continue
		}
		k.add(&p, msg, raw)
	}
	err := k.recallUndelivered(ctx, &p)
	return p, err
}

// add puts one message where it belongs in the page. What a servicer wrote is
// left out.
func (k *KF) add(p *models.SyncPage, msg kfMessage, raw []byte) {
	who := msg.party()
	if who.account == "" {
		who.account = p.Account
	}
	if who.customer == "" {
		return
	}
	switch {
	case msg.Origin == fromCustomer && msg.Type != typeEvent:
		p.Arrivals = append(p.Arrivals, k.arrival(who, msg, raw))
		p.Renewals = append(p.Renewals, models.CreditRenewal{
			Key: msg.ID, Address: who.address(), Left: perMessage, At: msg.at(), Until: msg.at().Add(creditFor),
		})
	case msg.Origin != fromSystem:
	case msg.Event.Type == eventEnter && msg.Event.Welcome != "" && k.now().Sub(msg.at()) < welcomeIn:
		p.Arrivals = append(p.Arrivals, k.welcome(who, msg, raw))
	case msg.Event.Type == eventFailed:
		k.addUndelivered(p, who, msg)
		if msg.Event.exhausts() {
			p.Exhausted = append(p.Exhausted, models.CreditExhausted{Address: who.address(), At: msg.at(), Epoch: epochOf(msg.Event.FailID)})
		}
	case msg.Event.Type == eventStatus:
		k.botServes.Take(who)
	}
}

// firstPosition is the first position of a message that is fetched now, within
// the second in which it was sent. What another process has fetched before of the
// same second lies before it.
func firstPosition(sent, now models.Moment) int64 {
	return int64(sent) + min(max(int64(now-sent), 0), perSecond-1)
}

func (k *KF) arrival(who party, msg kfMessage, raw []byte) models.Arrival {
	return k.arrivalAt(who, msg, raw, k.fetching.position(who.account, firstPosition(msg.at(), k.now())))
}

// welcome is the arrival of somebody who opens the chat. Its position, in seconds
// where those of messages are in milliseconds, is before them all: a welcome
// needs no credit, and within its 20 seconds it cannot wait behind an answer
// that has none.
func (k *KF) welcome(who party, msg kfMessage, raw []byte) models.Arrival {
	return k.arrivalAt(who, msg, raw, msg.SentAt)
}

func (k *KF) arrivalAt(who party, msg kfMessage, raw []byte, pos int64) models.Arrival {
	now := k.now()
	return models.Arrival{Door: k.Name(), Key: msg.ID, Pos: pos, Body: raw, DueAt: now, At: now, Address: who.address()}
}

var errNotMessage = errors.New("read wecom message: not as WeCom writes it")

// Read turns a stored message into a handlers.Message. What is sent and not
// written (a card, forwarded chats) is Attached, pictures and files are Files; what
// holds neither (a voice, a place) is Wordless.
func (k *KF) Read(body []byte) (handlers.Message, bool, error) {
	var msg kfMessage
	if json.Unmarshal(body, &msg) != nil {
		return handlers.Message{}, false, errNotMessage // the decoder's words may quote the message
	}
	who := msg.party()
	out := handlers.Message{Address: who.address(), From: who.customer, Addressed: true}
	switch {
	case msg.Type == typeEvent:
		out.Happening = handlers.Joined
		out.Token = replyTo{welcome: msg.Event.Welcome, at: msg.SentAt}.token()
		return out, msg.Event.Type == eventEnter && msg.Event.Welcome != "", nil
	case msg.Text.MenuID != "":
		out.Happening, out.Button = handlers.Tapped, msg.Text.MenuID
	case msg.Type == typeText:
		out.Text, out.Attached = unquote(msg.Text.Content)
	default:
		out.Attached = attachedTo(body, msg.Type)
		out.Files = k.attachment(msg.Type, msg.Image.ID+msg.File.ID)
		out.Happening = happeningOf(out)
	}
	out.Token = replyTo{message: msg.ID}.token()
	return out, true, nil
}

// happeningOf is what a message without a written text tells.
func happeningOf(m handlers.Message) handlers.Happening {
	if m.Attached == "" && len(m.Files) == 0 {
		return handlers.Wordless
	}
	return handlers.Said
}

// replyTo is what a reply answers, as its token says: a message, or an event
// that gave the right to send one message outside the count.
type replyTo struct {
	message string
	welcome string // the code of somebody who opened the chat, good for 20 seconds from at
	at      int64
	code    string // the code of a session that changed hands
}

func (r replyTo) token() string {
	switch {
	case r.welcome != "":
		return "w:" + strconv.FormatInt(r.at, 10) + ":" + r.welcome
	case r.code != "":
		return "e:" + r.code
	}
	return "m:" + r.message
}

// parseReplyTo decodes a token.
func parseReplyTo(token string) replyTo {
	kind, rest, _ := strings.Cut(token, ":")
	switch kind {
	case "w":
		at, code, _ := strings.Cut(rest, ":")
		seconds, _ := strconv.ParseInt(at, 10, 64) // 0 is long ago: no welcome is sent
		return replyTo{welcome: code, at: seconds}
	case "e":
		return replyTo{code: rest}
	}
	return replyTo{message: rest}
}

// event says that what answers it is outside the count.
func (r replyTo) event() bool { return r.welcome != "" || r.code != "" }

// late says that WeCom takes no welcome any more.
func (r replyTo) late(now time.Time) bool {
	return r.welcome != "" && now.Sub(time.Unix(r.at, 0)) >= welcomeIn
}
