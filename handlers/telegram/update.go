package telegram

import "encoding/json"

// What the door reads of an update. The library's own types refuse a whole
// update over one unknown kind of member or forward deep inside it; these know
// only what is used.

type update struct {
	ID       int64         `json:"update_id"`
	Message  *message      `json:"message"`
	Callback *callback     `json:"callback_query"`
	Member   *memberUpdate `json:"my_chat_member"`
}

// allowedUpdates are the kinds that an update knows; nothing else is asked for.
func allowedUpdates() []string { return []string{"message", "callback_query", "my_chat_member"} }

type message struct {
	ID              int64    `json:"message_id"`
	ThreadID        int64    `json:"message_thread_id"`
	IsTopic         bool     `json:"is_topic_message"`
	Date            int64    `json:"date"` // 0: the message is not accessible any more
	Chat            chat     `json:"chat"`
	From            *user    `json:"from"`
	SenderChat      *chat    `json:"sender_chat"`
	Forwarded       bool     `json:"is_automatic_forward"` // from the channel that a group discusses
	ReplyTo         *message `json:"reply_to_message"`
	Text            string   `json:"text"`
	Entities        []entity `json:"entities"`
	Caption         string   `json:"caption"`
	CaptionEntities []entity `json:"caption_entities"`
	Album           string   `json:"media_group_id"`
	MigrateTo       int64    `json:"migrate_to_chat_id"`

	// Only whether these are present matters.
	Photo        json.RawMessage `json:"photo"`
	Document     json.RawMessage `json:"document"`
	Sticker      json.RawMessage `json:"sticker"`
	Voice        json.RawMessage `json:"voice"`
	Video        json.RawMessage `json:"video"`
	TopicCreated json.RawMessage `json:"forum_topic_created"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

// group says that more than one person reads the chat; a channel is not one.
func (c chat) group() bool { return c.Type == "group" || c.Type == "supergroup" }

func (c chat) private() bool { return c.Type == "private" }

// served says that the bot answers there at all; it does not in channels.
func (c chat) served() bool { return c.group() || c.private() }

type user struct {
	ID       int64  `json:"id"`
	IsBot    bool   `json:"is_bot"`
	Username string `json:"username"`
	Lang     string `json:"language_code"`
}

type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"` // in UTF-16 code units, as Length
	Length int    `json:"length"`
	User   *user  `json:"user"`
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"` // nil, or with Date 0, when Telegram has forgotten it
	Data    string   `json:"data"`
}

type memberUpdate struct {
	Chat chat       `json:"chat"`
	From user       `json:"from"`
	Old  membership `json:"old_chat_member"`
	New  membership `json:"new_chat_member"`
}

type membership struct {
	Status   string `json:"status"`
	IsMember bool   `json:"is_member"`         // of the restricted
	CanSend  bool   `json:"can_send_messages"` // of the restricted
}

// reaches says whether a bot with this membership can write to the chat.
func (m membership) reaches() bool {
	switch m.Status {
	case "left", "kicked":
		return false
	case "restricted":
		return m.IsMember && m.CanSend
	}
	return m.Status != ""
}
