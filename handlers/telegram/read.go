package telegram

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

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
	m, ok, err := d.self.read(u)
	return m, ok && err == nil, err
}

// read tells what an update means. With an error the Message still holds the address.
func (s *self) read(u update) (handlers.Message, bool, error) {
	switch {
	case u.Message != nil:
		return s.message(*u.Message)
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
// groups and other bots are not talked with.
func (s *self) message(m message) (handlers.Message, bool, error) {
	out := handlers.Message{Address: m.address(), Group: m.Chat.group(), From: m.sender(), Token: m.token()}
	if m.From != nil {
		out.Lang = m.From.Lang
	}
	switch {
	case !m.Chat.talks():
		return out, false, nil
	case m.MigrateTo != 0:
		out.Happening, out.NewRoom, out.Addressed = handlers.Moved, strconv.FormatInt(m.MigrateTo, 10), true
		return out, true, nil
	case m.Forwarded || m.fromBot():
		return out, false, nil
	case m.words() == "":
		out.Addressed = true
		return out, m.Chat.private() && m.content(), nil
	}
	h, err := s.hear(m)
	if err != nil {
		return out, false, err
	}
	out.Text, out.Addressed = h.text, h.addressed || m.Chat.private()
	return out, !h.others, nil
}

// words is the message's text, or a picture's caption.
func (m message) words() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// content says that somebody sent something that is not text; further pictures
// of an album do not count, or each would be answered.
func (m message) content() bool {
	return m.Album == "" && (m.Photo != nil || m.Document != nil || m.Sticker != nil || m.Voice != nil || m.Video != nil)
}

// address is where the message is. The thread counts in topics only: elsewhere
// it numbers a chain of replies, which Telegram refuses to send to.
func (m message) address() models.Address {
	a := models.Address{Door: "telegram", Room: strconv.FormatInt(m.Chat.ID, 10)}
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
	if c.Message == nil || !c.Message.Chat.talks() {
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
// added, removed, blocked, unblocked, silenced. Promotions are nothing.
func membershipChanged(m member) (handlers.Message, bool) {
	before, after := m.Old.reaches(), m.New.reaches()
	if before == after || !m.Chat.talks() {
		return handlers.Message{}, false
	}
	happening := handlers.Left
	if after {
		happening = handlers.Joined
	}
	return handlers.Message{
		Address:   models.Address{Door: "telegram", Room: strconv.FormatInt(m.Chat.ID, 10)},
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

// handle is a Token taken apart.
type handle struct {
	message  int64  // to reply to, or to edit; 0 when none
	callback string // to answer; "" when nothing was pressed
}

// grasp takes a Token apart; what is none gives an empty handle.
func grasp(token string) handle {
	kind, rest, _ := strings.Cut(token, ":")
	number, callback, _ := strings.Cut(rest, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || kind != "m" && kind != "c" {
		return handle{}
	}
	return handle{message: id, callback: callback}
}
