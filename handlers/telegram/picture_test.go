package telegram_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"waybill/handlers"
	"waybill/handlers/telegram/telegramtest"
)

// pixels is an empty picture of a size.
func pixels(t *testing.T, width, height int) *handlers.File {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return &handlers.File{Name: "SF1000000000015.png", Body: b.Bytes()}
}

func TestAPictureHasItsTextUnderIt(t *testing.T) {
	r := parcel(2)
	r.Picture = pixels(t, 800, 600)
	sent := raw(t, r)
	if len(sent) != 1 || sent[0].Photo == nil || !bytes.Equal(sent[0].Photo.Body, r.Picture.Body) {
		t.Fatalf("%d messages", len(sent))
	}
	if s := sent[0]; !strings.Contains(s.Text, "SF1000000000015") || kindsOf(s, "blockquote") != 1 || len(s.Buttons) != 1 {
		t.Errorf("%s", s.Raw)
	}
}

func TestAPictureWithALongTextComesBehindItAndSaysWhatItIsOf(t *testing.T) {
	r := parcel(60)
	r.Picture = pixels(t, 800, 600)
	sent := raw(t, r)
	if len(sent) != 2 || sent[0].Photo != nil || sent[0].Buttons != nil || strings.Count(sent[0].Text, "14:30") != 60 {
		t.Fatalf("%d messages", len(sent))
	}
	if s := sent[1]; s.Photo == nil || s.Text != "妈妈的茶叶 · 🚚 运输中\nSF1000000000015" || len(s.Buttons) != 1 {
		t.Errorf("%s", s.Raw)
	}
}

func TestAPictureMayGoWithoutText(t *testing.T) {
	if sent := raw(t, handlers.Reply{Picture: pixels(t, 8, 6)}); len(sent) != 1 || sent[0].Photo == nil || sent[0].Text != "" {
		t.Errorf("%v", sent)
	}
}

func TestAFileComesBehindAPicture(t *testing.T) {
	r := parcel(1)
	r.Picture, r.File = pixels(t, 8, 6), &handlers.File{Name: "x.json", Body: []byte("{}")}
	if sent := raw(t, r); len(sent) != 2 || sent[0].Photo == nil || sent[0].Buttons != nil || sent[1].File == nil || len(sent[1].Buttons) != 1 {
		t.Errorf("%v", sent)
	}
}

func TestARefusedPictureCostsNobodyTheText(t *testing.T) {
	for name, picture := range map[string]*handlers.File{
		"no picture":     {Name: "x.png", Body: []byte("no picture")},
		"much too wide":  pixels(t, 2100, 100),
		"too many sides": pixels(t, 9000, 2000),
		"too many bytes": {Name: "x.png", Body: make([]byte, 10<<20+1)},
		"none at all":    {Name: "x.png"},
	} {
		t.Run(name, func(t *testing.T) {
			r := parcel(2)
			r.Picture = picture
			sent := raw(t, r)
			if len(sent) != 1 || sent[0].Photo != nil || len(sent[0].Buttons) != 1 || kindsOf(sent[0], "blockquote") != 1 {
				t.Errorf("%v", sent)
			}
		})
	}
	t.Run("a chat that allows none", func(t *testing.T) {
		api := telegramtest.Serve(t)
		api.Know(-100)
		api.Fail(telegramtest.Fault{Method: "sendPhoto", Code: http.StatusBadRequest, Description: "Bad Request: not enough rights to send photos to the chat"})
		r := parcel(60)
		r.Picture = pixels(t, 8, 6)
		if err := door(t, api, newInbox()).Send(t.Context(), conversation(-100), r); err != nil {
			t.Fatal(err)
		}
		if sent := api.Sent(-100); len(sent) != 2 || len(sent[1].Buttons) != 1 {
			t.Errorf("%v", sent)
		}
	})
}

func TestAPictureThatFailsInPassingIsTriedAgainAndTheTextBeforeItIsNot(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	r := parcel(60)
	r.Picture = pixels(t, 8, 6)
	api.Down("sendPhoto", 1)
	if err := d.Send(t.Context(), conversation(7), r); err == nil {
		t.Fatal("no error")
	}
	if err := d.Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	if sent := api.Sent(7); len(sent) != 2 || sent[1].Photo == nil {
		t.Errorf("%v", sent)
	}
}

func TestTheTextUnderAPictureIsReplaced(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	r := parcel(1)
	r.Picture = pixels(t, 8, 6)
	if err := d.Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	id := api.Sent(7)[0].ID
	press := func(r handlers.Reply) {
		t.Helper()
		r.Edit, r.Token = true, "c:"+strconv.FormatInt(id, 10)+":"+api.Tap(7, id, 7, "r:1")
		if err := d.Send(t.Context(), conversation(7), r); err != nil {
			t.Fatal(err)
		}
	}
	press(parcel(2))
	press(parcel(2)) // nothing is new
	if sent := api.Sent(7); len(sent) != 1 || sent[0].Edits != 1 || sent[0].Photo == nil || strings.Count(sent[0].Text, "14:30") != 2 {
		t.Fatalf("%v", sent)
	}
	press(parcel(60)) // more than stands under a picture
	if sent := api.Sent(7); len(sent) != 2 || sent[1].Photo != nil {
		t.Errorf("%v", sent)
	}
}
