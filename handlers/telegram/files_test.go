package telegram_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

// received is what the door makes of what somebody has sent.
func received(t *testing.T, api *telegramtest.API, change func(), all ...telegramtest.Said) (*telegram.Door, []handlers.Message) {
	t.Helper()
	in := newInbox()
	d := door(t, api, in)
	for _, s := range all {
		api.SayAs(s)
	}
	if change != nil {
		change()
	}
	pollOnce(t, api, d)
	var messages []handlers.Message
	for _, row := range in.rows {
		m, ok, err := d.Read(row.Body)
		if err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
		messages = append(messages, m)
	}
	return d, messages
}

func TestAPhotoIsReadInItsLargestSize(t *testing.T) {
	api := telegramtest.Serve(t)
	label := pixels(t, 800, 600).Body
	_, got := received(t, api, nil, telegramtest.Said{Chat: 7, Photo: label})
	m := got[0]
	if len(m.Files) != 1 || m.Files[0].Kind != handlers.Photo || m.Files[0].Size != int64(len(label)) || m.Happening != handlers.Said || m.Text != "" || !m.Addressed {
		t.Fatalf("%+v", m)
	}
	body, err := m.Files[0].Open(t.Context(), 1<<20)
	if err != nil || !bytes.Equal(body, label) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestOfAPhotosSizesTheLargestThatHelpsIsTaken(t *testing.T) {
	size := func(id string, side string) string {
		return `{"file_id":"` + id + `","width":` + side + `,"height":90,"file_size":` + side + `}`
	}
	for name, c := range map[string]struct {
		sizes string
		want  int64
	}{
		"the largest":                   {size("a", "320") + "," + size("b", "1280") + "," + size("c", "800"), 1280},
		"not more than helps":           {size("a", "320") + "," + size("b", "2560") + "," + size("c", "5000"), 2560},
		"the smallest of the oversized": {size("a", "9000") + "," + size("b", "4000") + "," + size("c", "5000"), 4000},
	} {
		d := door(t, telegramtest.Serve(t), newInbox())
		m, ok, err := d.Read([]byte(upd("message", `{`+inPrivate+`,"photo":[`+c.sizes+`]}`)))
		if err != nil || !ok || len(m.Files) != 1 || m.Files[0].Size != c.want {
			t.Errorf("%s: %+v, %v", name, m.Files, err)
		}
	}
}

func TestADocumentIsReadAsItIs(t *testing.T) {
	api := telegramtest.Serve(t)
	table := &telegramtest.File{Name: "发货表.csv", Body: []byte("单号\nYT1000000000013\n")}
	_, got := received(t, api, nil, telegramtest.Said{Chat: 7, Document: table, MIME: "text/csv", Text: "都跟一下"})
	f := got[0].Files[0]
	if f.Kind != handlers.Document || f.Name != table.Name || f.MIME != "text/csv" || got[0].Text != "都跟一下" {
		t.Fatalf("%+v", got[0])
	}
	if body, err := f.Open(t.Context(), int64(len(table.Body))); err != nil || !bytes.Equal(body, table.Body) {
		t.Errorf("%q, %v", body, err)
	}
}

func TestAMovingPictureIsNoDocument(t *testing.T) {
	d := door(t, telegramtest.Serve(t), newInbox())
	m, ok, err := d.Read([]byte(upd("message", `{`+inPrivate+`,"animation":{"file_id":"a"},"document":{"file_id":"a","file_name":"cat.mp4"}}`)))
	if err != nil || !ok || m.Happening != handlers.Wordless || m.Files != nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestEveryPictureOfAnAlbumComes(t *testing.T) {
	api := telegramtest.Serve(t)
	_, got := received(t, api, nil,
		telegramtest.Said{Chat: 7, Photo: pixels(t, 80, 60).Body, Album: "1", Text: "YT1000000000013"},
		telegramtest.Said{Chat: 7, Photo: pixels(t, 81, 60).Body, Album: "1"},
	)
	if len(got) != 2 || len(got[0].Files) != 1 || len(got[1].Files) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAReactionToAPhotoIsNoOtherPhoto(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	d := door(t, api, in)
	pollOnce(t, api, d)
	api.SayAs(telegramtest.Said{Chat: 7, Photo: pixels(t, 80, 60).Body})
	pollOnce(t, api, d)
	api.Edit(7, "")
	api.Edit(7, "茶叶")
	pollOnce(t, api, d)
	if got := in.keys(); len(got) != 2 {
		t.Errorf("stored %v", got)
	}
}

func TestInAGroupOnlyWhatIsMeantForTheBotIsOpened(t *testing.T) {
	label := pixels(t, 80, 60).Body
	at := "@" + telegramtest.BotName
	for name, c := range map[string]struct {
		said  telegramtest.Said
		files int // -1: nothing is handled
	}{
		"a picture among themselves": {telegramtest.Said{Photo: label}, -1},
		"its caption among them":     {telegramtest.Said{Photo: label, Text: "YT1000000000013"}, 0},
		"a caption that names it":    {telegramtest.Said{Photo: label, Text: at}, 1},
		"a reply to the bot":         {telegramtest.Said{Photo: label, ReplyTo: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			api.SeesAll = true
			api.Know(-100)
			if code := send(t, api, -100); code != http.StatusOK {
				t.Fatal(code)
			}
			c.said.Chat = -100
			_, got := received(t, api, nil, c.said)
			if c.files < 0 && len(got) != 0 || c.files >= 0 && (len(got) != 1 || len(got[0].Files) != c.files) {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("a picture that somebody else has sent", func(t *testing.T) {
		d := door(t, telegramtest.Serve(t), newInbox())
		if err := d.Setup(t.Context()); err != nil {
			t.Fatal(err)
		}
		for from, files := range map[string]int{`{"id":8}`: 1, `{"id":700001,"is_bot":true}`: 0} {
			m, ok, err := d.Read([]byte(upd("message", `{`+inGroup+`,"text":"`+at+`","entities":[{"type":"mention","offset":0,"length":17}],`+
				`"reply_to_message":{"message_id":3,"from":`+from+`,"photo":[{"file_id":"a"}]}}`)))
			if err != nil || !ok || len(m.Files) != files {
				t.Errorf("by %s: %+v, %v", from, m, err)
			}
		}
	})
}

func send(t *testing.T, api *telegramtest.API, chat int64) int {
	t.Helper()
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(chat), text("which?")); err != nil {
		t.Fatal(err)
	}
	return http.StatusOK
}

func TestWhatCannotBeDownloadedSaysWhy(t *testing.T) {
	photo := telegramtest.Said{Chat: 7, Photo: pixels(t, 80, 60).Body}
	huge := telegramtest.Said{Chat: 7, Document: &telegramtest.File{Name: "a.xlsx", Body: []byte("x")}, Size: 21 << 20}
	for name, c := range map[string]struct {
		said   telegramtest.Said
		limit  int64
		change func(*telegramtest.API)
		want   error
		calls  string // what is not called
	}{
		"more than is read":               {photo, 10, nil, handlers.ErrTooLarge, "getFile"},
		"more than Telegram hands out":    {huge, 1 << 30, nil, handlers.ErrTooLarge, "getFile"},
		"a file that Telegram forgot":     {photo, 1 << 20, (*telegramtest.API).ExpireFiles, models.ErrGone, "file"},
		"a link that leads nowhere":       {photo, 1 << 20, (*telegramtest.API).ExpireLinks, models.ErrGone, "-"},
		"larger than it is said to be":    {telegramtest.Said{Chat: 7, Document: &telegramtest.File{Name: "a.csv", Body: []byte("12345")}}, 5, lies, handlers.ErrTooLarge, "-"},
		"Telegram's own word on its size": {photo, 1 << 20, tooBig, handlers.ErrTooLarge, "file"},
		"a proxy that fails":              {photo, 1 << 20, func(api *telegramtest.API) { api.Down("file", 1) }, nil, "-"},
		"a Telegram that fails":           {photo, 1 << 20, func(api *telegramtest.API) { api.Down("getFile", 1) }, nil, "file"},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			_, got := received(t, api, nil, c.said)
			if c.change != nil {
				c.change(api)
			}
			_, err := got[0].Files[0].Open(t.Context(), c.limit)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && (errors.Is(err, models.ErrGone) || errors.Is(err, handlers.ErrTooLarge)) {
				t.Errorf("%v", err)
			}
			if api.Calls()[c.calls] != 0 {
				t.Errorf("%s was called", c.calls)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the token is in %q", err)
			}
		})
	}
	t.Run("nobody is there", func(t *testing.T) {
		api := telegramtest.Serve(t)
		_, got := received(t, api, nil, photo)
		api.Close()
		if _, err := got[0].Files[0].Open(t.Context(), 1<<20); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
	})
}

// lies answers a download with more than was said of the file.
func lies(api *telegramtest.API) {
	api.Fail(telegramtest.Fault{Method: "file", Answer: strings.Repeat("x", 100)})
}

func tooBig(api *telegramtest.API) {
	api.Fail(telegramtest.Fault{Method: "getFile", Code: http.StatusBadRequest, Description: "Bad Request: file is too big"})
}
