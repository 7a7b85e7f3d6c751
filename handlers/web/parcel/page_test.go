package parcel_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// journey is a parcel on its way with phones in its scans.
func (w *world) journey(c models.Chat, name string) models.Followed {
	w.Helper()
	f := w.follow(c, number, name, false)
	w.has(f, func(p *models.Parcel) {
		p.Status, p.Origin, p.Destination, p.Estimate = models.OutForDelivery, "西安", "长沙", "预计：今天 18:00 前送达，电话 13812345678"
		p.StartedAt = w.moment().Add(-51 * time.Hour)
	},
		w.scanned(1, "【长沙市】快递员 13812345678 正在派送，取件码 3-2-5012，座机 0731-84301234，虚拟号 18412340000-1234"),
		w.scanned(3, "【长沙市】到达长沙岳麓营业点"),
		w.scanned(28, "【武汉市】离开武汉转运中心"),
		w.scanned(51, "【西安市】已揽收"))
	return f
}

func TestThePageShowsTheWholeJourney(t *testing.T) {
	each(t, func(w *world) {
		body := w.body(w.links().Of(w.journey(w.chat("1", "zh-CN"), "妈妈的茶叶")))
		body = strings.ReplaceAll(body, "&#43;", "+")
		for what, part := range map[string]string{
			"the number whole":       `data-copy="SF1000000000015"`,
			"the number in groups":   "<span>SF</span><span>1000</span><span>0000</span><span>00015</span>",
			"name and status":        "<title>妈妈的茶叶 · 派送中</title>",
			"the carrier":            "顺丰速运",
			"its hotline":            `href="tel:95338"`,
			"its page":               `href="https://www.sf-express.com`,
			"what it expects":        "<p class=\"expected\">预计：今天 18:00 前送达，电话 138****5678</p>",
			"how long it takes":      "已走 2 天 3 小时",
			"how old it is":          `<time datetime="2026-03-02T12:00:00+08:00">刚刚更新</time>`,
			"a scan's time":          `<time class="number" datetime="2026-03-02T09:00:00+08:00" title="3 小时前">09:00</time>`,
			"today":                  "3月2日 周一</time> <span class=\"muted\">今天</span>",
			"two days ago":           "2月28日 周六</time> <span class=\"muted\">2 天前</span>",
			"the code for pickup":    "<b>3-2-5012</b>",
			"the city it left":       `<li class="done">武汉</li>`,
			"the city where it is":   `<li class="now" aria-current="location">长沙</li>`,
			"the part of the way":    `<li class="now" aria-current="step">派送</li>`,
			"a title for messengers": `<meta property="og:title" content="妈妈的茶叶 · 派送中">`,
			"the zone":               "Asia/Shanghai",
		} {
			if !strings.Contains(body, part) {
				t.Errorf("%s is missing: %s", what, part)
			}
		}
		order := []string{"正在派送", "到达长沙岳麓营业点", "离开武汉转运中心", "已揽收</p>"}
		at := make([]int, len(order))
		for i, part := range order {
			at[i] = strings.LastIndex(body, part)
		}
		if !slices.IsSorted(at) || at[0] < 0 {
			t.Errorf("events stand at %v", at)
		}
		for _, phone := range []string{"13812345678", "84301234", "18412340000", "-1234，"} {
			if strings.Contains(body, phone) {
				t.Errorf("%s is shown", phone)
			}
		}
	})
}

func TestThePageSpeaksItsChatsLanguage(t *testing.T) {
	each(t, func(w *world) {
		taiwan := w.body(w.links().Of(w.journey(w.chat("1", "zh-TW"), "")))
		for _, part := range []string{`<html lang="zh-TW">`, "到達長沙嶽麓營業點", "貨態紀錄", "週一"} {
			if !strings.Contains(taiwan, part) {
				t.Errorf("in Taiwan %q is missing", part)
			}
		}
		english := w.body(w.links().Of(w.follow(w.chat("2", "en"), number, "", false)))
		for _, part := range []string{`<html lang="en">`, "Tracking history", "Mon 2 Mar", `<p lang="zh-CN">【长沙市】到达长沙岳麓营业点`} {
			if !strings.Contains(english, part) {
				t.Errorf("in English %q is missing", part)
			}
		}
	})
}

func TestWhoeverHasNotShownATailSeesNoTrace(t *testing.T) {
	each(t, func(w *world) {
		w.painter = painter{}
		f := w.follow(w.chat("1", ""), number, "茶叶", true)
		w.has(f, status(models.Delivered), w.scanned(1, "【长沙】已签收，前台"))
		link := w.links().Of(f)
		body := w.body(link)
		for _, part := range []string{"前台", "长沙", "已签收", "og:image"} {
			if strings.Contains(body, part) {
				t.Errorf("%q is shown", part)
			}
		}
		if !strings.Contains(body, "核对手机尾号之后") || !strings.Contains(body, number) {
			t.Error("it does not say what is missing")
		}
		if got := w.get(http.MethodGet, link+".png").Code; got != http.StatusNotFound {
			t.Errorf("its picture: %d", got)
		}
	})
}

func TestWhatIsOverIsShownAsOver(t *testing.T) {
	each(t, func(w *world) {
		c := w.chat("1", "")
		done, given := w.follow(c, number, "", false), w.follow(c, "SF1000000000023", "", false)
		w.has(done, func(p *models.Parcel) { p.Status, p.Final, p.DoneAt = models.Delivered, true, w.moment() }, w.scanned(1, "已签收"))
		w.has(given, func(p *models.Parcel) { p.Status, p.DoneAt = models.Pending, w.moment() })
		if body := w.body(w.links().Of(done)); !strings.Contains(body, "这一单已经结束") || !strings.Contains(body, "good-tone") {
			t.Error("what was delivered does not say that it is over")
		}
		if body := w.body(w.links().Of(given)); !strings.Contains(body, "已经不再查询") {
			t.Error("what was given up does not say so")
		}
	})
}

func TestMarkupInNamesAndScansStaysText(t *testing.T) {
	each(t, func(w *world) {
		const nasty = `"><script>alert(1)</script><a href="javascript:x">'`
		f := w.follow(w.chat("1", ""), number, nasty, false)
		w.has(f, func(p *models.Parcel) { p.Status, p.Estimate, p.Destination = models.InTransit, nasty, nasty }, w.scanned(1, nasty+"【长沙】"))
		body := w.body(w.links().Of(f))
		for _, part := range []string{"<script>alert", `href="javascript`, `content="">`, "<a href=\"javascript"} {
			if strings.Contains(body, part) {
				t.Errorf("the page holds %s", part)
			}
		}
		if !strings.Contains(body, "&lt;script&gt;alert(1)") {
			t.Error("the words are not shown")
		}
	})
}

func TestThePageIsProtectedAndAnswersHead(t *testing.T) {
	each(t, func(w *world) {
		w.painter = painter{}
		link := w.links().Of(w.journey(w.chat("1", ""), ""))
		for _, path := range []string{link, link + ".png"} {
			got, head := w.get(http.MethodGet, path), w.get(http.MethodHead, path)
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
				"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
			} {
				if !strings.Contains(got.Header().Get(name), want) || head.Header().Get(name) != got.Header().Get(name) {
					t.Errorf("%s is %q, with HEAD %q", name, got.Header().Get(name), head.Header().Get(name))
				}
			}
			if head.Code != http.StatusOK || head.Header().Get("Content-Type") != got.Header().Get("Content-Type") {
				t.Errorf("HEAD: %d", head.Code)
			}
			if got := w.get(http.MethodPost, path).Code; got != http.StatusMethodNotAllowed {
				t.Errorf("POST: %d", got)
			}
		}
	})
}

func TestThePageFetchesNothingFromElsewhere(t *testing.T) {
	each(t, func(w *world) {
		w.painter = painter{}
		link := w.links().Of(w.journey(w.chat("1", ""), ""))
		body := w.body(link)
		for _, attribute := range []string{` src="`, `stylesheet" href="`, `icon" href="`} {
			for _, part := range strings.Split(body, attribute)[1:] {
				if path, _, _ := strings.Cut(part, `"`); !strings.HasPrefix(path, "/static/") || w.get(http.MethodGet, path).Code != http.StatusOK {
					t.Errorf("the page loads %s", path)
				}
			}
		}
		for _, part := range []string{"<style", " style=", " onclick=", "<script>"} {
			if strings.Contains(body, part) {
				t.Errorf("the page has %s inside", part)
			}
		}
		if !strings.Contains(body, `<meta property="og:image" content="`+link+`.png">`) {
			t.Error("no picture for messengers")
		}
	})
}

func TestWhoeverHasThePageIsToldThatNothingChanged(t *testing.T) {
	each(t, func(w *world) {
		f := w.journey(w.chat("1", ""), "")
		link := w.links().Of(f)
		tag := w.get(http.MethodGet, link).Header().Get("ETag")
		again := w.get(http.MethodGet, link, "If-None-Match: "+tag)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 || tag == "" {
			t.Errorf("asked again with %q: %d", tag, again.Code)
		}
		w.has(f, status(models.Delivered), w.scanned(0, "【长沙】已签收"))
		if got := w.get(http.MethodGet, link, "If-None-Match: "+tag); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "已签收") {
			t.Errorf("after it has changed: %d", got.Code)
		}
	})
}

// painter writes what it is to draw.
type painter struct{ broken bool }

func (p painter) Journey(j models.JourneyPicture) []byte {
	if p.broken {
		return nil
	}
	return []byte(strings.Join([]string{"PNG", j.Lang, j.Parcel.Number, j.Name, j.Status, j.Estimate, j.Scans[0].Text}, " "))
}

func TestThePictureIsTheJourneys(t *testing.T) {
	each(t, func(w *world) {
		w.painter = painter{}
		link := w.links().Of(w.journey(w.chat("1", "zh-TW"), "打 13812345678")) + ".png"
		got := w.get(http.MethodGet, link)
		want := "PNG zh-TW " + number + " 打 138****5678 配送中 預計：今天 18:00 前送達，電話 138****5678 【长沙市】快递员"
		if got.Header().Get("Content-Type") != "image/png" || !strings.HasPrefix(got.Body.String(), want) {
			t.Errorf("%d %v %q", got.Code, got.Header(), got.Body)
		}
		w.painter = painter{broken: true}
		if got := w.get(http.MethodGet, link); got.Code != http.StatusInternalServerError || !strings.Contains(got.Header().Get("Cache-Control"), "no-store") {
			t.Errorf("one that cannot be drawn: %d", got.Code)
		}
	})
}
