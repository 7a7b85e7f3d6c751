package wecom_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// exported is a reply with a file of so many lines of a hundred bytes.
func exported(lines int) handlers.Reply {
	r := text("都在这里")
	var body strings.Builder
	for i := range lines {
		fmt.Fprintf(&body, "%03d %s\n", i, strings.Repeat("x", 95))
	}
	r.File, r.Lang = &handlers.File{Name: "waybill.json", Body: []byte(body.String())}, "en"
	return r
}

const cutHere = "…\n(Files cannot be sent here, so the rest is missing.)"

func TestAFileThatWeComRefusesForGoodIsShownAsText(t *testing.T) {
	for _, code := range []int64{40004, 40006, 40058, 48002, 301002} {
		w := met(t)
		w.we.Fail(wecomtest.Fault{Path: "media/upload", Code: code, Times: -1})
		if err := w.send(exported(30)); err != nil {
			t.Fatalf("%d: %v", code, err)
		}
		got := w.texts(customer)
		if len(got) != 3 || got[0] != "都在这里" || !strings.HasPrefix(got[1], "000 ") || !strings.HasSuffix(got[2], "x") {
			t.Errorf("%d: %q", code, got)
		}
		if n := w.we.Calls()["media/upload"]; n != 1 {
			t.Errorf("%d: uploaded %d times", code, n)
		}
	}
}

func TestALongFileThatIsRefusedIsCut(t *testing.T) {
	w := met(t)
	w.we.Fail(wecomtest.Fault{Path: "media/upload", Code: 40006, Times: -1})
	picture := text("都在这里")
	picture.File, picture.Lang = &handlers.File{Name: "x.png", Body: []byte(strings.Repeat("\xff\xfe", 2000))}, "en"
	if err := w.send(exported(300)); err != nil {
		t.Fatal(err)
	}
	w.write("嗯")
	if err := w.send(picture); err != nil {
		t.Fatal(err)
	}
	got := w.texts(customer)
	if len(got) != 6 || !strings.HasSuffix(got[3], "x"+cutHere) || got[5] != cutHere {
		t.Errorf("%q", got)
	}
	for _, s := range got {
		if len(s) > 2048 {
			t.Errorf("%d bytes", len(s))
		}
	}
}

func TestARefusedFileGoesOnWhereTheCreditEnded(t *testing.T) {
	w := met(t)
	for i := range 3 {
		if err := w.send(news(handlers.Urgent, "派送中", strings.Repeat("!", i))); err != nil {
			t.Fatal(err)
		}
	}
	w.we.Fail(wecomtest.Fault{Path: "media/upload", Code: 40006, Times: -1})
	r := exported(50)
	if err := w.send(r); !errors.Is(err, models.ErrNoCredit) {
		t.Fatal(err)
	}
	w.start("b")
	w.run()
	w.write("嗯")
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	got := w.texts(customer)[3:]
	if len(got) != 4 || got[0] != "都在这里" || !strings.HasPrefix(got[1], "000 ") || !strings.HasPrefix(got[2], "020 ") || !strings.HasPrefix(got[3], "040 ") {
		t.Errorf("%q", got)
	}
	if n := w.we.Calls()["media/upload"]; n != 1 {
		t.Errorf("uploaded %d times", n)
	}
}

func TestAFileIsUploadedOnceHoweverOftenItIsSent(t *testing.T) {
	w := met(t)
	r := exported(30)
	w.we.Fail(wecomtest.Fault{Path: "media/upload", Code: 45009})
	if err := w.send(r); waits(err) != time.Minute {
		t.Fatalf("a refusal that passes: %v", err)
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 45033})
	if err := w.send(r); waits(err) != time.Second {
		t.Fatal(err)
	}
	w.start("b")
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	sent := w.we.Sent("")
	if len(sent) != 3 || sent[0].Text != "都在这里" || sent[2].Kind != "file" || sent[2].Media != sent[1].Media {
		t.Errorf("%+v", sent)
	}
	w.clock.move(3 * 24 * time.Hour)
	w.write("再来")
	if err := w.send(r); err != nil || w.we.Calls()["media/upload"] != 3 {
		t.Errorf("three days later: %v, %d uploads", err, w.we.Calls()["media/upload"])
	}
}

func TestAFileThatWeComDoesNotFindIsShownAsText(t *testing.T) {
	w := met(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40007, After: 1})
	if err := w.send(exported(30)); err != nil || len(w.texts(customer)) != 3 {
		t.Errorf("%v, %q", err, w.texts(customer))
	}
}

func TestMembersSeeARefusedFileAsText(t *testing.T) {
	for path, code := range map[string]int64{"media/upload": 301002, "message/send": 40007} {
		w := begin(t)
		after := 0
		if path == "message/send" {
			after = 1
		}
		w.we.Fail(wecomtest.Fault{Path: path, Code: code, After: after})
		r := exported(30)
		if err := w.app.Send(within(t), ofMember, r); err != nil {
			t.Fatal(err)
		}
		kinds := []string{}
		for _, s := range w.we.Sent(member) {
			kinds = append(kinds, s.Kind)
		}
		if !slices.Equal(kinds, []string{"text", "text", "text"}) {
			t.Errorf("%s: %q", path, kinds)
		}
	}
}
