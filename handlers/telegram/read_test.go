package telegram_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

// upd completes the JSON of an update.
func upd(kind, content string) string { return `{"update_id":5,"` + kind + `":` + content + `}` }

const (
	inPrivate = `"message_id":9,"date":1,"from":{"id":7,"language_code":"zh-hans"},"chat":{"id":7,"type":"private"}`
	inGroup   = `"message_id":9,"date":1,"from":{"id":7,"language_code":"en"},"chat":{"id":-100,"type":"supergroup"}`
)

func TestReadUnderstandsUpdates(t *testing.T) {
	private := models.Address{Door: "telegram", Conversation: "7"}
	group := models.Address{Door: "telegram", Conversation: "-100"}
	said := func(text string) *handlers.Message {
		return &handlers.Message{Address: private, Addressed: true, Text: text, From: "7", Lang: "zh-hans"}
	}
	inGroupSaid := func(addressed bool, text string) *handlers.Message {
		return &handlers.Message{Address: group, Group: true, Addressed: addressed, Text: text, From: "7", Lang: "en", Token: "m:9"}
	}
	edited := func(m *handlers.Message) *handlers.Message {
		m.Edited = true
		return m
	}
	attached := func(text string, m *handlers.Message) *handlers.Message {
		m.Attached = text
		return m
	}
	held := func(lang string) *handlers.Message {
		return &handlers.Message{Address: private, Happening: handlers.Wordless, Addressed: true, From: "7", Lang: lang}
	}
	for name, c := range map[string]struct {
		update string
		want   *handlers.Message // nil: nothing to handle
	}{
		"a reply one to one":               {upd("message", `{`+inPrivate+`,"text":"这个","reply_to_message":{"message_id":3,"from":{"id":8},"text":"YT1000000000013"}}`), attached("YT1000000000013", said("这个"))},
		"a reply to a picture":             {upd("message", `{`+inPrivate+`,"text":"这个","reply_to_message":{"message_id":3,"photo":[{}],"caption":"YT1000000000013"}}`), attached("YT1000000000013", said("这个"))},
		"a reply to what has none":         {upd("message", `{`+inPrivate+`,"text":"这个","reply_to_message":{"message_id":3,"sticker":{}}}`), said("这个")},
		"a quote with digits":              {upd("message", `{`+inPrivate+`,"text":"这个","quote":{"text":"YT1000000000013","is_manual":true},"reply_to_message":{"message_id":3,"text":"YT1000000000013\nYT1000000000021"}}`), attached("YT1000000000013", said("这个"))},
		"a quote of words":                 {upd("message", `{`+inPrivate+`,"text":"这个","quote":{"text":"茶叶","is_manual":true},"reply_to_message":{"message_id":3,"text":"茶叶 YT1000000000013"}}`), attached("茶叶\n茶叶 YT1000000000013", said("这个"))},
		"a quote that was cut":             {upd("message", `{`+inPrivate+`,"text":"这个","quote":{"text":"YT1"},"reply_to_message":{"message_id":3,"text":"YT1000000000013"}}`), attached("YT1\nYT1000000000013", said("这个"))},
		"a quote from another chat":        {upd("message", `{`+inPrivate+`,"text":"这个","quote":{"text":"YT1000000000013","is_manual":true},"external_reply":{"origin":{"type":"user"}}}`), attached("YT1000000000013", said("这个"))},
		"another chat's link":              {upd("message", `{`+inPrivate+`,"text":"这个","external_reply":{"origin":{"type":"user"},"link_preview_options":{"url":"https://example.org/?nu=YT1000000000013"}}}`), attached("https://example.org/?nu=YT1000000000013", said("这个"))},
		"a link behind a quote":            {upd("message", `{`+inPrivate+`,"text":"这个","quote":{"text":"物流","entities":[{"type":"text_link","offset":0,"length":2,"url":"https://example.org/?nu=YT1000000000013"}]},"reply_to_message":{"message_id":3}}`), attached("物流\nhttps://example.org/?nu=YT1000000000013", said("这个"))},
		"a link behind words":              {upd("message", `{`+inPrivate+`,"text":"查看物流","entities":[{"type":"text_link","offset":0,"length":4,"url":"https://example.org/?nu=YT1000000000013"}]}`), attached("https://example.org/?nu=YT1000000000013", said("查看物流"))},
		"a link behind a caption":          {upd("message", `{`+inPrivate+`,"photo":[{}],"caption":"查","caption_entities":[{"type":"text_link","offset":0,"length":1,"url":"http://example.org/1"}]}`), attached("http://example.org/1", said("查"))},
		"a link in a reply's text":         {upd("message", `{`+inPrivate+`,"text":"这个","reply_to_message":{"message_id":3,"text":"物流","entities":[{"type":"text_link","offset":0,"length":2,"url":"https://example.org/1"}]}}`), attached("物流\nhttps://example.org/1", said("这个"))},
		"a link that is text":              {upd("message", `{`+inPrivate+`,"text":"https://example.org/1","entities":[{"type":"url","offset":0,"length":21}]}`), said("https://example.org/1")},
		"links within Telegram":            {upd("message", `{`+inPrivate+`,"text":"abc","entities":[{"type":"text_link","offset":0,"length":1,"url":"https://t.me/c/1234567890123/5"},{"type":"text_link","offset":1,"length":1,"url":"tg://user?id=1234567890123"}]}`), said("abc")},
		"a forward's buttons":              {upd("message", `{`+inPrivate+`,"text":"发货了","forward_origin":{},"reply_markup":{"inline_keyboard":[[{"text":"物流","url":"https://example.org/1"},{"text":"x","callback_data":"1"}]]}}`), attached("https://example.org/1", said("发货了"))},
		"buttons under no words":           {upd("message", `{`+inPrivate+`,"photo":[{}],"reply_markup":{"inline_keyboard":[[{"text":"物流","url":"https://example.org/1"}]]}}`), attached("https://example.org/1", said(""))},
		"a reply to the bot's words":       {upd("message", `{`+inGroup+`,"text":"停止","reply_to_message":{"message_id":3,"from":{"id":700001},"text":"圆通速递 YT1000000000013"}}`), attached("圆通速递 YT1000000000013", inGroupSaid(true, "停止"))},
		"a comment on a post":              {upd("message", `{`+inGroup+`,"text":"x","message_thread_id":3,"reply_to_message":{"message_id":3,"is_automatic_forward":true,"text":"YT1000000000013"}}`), inGroupSaid(false, "x")},
		"a reply in a topic":               {upd("message", `{`+inGroup+`,"text":"x","reply_to_message":{"message_id":3,"from":{"id":8},"text":"12345678","forum_topic_created":{}}}`), inGroupSaid(false, "x")},
		"text one to one":                  {upd("message", `{`+inPrivate+`,"text":" SF1000000000015 1234 "}`), said("SF1000000000015 1234")},
		"a caption":                        {upd("message", `{`+inPrivate+`,"photo":[{}],"caption":"SF1000000000015"}`), said("SF1000000000015")},
		"a picture without words":          {upd("message", `{`+inPrivate+`,"photo":[{}]}`), held("zh-hans")},
		"a picture in a group":             {upd("message", `{`+inGroup+`,"photo":[{}]}`), nil},
		"somebody joined":                  {upd("message", `{`+inGroup+`,"new_chat_members":[{"id":8}]}`), nil},
		"text in a group":                  {upd("message", `{`+inGroup+`,"text":"SF1000000000015"}`), inGroupSaid(false, "SF1000000000015")},
		"a mention":                        {upd("message", `{`+inGroup+`,"text":"@waybill_test_bot SF1000000000015","entities":[{"type":"mention","offset":0,"length":17}]}`), inGroupSaid(true, "SF1000000000015")},
		"a mention in capitals":            {upd("message", `{`+inGroup+`,"text":"@WAYBILL_test_bot x","entities":[{"type":"mention","offset":0,"length":17}]}`), inGroupSaid(true, "x")},
		"a mention behind emoji":           {upd("message", `{`+inGroup+`,"text":"📦包 @waybill_test_bot 到哪了","entities":[{"type":"mention","offset":4,"length":17}]}`), inGroupSaid(true, "📦包 到哪了")},
		"nothing but a mention":            {upd("message", `{`+inGroup+`,"text":"@waybill_test_bot","entities":[{"type":"mention","offset":0,"length":17}]}`), inGroupSaid(true, "")},
		"two mentions":                     {upd("message", `{`+inGroup+`,"text":"@waybill_test_bot a @waybill_test_bot","entities":[{"type":"mention","offset":0,"length":17},{"type":"mention","offset":20,"length":17}]}`), inGroupSaid(true, "a")},
		"a mention by id":                  {upd("message", `{`+inGroup+`,"text":"Bot x","entities":[{"type":"text_mention","offset":0,"length":3,"user":{"id":700001}}]}`), inGroupSaid(true, "x")},
		"a mention in a caption":           {upd("message", `{`+inGroup+`,"photo":[{}],"caption":"@waybill_test_bot x","caption_entities":[{"type":"mention","offset":0,"length":17}]}`), inGroupSaid(true, "x")},
		"somebody else's mention":          {upd("message", `{`+inGroup+`,"text":"@somebody x","entities":[{"type":"mention","offset":0,"length":9}]}`), inGroupSaid(false, "@somebody x")},
		"a full-width command":             {upd("message", `{`+inGroup+`,"text":"／查@waybill_test_bot 1","entities":[{"type":"mention","offset":2,"length":17}]}`), inGroupSaid(true, "／查 1")},
		"a command":                        {upd("message", `{`+inGroup+`,"text":"/list","entities":[{"type":"bot_command","offset":0,"length":5}]}`), inGroupSaid(false, "/list")},
		"a command by name":                {upd("message", `{`+inGroup+`,"text":"/TRACK@Waybill_Test_Bot x","entities":[{"type":"bot_command","offset":0,"length":23}]}`), inGroupSaid(true, "/TRACK x")},
		"another bot's command":            {upd("message", `{`+inGroup+`,"text":"/track@other_bot x","entities":[{"type":"bot_command","offset":0,"length":16}]}`), nil},
		"another bot's, quoted":            {upd("message", `{`+inGroup+`,"text":"see /track@other_bot","entities":[{"type":"bot_command","offset":4,"length":16}]}`), inGroupSaid(false, "see /track@other_bot")},
		"a reply to the bot":               {upd("message", `{`+inGroup+`,"text":"1234","reply_to_message":{"message_id":3,"from":{"id":700001}}}`), inGroupSaid(true, "1234")},
		"a reply to somebody":              {upd("message", `{`+inGroup+`,"text":"1234","reply_to_message":{"message_id":3,"from":{"id":8}}}`), inGroupSaid(false, "1234")},
		"first in the bot's topic":         {upd("message", `{`+inGroup+`,"text":"1234","reply_to_message":{"message_id":3,"from":{"id":700001},"forum_topic_created":{}}}`), inGroupSaid(false, "1234")},
		"nonsense entities":                {upd("message", `{`+inPrivate+`,"text":"a","entities":[{"type":"mention","offset":-1,"length":5},{"type":"mention","offset":0,"length":9223372036854775807},{"type":"mention","offset":9,"length":1}]}`), said("a")},
		"a channel's post":                 {upd("channel_post", `{"message_id":9,"chat":{"id":-1,"type":"channel"},"text":"x"}`), nil},
		"a message in a channel":           {upd("message", `{"message_id":9,"chat":{"id":-1,"type":"channel"},"text":"x"}`), nil},
		"a channel's forward":              {upd("message", `{`+inGroup+`,"text":"x","is_automatic_forward":true,"sender_chat":{"id":-1,"type":"channel"}}`), nil},
		"a message that is edited":         {upd("edited_message", `{`+inPrivate+`,"edit_date":60,"text":"x"}`), edited(said("x"))},
		"a group's message that is edited": {upd("edited_message", `{`+inGroup+`,"edit_date":60,"text":"x"}`), edited(inGroupSaid(false, "x"))},
		"a caption that is edited":         {upd("edited_message", `{`+inPrivate+`,"edit_date":60,"photo":[{}],"caption":"x"}`), edited(said("x"))},
		"an edit within two days":          {upd("edited_message", `{`+inPrivate+`,"edit_date":172801,"text":"x"}`), edited(said("x"))},
		"an edit that no app allows":       {upd("edited_message", `{`+inPrivate+`,"edit_date":172802,"text":"x"}`), nil},
		"an edit by nobody":                {upd("edited_message", `{`+inPrivate+`,"text":"x"}`), nil},
		"a place that moves":               {upd("edited_message", `{`+inPrivate+`,"edit_date":60,"location":{}}`), nil},
		"a command that is edited":         {upd("edited_message", `{`+inGroup+`,"edit_date":60,"text":"/list@Waybill_Test_Bot","entities":[{"type":"bot_command","offset":0,"length":22}]}`), edited(inGroupSaid(true, "/list"))},
		"a bot's message that is edited":   {upd("edited_message", `{"message_id":9,"date":1,"edit_date":60,"from":{"id":8,"is_bot":true},"chat":{"id":-100,"type":"group"},"text":"x"}`), nil},
		"an edited post":                   {upd("edited_channel_post", `{"message_id":9,"date":1,"edit_date":60,"chat":{"id":-1,"type":"channel"},"text":"x"}`), nil},
		"another bot":                      {upd("message", `{"message_id":9,"from":{"id":8,"is_bot":true},"chat":{"id":-100,"type":"group"},"text":"x"}`), nil},
		"nothing known":                    {`{"update_id":5,"something_new":{}}`, nil},
		"an anonymous administrator": {
			upd("message", `{"message_id":9,"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":-100,"type":"supergroup"},"chat":{"id":-100,"type":"supergroup"},"text":"x"}`),
			&handlers.Message{Address: group, Group: true, Text: "x", From: "-100", Token: "m:9"},
		},
		"a topic": {
			upd("message", `{`+inGroup+`,"text":"x","is_topic_message":true,"message_thread_id":33}`),
			&handlers.Message{Address: models.Address{Door: "telegram", Conversation: "-100", Thread: "33"}, Group: true, Text: "x", From: "7", Lang: "en", Token: "m:9"},
		},
		"a chain of replies is no topic": {upd("message", `{`+inGroup+`,"text":"x","message_thread_id":33}`), inGroupSaid(false, "x")},
		"a migration": {
			upd("message", `{"message_id":9,"from":{"id":7},"chat":{"id":-5,"type":"group"},"migrate_to_chat_id":-1001234567890123}`),
			&handlers.Message{Address: conversation(-5), Happening: handlers.Moved, Group: true, Addressed: true, From: "7", NewConversation: "-1001234567890123", Token: "m:9"},
		},
		"the other end of a migration": {upd("message", `{`+inGroup+`,"migrate_from_chat_id":-5}`), nil},
		"a button": {
			upd("callback_query", `{"id":"4242","from":{"id":8,"language_code":"zh-hant"},"message":{`+inGroup+`,"text":"x"},"data":"stop:1"}`),
			&handlers.Message{Address: group, Happening: handlers.Tapped, Group: true, Addressed: true, Button: "stop:1", From: "8", Lang: "zh-hant", Token: "c:9:4242"},
		},
		"a button in a topic": {
			upd("callback_query", `{"id":"4242","from":{"id":8},"message":{`+inGroup+`,"is_topic_message":true,"message_thread_id":33},"data":"x"}`),
			&handlers.Message{Address: models.Address{Door: "telegram", Conversation: "-100", Thread: "33"}, Happening: handlers.Tapped, Group: true, Addressed: true, Button: "x", From: "8", Token: "c:9:4242"},
		},
		"a button under a message that is forgotten": {
			upd("callback_query", `{"id":"4242","from":{"id":7},"message":{"message_id":9,"date":0,"chat":{"id":7,"type":"private"}},"data":"x"}`),
			&handlers.Message{Address: private, Happening: handlers.Tapped, Addressed: true, Button: "x", From: "7", Token: "c:0:4242"},
		},
		"a button under nothing": {upd("callback_query", `{"id":"4242","from":{"id":7},"inline_message_id":"1","data":"x"}`), nil},
		"the bot is blocked": {
			upd("my_chat_member", `{"chat":{"id":7,"type":"private"},"from":{"id":7},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}`),
			&handlers.Message{Address: private, Happening: handlers.Left, Addressed: true, From: "7"},
		},
		"the bot is unblocked": {
			upd("my_chat_member", `{"chat":{"id":7,"type":"private"},"from":{"id":7},"old_chat_member":{"status":"kicked"},"new_chat_member":{"status":"member"}}`),
			&handlers.Message{Address: private, Happening: handlers.Joined, Addressed: true, From: "7"},
		},
		"the bot joins a group": {
			upd("my_chat_member", `{"chat":{"id":-100,"type":"supergroup"},"from":{"id":7,"language_code":"en"},"old_chat_member":{"status":"left"},"new_chat_member":{"status":"administrator"}}`),
			&handlers.Message{Address: group, Happening: handlers.Joined, Group: true, Addressed: true, From: "7", Lang: "en"},
		},
		"the bot is silenced": {
			upd("my_chat_member", `{"chat":{"id":-100,"type":"supergroup"},"from":{"id":7},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"restricted","is_member":true,"can_send_messages":false}}`),
			&handlers.Message{Address: group, Happening: handlers.Left, Group: true, Addressed: true, From: "7"},
		},
		"the bot is promoted":         {upd("my_chat_member", `{"chat":{"id":-100,"type":"supergroup"},"from":{"id":7},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"administrator"}}`), nil},
		"the bot is put in a channel": {upd("my_chat_member", `{"chat":{"id":-1,"type":"channel"},"from":{"id":7},"old_chat_member":{"status":"left"},"new_chat_member":{"status":"administrator"}}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			d := door(t, api, newInbox())
			if err := d.Setup(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, ok, err := d.Read([]byte(c.update))
			if err != nil || ok != (c.want != nil) {
				t.Fatalf("%+v, %v, %v", got, ok, err)
			}
			if ok && !reflect.DeepEqual(got, *c.want) {
				t.Fatal(cmp.Diff(*c.want, got))
			}
		})
	}
}

func TestWhatHoldsNoTextIsSaidToOneToOneOnly(t *testing.T) {
	api := telegramtest.Serve(t)
	d := door(t, api, newInbox())
	for _, kind := range []string{
		"photo", "document", "sticker", "voice", "audio", "video", "video_note", "animation", "paid_media",
		"story", "contact", "location", "venue", "poll", "checklist", "dice", "game",
	} {
		for _, c := range []struct {
			frame, more string
			want        bool
		}{
			{inPrivate, "", true},
			{inPrivate, `,"forward_origin":{"type":"user"}`, true},
			{inGroup, "", false},
			{inGroup, `,"reply_to_message":{"message_id":3,"from":{"id":700001}}`, false},
		} {
			m, ok, err := d.Read([]byte(upd("message", `{`+c.frame+`,"`+kind+`":{}`+c.more+`}`)))
			if err != nil || ok != c.want || ok && (m.Happening != handlers.Wordless || !m.Addressed || m.Text != "") {
				t.Errorf("%s%s: %+v, %v, %v", kind, c.more, m, ok, err)
			}
		}
	}
	for _, service := range []string{
		"new_chat_members", "left_chat_member", "new_chat_title", "pinned_message", "message_auto_delete_timer_changed",
		"users_shared", "write_access_allowed", "boost_added", "video_chat_started", "something_new",
	} {
		if m, ok, err := d.Read([]byte(upd("message", `{`+inPrivate+`,"`+service+`":{}}`))); ok || err != nil {
			t.Errorf("%s: %+v, %v", service, m, err)
		}
	}
}

func TestReadNeedsTheBotsNameOnlyForTextsThatNameABot(t *testing.T) {
	d := door(t, telegramtest.Serve(t), newInbox())
	named := upd("message", `{`+inGroup+`,"text":"@waybill_test_bot x","entities":[{"type":"mention","offset":0,"length":17}]}`)
	if _, ok, err := d.Read([]byte(named)); ok || err == nil {
		t.Fatalf("%v, %v", ok, err)
	}
	plain := upd("message", `{`+inGroup+`,"text":"/list","entities":[{"type":"bot_command","offset":0,"length":5}]}`)
	if _, ok, err := d.Read([]byte(plain)); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, ok, err := d.Read([]byte(named)); !ok || err != nil || !m.Addressed {
		t.Fatalf("%+v, %v, %v", m, ok, err)
	}
}

func TestReadingNonsenseQuotesNothingOfIt(t *testing.T) {
	d := door(t, telegramtest.Serve(t), newInbox())
	for _, body := range []string{"", "[]", `{"message":{"text":12345678901234567890}}`, `{"message":"SF1000000000015"}`} {
		_, ok, err := d.Read([]byte(body))
		if ok || err == nil || strings.Contains(err.Error(), "1000000") || strings.Contains(err.Error(), "123456") {
			t.Errorf("%v, %v", ok, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(upd("message", `{`+inGroup+`,"text":"/x@waybill_test_bot 📦","entities":[{"type":"bot_command","offset":0,"length":19}]}`))
	f.Add(upd("message", `{`+inPrivate+`,"text":"📦📦","entities":[{"type":"mention","offset":1,"length":2},{"type":"mention","offset":0,"length":4}]}`))
	f.Add(upd("edited_message", `{`+inPrivate+`,"edit_date":9223372036854775807,"text":"x","quote":{"text":"1"},"reply_to_message":{"reply_markup":{"inline_keyboard":[[{"url":":"}]]}}}`))
	f.Add(upd("callback_query", `{"id":"1:2","from":{"id":8},"message":{`+inGroup+`},"data":"x"}`))
	f.Add(upd("my_chat_member", `{"chat":{"id":7,"type":"private"},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}`))
	api := telegramtest.New()
	d, err := telegram.New(telegram.Settings{Token: telegramtest.Token, Client: clientOf(api)}, newInbox(), func() {})
	if err != nil {
		f.Fatal(err)
	}
	if err := d.Setup(f.Context()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, ok, err := d.Read([]byte(body))
		if ok && (err != nil || m.Address.Conversation == "" || !json.Valid([]byte(body))) {
			t.Fatalf("%+v, %v", m, err)
		}
	})
}
