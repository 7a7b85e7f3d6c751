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

var errNotAIBotMail = errors.New("read wecom aibot callback: not as this door keeps it")

// Read turns a stored callback into a Message; false means that there is
// nothing to handle.
func (d *AIBot) Read(body []byte) (handlers.Message, bool, error) {
	var mail aibotMail
	var f aibotFrame
	var cb aibotCallback
	for _, part := range []struct {
		raw  *json.RawMessage
		into any
	}{{(*json.RawMessage)(&body), &mail}, {&mail.Frame, &f}, {&f.Body, &cb}} {
		if json.Unmarshal(*part.raw, part.into) != nil {
			return handlers.Message{}, false, errNotAIBotMail // the decoder's words may quote the message
		}
	}
	m, ok := d.read(f, cb)
	m.Token = aibotToken{conn: mail.Conn, at: mail.At, id: f.Headers.ReqID, welcome: m.Happening == handlers.Joined}.String()
	if mail.Button != "" {
		m.Happening, m.Button = handlers.Tapped, mail.Button
	}
	return m, ok, nil
}

// read tells what a callback means. In groups WeCom brings only what mentions
// the bot, so the bot is always meant.
func (d *AIBot) read(f aibotFrame, cb aibotCallback) (handlers.Message, bool) {
	m := handlers.Message{Addressed: true, From: cb.From.User, Group: cb.ChatType == "group" || cb.ChatType == "" && cb.Chat != ""}
	m.Address = models.Address{Door: AIBotName, Room: aibotSingle + cb.From.User}
	if m.Group {
		m.Address.Room = aibotGroup + cb.Chat
	}
	if m.Address.Room == aibotSingle || m.Address.Room == aibotGroup {
		return m, false
	}
	if f.Cmd == aibotEvent {
		m.Happening = handlers.Joined
		return m, cb.Event.Type == aibotEnters && !m.Group
	}
	m.Text = cb.text(m.Group, d.settings.Title)
	return m, cb.known()
}

// known says that a person sent something that the door has heard of; what
// cannot be read is answered with how to use the bot.
func (cb aibotCallback) known() bool {
	switch cb.Type {
	case "text", "mixed", "voice", "image", "file", "video":
		return true
	}
	return false
}

// lookup matches words that ask about what they quote.
var lookup = regexp.MustCompile(`^([/／]?(track|查询?)|(帮|麻烦|请)?.{0,2}[查看]).{0,6}$`)

// text is what somebody says. What they quote counts when they say nothing
// else, or ask to look it up; else it is what they answer.
func (cb aibotCallback) text(group bool, title string) string {
	said := cb.said()
	if group {
		said = unmention(said, title)
	}
	said = strings.TrimSpace(said)
	if cb.Quote == nil {
		return said
	}
	if said == "" || lookup.MatchString(said) && !strings.ContainsAny(said, "0123456789") {
		return strings.TrimSpace(said + "\n" + cb.Quote.said())
	}
	return said
}

// said joins the words of a content; pictures between them are left out.
func (w aibotWords) said() string {
	switch w.Type {
	case "text":
		return w.Text.Content
	case "voice":
		return w.Voice.Content
	case "mixed":
		var words []string
		for _, item := range w.Mixed.Items {
			if item.Type == "text" {
				words = append(words, item.Text.Content)
			}
		}
		return strings.Join(words, "\n")
	}
	return ""
}

// What rooms begin with: the kind of chat, which sending must name.
const (
	aibotSingle = "single:"
	aibotGroup  = "group:"
)

// aibotPlace is a room in WeCom's words.
func aibotPlace(room string) (chat string, kind int, ok bool) {
	if chat, ok = strings.CutPrefix(room, aibotSingle); ok {
		return chat, 1, chat != ""
	}
	chat, ok = strings.CutPrefix(room, aibotGroup)
	return chat, 2, ok && chat != ""
}

// aibotToken is a Message.Token taken apart: the callback that can be answered,
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

// graspAIBot takes a token apart; what is none answers nothing.
func graspAIBot(token string) aibotToken {
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
// the end, else the first one. Others stay, they may be part of a name.
func unmention(text, title string) string {
	if title != "" && strings.Contains(text, "@"+title) {
		return tidied(strings.ReplaceAll(text, "@"+title, " "))
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
			return tidied(strings.Replace(text, w, " ", 1))
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

// tidied closes the gap that a mention has left.
func tidied(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(line, unicode.IsSpace), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
