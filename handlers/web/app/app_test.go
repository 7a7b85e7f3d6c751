package app_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestThePageIsForEverybodyAndSaysWhereToOpenIt(t *testing.T) {
	each(t, func(w *world) {
		for lang, words := range map[string]string{"": "请在 Telegram 里打开", "en-GB,en;q=0.8": "open this in Telegram", "zh-Hant-TW;q=1": "請在 Telegram 裡開啟"} {
			got := w.send("/app", "", "", "Accept-Language: "+lang)
			if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), words) {
				t.Errorf("%q: %d", lang, got.Code)
			}
		}
	})
}

func TestTelegramsPagesMayFrameTheAppAndNobodyElse(t *testing.T) {
	each(t, func(w *world) {
		header := w.send("/app", "", "").Header()
		policy := header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors https://web.telegram.org https://*.telegram.org") || !strings.Contains(policy, "default-src 'none'") ||
			strings.Contains(policy, "unsafe") || header.Get("X-Frame-Options") != "" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", header)
		}
		if header := w.send("/app/parcels", w.as(mother), "").Header(); header.Get("X-Frame-Options") != "DENY" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers of data %v", header)
		}
		body := w.send("/app", "", "").Body.String()
		for _, part := range []string{"telegram-web-app.js", "<script>", "<style", " style=", "onclick="} {
			if strings.Contains(body, part) {
				t.Errorf("the page has %s", part)
			}
		}
	})
}

func TestTheListIsTheChatsOwnByWhatParcelsNeed(t *testing.T) {
	each(t, func(w *world) {
		w.follow(mother, number, "茶叶", models.InTransit, "【长沙】到达，电话 13812345678")
		w.follow(mother, "SF1000000000023", "鞋", models.ReadyForPickup, "已到驿站")
		w.follow(mother, "SF1000000000031", "", models.Delivered, "已签收")
		w.follow(son, "SF1000000000049", "儿子的", models.InTransit, "已揽收")
		want := map[string][]string{"在路上": {"茶叶 运输中"}, "要你处理": {"鞋 待取件"}, "已完成": {"顺丰速运 已签收"}}
		if got := w.list(mother, ""); !reflect.DeepEqual(got, want) {
			t.Errorf("the list is %v", got)
		}
		for query, count := range map[string]int{"鞋": 1, "sf10": 3, "顺丰 0031": 1, "0049": 0, "儿子": 0} {
			found := 0
			for _, rows := range w.list(mother, query) {
				found += len(rows)
			}
			if found != count {
				t.Errorf("%q finds %d", query, found)
			}
		}
		if got := w.list(2000, ""); len(got) != 0 {
			t.Errorf("a stranger sees %v", got)
		}
		if _, known, err := w.store.ChatAt(t.Context(), models.Address{Door: "telegram", Conversation: "2000"}); known || err != nil {
			t.Errorf("looking made a chat: %v, %v", known, err)
		}
		if body := w.send("/app", w.as(mother), "").Body.String(); strings.Contains(body, "13812345678") || !strings.Contains(body, "138****5678") || !strings.Contains(body, `"page":"/p/`) {
			t.Error("phones are shown, or pages are not")
		}
	})
}

func TestWhatATailHidesIsHiddenInTheList(t *testing.T) {
	each(t, func(w *world) {
		p, err := w.store.Ensure(t.Context(), number, "sf", "", true, w.moment())
		w.ok(err)
		w.follow(mother, p.Number, "", models.Delivered, "【长沙】已签收，前台")
		if body := w.send("/app", w.as(mother), "").Body.String(); strings.Contains(body, "前台") || strings.Contains(body, "已签收\"") || !strings.Contains(body, "等着核对尾号") {
			t.Error(body)
		}
	})
}

func TestAChatChangesWhatItFollows(t *testing.T) {
	each(t, func(w *world) {
		p := w.follow(mother, number, "", models.InTransit, "已揽收")
		follow := func() models.Follow {
			f, _, err := w.store.FollowOf(t.Context(), w.chat(mother).ID, p.ID)
			w.ok(err)
			return f
		}
		does := func(path, body string) {
			t.Helper()
			if got := w.send(path, w.as(mother), fmt.Sprintf(body, p.ID)); got.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", path, got.Code, got.Body)
			}
		}
		does("/app/name", `{"parcel":%d,"name":"  妈妈的  茶叶 "}`)
		if got := follow().Name; got != "妈妈的 茶叶" {
			t.Errorf("the name is %q", got)
		}
		does("/app/mute", `{"parcel":%d,"muted":true}`)
		if got := follow().Mute; got != models.Muted {
			t.Errorf("mute is %v", got)
		}
		does("/app/mute", `{"parcel":%d,"muted":false}`)
		if got := follow().Mute; got != models.MuteInherited {
			t.Errorf("mute is %v", got)
		}
		before := follow()
		does("/app/stop", `{"parcel":%d}`)
		if follow().ID != 0 {
			t.Error("it is followed after the stop")
		}
		does("/app/undo", `{"parcel":%d}`)
		if got := follow(); got.Name != before.Name || got.CreatedAt != before.CreatedAt {
			t.Errorf("after the undo it is %+v", got)
		}
		does("/app/name", `{"parcel":%d,"name":""}`)
		if got := follow().Name; got != "" {
			t.Errorf("the name is %q", got)
		}
	})
}

func TestNobodyChangesWhatAnotherChatFollows(t *testing.T) {
	each(t, func(w *world) {
		theirs := w.follow(son, number, "儿子的", models.InTransit, "已揽收")
		w.follow(mother, "SF1000000000023", "", models.InTransit, "已揽收")
		for _, who := range []int64{mother, 2000} {
			for path, body := range map[string]string{
				"/app/name": `{"parcel":%d,"name":"x"}`, "/app/mute": `{"parcel":%d,"muted":true}`, "/app/stop": `{"parcel":%d}`, "/app/undo": `{"parcel":%d}`,
			} {
				if got := w.send(path, w.as(who), fmt.Sprintf(body, theirs.ID)); got.Code != http.StatusNotFound && got.Code != http.StatusConflict {
					t.Errorf("%s: %d", path, got.Code)
				}
			}
		}
		f, ok, err := w.store.FollowOf(t.Context(), w.chat(son).ID, theirs.ID)
		w.ok(err)
		if !ok || f.Name != "儿子的" || f.Mute != models.MuteInherited {
			t.Errorf("it became %+v", f)
		}
	})
}

func TestAnUndoThatComesTooLateSaysSo(t *testing.T) {
	each(t, func(w *world) {
		p := w.follow(mother, number, "", "")
		body := fmt.Sprintf(`{"parcel":%d}`, p.ID)
		w.send("/app/stop", w.as(mother), body)
		w.now = w.now.Add(11 * time.Minute)
		if got := w.send("/app/undo", w.as(mother), body).Code; got != http.StatusConflict {
			t.Errorf("answers %d", got)
		}
	})
}

func TestATextThatIsAddedGoesToTheBot(t *testing.T) {
	each(t, func(w *world) {
		if got := w.send("/app/add", w.as(mother), `{"text":" SF1000000000015 1234 茶叶 ","key":"`+textKey+`"}`); got.Code != http.StatusOK {
			t.Fatalf("answers %d %s", got.Code, got.Body)
		}
		if want := []string{"1001 zh-hans SF1000000000015 1234 茶叶 " + textKey}; !reflect.DeepEqual(w.typed, want) {
			t.Errorf("the bot gets %q", w.typed)
		}
	})
}

func TestRequestsThatAreNotTheAppsAreRefused(t *testing.T) {
	each(t, func(w *world) {
		p := w.follow(mother, number, "", "")
		stop := fmt.Sprintf(`{"parcel":%d}`, p.ID)
		named := func(name string) string { return fmt.Sprintf(`{"parcel":%d,"name":"%s"}`, p.ID, name) }
		text := func(text, key string) string { return `{"text":"` + text + `","key":"` + key + `"}` }
		for name, c := range map[string]struct {
			path, body, header string
			want               int
		}{
			"another site's page":        {"/app/stop", stop, "Sec-Fetch-Site: cross-site", 403},
			"another origin":             {"/app/stop", stop, "Origin: https://elsewhere.example", 403},
			"a form":                     {"/app/stop", stop, "Content-Type: application/x-www-form-urlencoded", 415},
			"text":                       {"/app/stop", stop, "Content-Type: text/plain", 415},
			"no JSON":                    {"/app/stop", "parcel=1", "", 400},
			"two values":                 {"/app/stop", stop + stop, "", 400},
			"an unknown field":           {"/app/stop", `{"parcel":1,"chat":2}`, "", 400},
			"a name that is too long":    {"/app/name", named(strings.Repeat("茶", 41)), "", 400},
			"a text that is too long":    {"/app/add", text(strings.Repeat("茶", 2001), textKey), "", 400},
			"no text":                    {"/app/add", text("  ", textKey), "", 400},
			"no key":                     {"/app/add", text("SF1000000000015", ""), "", 400},
			"a key of other characters":  {"/app/add", text("SF1000000000015", "0123456789abcde:"), "", 400},
			"our own page":               {"/app/mute", fmt.Sprintf(`{"parcel":%d,"muted":true}`, p.ID), "Sec-Fetch-Site: same-origin", 200},
			"our own origin, by a proxy": {"/app/mute", fmt.Sprintf(`{"parcel":%d,"muted":true}`, p.ID), "Origin: " + public, 200},
		} {
			if got := w.send(c.path, w.as(mother), c.body, c.header); got.Code != c.want {
				t.Errorf("%s: %d %s", name, got.Code, got.Body)
			}
		}
		if len(w.typed) != 0 {
			t.Errorf("the bot gets %q", w.typed)
		}
		if _, ok, err := w.store.FollowOf(t.Context(), w.chat(mother).ID, p.ID); !ok || err != nil {
			t.Errorf("it is not followed any more: %v", err)
		}
	})
}

func TestWhoeverAsksTooOftenWaits(t *testing.T) {
	each(t, func(w *world) {
		last := func(person int64, times int) (code int) {
			for range times {
				code = w.send("/app/parcels", w.as(person), "").Code
			}
			return code
		}
		if got := last(mother, 41); got != http.StatusTooManyRequests {
			t.Errorf("the 41st request: %d", got)
		}
		if got := last(son, 1); got != http.StatusOK {
			t.Errorf("another person: %d", got)
		}
		w.now = w.now.Add(time.Second)
		if got := last(mother, 1); got != http.StatusOK {
			t.Errorf("a second later: %d", got)
		}
	})
}
