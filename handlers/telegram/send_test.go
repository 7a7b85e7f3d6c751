package telegram_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

func TestStylesBecomeMarkupAndTextNeverDoes(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	r := handlers.Reply{Blocks: []handlers.Block{
		{{{Text: "<b>&amp;", Style: handlers.Strong}, {Text: " "}, {Text: "SF1000000000015", Style: handlers.Code}}, {{Text: `a<b & c>d "e" 'f'`, Style: handlers.Dim}}},
		{{{Text: "page", Style: handlers.Link, URL: `https://x.org/p?a=1&b="2"`}, {Text: "none", Style: handlers.Link, URL: "javascript:1"}}},
		{{{Text: "bad \xff"}}},
	}}
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	got := api.Sent(7)[0]
	if want := "<b>&amp; SF1000000000015\na<b & c>d \"e\" 'f'\npagenone\nbad \uFFFD"; got.Text != want {
		t.Fatalf("%q", got.Text)
	}
	want := []telegramtest.Entity{
		{Type: "bold", Length: 8},
		{Type: "code", Offset: 9, Length: 15},
		{Type: "italic", Offset: 25, Length: 17},
		{Type: "text_link", Offset: 43, Length: 4, URL: `https://x.org/p?a=1&b="2"`},
	}
	if !slices.Equal(got.Entities, want) {
		t.Fatalf("%+v", got.Entities)
	}
	if got.Preview {
		t.Error("a link preview may show")
	}
}

func TestTextWithoutStyleGoesOutWithoutMarkup(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), text("a < b & c")); err != nil {
		t.Fatal(err)
	}
	if got := api.Sent(7)[0]; got.Raw != "a < b & c" {
		t.Fatalf("%q", got.Raw)
	}
}

func TestALongReplyIsCutBetweenBlocksAndTheKeyboardIsAtItsEnd(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	r := text(strings.Repeat("包", 3000), strings.Repeat("📦", 1000), "\n ", strings.Repeat("<", 4096), "end")
	r.Blocks[0][0][0].Style = handlers.Strong
	r.Buttons = [][]handlers.Button{{{Text: "停止", Data: "stop:1"}}, {}}
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	sent := api.Sent(7)
	var sizes []int
	for _, s := range sent {
		sizes = append(sizes, len(utf16.Encode([]rune(s.Text))))
	}
	if len(sent) != 4 || sizes[0] != 3000 || sizes[1] != 2000 || sizes[2] != 4096 || sizes[3] != 3 {
		t.Fatalf("%v", sizes)
	}
	for i, s := range sent {
		if (len(s.Buttons) == 1) != (i == 3) {
			t.Errorf("message %d has buttons %v", i, s.Buttons)
		}
	}
}

func TestAMessageIsFilledToItsLastCharacter(t *testing.T) {
	for _, c := range []struct{ first, second, messages int }{{2047, 2048, 1}, {2048, 2048, 2}} {
		api := telegramtest.Serve(t)
		api.Know(7)
		r := text(strings.Repeat("a", c.first), strings.Repeat("b", c.second))
		if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil || len(api.Sent(7)) != c.messages {
			t.Errorf("%d and %d: %d messages, %v", c.first, c.second, len(api.Sent(7)), err)
		}
	}
}

func TestOnlyTheFirstMessageOfALongReplyReplaces(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	if err := d.Send(t.Context(), conversation(7), text("old")); err != nil {
		t.Fatal(err)
	}
	id := api.Sent(7)[0].ID
	r := text(strings.Repeat("a", 4000), strings.Repeat("b", 4000))
	r.Edit, r.Token = true, "c:"+strconv.FormatInt(id, 10)+":"+api.Tap(7, id, 7, "x")
	if err := d.Send(t.Context(), conversation(7), r); err != nil || initials(api) != "ab" {
		t.Fatalf("%v, sent %s", err, initials(api))
	}
}

func TestABlockLongerThanAMessageIsTornBetweenCharacters(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	long := "x" + strings.Repeat("📦", 5000)
	r := handlers.Reply{Blocks: []handlers.Block{{{{Text: long, Style: handlers.Code}}, {{Text: "end"}}}}}
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	whole := ""
	for i, s := range api.Sent(7) {
		if i > 0 && !strings.HasPrefix(s.Text, "…") || i < 2 && !strings.HasSuffix(s.Text, "…") {
			t.Errorf("message %d is not marked as torn", i)
		}
		whole += strings.Trim(s.Text, "…")
	}
	if whole != long+"\nend" || len(api.Sent(7)) != 3 {
		t.Fatalf("%d messages, %d bytes", len(api.Sent(7)), len(whole))
	}
}

func TestAButtonIsAnsweredAndItsMessageReplaced(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	first := text("old")
	first.Buttons = [][]handlers.Button{{{Text: "x", Data: "x"}}}
	if err := d.Send(t.Context(), conversation(7), first); err != nil {
		t.Fatal(err)
	}
	id := api.Sent(7)[0].ID
	tap := func(message int64) string {
		return "c:" + strconv.FormatInt(message, 10) + ":" + api.Tap(7, message, 7, "x")
	}

	edit := text("new")
	edit.Edit, edit.Toast, edit.Token = true, strings.Repeat("好", 300), tap(id)
	if err := d.Send(t.Context(), conversation(7), edit); err != nil {
		t.Fatal(err)
	}
	if got := api.Sent(7); len(got) != 1 || got[0].Text != "new" || got[0].Edits != 1 || got[0].Buttons != nil {
		t.Fatalf("%v", got)
	}
	if got := api.Answers(); len(got) != 1 || got[0].Text != strings.Repeat("好", 199)+"…" {
		t.Fatalf("%v", got)
	}

	// The same once more: an unmodified message and a query that was answered are no failures.
	if err := d.Send(t.Context(), conversation(7), edit); err != nil || len(api.Sent(7)) != 1 {
		t.Fatalf("%v, %v", err, api.Sent(7))
	}

	// Messages that cannot be edited, or that Telegram has forgotten.
	api.Freeze(7)
	edit.Blocks, edit.Token = text("newer").Blocks, tap(id)
	if err := d.Send(t.Context(), conversation(7), edit); err != nil || len(api.Sent(7)) != 2 {
		t.Fatalf("%v, %v", err, api.Sent(7))
	}
	edit.Blocks, edit.Token = text("newest").Blocks, tap(0)
	if err := d.Send(t.Context(), conversation(7), edit); err != nil || len(api.Sent(7)) != 3 {
		t.Fatalf("%v, %v", err, api.Sent(7))
	}
	if n := api.Calls()["editMessageText"]; n != 3 {
		t.Errorf("%d edits were tried", n)
	}

	// What may only replace a message is not sent where it cannot.
	edit.EditOnly = true
	for _, token := range []string{tap(id), tap(0)} {
		edit.Token = token
		if err := d.Send(t.Context(), conversation(7), edit); err != nil || len(api.Sent(7)) != 3 {
			t.Fatalf("%v, %v", err, api.Sent(7))
		}
	}
}

func TestAButtonIsAnsweredEvenWithNothingToSay(t *testing.T) {
	api := telegramtest.Serve(t)
	d := door(t, api, newInbox())
	if err := d.Send(t.Context(), conversation(7), handlers.Reply{Token: "c:1:" + api.Tap(7, 1, 7, "x")}); err != nil {
		t.Fatal(err)
	}
	if len(api.Answers()) != 1 || len(api.Sent(0)) != 0 {
		t.Fatalf("%v %v", api.Answers(), api.Sent(0))
	}
	// An answer that did not get through is tried again with the reply.
	api.Down("answerCallbackQuery", 1)
	if err := d.Send(t.Context(), conversation(7), handlers.Reply{Token: "c:1:" + api.Tap(7, 1, 7, "x")}); err == nil {
		t.Fatal("no error")
	}
}

func TestInGroupsTheMessageIsAnsweredInItsTopic(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	api.SayAs(telegramtest.Said{Chat: -100, Thread: 33, Text: "/list"})
	d := door(t, api, in)
	stop := run(t, d)
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	stop()
	m, ok, err := d.Read(in.rows[0].Body)
	if err != nil || !ok {
		t.Fatal(err)
	}
	r := text("a")
	r.Token = m.Token
	if err := d.Send(t.Context(), m.Address, r); err != nil {
		t.Fatal(err)
	}
	if got := api.Sent(-100)[0]; got.Thread != 33 || got.ReplyTo != 1 {
		t.Fatalf("%v", got)
	}
	// The message that is answered may be gone by now.
	r.Token, r.Blocks = "m:999", text("b").Blocks
	if err := d.Send(t.Context(), m.Address, r); err != nil {
		t.Fatal(err)
	}
}

func TestAFileGoesWithItsText(t *testing.T) {
	file := &handlers.File{Name: "运单.json", Body: []byte("{}")}
	for name, c := range map[string]struct {
		text     string
		messages int
		caption  string
	}{
		"a short one under it":  {"export <1>", 1, "export <1>"},
		"a long one before it":  {strings.Repeat("x", 1025), 2, ""},
		"none":                  {"", 1, ""},
		"a very long one, torn": {strings.Repeat("x", 5000), 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			api.Know(7)
			r := text(c.text)
			r.File, r.Buttons = file, [][]handlers.Button{{{Text: "x", Data: "x"}}}
			if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
				t.Fatal(err)
			}
			sent := api.Sent(7)
			last := sent[len(sent)-1]
			if len(sent) != c.messages || last.File == nil || last.File.Name != file.Name || string(last.File.Body) != "{}" || last.Text != c.caption || len(last.Buttons) != 1 {
				t.Fatalf("%v", sent)
			}
		})
	}
}

func TestWhatTelegramWouldNeverTakeIsRefusedBeforeItIsSent(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	long := text("x")
	long.Buttons = [][]handlers.Button{{{Text: "x", Data: strings.Repeat("x", 65)}}}
	bare := handlers.Reply{Buttons: [][]handlers.Button{{{Text: "x", Data: "x"}}}}
	empty := text("x")
	empty.File = &handlers.File{Name: "x"}
	for name, c := range map[string]struct {
		to models.Address
		r  handlers.Reply
	}{
		"65 bytes behind a button": {conversation(7), long},
		"buttons under nothing":    {conversation(7), bare},
		"an empty file":            {conversation(7), empty},
		"a chat without a number":  {models.Address{Door: "telegram", Conversation: "x"}, text("x")},
		"a topic without a number": {models.Address{Door: "telegram", Conversation: "7", Thread: "x"}, text("x")},
	} {
		if err := d.Send(t.Context(), c.to, c.r); !errors.Is(err, models.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(api.Calls()) != 0 {
		t.Errorf("%v", api.Calls())
	}
}

func TestButtonsBeyondWhatTelegramTakesAreBrokenCutOrLeftOut(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	r := text("x")
	row := func(n int, label string) []handlers.Button {
		return slices.Repeat([]handlers.Button{{Text: label, Data: strings.Repeat("d", 64)}}, n)
	}
	r.Buttons = [][]handlers.Button{row(3, "短"), {}, row(17, strings.Repeat("妈妈的茶叶📦", 20)), row(90, "x\xff")}
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	rows, all := api.Sent(7)[0].Buttons, 0
	for _, row := range rows {
		all += len(row)
	}
	if all != 100 || len(rows[0]) != 3 || len(rows[1]) != 8 || len(rows[2]) != 8 || len(rows[3]) != 1 {
		t.Errorf("%d buttons, rows %v", all, rows)
	}
	if label := []rune(rows[1][0].Text); len(label) != 64 || label[63] != '…' {
		t.Errorf("%q", string(label))
	}
}

func TestARetryGoesOnWhereTheReplyFailed(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	r := text(strings.Repeat("a", 4000), strings.Repeat("b", 4000), strings.Repeat("c", 4000))
	api.Fail(telegramtest.Fault{Method: "sendMessage", After: 1, Times: 2, Code: http.StatusBadGateway, HTML: true})
	for range 2 {
		if err := d.Send(t.Context(), conversation(7), r); err == nil {
			t.Fatal("no error")
		}
	}
	if err := d.Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	if got := initials(api); got != "abc" {
		t.Fatalf("sent %s", got)
	}
	// Sent to its end it is forgotten: the same reply again is sent whole.
	if err := d.Send(t.Context(), conversation(7), r); err != nil || initials(api) != "abcabc" {
		t.Fatalf("%v, sent %s", err, initials(api))
	}
}

func TestAHalfSentReplyIsForgottenInTime(t *testing.T) {
	api, now := telegramtest.Serve(t), time.Now()
	api.Know(7)
	d := door(t, api, newInbox(), func(s *telegram.Settings) { s.Now = func() time.Time { return now } })
	r := text(strings.Repeat("a", 4000), strings.Repeat("b", 4000))
	api.Fail(telegramtest.Fault{Method: "sendMessage", After: 1, Code: http.StatusBadGateway, HTML: true})
	if err := d.Send(t.Context(), conversation(7), r); err == nil {
		t.Fatal("no error")
	}
	now = now.Add(2 * time.Hour)
	if err := d.Send(t.Context(), conversation(7), r); err != nil || initials(api) != "aab" {
		t.Fatalf("%v, sent %s", err, initials(api))
	}
}

// initials is the first letters of all that was sent.
func initials(api *telegramtest.API) string {
	out := ""
	for _, s := range api.Sent(0) {
		out += s.Text[:1]
	}
	return out
}

func TestWhatBecameOfAMessage(t *testing.T) {
	bad := func(words string) telegramtest.Fault {
		return telegramtest.Fault{Code: http.StatusBadRequest, Description: "Bad Request: " + words}
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	passes := func(err error) bool {
		wait, moved := &models.Wait{}, &models.Moved{}
		return err != nil && !errors.Is(err, models.ErrGone) && !errors.Is(err, models.ErrRefused) && !errors.As(err, &wait) && !errors.As(err, &moved)
	}
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		fits  func(error) bool
		ready bool
	}{
		"blocked":           {telegramtest.Fault{Code: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user"}, is(models.ErrGone), true},
		"removed":           {telegramtest.Fault{Code: http.StatusForbidden, Description: "Forbidden: bot was kicked from the supergroup chat"}, is(models.ErrGone), true},
		"no such chat":      {bad("chat not found"), is(models.ErrGone), true},
		"a deleted account": {bad("user is deactivated"), is(models.ErrGone), true},
		"silenced":          {bad("not enough rights to send text messages to the chat"), is(models.ErrGone), true},
		"a deleted topic":   {bad("message thread not found"), is(models.ErrGone), true},
		"markup":            {bad(`can't parse entities: Unsupported start tag "SF1000000000015" at byte offset 3`), is(models.ErrRefused), true},
		"too large":         {telegramtest.Fault{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}, is(models.ErrRefused), true},
		"a flood":           {telegramtest.Fault{Code: http.StatusTooManyRequests, Description: "Too Many Requests: retry after 7", RetryAfter: 7}, func(err error) bool { w := &models.Wait{}; return errors.As(err, &w) && w.After == 7*time.Second }, true},
		"a migration": {telegramtest.Fault{Code: http.StatusBadRequest, Description: "Bad Request: group chat was upgraded to a supergroup chat", MigrateTo: -1001234567890123}, func(err error) bool {
			m := &models.Moved{}
			return errors.As(err, &m) && m.Conversation == "-1001234567890123"
		}, true},
		"the token":            {telegramtest.Fault{Code: http.StatusUnauthorized, Description: "Unauthorized"}, passes, false},
		"a server's failure":   {telegramtest.Fault{Code: http.StatusInternalServerError, Description: "Internal Server Error"}, passes, true},
		"a proxy's page":       {telegramtest.Fault{Code: http.StatusBadGateway, HTML: true}, passes, true},
		"a connection lost":    {telegramtest.Fault{Lose: true}, passes, true},
		"a refusal unheard of": {telegramtest.Fault{Code: http.StatusTeapot, Description: "I'm a teapot"}, passes, true},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			api.Know(7)
			d := door(t, api, newInbox())
			if err := d.Setup(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.fault.Method = "sendMessage"
			api.Fail(c.fault)
			err := d.Send(t.Context(), conversation(7), text("SF1000000000015"))
			if !c.fits(err) {
				t.Fatalf("%v", err)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "SF1000000000015") {
				t.Errorf("tells too much: %v", err)
			}
			if (d.Ready() == nil) != c.ready {
				t.Errorf("ready: %v", d.Ready())
			}
		})
	}
}

func TestATokenThatWorksAgainMakesTheDoorReady(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	d := door(t, api, newInbox())
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	api.Fail(telegramtest.Fault{Code: http.StatusUnauthorized, Description: "Unauthorized"})
	if err := d.Send(t.Context(), conversation(7), text("x")); err == nil || d.Ready() == nil {
		t.Fatalf("%v, %v", err, d.Ready())
	}
	if err := d.Send(t.Context(), conversation(7), text("x")); err != nil || d.Ready() != nil {
		t.Fatalf("%v, %v", err, d.Ready())
	}
}

func TestNoErrorHoldsTheTokenWhenNobodyListens(t *testing.T) {
	api := telegramtest.Serve(t)
	for name, base := range map[string]string{"a closed port": "http://127.0.0.1:1", "no such host": "http://telegram.invalid", "no HTTP": "https://" + strings.TrimPrefix(api.URL(), "http://")} {
		d := door(t, api, newInbox(), func(s *telegram.Settings) { s.APIURL = base })
		err := d.Send(t.Context(), conversation(7), text("x"))
		if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "/bot") {
			t.Errorf("%s: %v", name, err)
		}
		_, err = d.Admin(t.Context(), conversation(-100), "7")
		if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "/bot") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTokenFollowsNoRedirect(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusFound)
	}))
	defer portal.Close()
	d := door(t, telegramtest.New(), newInbox(), func(s *telegram.Settings) { s.APIURL = portal.URL })
	if err := d.Send(t.Context(), conversation(7), text("x")); err == nil || followed || strings.Contains(err.Error(), secret) {
		t.Fatalf("%v, followed: %v", err, followed)
	}
}

func FuzzSend(f *testing.F) {
	f.Add("<b>&amp;</b>", "包裹 \U0001F4E6", "https://x.org/?a=1&b=\"2\"", 3)
	f.Add("\xff\xfe", "…", "tg://x", 4096)
	f.Add("\u200b", " \n ", "", 5000)
	api := telegramtest.New()
	api.Know(7)
	d, err := telegram.New(telegram.Settings{Token: telegramtest.Token, Client: clientOf(api), Limits: telegram.Limits{Off: true}}, newInbox(), func() {})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b, url string, times int) {
		long := strings.Repeat(b, min(max(times, 0), 10_000)%(20_000/max(len(b), 1)+1))
		r := handlers.Reply{Blocks: []handlers.Block{
			{{{Text: a, Style: handlers.Strong}, {Text: long, Style: handlers.Code}}, {{Text: b, Style: handlers.Link, URL: url}}},
			{{{Text: long}, {Text: a, Style: handlers.Dim}}},
		}}
		// Whatever the text is, the strict fake takes it.
		if err := d.Send(t.Context(), conversation(7), r); err != nil {
			t.Fatal(err)
		}
	})
}
