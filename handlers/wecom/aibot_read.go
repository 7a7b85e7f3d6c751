package wecom

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"waybill/handlers"
	"waybill/models"
)

var errNotAIBotUpdate = errors.New("read wecom aibot callback: not as this door keeps it")

// Read turns a stored callback into a Message; false means that there is
// nothing to handle.
func (d *AIBot) Read(body []byte) (handlers.Message, bool, error) {
	var update aibotUpdate
	var f aibotFrame
	var cb aibotCallback
	for _, part := range []struct {
		raw  *json.RawMessage
		into any
	}{{(*json.RawMessage)(&body), &update}, {&update.Frame, &f}, {&f.Body, &cb}} {
		if json.Unmarshal(*part.raw, part.into) != nil {
			return handlers.Message{}, false, errNotAIBotUpdate // the decoder's words may quote the message
		}
	}
	m, ok := cb.read(f, update.Names)
	if m.Files = d.attachments(cb.aibotWords); len(m.Files) > 0 && m.Happening == handlers.Wordless {
		m.Happening = handlers.Said
	}
	m.Token = aibotToken{conn: update.Conn, at: update.At, id: f.Headers.ReqID, welcome: m.Happening == handlers.Joined}.String()
	if m.Happening == handlers.Tapped {
		m.Token = aibotToken{at: update.At}.String() // an event is answered with messages of their own
	}
	if update.Button != "" {
		m.Happening, m.Button = handlers.Tapped, update.Button
	}
	return m, ok, nil
}

// read says what a callback means. In groups WeCom delivers only what mentions
// the bot, so every message is addressed to it. names is what the bot may be
// called. What is quoted is Attached.
func (cb aibotCallback) read(f aibotFrame, names []string) (handlers.Message, bool) {
	m := handlers.Message{Addressed: true, From: cb.From.User, Group: cb.ChatType == "group" || cb.ChatType == "" && cb.Chat != ""}
	m.Address = models.Address{Door: AIBotName, Conversation: aibotSingle + cb.From.User}
	if m.Group {
		m.Address.Conversation = aibotGroup + cb.Chat
	}
	if m.Address.Conversation == aibotSingle || m.Address.Conversation == aibotGroup {
		return m, false
	}
	if f.Cmd == aibotEvent {
		return cb.readEvent(m)
	}
	m.Text, m.Attached = unquote(cb.words())
	if m.Group {
		m.Text = unmention(m.Text, names)
	}
	if cb.Quote != nil {
		m.Attached = strings.TrimSpace(cb.Quote.words())
	}
	if m.Text == "" && m.Attached == "" && cb.Type != typeText && !m.Group {
		m.Happening = handlers.Wordless
	}
	return m, cb.known()
}

// readEvent says what an event means. A group's first opening is nobody's.
func (cb aibotCallback) readEvent(m handlers.Message) (handlers.Message, bool) {
	switch cb.Event.Type {
	case aibotEnters:
		m.Happening = handlers.Joined
		return m, !m.Group
	case aibotPressed:
		m.Happening, m.Button = handlers.Tapped, cmp.Or(cb.Event.Card.Key, cb.Event.Key)
		return m, m.Button != ""
	}
	return m, false
}

// known says that a person sent content of a kind that WeCom documents; a kind
// without text is answered with how to use the bot.
func (cb aibotCallback) known() bool {
	switch cb.Type {
	case "text", "mixed", "voice", "image", "file", "video":
		return true
	}
	return false
}

// words joins the texts of a content; pictures between them are left out.
func (w aibotWords) words() string {
	switch w.Type {
	case "text":
		return w.Text.Content
	case "voice":
		return w.Voice.Content
	case "mixed":
		var texts []string
		for _, item := range w.Mixed.Items {
			if item.Type == "text" {
				texts = append(texts, item.Text.Content)
			}
		}
		return strings.Join(texts, "\n")
	}
	return ""
}

// What conversation ids begin with: the kind of chat, which sending must name.
const (
	aibotSingle = "single:"
	aibotGroup  = "group:"
)

// aibotChat is a conversation id as sending names it: an id and its kind, 1 single or 2 group.
func aibotChat(conversation string) (chat string, kind int, ok bool) {
	if chat, ok = strings.CutPrefix(conversation, aibotSingle); ok {
		return chat, 1, chat != ""
	}
	chat, ok = strings.CutPrefix(conversation, aibotGroup)
	return chat, 2, ok && chat != ""
}

// aibotToken is a Message.Token, decoded: the callback that can be answered,
// over which connection, since when.
type aibotToken struct {
	welcome bool
	conn    string
	at      models.Moment
	id      string
}

// String is "m" or "w" (a welcome), the connection, the time and the req_id.
func (t aibotToken) String() string {
	kind := "m"
	if t.welcome {
		kind = "w"
	}
	return kind + ":" + t.conn + ":" + strconv.FormatInt(int64(t.at), 10) + ":" + t.id
}

// parseAIBotToken decodes a token; anything else answers nothing.
func parseAIBotToken(token string) aibotToken {
	parts := strings.SplitN(token, ":", 4)
	if len(parts) != 4 {
		return aibotToken{}
	}
	at, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return aibotToken{}
	}
	return aibotToken{welcome: parts[0] == "w", conn: parts[1], at: models.Moment(at), id: parts[3]}
}
