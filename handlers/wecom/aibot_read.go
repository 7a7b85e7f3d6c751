package wecom

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"

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
	m, ok := d.read(f, cb)
	m.Token = aibotToken{conn: update.Conn, at: update.At, id: f.Headers.ReqID, welcome: m.Happening == handlers.Joined}.String()
	if update.Button != "" {
		m.Happening, m.Button = handlers.Tapped, update.Button
	}
	return m, ok, nil
}

// read says what a callback means. In groups WeCom delivers only what mentions
// the bot, so every message is addressed to it.
func (d *AIBot) read(f aibotFrame, cb aibotCallback) (handlers.Message, bool) {
	m := handlers.Message{Addressed: true, From: cb.From.User, Group: cb.ChatType == "group" || cb.ChatType == "" && cb.Chat != ""}
	m.Address = models.Address{Door: AIBotName, Conversation: aibotSingle + cb.From.User}
	if m.Group {
		m.Address.Conversation = aibotGroup + cb.Chat
	}
	if m.Address.Conversation == aibotSingle || m.Address.Conversation == aibotGroup {
		return m, false
	}
	if f.Cmd == aibotEvent {
		m.Happening = handlers.Joined
		return m, cb.Event.Type == aibotEnters && !m.Group
	}
	m.Text = cb.text(m.Group, d.settings.Title)
	return m, cb.known()
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

// asksToTrack matches words that ask about what they quote.
var asksToTrack = regexp.MustCompile(`^([/／]?(track|查询?)|(帮|麻烦|请)?.{0,2}[查看]).{0,6}$`)

// text is what somebody wrote. What they quote is read only when they write
// nothing else, or ask to look it up.
func (cb aibotCallback) text(group bool, title string) string {
	own := cb.words()
	if group {
		own = unmention(own, title)
	}
	own = strings.TrimSpace(own)
	if cb.Quote == nil {
		return own
	}
	if own == "" || asksToTrack.MatchString(own) && !strings.ContainsAny(own, "0123456789") {
		return strings.TrimSpace(own + "\n" + cb.Quote.words())
	}
	return own
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

// unmention takes the bot's mention out of a text: "@Bot 列表". WeCom does not
// tell the bot its name, nor where the mention is, so without a title it is
// taken to reach up to white space: all mentions at the front, else those at
// the end, else the first one. Other @ words stay: they may be part of a name.
func unmention(text, title string) string {
	if title != "" && strings.Contains(text, "@"+title) {
		return closeGap(strings.ReplaceAll(text, "@"+title, " "))
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@") {
		return withoutFront(text)
	}
	words := strings.FieldsFunc(text, unicode.IsSpace)
	if n := len(words); n > 0 && strings.HasPrefix(words[n-1], "@") {
		return strings.TrimSpace(strings.TrimSuffix(text, words[n-1]))
	}
	for _, w := range words {
		if len(w) > 1 && strings.HasPrefix(w, "@") {
			return closeGap(strings.Replace(text, w, " ", 1))
		}
	}
	return text
}

func withoutFront(text string) string {
	for strings.HasPrefix(text, "@") {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end < 0 {
			return ""
		}
		text = strings.TrimSpace(text[end:])
	}
	return text
}

// closeGap closes the gap that a mention has left.
func closeGap(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(line, unicode.IsSpace), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
