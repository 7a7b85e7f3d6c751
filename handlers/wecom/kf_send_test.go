package wecom_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

func TestWhatWeComWillNeverTakeIsRefused(t *testing.T) {
	w := met(t)
	long := text("x")
	long.Buttons = [][]handlers.Button{{{Text: "详情", Data: strings.Repeat("d", 65)}}}
	many := text("x")
	for range 11 {
		many.Buttons = append(many.Buttons, []handlers.Button{{Text: "详情", Data: "d"}})
	}
	empty := text("x")
	empty.File = &handlers.File{Name: "x.json", Body: []byte("x")}
	for name, r := range map[string]handlers.Reply{"long data": long, "too many items": many, "an empty file": empty} {
		if err := w.send(r); !errors.Is(err, models.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058})
	if err := w.send(text("x")); !errors.Is(err, models.ErrRefused) || w.store.left(ofCustomer) != 5 {
		t.Errorf("%v", err)
	}
	if err := w.kf.Send(within(t), models.Address{Door: "wecom_kf", Conversation: "nobody"}, text("x")); !errors.Is(err, models.ErrRefused) {
		t.Errorf("%v", err)
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40003})
	if err := w.send(text("x")); !errors.Is(err, models.ErrGone) {
		t.Errorf("%v", err)
	}
}

func TestAnAccountThatIsNotHandedToTheAPIIsForTheOperators(t *testing.T) {
	for _, code := range []int64{95000, 95004} {
		w := met(t)
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: code})
		err := w.send(text("x"))
		if errors.Is(err, models.ErrGone) || waits(err) != 10*time.Minute || w.store.left(ofCustomer) != 5 {
			t.Errorf("%d: %v, %d left", code, err, w.store.left(ofCustomer))
		}
		if got := w.alarm.keys(); !slices.Equal(got, []string{wecom.AlertReach}) {
			t.Errorf("%d: told %v", code, got)
		}
	}
}

func TestALongReplyIsCutBetweenBlocks(t *testing.T) {
	w := met(t)
	r := text(strings.Repeat("包", 400), strings.Repeat("裹", 300), strings.Repeat("📦", 600), " ", "完")
	r.Blocks[0] = append(r.Blocks[0], handlers.Line{{Text: "第二行", Style: handlers.Strong}})
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	got := w.texts(customer)
	if len(got) != 4 || !strings.HasSuffix(got[0], "\n第二行") || got[1] != strings.Repeat("裹", 300) {
		t.Fatalf("%d messages", len(got))
	}
	if !strings.HasSuffix(got[2], "…") || !strings.HasPrefix(got[3], "…") {
		t.Errorf("a torn block does not show it: %q", got[3])
	}
	for _, text := range got {
		if len(text) > 2048 || !utf8.ValidString(text) {
			t.Errorf("%d bytes", len(text))
		}
	}
}

func TestTheLastMessageIsNotTooLongWithItsHint(t *testing.T) {
	w := met(t)
	for range 4 {
		w.clock.move(time.Second)
		if err := w.send(news(handlers.Urgent, w.clock.Now().String())); err != nil {
			t.Fatal(err)
		}
	}
	limit := 2048 - len("\n"+goOn)
	if err := w.send(text(strings.Repeat("x", limit))); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(customer)[4]; len(got) != 2048 || !strings.HasSuffix(got, goOn) {
		t.Errorf("%d bytes", len(got))
	}
}

func TestALongReplyGoesOnWhereTheCreditEnded(t *testing.T) {
	w := met(t)
	var blocks []string
	for i := range 8 {
		blocks = append(blocks, strings.Repeat(string(rune('a'+i)), 2000))
	}
	r := text(blocks...)
	if err := w.send(r); !errors.Is(err, models.ErrNoCredit) || len(w.texts(customer)) != 5 {
		t.Fatalf("%v, %d sent", err, len(w.texts(customer)))
	}
	if !strings.HasSuffix(w.texts(customer)[4], goOn) {
		t.Error("the last one does not say how to go on")
	}
	w.start("b")
	w.run()
	w.write("嗯")
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	initials := ""
	for _, s := range w.texts(customer) {
		initials += s[:1]
	}
	if initials != "abcdefgh" {
		t.Errorf("sent %s", initials)
	}
	w.write("再来一次")
	if err := w.send(r); !errors.Is(err, models.ErrNoCredit) || len(w.texts(customer)) != 13 {
		t.Errorf("an equal reply later: %v, %d sent", err, len(w.texts(customer)))
	}
}

func TestALongReplyGoesOnInPlainTextWhereItsLookWasRefused(t *testing.T) {
	w := met(t)
	first, second := strings.Repeat("a", 2000), strings.Repeat("b", 2000)
	r := text(first, second)
	r.Token, r.Blocks[0][0][0].Style = "m:1", handlers.Strong
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058, After: 1})
	if err := w.send(r); !errors.Is(err, models.ErrRefused) {
		t.Fatal(err)
	}
	bare, other := text(first, second), text(first)
	other.Blocks[0] = append(other.Blocks[0], handlers.Line{{Text: second}}) // says the same in one block
	bare.Token, other.Token = r.Token, r.Token
	if err := w.send(bare); err != nil || !slices.Equal(w.texts(customer), []string{first, second}) {
		t.Errorf("%v, %d sent", err, len(w.texts(customer)))
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058, After: 1})
	if err := w.send(r); !errors.Is(err, models.ErrRefused) {
		t.Fatal(err)
	}
	if err := w.send(other); err != nil || len(w.texts(customer)) != 4 || !strings.HasPrefix(w.texts(customer)[2], first) {
		t.Errorf("what is cut elsewhere: %v, %d sent", err, len(w.texts(customer)))
	}
}

func TestButtonsBecomeAMenu(t *testing.T) {
	w := met(t)
	r := text("哪家快递？")
	r.Buttons = [][]handlers.Button{{{Text: "顺丰", Data: "c:n:sf"}, {Text: strings.Repeat("长", 60), Data: "c:n:zto"}}, {{Text: "其他", Data: "c:n:"}}}
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	got := w.we.Sent(customer)[0]
	if got.Kind != "msgmenu" || got.Text != "哪家快递？" || len(got.Menu) != 3 || got.Menu[0] != (wecomtest.Item{ID: "c:n:sf", Text: "顺丰"}) {
		t.Errorf("%+v", got)
	}
	if len(got.Menu[1].Text) > 128 || !utf8.ValidString(got.Menu[1].Text) {
		t.Errorf("%q", got.Menu[1].Text)
	}
}

func TestTheLastMenuSaysHowToGoOnUnderIt(t *testing.T) {
	w := met(t)
	for range 4 {
		w.clock.move(time.Second)
		if err := w.send(news(handlers.Urgent, w.clock.Now().String())); err != nil {
			t.Fatal(err)
		}
	}
	r := text("选一个")
	r.Buttons = [][]handlers.Button{{{Text: "是", Data: "y:1"}}}
	if err := w.send(r); err != nil {
		t.Fatal(err)
	}
	if got := w.we.Sent(customer)[4]; got.Tail != goOn {
		t.Errorf("%+v", got)
	}
}

func TestATextTooLongForItsMenuIsSentBeforeIt(t *testing.T) {
	buttons := [][]handlers.Button{{{Text: "刷新", Data: "r:1"}}}
	for name, c := range map[string]struct {
		occasion handlers.Occasion
		blocks   []string
		kinds    string
		head     string
	}{
		"a short answer":             {handlers.Answer, []string{"短"}, "msgmenu", "短"},
		"an answer just short":       {handlers.Answer, []string{strings.Repeat("x", 1024)}, "msgmenu", ""},
		"a longer answer":            {handlers.Answer, []string{strings.Repeat("x", 1000), "尾"}, "msgmenu", ""},
		"a long answer":              {handlers.Answer, []string{strings.Repeat("x", 1000), strings.Repeat("y", 100), "尾"}, "text msgmenu", strings.Repeat("y", 100) + "\n尾"},
		"an answer of one big block": {handlers.Answer, []string{strings.Repeat("x", 1025)}, "text msgmenu", "请选择"},
		"long news goes without":     {handlers.News, []string{strings.Repeat("x", 1025)}, "text", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := met(t)
			r := news(c.occasion, c.blocks...)
			r.Buttons = buttons
			if err := w.send(r); err != nil {
				t.Fatal(err)
			}
			var kinds []string
			sent := w.we.Sent(customer)
			for _, s := range sent {
				kinds = append(kinds, s.Kind)
			}
			if strings.Join(kinds, " ") != c.kinds || c.head != "" && sent[len(sent)-1].Text != c.head {
				t.Errorf("%v, the last %q", kinds, sent[len(sent)-1].Text)
			}
		})
	}
}

func TestAToastAloneIsSaidAndLinksShowTheirAddress(t *testing.T) {
	w := met(t)
	link := handlers.Reply{Blocks: []handlers.Block{{{{Text: "网页", Style: handlers.Link, URL: "https://x.org/p"}, {Text: " SF1000000000015", Style: handlers.Code}}}}}
	link.Toast = "已刷新"
	for _, r := range []handlers.Reply{{Toast: "这个按钮过期了"}, link, {}} {
		if err := w.send(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.texts(customer); !slices.Equal(got, []string{"这个按钮过期了", "网页 https://x.org/p SF1000000000015"}) {
		t.Errorf("%q", got)
	}
}

func TestAFileIsUploadedUnlessItIsShort(t *testing.T) {
	w := met(t)
	short, long := text("都在这里"), text("都在这里")
	short.File = &handlers.File{Name: "waybill.json", Body: []byte(`{"parcels":[]}`)}
	long.File = &handlers.File{Name: "waybill.json", Body: []byte(strings.Repeat("{}", 3000))}
	if err := errors.Join(w.send(short), w.send(long)); err != nil {
		t.Fatal(err)
	}
	sent := w.we.Sent("")
	if len(sent) != 4 || sent[0].Text != "都在这里\n"+`{"parcels":[]}` || sent[1].Text != "都在这里" {
		t.Fatalf("%+v", sent)
	}
	if up, file := sent[2], sent[3]; len(up.Body) != 6000 || up.Text != "waybill.json" || file.Kind != "file" || file.Media != up.Media || file.To != customer {
		t.Errorf("%+v, %+v", up, file)
	}
	if w.store.left(ofCustomer) != 2 {
		t.Errorf("%d left", w.store.left(ofCustomer))
	}
}

func TestTheDoorsOwnWordsAreInTheReplysLanguage(t *testing.T) {
	w := met(t)
	for range 4 {
		w.clock.move(time.Second)
		if err := w.send(news(handlers.Urgent, w.clock.Now().String())); err != nil {
			t.Fatal(err)
		}
	}
	r := text("delivered")
	r.Lang = "en"
	if err := w.send(r); err != nil || w.texts(customer)[4] != "delivered\nReply to go on" {
		t.Errorf("%v, %q", err, w.texts(customer))
	}
}
