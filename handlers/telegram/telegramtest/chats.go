package telegramtest

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// knownChat is a chat that the fake knows of.
type knownChat struct {
	kind    string // "private", "group", "supergroup"
	last    int64  // the last message's id
	threads map[int64]bool
	people  map[int64]bool
	said    map[int64]Said // what people wrote, by the message's id
	frozen  bool           // its messages cannot be edited any more
	blocked bool           // the bot cannot write there
	movedTo int64          // what it became
}

// Said is what somebody writes. Positive chats are private, negative ones groups.
type Said struct {
	Chat     int64
	Thread   int64  // a topic
	From     int64  // default: the chat itself, or in a group person 1
	Lang     string // the person's language_code
	Text     string
	ReplyTo  int64  // a message of the bot's
	Album    string // it belongs to this album
	Kind     string // it holds this ("contact", "sticker") and Text is under it
	Photo    []byte // it is this picture, which Telegram keeps in several sizes; Text is under it
	Document *File  // it is this file; Text is under it
	MIME     string // what the sender's app says that Document is
	Size     int64  // what Telegram says of Document, where it is larger than its body
	Unmarked bool   // no entities are made of mentions and commands
	InName   int64  // written in the name of this chat
}

// Know makes the fake know chats, as if somebody there had written before.
func (a *API) Know(chats ...int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range chats {
		a.chat(id)
	}
}

func (a *API) chat(id int64) *knownChat {
	if r := a.chats[id]; r != nil {
		return r
	}
	r := &knownChat{kind: "private", threads: map[int64]bool{}, people: map[int64]bool{}, said: map[int64]Said{}}
	if id < 0 {
		r.kind = "supergroup"
	}
	a.chats[id] = r
	return r
}

// reach is a chat that the bot may write to.
func (a *API) reach(id int64) (*knownChat, *refusal) {
	r := a.chats[id]
	switch {
	case r == nil:
		return nil, bad("chat not found")
	case r.movedTo != 0:
		no := bad("group chat was upgraded to a supergroup chat")
		no.Parameters.MigrateTo = r.movedTo
		return nil, no
	case r.blocked && r.kind == "private":
		return nil, &refusal{Code: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user"}
	case r.blocked:
		return nil, &refusal{Code: http.StatusForbidden, Description: "Forbidden: bot was kicked from the supergroup chat"}
	}
	return r, nil
}

// Say lets the one person of a private chat, or person 1 of a group, write.
func (a *API) Say(chat int64, text string) int64 { return a.SayAs(Said{Chat: chat, Text: text}) }

// SayAs lets somebody write and returns the update's id, 0 when the bot does not
// get to see it.
func (a *API) SayAs(s Said) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.chat(s.Chat)
	r.last++
	m := a.said(r, s)
	r.said[r.last] = s
	if a.hides(s, m) {
		return 0
	}
	return a.push("message", m)
}

// hides says that privacy mode keeps a message from the bot: in a group, one that
// is no command, does not name the bot and answers no message of the bot's.
func (a *API) hides(s Said, m map[string]any) bool {
	named := strings.Contains(strings.ToLower(s.Text), "@"+BotName)
	seen := a.SeesAll || s.Chat > 0 || a.admins[[2]int64{s.Chat, BotID}]
	return !seen && !named && !strings.HasPrefix(s.Text, "/") && m["reply_to_message"] == nil
}

// Edit lets somebody change the text of what was said last in a chat (SayAs); the
// same text is what Telegram reports of a first reaction.
func (a *API) Edit(chat int64, text string) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.chat(chat)
	id := slices.Max(slices.Collect(maps.Keys(r.said)))
	s := r.said[id]
	s.Text = text
	m := a.said(r, s)
	m["message_id"], m["edit_date"] = id, m["date"]
	if a.hides(s, m) {
		return 0
	}
	return a.push("edited_message", m)
}

// said is a message as somebody wrote it.
func (a *API) said(r *knownChat, s Said) map[string]any {
	m := a.frame(r, &s)
	text, entities := "text", "entities"
	if content := a.media(s); len(content) > 0 {
		maps.Copy(m, content)
		text, entities = "caption", "caption_entities"
	}
	if s.Text != "" {
		m[text] = s.Text
	}
	if s.Text != "" && !s.Unmarked {
		m[entities] = marks(s.Text)
	}
	if s.Album != "" {
		m["media_group_id"] = s.Album
	}
	if s.ReplyTo != 0 {
		if to := a.find(s.Chat, s.ReplyTo); to != nil {
			m["reply_to_message"] = a.shown(to, r)
		}
	}
	return m
}

// frame is a message without content.
func (a *API) frame(r *knownChat, s *Said) map[string]any {
	if s.From == 0 {
		s.From = max(s.Chat, 1)
	}
	r.people[s.From] = true
	from := map[string]any{"id": s.From, "is_bot": false, "first_name": "Somebody"}
	if s.Lang != "" {
		from["language_code"] = s.Lang
	}
	m := map[string]any{
		"message_id": r.last, "date": time.Now().Unix(), "from": from,
		"chat": map[string]any{"id": s.Chat, "type": r.kind},
	}
	if s.InName != 0 {
		m["from"] = map[string]any{"id": 1087968824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"}
		m["sender_chat"] = map[string]any{"id": s.InName, "type": r.kind}
	}
	if s.Thread != 0 {
		r.threads[s.Thread] = true
		m["message_thread_id"], m["is_topic_message"] = s.Thread, true
	}
	return m
}

var markShape = regexp.MustCompile(`(?:^|\s)(/[A-Za-z0-9_]+(?:@\w+)?)|(@\w{4,})`)

// marks finds commands and mentions as Telegram does, in UTF-16 code units.
func marks(text string) []map[string]any {
	var out []map[string]any
	for _, at := range markShape.FindAllStringSubmatchIndex(text, -1) {
		kind, from, to := "bot_command", at[2], at[3]
		if from < 0 {
			kind, from, to = "mention", at[4], at[5]
		}
		out = append(out, map[string]any{
			"type":   kind,
			"offset": len(utf16.Encode([]rune(text[:from]))),
			"length": len(utf16.Encode([]rune(text[from:to]))),
		})
	}
	return out
}

// Tap presses a button of a message and returns the query's id. A message that
// the bot has not sent to the chat is one that Telegram has forgotten.
func (a *API) Tap(chat, message, person int64, data string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.chat(chat)
	r.people[person] = true
	query := strconv.FormatInt(a.lastID+1, 10) + "77"
	a.queries[query] = true
	shown := map[string]any{"message_id": message, "date": 0, "chat": map[string]any{"id": chat, "type": r.kind}}
	if s := a.find(chat, message); s != nil {
		shown = a.shown(s, r)
	}
	a.push("callback_query", map[string]any{
		"id": query, "from": map[string]any{"id": person, "is_bot": false, "first_name": "Somebody"},
		"message": shown, "chat_instance": "1", "data": data,
	})
	return query
}

// Block lets the person of a private chat block the bot, or a group remove it.
func (a *API) Block(chat int64) int64 { return a.member(chat, "member", "kicked", true) }

// Unblock takes Block back.
func (a *API) Unblock(chat int64) int64 { return a.member(chat, "kicked", "member", false) }

func (a *API) member(chat int64, before, after string, blocked bool) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.chat(chat)
	r.blocked = blocked
	bot := map[string]any{"id": BotID, "is_bot": true, "first_name": "Waybill"}
	return a.push("my_chat_member", map[string]any{
		"chat": map[string]any{"id": chat, "type": r.kind}, "date": time.Now().Unix(),
		"from":            map[string]any{"id": max(chat, 1), "is_bot": false, "first_name": "Somebody"},
		"old_chat_member": map[string]any{"status": before, "user": bot, "until_date": 0},
		"new_chat_member": map[string]any{"status": after, "user": bot, "until_date": 0},
	})
}

// Drop makes the bot lose a chat without an update about it.
func (a *API) Drop(chat int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.chat(chat).blocked = true
}

// Migrate turns a group into a supergroup with another id.
func (a *API) Migrate(from, to int64) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.chat(from)
	old.kind, old.movedTo = "group", to
	a.chat(to)
	old.last++
	m := a.frame(old, &Said{Chat: from})
	m["migrate_to_chat_id"] = to
	return a.push("message", m)
}

// Freeze makes a chat's messages too old to be edited.
func (a *API) Freeze(chat int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.chat(chat).frozen = true
}

// Promote makes a person an administrator of a group.
func (a *API) Promote(group, person int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.admins[[2]int64{group, person}] = true
}
