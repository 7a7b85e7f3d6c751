package wecom_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// png is as much of a picture as the double looks at.
var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)

func pictured(words string) handlers.Reply {
	r := text(words)
	r.Picture = &handlers.File{Name: "journey.png", Body: png}
	return r
}

// kinds are the kinds of messages that somebody got.
func (w *world) kinds(to string) []string {
	var all []string
	for _, s := range w.we.Sent(to) {
		all = append(all, s.Kind)
	}
	return all
}

func TestAPictureFollowsItsText(t *testing.T) {
	w := met(t)
	if err := w.send(pictured("全部轨迹")); err != nil {
		t.Fatal(err)
	}
	if got := w.kinds(customer); !slices.Equal(got, []string{"text", "image"}) {
		t.Errorf("%q", got)
	}
	w.we.Member(member)
	if err := w.app.Send(t.Context(), ofMember, pictured("已签收")); err != nil {
		t.Fatal(err)
	}
	if got := w.kinds(member); !slices.Equal(got, []string{"text", "image"}) {
		t.Errorf("to a member: %q", got)
	}
}

func TestAPictureThatWeComRefusesIsLeftOut(t *testing.T) {
	w := met(t)
	w.we.Fail(wecomtest.Fault{Path: "media/upload", Code: 40005, Times: -1})
	for _, words := range []string{"全部轨迹", "再看一次"} {
		if err := w.send(pictured(words)); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.kinds(customer); !slices.Equal(got, []string{"text", "text"}) || w.we.Calls()["media/upload"] != 1 {
		t.Errorf("%q, uploaded %d times", got, w.we.Calls()["media/upload"])
	}
}

func TestAPictureNeverTakesTheMessagesThatNewsNeeds(t *testing.T) {
	w := met(t)
	news := pictured("已签收")
	news.For = handlers.Urgent
	if err := w.send(news); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"全部轨迹", "再看一次"} {
		if err := w.send(pictured(words)); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.kinds(customer); !slices.Equal(got, []string{"text", "text", "image", "text"}) {
		t.Errorf("%q", got)
	}
}

// opens reads a message's only file.
func opens(t *testing.T, m handlers.Message, kind handlers.AttachmentKind, limit int64) ([]byte, error) {
	t.Helper()
	if m.Happening != handlers.Said || len(m.Files) != 1 || m.Files[0].Kind != kind {
		t.Fatalf("read %+v", m)
	}
	return m.Files[0].Open(t.Context(), limit)
}

func TestWhatCustomersAndMembersSendCanBeOpened(t *testing.T) {
	w := met(t)
	before := len(w.received())
	w.we.ShowFile(account, customer, "image", w.we.Keep("image", "label.jpg", png))
	table := w.we.Keep("file", "单号.csv", []byte("单号\n"))
	w.we.ShowFile(account, customer, "file", table)
	w.fetch()
	got := w.received()[before:]
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	if body, err := opens(t, got[0], handlers.Photo, 1000); err != nil || !bytes.Equal(body, png) {
		t.Errorf("the picture: %q, %v", body, err)
	}
	if body, err := opens(t, got[1], handlers.Document, 1000); err != nil || string(body) != "单号\n" {
		t.Errorf("the table: %q, %v", body, err)
	}
	if _, err := opens(t, got[1], handlers.Document, 3); !errors.Is(err, handlers.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	w.we.Expire(table)
	if _, err := opens(t, got[1], handlers.Document, 1000); !errors.Is(err, models.ErrGone) {
		t.Errorf("expired: %v", err)
	}
	w.deliver(w.we.MemberShowsPicture(member, w.we.Keep("image", "label.jpg", png)), 200)
	stored := w.store.inbox()
	i := slices.IndexFunc(stored, func(a models.Arrival) bool { return a.Door == w.app.Name() })
	m, ok, err := w.app.Read(stored[i].Body)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if body, err := opens(t, m, handlers.Photo, 1000); err != nil || !bytes.Equal(body, png) {
		t.Errorf("a member's picture: %q, %v", body, err)
	}
}

func TestAIBotReadsWhatPeopleSend(t *testing.T) {
	sealed, key := wecomtest.EncryptMedia(png)
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for _, kind := range []string{"image", "file", "mixed"} {
			m := w.say(wecomtest.AIBotSaid{From: "li", Kind: kind, Texts: []string{"a", "b"}, URL: "http://127.0.0.1:1/secret", Key: key})
			if _, err := m.Files[0].Open(w.Context(), 1000); len(m.Files) != 1 || err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %+v, %v", kind, m, err)
			}
		}
	})
	for name, c := range map[string]struct {
		serve http.Handler
		key   string
		limit int64
		fits  func(error) bool
	}{
		"it":                   {wecomtest.ServeMedia(sealed), key, 1000, func(err error) bool { return err == nil }},
		"more than the limit":  {wecomtest.ServeMedia(sealed), key, 50, func(err error) bool { return errors.Is(err, handlers.ErrTooLarge) }},
		"one byte more":        {wecomtest.ServeMedia(sealed), key, int64(len(png)) - 1, func(err error) bool { return errors.Is(err, handlers.ErrTooLarge) }},
		"expired":              {http.NotFoundHandler(), key, 1000, func(err error) bool { return errors.Is(err, models.ErrGone) }},
		"another key":          {wecomtest.ServeMedia(sealed), "AAAA", 1000, func(err error) bool { return err != nil }},
		"a file that is cut":   {wecomtest.ServeMedia(sealed[:40]), key, 1000, func(err error) bool { return err != nil }},
		"an address elsewhere": {nil, key, 1000, func(err error) bool { return err != nil }},
	} {
		t.Run(name, func(t *testing.T) {
			at := "http://media.example/x" // not on this machine, and not encrypted
			if c.serve != nil {
				server := httptest.NewServer(c.serve)
				defer server.Close()
				at = server.URL + "/x"
			}
			m := aibotReads(t, at, c.key)
			body, err := m.Files[0].Open(t.Context(), c.limit)
			if !c.fits(err) || err == nil && !bytes.Equal(body, png) || err != nil && strings.Contains(err.Error(), "/x") {
				t.Errorf("%q, %v", body, err)
			}
		})
	}
}

// aibotReads is a picture as a door with a network reads it.
func aibotReads(t *testing.T, at, key string) handlers.Message {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	d, err := wecom.NewAIBot(wecom.AIBotSettings{
		ID: wecomtest.AIBotID, Secret: wecomtest.AIBotSecret, Memory: newMemory(), Phrases: wecom.PhrasesInTests, Client: &http.Client{Transport: transport},
	}, &aibotInbox{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, ok, err := d.Read([]byte(`{"frame":{"cmd":"aibot_msg_callback","headers":{"req_id":"R"},"body":{"msgid":"m","chattype":"single",` +
		`"from":{"userid":"u"},"msgtype":"image","image":{"url":"` + at + `","aeskey":"` + key + `"}}}}`))
	if err != nil || !ok || len(m.Files) != 1 {
		t.Fatalf("%+v, %v, %v", m, ok, err)
	}
	return m
}
