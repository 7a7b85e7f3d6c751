package telegramtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"waybill/handlers/telegram/telegramtest"
)

// call posts a form the plain way and returns the status and the reply.
func call(t *testing.T, api *telegramtest.API, method string, form map[string]string) (int, string) {
	t.Helper()
	var body strings.Builder
	for name, value := range form {
		fmt.Fprintf(&body, "--B\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
	}
	body.WriteString("--B--\r\n")
	return post(t, api.URL()+"/bot"+telegramtest.Token+"/"+method, "multipart/form-data; boundary=B", body.String())
}

func post(t *testing.T, url, kind, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// ids reads the update ids out of a reply to getUpdates.
func ids(t *testing.T, reply string) []int64 {
	t.Helper()
	var r struct {
		Result []struct {
			ID int64 `json:"update_id"`
		} `json:"result"`
	}
	if err := json.Unmarshal([]byte(reply), &r); err != nil {
		t.Fatalf("%v in %s", err, reply)
	}
	var out []int64
	for _, u := range r.Result {
		out = append(out, u.ID)
	}
	return out
}

// article is an inline result.
func article(id string) string {
	return `{"type":"article","id":"` + id + `","title":"x","input_message_content":{"message_text":"x"}}`
}

func TestTheFakeRefusesWhatTelegramRefuses(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	keys := func(data string) string {
		return `{"inline_keyboard":[[{"text":"x","callback_data":"` + data + `"}]]}`
	}
	rows := func(n, each int) string {
		row := "[" + strings.Repeat(`{"text":"x","callback_data":"a"},`, each-1) + `{"text":"x","callback_data":"a"}]`
		return `{"inline_keyboard":[` + strings.Repeat(row+",", n-1) + row + `]}`
	}
	for name, c := range map[string]struct {
		method string
		form   map[string]string
		says   string
	}{
		"an unknown chat":             {"sendMessage", map[string]string{"chat_id": "8", "text": "x"}, "chat not found"},
		"no text":                     {"sendMessage", map[string]string{"chat_id": "7", "text": " \n"}, "message text is empty"},
		"text that is too long":       {"sendMessage", map[string]string{"chat_id": "7", "text": strings.Repeat("包", 4097)}, "message is too long"},
		"text of wide characters":     {"sendMessage", map[string]string{"chat_id": "7", "text": strings.Repeat("📦", 2049)}, "message is too long"},
		"markup that is not closed":   {"sendMessage", map[string]string{"chat_id": "7", "text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"},
		"a bare ampersand in markup":  {"sendMessage", map[string]string{"chat_id": "7", "text": "a & b", "parse_mode": "HTML"}, "can't parse entities"},
		"a quotation in another":      {"sendMessage", map[string]string{"chat_id": "7", "text": "<blockquote>x<blockquote>y</blockquote></blockquote>", "parse_mode": "HTML"}, "inside blockquote"},
		"code in a quotation":         {"sendMessage", map[string]string{"chat_id": "7", "text": "<blockquote><code>y</code></blockquote>", "parse_mode": "HTML"}, "inside blockquote"},
		"bold code":                   {"sendMessage", map[string]string{"chat_id": "7", "text": "<b><code>y</code></b>", "parse_mode": "HTML"}, "inside b"},
		"tags that cross":             {"sendMessage", map[string]string{"chat_id": "7", "text": "<b><i>y</b></i>", "parse_mode": "HTML"}, "unmatched end tag"},
		"a class of its own":          {"sendMessage", map[string]string{"chat_id": "7", "text": `<b class="x">y</b>`, "parse_mode": "HTML"}, "unsupported attribute"},
		"more formatting than it has": {"sendMessage", map[string]string{"chat_id": "7", "text": strings.Repeat("<b>x</b>", 101), "parse_mode": "HTML"}, "101 entities"},
		"a photo without one":         {"sendPhoto", map[string]string{"chat_id": "7"}, "no photo"},
		"a caption that is too long":  {"sendPhoto", map[string]string{"chat_id": "7", "caption": strings.Repeat("包", 1025)}, "caption is too long"},
		"a caption of nothing":        {"editMessageCaption", map[string]string{"chat_id": "7", "message_id": "1", "caption": "x"}, "message to edit not found"},
		"a file that nobody sent":     {"getFile", map[string]string{"file_id": "x"}, "wrong file_id"},
		"a menu button over http":     {"setChatMenuButton", map[string]string{"menu_button": `{"type":"web_app","text":"x","web_app":{"url":"http://x.org/app"}}`}, "BUTTON_URL_INVALID"},
		"a menu button for nobody":    {"setChatMenuButton", map[string]string{"chat_id": "8", "menu_button": `{"type":"default"}`}, "chat not found"},
		"results that are none":       {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "null"}, "results JSON array"},
		"fifty-one results":           {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "[" + strings.Repeat("{},", 50) + "{}]"}, "RESULTS_TOO_MUCH"},
		"two results of one id":       {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "[" + article("a") + "," + article("a") + "]"}, "RESULT_ID_DUPLICATE"},
		"a result with a long id":     {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "[" + article(strings.Repeat("a", 65)) + "]"}, "RESULT_ID_INVALID"},
		"a result of another shape":   {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": `[{"type":"text","id":"a"}]`}, "unallowed type"},
		"a start with a space":        {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "[]", "button": `{"text":"x","start_parameter":"a b"}`}, "START_PARAM_INVALID"},
		"an answer to no query":       {"answerInlineQuery", map[string]string{"inline_query_id": "1", "results": "[]"}, "query is too old"},
		"an unknown parse mode":       {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"},
		"a topic that does not exist": {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "message_thread_id": "5"}, "message thread not found"},
		"an answer to nothing":        {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_parameters": `{"message_id":99}`}, "message to be replied not found"},
		"65 bytes behind a button":    {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": keys(strings.Repeat("a", 65))}, "BUTTON_DATA_INVALID"},
		"nothing behind a button":     {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": keys("")}, "BUTTON_DATA_INVALID"},
		"null for a keyboard":         {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": "null"}, "object expected"},
		"an edit of nothing":          {"editMessageText", map[string]string{"chat_id": "7", "message_id": "1", "text": "x"}, "message to edit not found"},
		"an unknown callback id":      {"answerCallbackQuery", map[string]string{"callback_query_id": "1"}, "query is too old"},
		"a document without one":      {"sendDocument", map[string]string{"chat_id": "7"}, "no document"},
		"nine buttons in a row":       {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": rows(1, 9)}, "reply markup is too long"},
		"a hundred and one buttons":   {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": rows(101, 1)}, "reply markup is too long"},
		"buttons and a forced reply":  {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": `{"force_reply":true,` + keys("a")[1:]}, "cannot be forced"},
		"a long hint for the reply":   {"sendMessage", map[string]string{"chat_id": "7", "text": "x", "reply_markup": `{"force_reply":true,"input_field_placeholder":"` + strings.Repeat("x", 65) + `"}`}, "placeholder is too long"},
		"an edit that forces a reply": {"editMessageText", map[string]string{"chat_id": "7", "message_id": "1", "text": "x", "reply_markup": `{"force_reply":true}`}, "inline keyboard expected"},
		"an action that nobody knows": {"sendChatAction", map[string]string{"chat_id": "7", "action": "thinking"}, "wrong parameter action"},
		"an action in no topic":       {"sendChatAction", map[string]string{"chat_id": "7", "action": "typing", "message_thread_id": "5"}, "message thread not found"},
		"an action in no chat":        {"sendChatAction", map[string]string{"chat_id": "8", "action": "typing"}, "chat not found"},
		"a menu for Taiwan":           {"setMyCommands", map[string]string{"commands": `[{"command":"list","description":"x"}]`, "scope": `{"type":"default"}`, "language_code": "zh-hant"}, "invalid language code"},
		"a menu for no chat":          {"setMyCommands", map[string]string{"commands": `[{"command":"list","description":"x"}]`, "scope": `{"type":"chat","chat_id":8}`}, "chat not found"},
		"a menu for nobody":           {"setMyCommands", map[string]string{"commands": `[]`, "scope": `{"type":"everywhere"}`}, "unsupported type"},
		"a description for China":     {"setMyDescription", map[string]string{"description": "x", "language_code": "zh-CN"}, "invalid language code"},
		"a description that is long":  {"setMyDescription", map[string]string{"description": strings.Repeat("包", 513)}, "too long"},
		"a short one that is not":     {"setMyShortDescription", map[string]string{"short_description": strings.Repeat("包", 121)}, "too long"},
		"a short one for everywhere":  {"getMyShortDescription", map[string]string{"language_code": "ZH"}, "invalid language code"},
		"a command in capitals":       {"setMyCommands", map[string]string{"commands": `[{"command":"Track","description":"x"}]`}, "BOT_COMMAND_INVALID"},
		"a webhook without https":     {"setWebhook", map[string]string{"url": "http://example.org/x"}, "HTTPS URL must be provided"},
		"a secret with a space":       {"setWebhook", map[string]string{"url": "https://example.org/x", "secret_token": "a b"}, "unallowed characters"},
		"a member it never saw":       {"getChatMember", map[string]string{"chat_id": "7", "user_id": "4"}, "user not found"},
	} {
		t.Run(name, func(t *testing.T) {
			code, reply := call(t, api, c.method, c.form)
			if code != http.StatusBadRequest || !strings.Contains(reply, c.says) {
				t.Fatalf("%d %s", code, reply)
			}
		})
	}
}

func TestPrivacyModeHidesWhatIsNotForTheBot(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(-100)
	if code, reply := call(t, api, "sendMessage", map[string]string{"chat_id": "-100", "text": "which?"}); code != 200 {
		t.Fatal(reply)
	}
	question := api.Sent(-100)[0].ID
	for text, c := range map[string]struct {
		said telegramtest.Said
		seen bool
	}{
		"a number":           {telegramtest.Said{Chat: -100, Text: "SF1000000000015"}, false},
		"a command":          {telegramtest.Said{Chat: -100, Text: "/list"}, true},
		"a mention":          {telegramtest.Said{Chat: -100, Text: "hello @" + telegramtest.BotName}, true},
		"a reply to the bot": {telegramtest.Said{Chat: -100, Text: "1234", ReplyTo: question}, true},
		"one to one":         {telegramtest.Said{Chat: 7, Text: "1234"}, true},
	} {
		if seen := api.SayAs(c.said) != 0; seen != c.seen {
			t.Errorf("%s is seen: %v", text, seen)
		}
	}
	api.Promote(-100, telegramtest.BotID)
	if api.Say(-100, "SF1000000000015") == 0 || api.Edit(-100, "x") == 0 {
		t.Error("an administrator sees nothing")
	}
}

func TestTheFakeKnowsOneToken(t *testing.T) {
	api := telegramtest.Serve(t)
	for path, want := range map[string]int{"/bot1:other/getMe": 401, "/botnonsense/getMe": 404, "/": 404, "/bot" + telegramtest.Token + "/noSuchMethod": 404} {
		if code, reply := post(t, api.URL()+path, "text/plain", ""); code != want {
			t.Errorf("%s: %d %s", path, code, reply)
		}
	}
}

func TestTheFakeTakesWhatTheLibrarySends(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7)
	b, err := bot.New(telegramtest.Token, bot.WithServerURL(api.URL())) // getMe: an empty multipart body
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: 7, Text: "<b>a</b> &lt;", ParseMode: models.ParseModeHTML})
	if err != nil || m.Text != "a <" {
		t.Fatalf("%+v, %v", m, err)
	}
	if sent := api.Sent(7); len(sent) != 1 || sent[0].Entities[0] != (telegramtest.Entity{Type: "bold", Length: 1}) {
		t.Fatalf("%v", sent)
	}
}

func TestAnUpdateComesAgainUntilAHigherOffsetIsAskedFor(t *testing.T) {
	api := telegramtest.Serve(t)
	first, second := api.Say(7, "a"), api.Say(7, "b")
	for range 2 {
		_, reply := call(t, api, "getUpdates", nil)
		if got := ids(t, reply); len(got) != 2 || got[0] != first {
			t.Fatalf("%v", got)
		}
	}
	_, reply := call(t, api, "getUpdates", map[string]string{"offset": fmt.Sprint(second), "limit": "1"})
	if got := ids(t, reply); len(got) != 1 || got[0] != second {
		t.Fatalf("%v", got)
	}
	if left := api.Unconfirmed(); len(left) != 1 || left[0] != second {
		t.Fatalf("unconfirmed: %v", left)
	}
}

func TestASecondPollerThrowsOutTheFirst(t *testing.T) {
	api := telegramtest.Serve(t)
	older := make(chan string, 1)
	go func() {
		_, reply := call(t, api, "getUpdates", map[string]string{"timeout": "50"})
		older <- reply
	}()
	if err := api.WaitHeld(t.Context()); err != nil {
		t.Fatal(err)
	}
	newer := make(chan string, 1)
	go func() {
		_, reply := call(t, api, "getUpdates", map[string]string{"timeout": "50"})
		newer <- reply
	}()
	if reply := <-older; !strings.Contains(reply, `"error_code":409`) {
		t.Fatal(reply)
	}
	id := api.Say(7, "a")
	if got := ids(t, <-newer); len(got) != 1 || got[0] != id {
		t.Fatalf("a held poll brings %v", got)
	}
}

func TestKindsThatWereNotAskedForAreDropped(t *testing.T) {
	api := telegramtest.Serve(t)
	call(t, api, "getUpdates", map[string]string{"allowed_updates": `["callback_query"]`})
	call(t, api, "getUpdates", nil) // unset keeps the previous setting
	if id := api.Say(7, "a"); id != 0 || len(api.Unconfirmed()) != 0 {
		t.Fatal("a message was queued")
	}
}

func TestAWebhookExcludesPollingAndIsDeliveredUntilItAnswers2xx(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Redeliver = 1
	codes := []int{500, 401, 200}
	seen := make(chan string, 3)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- r.Header.Get("X-Telegram-Bot-Api-Secret-Token") + " " + string(body)
		w.WriteHeader(codes[0])
		codes = codes[1:]
	}))
	defer hook.Close()
	call(t, api, "setWebhook", map[string]string{"url": hook.URL, "secret_token": "s"})
	if code, reply := call(t, api, "getUpdates", nil); code != 409 || !strings.Contains(reply, "webhook is active") {
		t.Fatal(reply)
	}
	api.Say(7, "a")
	for range 3 {
		if got := <-seen; !strings.HasPrefix(got, "s {") {
			t.Fatal(got)
		}
	}
	if err := api.WaitConfirmed(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsHitTheCallsTheyAreMeantFor(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Know(7, 8)
	api.Flood(8, 5)
	if code, _ := call(t, api, "sendMessage", map[string]string{"chat_id": "7", "text": "x"}); code != 200 {
		t.Fatal("the wrong chat is hit")
	}
	if code, reply := call(t, api, "sendMessage", map[string]string{"chat_id": "8", "text": "x"}); code != 429 || !strings.Contains(reply, `"retry_after":5`) {
		t.Fatal(reply)
	}
	api.Down("getMe", 1)
	if code, reply := call(t, api, "getMe", nil); code != 502 || !strings.HasPrefix(reply, "<html>") {
		t.Fatal(reply)
	}
	api.Migrate(-5, -100)
	if _, reply := call(t, api, "sendMessage", map[string]string{"chat_id": "-5", "text": "x"}); !strings.Contains(reply, `"migrate_to_chat_id":-100`) {
		t.Fatal(reply)
	}
	api.Block(7)
	if code, _ := call(t, api, "sendMessage", map[string]string{"chat_id": "7", "text": "x"}); code != 403 {
		t.Fatal("a blocked bot writes")
	}
}

func TestParseHTML(t *testing.T) {
	for name, c := range map[string]struct{ in, text, err string }{
		"plain text":                 {"你好 1", "你好 1", ""},
		"nested tags":                {"<b>a<i>b</i></b>", "ab", ""},
		"references":                 {"&lt;&amp;&quot;&#39;&#x4e2d;", `<&"'中`, ""},
		"a link":                     {`<a href="https://x.org/?a=1&amp;b=2">x</a>`, "x", ""},
		"white space around":         {" \n<b>a</b>\n ", "a", ""},
		"an unknown tag":             {"<h1>a</h1>", "", "unsupported start tag"},
		"a stray less-than":          {"a < b", "", "unsupported start tag"},
		"a stray end":                {"a</b>", "", "unexpected end tag"},
		"crossed tags":               {"<b><i>a</b></i>", "", "unmatched end tag"},
		"an open tag":                {"<code>a", "", "can't find end tag"},
		"a reference it has not got": {"&nbsp;", "", "unescaped &"},
		"a stray greater-than":       {"a > b", "", "unescaped >"},
		"bold inside code":           {"<code><b>a</b></code>", "", "inside code"},
		"a link to nowhere":          {"<a>x</a>", "", "without href"},
	} {
		t.Run(name, func(t *testing.T) {
			text, _, err := telegramtest.ParseHTML(c.in)
			if text != c.text || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("%q, %v", text, err)
			}
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	api := telegramtest.New()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.WaitSent(ctx, func(telegramtest.Sent) bool { return false }); err == nil {
		t.Fatal("no error")
	}
}
