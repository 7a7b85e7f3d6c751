package parcel_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/handlers/web/parcel"
	"waybill/models"
	"waybill/models/seal"
)

func TestALinkBelongsToOneFollow(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.chat("1", "zh-CN"), w.chat("2", "en")
		one, two := w.follow(a, number, "妈妈的茶叶", false), w.follow(b, number, "Tea", false)
		links := w.links()
		first, second := links.Of(one), links.Of(two)
		if first == second || first != links.Of(one) || !strings.HasPrefix(first, base+"/p/") {
			t.Fatalf("links are %q and %q", first, second)
		}
		if body := w.body(first); !strings.Contains(body, "妈妈的茶叶") || strings.Contains(body, "Tea") || !strings.Contains(body, `<html lang="zh-CN">`) {
			t.Error("the first chat's page is another's")
		}
		if body := w.body(second); !strings.Contains(body, "Tea") || !strings.Contains(body, `<html lang="en">`) {
			t.Error("the second chat's page is another's")
		}
		w.ok(w.store.Unfollow(w.Context(), a.ID, []int64{one.Parcel.ID}, w.moment()))
		if got := w.get(http.MethodGet, first).Code; got != http.StatusNotFound {
			t.Errorf("after following has ended: %d", got)
		}
		w.body(second)
	})
}

func TestALinkLastsNinetyDays(t *testing.T) {
	each(t, func(w *world) {
		f := w.follow(w.chat("1", ""), number, "", false)
		link, begun := w.links().Of(f), w.now
		w.now = begun.Add(90*24*time.Hour - time.Millisecond)
		w.body(link)
		if renewed := w.links().Of(f); renewed == link {
			t.Error("a follow as old as that still gives the link that ends now")
		} else {
			w.body(renewed)
		}
		w.now = begun.Add(90 * 24 * time.Hour)
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("after 90 days: %d", got)
		}
	})
}

func TestALinkLastsAsLongWheneverItIsShown(t *testing.T) {
	each(t, func(w *world) {
		f := w.follow(w.chat("1", ""), number, "", false)
		w.now = w.now.Add(29*24*time.Hour + 23*time.Hour)
		shown := w.links().Of(f)
		w.now = w.now.Add(30 * time.Minute)
		if w.links().Of(f) != shown {
			t.Error("within a day it is another one")
		}
		w.now = w.now.Add(89*24*time.Hour - time.Hour)
		w.body(shown)
	})
}

func TestALinkOfAStoppedFollowOpensAgainOnlyWhenTheStopIsTakenBack(t *testing.T) {
	each(t, func(w *world) {
		c := w.chat("1", "")
		f := w.follow(c, number, "", false)
		link := w.links().Of(f)
		stop := func() { w.ok(w.store.Unfollow(w.Context(), c.ID, []int64{f.Parcel.ID}, w.moment())) }
		stop()
		w.now = w.now.Add(time.Minute)
		_, err := w.store.Undo(w.Context(), c.ID, w.moment())
		w.ok(err)
		w.body(link)
		stop()
		w.now = w.now.Add(time.Minute)
		again := w.follow(c, number, "", false)
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("the old link of a follow that began again: %d", got)
		}
		w.body(w.links().Of(again))
	})
}

func TestLinksEndWithTheirChat(t *testing.T) {
	each(t, func(w *world) {
		c := w.chat("1", "")
		link := w.links().Of(w.follow(c, number, "", false))
		w.ok(w.store.Gone(w.Context(), c.ID, w.moment()))
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("of a chat that is gone: %d", got)
		}
		w.ok(w.store.Back(w.Context(), c.ID, w.moment()))
		w.body(link)
		w.ok(w.store.Forget(w.Context(), c.ID, w.moment()))
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("of a chat that is forgotten: %d", got)
		}
	})
}

func TestALinkFindsItsParcelAfterTheCarrierIsCorrected(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.chat("1", ""), w.chat("2", "")
		other := w.follow(a, "YT1000000000013", "", false) // the same moment
		f := w.follow(a, number, "茶叶", false)
		link := w.links().Of(f)
		right, err := w.store.Ensure(w.Context(), number, "sf_freight", "", false, w.moment())
		w.ok(err)
		_, err = w.store.Follow(w.Context(), models.Following{ChatID: b.ID, ParcelID: right.ID}, w.moment())
		w.ok(err)
		p, err := w.store.Parcel(w.Context(), f.Parcel.ID)
		w.ok(err)
		_, err = w.store.ChangeCarrier(w.Context(), p, "sf_freight", w.moment())
		w.ok(err)
		if body := w.body(link); !strings.Contains(body, "茶叶") || !strings.Contains(body, "顺丰快运") {
			t.Error("the page is not the corrected parcel's")
		}
		w.ok(w.store.Unfollow(w.Context(), a.ID, []int64{right.ID}, w.moment()))
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("with another follow of the same moment left: %d", got)
		}
		w.body(w.links().Of(other))
	})
}

func TestForgedLinksOpenNothing(t *testing.T) {
	each(t, func(w *world) {
		f := w.follow(w.chat("1", ""), number, "", false)
		link := strings.TrimPrefix(w.links().Of(f), base+"/p/")
		raw, err := base64.RawURLEncoding.DecodeString(link)
		w.ok(err)
		for bit := range len(raw) * 8 {
			forged := append([]byte(nil), raw...)
			forged[bit/8] ^= 1 << (bit % 8)
			if got := w.get(http.MethodGet, "/p/"+base64.RawURLEncoding.EncodeToString(forged)).Code; got != http.StatusNotFound {
				t.Fatalf("with bit %d changed: %d", bit, got)
			}
		}
		payload, err := w.keys.Verify("page", link, w.moment())
		w.ok(err)
		later := w.moment().Add(time.Hour)
		other, err := w.keys.Sign("another purpose", payload, later)
		w.ok(err)
		strange, err := w.key(seal.NewKey()).Sign("page", payload, later)
		w.ok(err)
		short, err := w.keys.Sign("page", "1", later)
		w.ok(err)
		long, err := w.keys.Sign("page", payload+"1", later)
		w.ok(err)
		for name, link := range map[string]string{
			"another purpose": other, "another key": strange, "cut off": link[:20], "padded": link + "=", "a short payload": short,
			"a long payload": long, "no base64": "!!", "a line break": link + "%0A", "a picture without pictures": link + ".png", "a picture of a picture": link + ".png.png",
		} {
			if got := w.get(http.MethodGet, "/p/"+link).Code; got != http.StatusNotFound {
				t.Errorf("%s: %d", name, got)
			}
		}
	})
}

func TestWrongExpiredAndRevokedLinksGetTheSamePage(t *testing.T) {
	each(t, func(w *world) {
		c := w.chat("1", "")
		expired := w.links().Of(w.follow(c, number, "", false))
		w.now = w.now.Add(100 * 24 * time.Hour)
		f := w.follow(c, "SF1000000000023", "", false)
		revoked := w.links().Of(f)
		w.ok(w.store.Unfollow(w.Context(), c.ID, []int64{f.Parcel.ID}, w.moment()))
		want := w.get(http.MethodGet, "/p/wrong")
		for name, link := range map[string]string{
			"expired": expired, "revoked": revoked, "its picture": revoked + ".png", "empty": "/p/.png", "none": "/p/", "with a slash behind": "/p/wrong/", "of two parts": "/p/wrong/link", "long": "/p/" + strings.Repeat("A", 5000),
		} {
			got := w.get(http.MethodGet, link)
			if got.Code != http.StatusNotFound || got.Body.String() != want.Body.String() {
				t.Errorf("%s: %d, or another page", name, got.Code)
			}
			for key := range want.Header() {
				if got.Header().Get(key) != want.Header().Get(key) {
					t.Errorf("%s: %s is %q", name, key, got.Header().Get(key))
				}
			}
			if len(got.Header()) != len(want.Header()) {
				t.Errorf("%s: headers %v", name, got.Header())
			}
		}
	})
}

func TestOldLinksOutliveANewKey(t *testing.T) {
	each(t, func(w *world) {
		first, second := seal.NewKey(), seal.NewKey()
		w.keys = w.key(first)
		link := w.links().Of(w.follow(w.chat("1", ""), number, "", false))
		w.keys = w.key(second, first)
		w.body(link)
		w.keys = w.key(second)
		if got := w.get(http.MethodGet, link).Code; got != http.StatusNotFound {
			t.Errorf("without its key: %d", got)
		}
	})
}

func TestWithoutAPublicAddressThereAreNoLinksButPaths(t *testing.T) {
	each(t, func(w *world) {
		f := w.follow(w.chat("1", ""), number, "", false)
		links := parcel.NewLinks(w.keys, "", w.clock)
		if got := links.Of(f); got != "" {
			t.Errorf("a link is %q", got)
		}
		w.body(links.Path(f))
	})
}
