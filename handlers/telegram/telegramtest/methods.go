package telegramtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Telegram's limits.
const (
	maxText    = 4096
	maxCaption = 1024
	maxData    = 64
	maxToast   = 200
	maxRow     = 8   // buttons side by side
	maxButtons = 100 // under one message
	maxHint    = 64  // characters in an empty input field
)

func (a *API) me() any {
	return map[string]any{
		"id": BotID, "is_bot": true, "first_name": "Waybill", "username": BotName,
		"can_join_groups": true, "can_read_all_group_messages": a.SeesAll,
	}
}

// compose reads what sendMessage, sendDocument and editMessageText share.
func compose(f form, field string, limit int) (*Sent, *refusal) {
	s := &Sent{Chat: f.int("chat_id"), Thread: f.int("message_thread_id"), Raw: f.values[field], Preview: true, At: time.Now()}
	if !utf8.ValidString(s.Raw) {
		return nil, bad("strings must be encoded in UTF-8")
	}
	switch f.values["parse_mode"] {
	case "":
		s.Text = strings.TrimSpace(s.Raw)
	case "HTML":
		var err error
		if s.Text, s.Entities, err = ParseHTML(s.Raw); err != nil {
			return nil, bad("can't parse entities: %v", err)
		}
	default:
		return nil, bad("unsupported parse_mode")
	}
	if len(utf16.Encode([]rune(s.Text))) > limit {
		return nil, bad("%s is too long", map[string]string{"text": "message", "caption": "message caption"}[field])
	}
	var preview struct {
		Off bool `json:"is_disabled"`
	}
	if err := f.json("link_preview_options", &preview); err != nil {
		return nil, bad("can't parse link preview options JSON object")
	}
	s.Preview = !preview.Off
	no := s.markup(f)
	return s, no
}

// markup reads the inline keyboard, or that a reply is forced.
func (s *Sent) markup(f form) *refusal {
	if f.values["reply_markup"] == "null" {
		return bad("object expected as reply markup")
	}
	var keys struct {
		Rows      [][]Button `json:"inline_keyboard"`
		Forces    bool       `json:"force_reply"`
		Selective bool       `json:"selective"`
		Hint      string     `json:"input_field_placeholder"`
	}
	if err := f.json("reply_markup", &keys); err != nil {
		return bad("can't parse reply keyboard markup JSON object")
	}
	switch {
	case keys.Forces && keys.Rows != nil:
		return bad("a reply cannot be forced under inline buttons")
	case utf8.RuneCountInString(keys.Hint) > maxHint:
		return bad("input field placeholder is too long")
	case keys.Forces:
		s.Forced = &Forced{Selective: keys.Selective}
	}
	if no := checkButtons(keys.Rows); no != nil {
		return no
	}
	s.Buttons = keys.Rows
	return nil
}

func checkButtons(rows [][]Button) *refusal {
	all := slices.Concat(rows...)
	if len(all) > maxButtons || slices.ContainsFunc(rows, func(row []Button) bool { return len(row) > maxRow }) {
		return bad("reply markup is too long")
	}
	for _, b := range all {
		if b.Text == "" {
			return bad("inline keyboard button text must be non-empty")
		}
		if len(b.Data) < 1 || len(b.Data) > maxData {
			return bad("BUTTON_DATA_INVALID")
		}
	}
	return nil
}

func (a *API) sendMessage(f form) (any, *refusal) {
	s, no := compose(f, "text", maxText)
	if no == nil && s.Text == "" {
		no = bad("message text is empty")
	}
	if no != nil {
		return nil, no
	}
	return a.send(s, f)
}

// send puts a message into its chat.
func (a *API) send(s *Sent, f form) (any, *refusal) {
	r, no := a.reach(s.Chat)
	if no != nil {
		return nil, no
	}
	if s.Thread != 0 && !r.threads[s.Thread] {
		return nil, bad("message thread not found")
	}
	var to struct {
		ID      int64 `json:"message_id"`
		Anyway  bool  `json:"allow_sending_without_reply"`
		Unknown any   `json:"chat_id"`
	}
	if err := f.json("reply_parameters", &to); err != nil {
		return nil, bad("can't parse reply parameters JSON object")
	}
	if to.ID != 0 && to.ID > r.last && !to.Anyway {
		return nil, bad("message to be replied not found")
	}
	if to.ID <= r.last {
		s.ReplyTo = to.ID
	}
	r.last++
	s.ID = r.last
	a.messages = append(a.messages, s)
	return a.shown(s, r), nil
}

// shown is a message as Telegram shows it to the bot.
func (a *API) shown(s *Sent, r *knownChat) map[string]any {
	m := map[string]any{
		"message_id": s.ID, "date": s.At.Unix(), "from": a.me(),
		"chat": map[string]any{"id": s.Chat, "type": r.kind},
	}
	switch {
	case s.Photo != nil:
		m["photo"], m["caption"] = sizes("AgSent"+strconv.FormatInt(s.ID, 10), s.Photo.Body, 0), s.Text
	case s.File != nil:
		m["document"], m["caption"] = map[string]any{"file_id": "BQSent" + strconv.FormatInt(s.ID, 10), "file_name": s.File.Name}, s.Text
	default:
		m["text"] = s.Text
	}
	if s.Thread != 0 {
		m["message_thread_id"], m["is_topic_message"] = s.Thread, true
	}
	if s.ReplyTo != 0 {
		// A kind of origin that no library of today knows.
		m["reply_to_message"] = map[string]any{
			"message_id": s.ReplyTo, "date": 1, "chat": map[string]any{"id": s.Chat, "type": r.kind},
			"forward_origin": map[string]any{"type": "from_the_future"},
		}
	}
	return m
}

func (a *API) editMessageText(f form) (any, *refusal) {
	now, no := compose(f, "text", maxText)
	if no == nil && now.Text == "" {
		no = bad("message text is empty")
	}
	if no != nil {
		return nil, no
	}
	return a.edit(f, now, func(s *Sent) *refusal {
		if s.Photo != nil || s.File != nil {
			return bad("there is no text in the message to edit")
		}
		return nil
	})
}

// edit changes a message, if it can be.
func (a *API) edit(f form, now *Sent, fits func(*Sent) *refusal) (any, *refusal) {
	if now.Forced != nil {
		return nil, bad("inline keyboard expected")
	}
	r, no := a.reach(now.Chat)
	if no != nil {
		return nil, no
	}
	s := a.find(now.Chat, f.int("message_id"))
	switch {
	case s == nil:
		return nil, bad("message to edit not found")
	case r.frozen:
		return nil, bad("message can't be edited")
	}
	if no := fits(s); no != nil {
		return nil, no
	}
	if s.Text == now.Text && slices.Equal(s.Entities, now.Entities) && slices.EqualFunc(s.Buttons, now.Buttons, slices.Equal) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	s.Text, s.Raw, s.Entities, s.Buttons, s.Preview, s.At = now.Text, now.Raw, now.Entities, now.Buttons, now.Preview, now.At
	s.Edits++
	return a.shown(s, r), nil
}

func (a *API) find(chat, id int64) *Sent {
	for _, s := range a.messages {
		if s.Chat == chat && s.ID == id {
			return s
		}
	}
	return nil
}

func (a *API) answerCallbackQuery(f form) (any, *refusal) {
	id, text := f.values["callback_query_id"], f.values["text"]
	if !a.queries[id] {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	if utf8.RuneCountInString(text) > maxToast {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	delete(a.queries, id)
	a.answers = append(a.answers, Answer{Query: id, Text: text})
	return true, nil
}

func (a *API) getChatMember(f form) (any, *refusal) {
	chat, person := f.int("chat_id"), f.int("user_id")
	r, no := a.reach(chat)
	if no != nil {
		return nil, no
	}
	who := map[string]any{"id": person, "is_bot": false, "first_name": "Somebody"}
	switch {
	case a.admins[[2]int64{chat, person}]:
		return map[string]any{"status": "administrator", "user": who}, nil
	case r.people[person]:
		return map[string]any{"status": "member", "user": who}, nil
	}
	return nil, bad("user not found")
}
