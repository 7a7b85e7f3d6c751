package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

var pageLink = regexp.MustCompile(`https://bot\.example(/p/[A-Za-z0-9_-]+)`)

func TestAParcelHasAPageUntilItsChatStopsFollowing(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, "1", sandbox.Options{Appcode: appcode})
		b := s.start("WAYBILL_PUBLIC_URL=https://bot.example")
		s.telegram.Say(mother, open+" 鞋")
		link := pageLink.FindStringSubmatch(s.hears(mother, open, "鞋", "在网页里看").Raw)
		if link == nil {
			t.Fatal("the answer has no link")
		}
		if code, page := b.get(link[1]); code != http.StatusOK || !containsAll(page, []string{open, "鞋", "圆通速递", "95554"}) {
			t.Errorf("the page: %d\n%s", code, page)
		}
		s.telegram.Say(mother, "停止")
		s.hears(mother, "不再关注")
		_, wrong := b.get("/p/wrong")
		if code, page := b.get(link[1]); code != http.StatusNotFound || page != wrong {
			t.Errorf("after following has ended: %d", code)
		}
		b.stop()
	})
}

func TestTheMiniAppShowsAndAddsParcelsOfWhomTelegramNames(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, "1", sandbox.Options{Appcode: appcode})
		b := s.start()
		if code, page := b.get("/app"); code != http.StatusOK || !strings.Contains(page, "Telegram") {
			t.Errorf("the page: %d", code)
		}
		if code, _ := b.app("/app/parcels", "tma "+initData(mother, "1:another"), ""); code != http.StatusUnauthorized {
			t.Errorf("with another bot's initData: %d", code)
		}
		s.telegram.Say(mother, "/start")
		s.hears(mother, "例如")
		as := "tma " + initData(mother, telegramtest.Token)
		for range 2 { // sent twice it counts once
			body := fmt.Sprintf(`{"text":"%s 鞋","key":"0123456789abcdef"}`, open)
			if code, said := b.app("/app/add", as, body); code != http.StatusOK {
				t.Fatalf("adding: %d %s", code, said)
			}
		}
		s.hears(mother, open, "鞋", "运输中")
		if code, said := b.app("/app/parcels", as, ""); code != http.StatusOK || !containsAll(said, []string{open, "鞋", `"page":"/p/`}) {
			t.Errorf("the list: %d %s", code, said)
		}
		if got := s.times(mother, open); got != 1 {
			t.Errorf("the bot answers %d times", got)
		}
		if code, said := b.app("/app/parcels", "tma "+initData(son, telegramtest.Token), ""); code != http.StatusOK || strings.Contains(said, open) {
			t.Errorf("somebody else's list: %d %s", code, said)
		}
		b.stop()
	})
}

// initData is what Telegram gives to the app that somebody opens.
func initData(person int64, token string) string {
	date, user := strconv.FormatInt(time.Now().Unix(), 10), fmt.Sprintf(`{"id":%d,"language_code":"zh-hans"}`, person)
	sum := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	hash := sum(sum([]byte("WebAppData"), token), "auth_date="+date+"\nuser="+user)
	return "user=" + url.QueryEscape(user) + "&auth_date=" + date + "&hash=" + hex.EncodeToString(hash)
}

// app is the status and the body of the answer to the Mini App; with a body it posts.
func (b *bot) app(path, authorization, body string) (int, string) {
	b.testbed.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(b.testbed.ctx, method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.testbed.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.testbed.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		b.testbed.Fatal(err)
	}
	return resp.StatusCode, string(said)
}
