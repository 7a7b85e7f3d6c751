package telegram

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"waybill/handlers"
	"waybill/models"
)

var errNotUpdate = errors.New("read telegram update: not the JSON of an update")

// Read turns a stored update into a Message; false means that there is nothing
// to handle. As long as the bot's own name is not known (see Setup) a message
// that names some bot is an error; it passes.
func (d *Door) Read(body []byte) (handlers.Message, bool, error) {
	var u update
	if json.Unmarshal(body, &u) != nil {
		return handlers.Message{}, false, errNotUpdate // the decoder's words may quote the message
	}
	m, ok, err := d.identity.read(u)
	if !m.Group {
		d.menus.heard(m.Address.Conversation, m.Lang)
	}
	return m, ok && err == nil, err
}

// read says what an update means. With an error the Message still holds the address.
func (i *identity) read(u update) (handlers.Message, bool, error) {
	switch {
	case u.Message != nil:
		return i.message(*u.Message)
	case u.Edited != nil:
		return i.edited(*u.Edited)
	case u.Callback != nil:
		m, ok := tapped(*u.Callback)
		return m, ok, nil
	case u.Member != nil:
		m, ok := membershipChanged(*u.Member)
		return m, ok, nil
	}
	return handlers.Message{}, false, nil
}

// message reads what somebody wrote. Channels, their automatic forwards into
// groups and other bots get no answers.
func (i *identity) message(m message) (handlers.Message, bool, error) {
	out := handlers.Message{Address: m.address(), Group: m.Chat.group(), From: m.sender(), Token: m.token()}
	if m.From != nil {
		out.Lang = m.From.Lang
	}
	switch {
	case !m.Chat.served():
		return out, false, nil
	case m.MigrateTo != 0:
		out.Happening, out.NewConversation, out.Addressed = handlers.Moved, strconv.FormatInt(m.MigrateTo, 10), true
		return out, true, nil
	case m.Forwarded || m.fromBot():
		return out, false, nil
	case m.silent() && !m.hasFile():
		out.Happening, out.Addressed = handlers.Wordless, true
		return out, m.Chat.private() && m.content(), nil
	}
	own, err := i.strip(m)
	if err != nil {
		return out, false, err
	}
	out.Text, out.Addressed = own.text, own.addressed || m.Chat.private()
	out.Attached = m.attached()
	if out.Addressed { // what a group shows to one another is nobody's business
		out.Files = i.attachments(m, own.named)
	}
	return out, !own.others && (out.Addressed || !m.silent()), nil
}

// silent says that a message has no words, and links to nothing.
func (m message) silent() bool { return m.words() == "" && len(m.targets()) == 0 }

// editableFor is how long people can edit what they wrote: what is said to be
// edited later has changed in another way.
const editableFor = 48 * time.Hour

// edited reads a message again that somebody has edited. What has no words is not
// answered twice: a shared location is "edited" whenever it moves.
func (i *identity) edited(m message) (handlers.Message, bool, error) {
	out, ok, err := i.message(m)
	out.Edited = true
	age := time.Duration(m.EditDate-m.Date) * time.Second
	ok = ok && out.Happening == handlers.Said && m.EditDate != 0 && age <= editableFor
	return out, ok, err
}

// words is the message's text, or a picture's caption.
func (m message) words() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// entities are those of the words.
func (m message) entities() []entity {
	if m.Text != "" {
		return m.Entities
	}
	return m.CaptionEntities
}

// address is where the message is. The thread counts in topics only: elsewhere
// it numbers a chain of replies, which Telegram refuses to send to.
func (m message) address() models.Address {
	a := models.Address{Door: "telegram", Conversation: strconv.FormatInt(m.Chat.ID, 10)}
	if m.IsTopic && m.ThreadID != 0 {
		a.Thread = strconv.FormatInt(m.ThreadID, 10)
	}
	return a
}

// sender is who wrote: a person's id, or the id of the chat in whose name it
// was written, which for anonymous administrators is the group itself.
func (m message) sender() string {
	switch {
	case m.SenderChat != nil:
		return strconv.FormatInt(m.SenderChat.ID, 10)
	case m.From != nil:
		return strconv.FormatInt(m.From.ID, 10)
	}
	return ""
}

// fromBot says that another bot wrote it. Messages in the name of a chat come
// from a stand-in bot of Telegram's.
func (m message) fromBot() bool { return m.SenderChat == nil && m.From != nil && m.From.IsBot }

// tapped reads a pressed button. Without the message nobody knows the chat.
func tapped(c callback) (handlers.Message, bool) {
	if c.Message == nil || !c.Message.Chat.served() {
		return handlers.Message{}, false
	}
	return handlers.Message{
		Address:   c.Message.address(),
		Happening: handlers.Tapped,
		Group:     c.Message.Chat.group(),
		Addressed: true,
		Button:    c.Data,
		From:      strconv.FormatInt(c.From.ID, 10),
		Lang:      c.From.Lang,
		Token:     c.token(),
	}, true
}

// membershipChanged reads that the bot can write to the chat now, or no longer:
// added, removed, blocked, unblocked, silenced. A promotion changes nothing.
func membershipChanged(m memberUpdate) (handlers.Message, bool) {
	before, after := m.Old.reaches(), m.New.reaches()
	if before == after || !m.Chat.served() {
		return handlers.Message{}, false
	}
	happening := handlers.Left
	if after {
		happening = handlers.Joined
	}
	return handlers.Message{
		Address:   models.Address{Door: "telegram", Conversation: strconv.FormatInt(m.Chat.ID, 10)},
		Happening: happening,
		Group:     m.Chat.group(),
		Addressed: true,
		From:      strconv.FormatInt(m.From.ID, 10),
		Lang:      m.From.Lang,
	}, true
}

// Tokens are "m:MESSAGE" for something said in a group and "c:MESSAGE:CALLBACK"
// for a pressed button, MESSAGE being 0 when it cannot be edited any more.

func (m message) token() string {
	if !m.Chat.group() {
		return ""
	}
	return "m:" + strconv.FormatInt(m.ID, 10)
}

func (c callback) token() string {
	id := c.Message.ID
	if c.Message.Date == 0 {
		id = 0
	}
	return "c:" + strconv.FormatInt(id, 10) + ":" + c.ID
}

// token is a handlers.Message's Token, decoded.
type token struct {
	message  int64  // to reply to, or to edit; 0 when none
	callback string // to answer; "" when nothing was pressed
}

// parseToken decodes a Token; anything else gives an empty one.
func parseToken(text string) token {
	kind, rest, _ := strings.Cut(text, ":")
	number, callback, _ := strings.Cut(rest, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || kind != "m" && kind != "c" {
		return token{}
	}
	return token{message: id, callback: callback}
}

// stripped is a message's words without the bot's own name in them.
type stripped struct {
	text      string
	addressed bool // the bot was named, or replied to
	named     bool // it was named
	others    bool // it is a command for another bot
}

// strip takes the bot's own mentions out of a message's words, and its name off
// its commands. Telegram counts in UTF-16 code units.
func (i *identity) strip(m message) (stripped, error) {
	id, name := i.get()
	out := stripped{addressed: m.ReplyTo != nil && m.ReplyTo.from(id) && m.ReplyTo.TopicCreated == nil}
	units := utf16.Encode([]rune(m.words()))
	for _, e := range backwards(m) {
		if e.Offset < 0 || e.Length <= 0 || e.Offset > len(units) || e.Length > len(units)-e.Offset {
			continue
		}
		end := e.Offset + e.Length
		piece := string(utf16.Decode(units[e.Offset:end]))
		command, owner, atBot := strings.Cut(piece, "@")
		if atBot && name == "" && (e.Type == "mention" || e.Type == "bot_command") {
			return stripped{}, errNotSetUp
		}
		ours := atBot && strings.EqualFold(owner, name)
		switch {
		case e.Type == "mention" && ours, e.Type == "text_mention" && e.User != nil && e.User.ID == id:
			units = cut(units, e.Offset, end)
			out.addressed, out.named = true, true
		case e.Type == "bot_command" && ours:
			units = slices.Delete(units, e.Offset+len(utf16.Encode([]rune(command))), end)
			out.addressed, out.named = true, true
		case e.Type == "bot_command" && atBot:
			out.others = out.others || opens(units, e.Offset)
		}
	}
	out.text = strings.TrimSpace(string(utf16.Decode(units)))
	return out, nil
}

// from says whether the bot with this id wrote the message.
func (m message) from(id int64) bool { return m.From != nil && id != 0 && m.From.ID == id }

// backwards is the entities of the words, last first, so that cutting one out
// does not move those that come after it in the loop.
func backwards(m message) []entity {
	es := slices.Clone(m.entities())
	slices.SortStableFunc(es, func(a, b entity) int { return cmp.Compare(b.Offset, a.Offset) })
	return es
}

// cut removes a mention, and one of the two spaces around it.
func cut(units []uint16, from, to int) []uint16 {
	if opens(units, from) || blank(units[from-1]) {
		for to < len(units) && blank(units[to]) {
			to++
		}
	}
	return slices.Delete(units, from, to)
}

// opens says that there is nothing but white space before i.
func opens(units []uint16, i int) bool {
	return !slices.ContainsFunc(units[:i], func(u uint16) bool { return !blank(u) })
}

func blank(unit uint16) bool { return unicode.IsSpace(rune(unit)) && unit != '\n' }
