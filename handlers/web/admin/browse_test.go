package admin

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"waybill/locales"
	"waybill/models"
)

const (
	yt    = "YT1000000000013"
	phone = "13800138000"
)

// asks posts a form without fields.
func (r *rig) asks(at string) page {
	r.Helper()
	return r.do(http.MethodPost, at, url.Values{})
}

func TestNumbersAreMaskedUntilTheyAreAskedFor(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	c := r.chat("telegram", "100200300")
	p := r.parcel(yt, "yto", c)
	p = r.scan(p, "快件 "+yt+" 派件中，电话 "+phone, models.OutForDelivery)
	r.call("muzhi", models.CallQuery, yt, models.OutcomeTrace, true)
	r.deliver("telegram", errors.New("no chat 100200300 and number "+yt))
	parcelAt, chatAt := path("/admin/parcels/%d", p.ID), path("/admin/chats/%d", c.ID)
	for _, at := range []string{"/admin", "/admin/calls", "/admin/parcels", "/admin/parcels?q=013", parcelAt, "/admin/chats", chatAt} {
		body := r.read(at)
		lacks(t, body, yt, phone, "100200300")
		contains(t, body, "•••")
	}
	contains(t, r.read(parcelAt), "•••013", "•••300", "138****8000")
	if p := r.asks(parcelAt); p.StatusCode != http.StatusOK || !strings.Contains(p.body, yt) || strings.Contains(p.body, phone) || strings.Contains(p.body, "100200300") {
		t.Errorf("asked for the number: %d", p.StatusCode)
	}
	if p := r.asks(chatAt); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "100200300") || strings.Contains(p.body, yt) {
		t.Errorf("asked for the chat: %d", p.StatusCode)
	}
	lacks(t, r.read(parcelAt), yt)
	contains(t, r.read("/admin"), "包裹 •••013", "会话 telegram •••300")
	contains(t, r.logs.String(), "shown unmasked")
	lacks(t, r.logs.String(), yt, "100200300", phone)
}

func TestMarkupOfOthersIsText(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	c := r.chat("telegram", `"><script>alert(1)</script>`)
	p := r.parcel(yt, "<b>carrier", c)
	_, err := r.store.Follow(t.Context(), models.Following{ChatID: c.ID, ParcelID: p.ID, Name: "<img src=x onerror=alert(1)>"}, r.moment())
	r.ok(err)
	r.scan(p, "<script>alert(1)</script>", models.InTransit)
	r.deliver("telegram", errors.New("<script>alert(1)</script>"))
	r.ok(r.store.KeepRawPush(t.Context(), "kuaibao", "<script>alert(1)</script>", r.moment()))
	r.ok(r.store.Note(t.Context(), models.Note{Kind: models.NoteAlert, What: "<script>alert(1)</script>", At: r.moment()}))
	for _, at := range []string{
		"/admin", path("/admin/parcels/%d", p.ID), path("/admin/chats/%d", c.ID), "/admin/pushes", "/admin/parcels?q=%22%3E%3Cscript%3E",
		"/admin/calls?provider=%22%3E%3Cscript%3E&day=%3Cscript%3E", "/admin/chats?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
	} {
		lacks(t, r.get(at).body, "<script>", "<img src=x", `"><`+"script")
	}
	r.asks(path("/admin/chats/%d", c.ID))
	lacks(t, r.asks(path("/admin/chats/%d", c.ID)).body, "<script>")
}

func TestTheLedgerIsFilteredAndPaged(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	for i := range 130 {
		provider, outcome := "muzhi", models.OutcomeTrace
		if i%10 == 0 {
			provider = "juhe"
		}
		if i == 3 {
			outcome = models.OutcomeQuota
		}
		r.call(provider, models.CallQuery, yt, outcome, true)
	}
	r.parcel(yt, "yto")
	if rows, pages := r.rows("/admin/calls"); rows != 130 || pages != 3 {
		t.Errorf("%d calls on %d pages", rows, pages)
	}
	if rows, _ := r.rows("/admin/calls?provider=juhe"); rows != 13 {
		t.Errorf("juhe: %d calls", rows)
	}
	if rows, _ := r.rows("/admin/calls?outcome=quota&provider=muzhi&day=2026-03-10"); rows != 1 {
		t.Errorf("quota: %d calls", rows)
	}
	if rows, _ := r.rows("/admin/calls?day=2026-03-09"); rows != 0 {
		t.Errorf("yesterday: %d calls", rows)
	}
	contains(t, r.read("/admin/calls"), `<a href="/admin/parcels/1">•••013</a>`, "80 ms", "¥0.0038")
	if p := r.get("/admin/calls?day=tomorrow"); p.StatusCode != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", p.StatusCode)
	}
	for _, odd := range []string{"before=x", "before=-1-1", "before=9999999999999999999-1", "provider=" + strings.Repeat("x", 8000), "day=" + strings.Repeat("9", 8000)} {
		if p := r.get("/admin/calls?" + odd); p.StatusCode >= 500 {
			t.Errorf("%.30s: %d", odd, p.StatusCode)
		}
	}
}

var (
	rowOf   = regexp.MustCompile(`(?s)<tbody>.*?</tbody>`)
	olderAt = regexp.MustCompile(`class="more"><a class="button" href="([^"]+)"`)
)

// rows counts the rows of a list's first table, on all its pages.
func (r *rig) rows(at string) (rows, pages int) {
	r.Helper()
	for pages < 20 {
		body := r.read(at)
		pages++
		rows += strings.Count(rowOf.FindString(body), "<tr>")
		next := olderAt.FindStringSubmatch(body)
		if next == nil {
			return rows, pages
		}
		at = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	r.Fatal("the list does not end")
	return 0, 0
}

func TestParcelsAreFoundByNumberEndAndState(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	c := r.chat("telegram", "1001")
	for i := range 60 {
		p := r.parcel(path("YT10000000%05d", i*1000+13), "yto", c)
		switch {
		case i == 7:
			r.scan(p, "派件失败", models.FailedAttempt)
		case i%2 == 0:
			r.scan(p, "已签收", models.Delivered)
		}
	}
	for at, wants := range map[string]int{
		"/admin/parcels": 60, "/admin/parcels?q=013": 60, "/admin/parcels?q=yt1000000007013": 1, "/admin/parcels?q=7013": 6, "/admin/parcels?q=999": 0,
		"/admin/parcels?state=failed_attempt": 1, "/admin/parcels?state=done": 30, "/admin/parcels?state=live": 30, "/admin/parcels?state=customs": 0,
	} {
		if rows, _ := r.rows(at); rows != wants {
			t.Errorf("%s: %d parcels, want %d", at, rows, wants)
		}
	}
	for _, wrong := range []string{"q=13", "q=%25%25%25", "q=0_3", "state=nothing", "q=" + strings.Repeat("%25", 3000)} {
		if p := r.get("/admin/parcels?" + wrong); p.StatusCode != http.StatusBadRequest {
			t.Errorf("%.30s: %d", wrong, p.StatusCode)
		}
	}
}

func TestChatsAreFoundByIDAndState(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	one, gone := r.chat("telegram", "1001"), r.chat("telegram", "1002")
	r.chat("wecom_kf", "wm1001")
	r.ok(r.store.Gone(t.Context(), gone.ID, r.moment()))
	r.scan(r.parcel(yt, "yto", one), "快件已到达", models.InTransit)
	r.deliver("telegram", errors.New("502"))
	for at, wants := range map[string]int{
		"/admin/chats": 3, "/admin/chats?q=1001": 1, "/admin/chats?q=wm1001": 1, "/admin/chats?q=none": 0, "/admin/chats?state=failing": 1, "/admin/chats?state=gone": 1,
		"/admin/chats?state=groups": 0,
	} {
		if rows, _ := r.rows(at); rows != wants {
			t.Errorf("%s: %d chats, want %d", at, rows, wants)
		}
	}
}

func TestPushesAreShownWithoutNumbersAndPhones(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	contains(t, r.read("/admin/pushes"), "没有收到过")
	r.ok(r.store.KeepRawPush(t.Context(), "kuaibao", `{"no":"`+yt+`","phone":"`+phone+`","time":"2026-03-10 11:00:00"}`, r.moment()))
	body := r.read("/admin/pushes")
	lacks(t, body, yt, phone)
	contains(t, body, "•••013", "2026-03-10 11:00:00")
	shown := r.do(http.MethodPost, "/admin/pushes", url.Values{"id": {"1"}}).body
	contains(t, shown, yt)
	lacks(t, shown, phone)
	contains(t, r.read("/admin"), "kuaibao 03-10 12:00:00 的推送")
	if p := r.do(http.MethodPost, "/admin/pushes", url.Values{"id": {"x"}}); p.StatusCode != http.StatusBadRequest {
		t.Errorf("no push: %d", p.StatusCode)
	}
}

func TestAPageThatIsKeptUpToDateSaysSoAndAShownOneIsNot(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	p := r.parcel(yt, "yto", r.chat("telegram", "1001"))
	contains(t, r.read(path("/admin/parcels/%d", p.ID)), "/static/admin-", ".js\" defer")
	lacks(t, r.asks(path("/admin/parcels/%d", p.ID)).body, ".js\" defer")
	lacks(t, r.read("/admin"), " style=", "onclick")
}

// why is what a parcel's page says of its only follower.
func (r *rig) why(p models.Parcel) string {
	r.Helper()
	m := regexp.MustCompile(`(?s)<td class="words"><span class="tone (\w+)">(.*?)</span>`).FindStringSubmatch(r.read(path("/admin/parcels/%d", p.ID)))
	if m == nil {
		r.Fatal("no reason is given")
	}
	return m[1] + ": " + m[2]
}

func TestAParcelsPageSaysWhyAFollowerWasNotTold(t *testing.T) {
	night := models.Quiet{From: 23, To: 7, Zone: models.Shanghai}
	news := func(r *rig, p models.Parcel) models.Parcel {
		return r.scan(p, "快件已到达上海", models.InTransit)
	}
	for name, test := range map[string]struct {
		happens func(r *rig, c models.Chat, p models.Parcel)
		want    string
	}{
		"nothing is known":   {func(*rig, models.Chat, models.Parcel) {}, "good: 还没有物流记录"},
		"all is delivered":   {func(r *rig, _ models.Chat, p models.Parcel) { news(r, p); r.deliver("telegram", nil) }, "good: 全部送到，最后一次 12:00"},
		"no worker has come": {func(r *rig, _ models.Chat, p models.Parcel) { news(r, p); r.pass(5 * time.Minute) }, "warn: 该送了，等了 5 分钟"},
		"sending fails": {func(r *rig, _ models.Chat, p models.Parcel) {
			news(r, p)
			r.deliver("telegram", errors.New("502 Bad Gateway"))
		}, "bad: 连续 1 次没发出去，12:01 再试：502 Bad Gateway"},
		"the chat has gone": {func(r *rig, c models.Chat, p models.Parcel) {
			news(r, p)
			r.ok(r.store.Gone(r.Context(), c.ID, r.moment()))
		}, "bad: 12:00 起拉黑了机器人"},
		"the parcel is muted": {func(r *rig, c models.Chat, p models.Parcel) { r.mute(c, p); news(r, p) }, "good: 这个包裹静音了"},
		"the chat hears of problems only": {func(r *rig, c models.Chat, p models.Parcel) {
			r.ok(r.store.SetNews(r.Context(), c.ID, models.NewsProblems, 0, r.moment()))
			news(r, p)
		}, "good: 会话选的提醒方式是 只报问题"},
		"the chat hears once a day": {func(r *rig, c models.Chat, p models.Parcel) {
			r.ok(r.store.SetNews(r.Context(), c.ID, models.NewsDaily, 21*60, r.moment()))
			news(r, p)
		}, "good: 每天汇总一次，21:00 送"},
		"it is night":           {func(r *rig, _ models.Chat, p models.Parcel) { r.pass(11 * time.Hour); r.signIn(); news(r, p) }, "good: 夜里不打扰，03-11 07:00 送"},
		"a message comes first": {func(r *rig, c models.Chat, p models.Parcel) { news(r, p); r.write(c, "a") }, "warn: 前面还有 1 条没回完的消息"},
		"it is refused for good": {func(r *rig, _ models.Chat, p models.Parcel) {
			news(r, p)
			r.mark(models.SentRefused)
		}, "bad: 12:00 平台拒收"},
		"checks fail": {func(r *rig, _ models.Chat, p models.Parcel) {
			version := p.Version
			p.Failures = 3
			_, err := r.store.Finish(r.Context(), models.Finish{Version: version, Change: models.Change{Parcel: p}, DueAt: r.moment() + 1}, r.moment())
			r.ok(err)
		}, "warn: 还没查到过；连续 3 次没查成"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(s *Settings) { s.Quiet = night })
			r.signIn()
			c := r.chat("telegram", "1001")
			p := r.parcel(yt, "yto", c)
			test.happens(r, c, p)
			if got := r.why(p); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			contains(t, r.read(path("/admin/chats/%d", c.ID)), "•••013")
		})
	}
}

func (r *rig) mute(c models.Chat, p models.Parcel) {
	r.Helper()
	r.ok(r.store.Mute(r.Context(), c.ID, p.ID, true, r.moment()))
}

// mark ends all deliveries of the telegram door with an outcome.
func (r *rig) mark(o models.SentOutcome) {
	r.Helper()
	for _, c := range r.claim("telegram") {
		pending, err := r.store.Pending(r.Context(), c.Chat)
		r.ok(err)
		for _, n := range pending {
			r.ok(r.store.Delivered(r.Context(), c.Claim, models.Mark{FollowID: n.Follow.ID, ParcelID: n.Parcel.ID, Upto: n.Upto, Outcome: o, At: r.moment()}))
		}
		r.ok(r.store.Release(r.Context(), c.Claim, models.Never, false))
	}
}

func TestAChatWithoutCreditSaysSo(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	c := r.chat("wecom_kf", "wm1001")
	db, err := sql.Open("sqlite", strings.TrimPrefix(r.dsn, "sqlite://"))
	r.ok(err)
	_, err = db.ExecContext(t.Context(), "UPDATE chats SET credit_epoch = 1")
	r.ok(errors.Join(err, db.Close()))
	p := r.parcel(yt, "yto", c)
	r.scan(p, "快件已到达上海", models.InTransit)
	if got := r.why(p); !strings.HasPrefix(got, "warn: 微信客服的条数用完了") {
		t.Errorf("got %q", got)
	}
	contains(t, r.read(path("/admin/chats/%d", c.ID)), "还能发几条")
}

func TestAFollowerWithoutATailSaysSo(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	p, err := r.store.Ensure(t.Context(), "SF1000000000015", "sf", "", true, r.moment())
	r.ok(err)
	_, err = r.store.Follow(t.Context(), models.Following{ChatID: r.chat("telegram", "1").ID, ParcelID: p.ID, Tail: "4321", TailState: models.TailWrong}, r.moment())
	r.ok(err)
	if got := r.why(p); got != "warn: 给的手机尾号不对" {
		t.Errorf("got %q", got)
	}
	lacks(t, r.read(path("/admin/parcels/%d", p.ID)), "4321")
}

func TestWhatWasSentToWhomIsListed(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	one := r.chat("telegram", "1001")
	p := r.parcel(yt, "yto", one)
	p = r.scan(p, "快件已到达上海", models.InTransit)
	r.deliver("telegram", errors.New("502 Bad Gateway"))
	r.pass(2 * time.Minute)
	r.deliver("telegram", errors.New("503 Service Unavailable"))
	r.pass(5 * time.Minute)
	r.deliver("telegram", nil)
	for _, at := range []string{path("/admin/parcels/%d", p.ID), path("/admin/chats/%d", one.ID)} {
		contains(t, r.read(at), "没发出去", "503 Service Unavailable", `<td class="amount">2</td>`, "已送达平台", "03-10 12:07:00")
	}
	r.pass(40 * 24 * time.Hour)
	r.ok(r.store.Sweep(t.Context(), models.Retention{Parcels: 90 * 24 * time.Hour, Follows: 90 * 24 * time.Hour, Tails: 90 * 24 * time.Hour, Unreachable: 90 * 24 * time.Hour}, r.moment()))
	r.signIn()
	contains(t, r.read(path("/admin/chats/%d", one.ID)), "最近 30 天没有发过")
}

func TestTheReasonIsThreeClicksAway(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	c := r.chat("telegram", "1001")
	r.scan(r.parcel(yt, "yto", c), "快件已到达上海", models.InTransit)
	r.deliver("telegram", errors.New("502 Bad Gateway"))
	overview := r.read("/admin")
	contains(t, overview, "502 Bad Gateway", path(`href="/admin/chats/%d"`, c.ID))
	contains(t, r.read(path("/admin/chats/%d", c.ID)), "502 Bad Gateway", `href="/admin/parcels/1"`)
}

func TestEveryWordOfTheDashboardIsSaidSomewhereAndHasWords(t *testing.T) {
	words, err := locales.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`say\(?\s?"([a-z_]+)"`).FindAllStringSubmatch(code.String(), -1) {
		said[m[1]] = true
		if !words.For().Has("admin." + m[1]) {
			t.Errorf("no words for %s", m[1])
		}
	}
	for _, item := range menu() {
		said[item.Name] = true
	}
	families := regexp.MustCompile(`^(outcome|sent|event|news)_`)
	for _, key := range words.For().Keys("admin.") {
		if name := strings.TrimPrefix(key, "admin."); !said[name] && !families.MatchString(name) {
			t.Errorf("nothing says %s", name)
		}
	}
	for _, o := range models.Outcomes() {
		if !words.For().Has("admin.outcome_" + string(o)) {
			t.Errorf("no words for outcome %s", o)
		}
	}
}
