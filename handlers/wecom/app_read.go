package wecom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"strconv"
	"strings"

	"waybill/handlers"
	"waybill/models"
)

// appMessage is what the door reads of a message or an event (documents 90239, 90240).
type appMessage struct {
	From      string `xml:"FromUserName"`
	CreatedAt int64  `xml:"CreateTime"` // seconds
	Type      string `xml:"MsgType"`
	Content   string `xml:"Content"`
	ID        string `xml:"MsgId"`
	Event     string `xml:"Event"`
	EventKey  string `xml:"EventKey"`
	Title     string `xml:"Title"` // of a link
	URL       string `xml:"Url"`
}

func (m appMessage) address() models.Address {
	return models.Address{Door: "wecom_app", Room: m.From}
}

// key tells messages from repeated ones; events have no id of their own. It
// outlives the message by some days, and does not say who wrote it.
func (m appMessage) key() string {
	if m.ID != "" {
		return "m:" + m.ID
	}
	sum := sha256.Sum256([]byte(m.From + ":" + strconv.FormatInt(m.CreatedAt, 10) + ":" + m.Event + ":" + m.EventKey))
	return "e:" + hex.EncodeToString(sum[:16])
}

// Read turns a stored message into a handlers.Message. What is not text (a
// voice, a picture) comes without Text: the conversation answers it with help.
func (a *App) Read(body []byte) (handlers.Message, bool, error) {
	var m appMessage
	if xml.Unmarshal(body, &m) != nil {
		return handlers.Message{}, false, errNotMessage // the decoder's words may quote the message
	}
	out, ok := m.read()
	return out, ok, nil
}

func (m appMessage) read() (handlers.Message, bool) {
	out := handlers.Message{Address: m.address(), From: m.From, Addressed: true, Token: handle{message: m.key()}.token()}
	if m.From == "" {
		return out, false
	}
	switch m.Type {
	case typeEvent:
		return m.readEvent(out)
	case typeText:
		out.Text = strings.TrimSpace(m.Content)
	case "link":
		out.Text = strings.TrimSpace(m.Title + " " + m.URL)
	}
	return out, m.Type != ""
}

// readEvent reads what is not a message. A menu's key says what its item means.
func (m appMessage) readEvent(out handlers.Message) (handlers.Message, bool) {
	switch m.Event {
	case "subscribe", eventEnterApp:
		out.Happening = handlers.Joined
	case "unsubscribe":
		out.Happening = handlers.Left
	case "click":
		out.Text = m.EventKey
		return out, m.EventKey != ""
	default:
		return out, false
	}
	return out, true
}

// eventEnterApp happens every time a member opens the app.
const eventEnterApp = "enter_agent"
