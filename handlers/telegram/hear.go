package telegram

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// heard is a text without the bot's own name in it.
type heard struct {
	text      string
	addressed bool // the bot was named, or replied to
	others    bool // it is a command for another bot
}

// hear takes the bot's own mentions out of a message's words, and its name off
// its commands. Telegram counts in UTF-16 code units.
func (s *self) hear(m message) (heard, error) {
	id, name := s.known()
	h := heard{addressed: m.ReplyTo != nil && m.ReplyTo.from(id) && m.ReplyTo.TopicCreated == nil}
	units := utf16.Encode([]rune(m.words()))
	for _, e := range backwards(m) {
		if e.Offset < 0 || e.Length <= 0 || e.Offset > len(units) || e.Length > len(units)-e.Offset {
			continue
		}
		end := e.Offset + e.Length
		piece := string(utf16.Decode(units[e.Offset:end]))
		command, owner, atBot := strings.Cut(piece, "@")
		if atBot && name == "" && (e.Type == "mention" || e.Type == "bot_command") {
			return heard{}, errNotSetUp
		}
		ours := atBot && strings.EqualFold(owner, name)
		switch {
		case e.Type == "mention" && ours, e.Type == "text_mention" && e.User != nil && e.User.ID == id:
			units = cut(units, e.Offset, end)
			h.addressed = true
		case e.Type == "bot_command" && ours:
			units = slices.Delete(units, e.Offset+len(utf16.Encode([]rune(command))), end)
			h.addressed = true
		case e.Type == "bot_command" && atBot:
			h.others = h.others || opens(units, e.Offset)
		}
	}
	h.text = strings.TrimSpace(string(utf16.Decode(units)))
	return h, nil
}

// from says whether the bot with this id wrote the message.
func (m message) from(id int64) bool { return m.From != nil && id != 0 && m.From.ID == id }

// backwards is the entities of the words, last first, so that what is cut out
// does not move what is looked at next.
func backwards(m message) []entity {
	es := m.Entities
	if m.Text == "" {
		es = m.CaptionEntities
	}
	es = slices.Clone(es)
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
