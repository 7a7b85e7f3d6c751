package telegram

import "encoding/json"

// What the door reads of an update. The library's own types refuse a whole
// update over one unknown kind of member or forward deep inside it; these know
// only what is used.

type update struct {
	ID       int64         `json:"update_id"`
	Message  *message      `json:"message"`
	Edited   *message      `json:"edited_message"`
	Callback *callback     `json:"callback_query"`
	Member   *memberUpdate `json:"my_chat_member"`
	Query    *query        `json:"inline_query"`
}

// allowedUpdates are the kinds that an update knows; nothing else is asked for, and
// inline queries only where somebody answers them.
func (s Settings) allowedUpdates() []string {
	kinds := []string{"message", "edited_message", "callback_query", "my_chat_member"}
	if s.Search != nil {
		kinds = append(kinds, "inline_query")
	}
	return kinds
}

type message struct {
	ID              int64      `json:"message_id"`
	ThreadID        int64      `json:"message_thread_id"`
	IsTopic         bool       `json:"is_topic_message"`
	Date            int64      `json:"date"`      // 0: the message is not accessible any more
	EditDate        int64      `json:"edit_date"` // 0: nobody has edited it
	Chat            chat       `json:"chat"`
	From            *user      `json:"from"`
	SenderChat      *chat      `json:"sender_chat"`
	Forwarded       bool       `json:"is_automatic_forward"` // from the channel that a group discusses
	ReplyTo         *message   `json:"reply_to_message"`
	Quote           *quote     `json:"quote"`          // what of the message that it answers is meant
	External        *origin    `json:"external_reply"` // it answers a message of another chat
	Keyboard        urlButtons `json:"reply_markup"`
	Text            string     `json:"text"`
	Entities        []entity   `json:"entities"`
	Caption         string     `json:"caption"`
	CaptionEntities []entity   `json:"caption_entities"`
	Album           string     `json:"media_group_id"`
	MigrateTo       int64      `json:"migrate_to_chat_id"`

	TopicCreated json.RawMessage `json:"forum_topic_created"`
	wordless
}

// wordless are the kinds of content that hold no text. Of most of them only whether
// they are there matters; see file for the others. What Telegram itself says in a chat
// (somebody joined, something was pinned) is none of them.
type wordless struct {
	Photo     json.RawMessage `json:"photo"`
	Document  json.RawMessage `json:"document"`
	Sticker   json.RawMessage `json:"sticker"`
	Voice     json.RawMessage `json:"voice"`
	Audio     json.RawMessage `json:"audio"`
	Video     json.RawMessage `json:"video"`
	VideoNote json.RawMessage `json:"video_note"`
	Animation json.RawMessage `json:"animation"`
	PaidMedia json.RawMessage `json:"paid_media"`
	Story     json.RawMessage `json:"story"`
	Contact   json.RawMessage `json:"contact"`
	Location  json.RawMessage `json:"location"`
	Venue     json.RawMessage `json:"venue"`
	Poll      json.RawMessage `json:"poll"`
	Checklist json.RawMessage `json:"checklist"`
	Dice      json.RawMessage `json:"dice"`
	Game      json.RawMessage `json:"game"`
}

// content says that there is some.
func (w wordless) content() bool {
	for _, kind := range []json.RawMessage{
		w.Photo, w.Document, w.Sticker, w.Voice, w.Audio, w.Video, w.VideoNote, w.Animation, w.PaidMedia,
		w.Story, w.Contact, w.Location, w.Venue, w.Poll, w.Checklist, w.Dice, w.Game,
	} {
		if kind != nil {
			return true
		}
	}
	return false
}

// quote is a part of the message that is answered.
type quote struct {
	Text     string   `json:"text"`
	Entities []entity `json:"entities"`
	Manual   bool     `json:"is_manual"` // the writer chose it; else Telegram cut it
}

// origin is a message of another chat, of which Telegram tells no text.
type origin struct {
	Preview struct {
		URL string `json:"url"`
	} `json:"link_preview_options"`
}

// urlButtons are the buttons under a message, of which those with a URL matter.
type urlButtons struct {
	Rows [][]struct {
		URL string `json:"url"`
	} `json:"inline_keyboard"`
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
	URL    string `json:"url"` // of a text_link
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
