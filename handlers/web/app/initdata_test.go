package app_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDataIsForWhomTelegramNames(t *testing.T) {
	each(t, func(w *world) {
		seconds := func(ago time.Duration) []string { return []string{strconv.FormatInt(w.now.Add(-ago).Unix(), 10)} }
		without := func(name string) url.Values { f := w.fields(mother); f.Del(name); return f }
		with := func(name string, value ...string) url.Values { f := w.fields(mother); f[name] = value; return f }
		valid := signed(w.fields(mother), token)
		for name, c := range map[string]struct {
			header string
			want   int
		}{
			"valid":                        {"tma " + valid, 200},
			"the scheme in capitals":       {"TMA " + valid, 200},
			"a day old":                    {"tma " + signed(with("auth_date", seconds(24*time.Hour)...), token), 200},
			"without a signature":          {"tma " + signed(without("signature"), token), 200},
			"a field that is yet to come":  {"tma " + signed(with("new_field", "x=y"), token), 200},
			"a clock a minute ahead":       {"tma " + signed(with("auth_date", seconds(-time.Minute)...), token), 200},
			"nothing":                      {"", 401},
			"no scheme":                    {valid, 401},
			"another scheme":               {"Bearer " + valid, 401},
			"no data":                      {"tma ", 401},
			"older than a day":             {"tma " + signed(with("auth_date", seconds(24*time.Hour+time.Second)...), token), 401},
			"out of the future":            {"tma " + signed(with("auth_date", seconds(-time.Hour)...), token), 401},
			"no date":                      {"tma " + signed(without("auth_date"), token), 401},
			"a date that is none":          {"tma " + signed(with("auth_date", "today"), token), 401},
			"another bot's token":          {"tma " + signed(w.fields(mother), "654321:other"), 401},
			"no hash":                      {"tma " + w.fields(mother).Encode(), 401},
			"an empty hash":                {"tma " + w.fields(mother).Encode() + "&hash=", 401},
			"a wrong hash":                 {"tma " + valid[:len(valid)-1] + string("01"[(valid[len(valid)-1]-'0')&1^1]), 401},
			"a hash of another length":     {"tma " + valid + "00", 401},
			"another person":               {"tma " + strings.Replace(valid, "1001", "1002", 1), 401},
			"a field that was added":       {"tma " + valid + "&start_param=x", 401},
			"a signature that was changed": {"tma " + strings.Replace(valid, "c2lnbmF0dXJl", "d2lnbmF0dXJl", 1), 401},
			"a field twice":                {"tma " + valid + "&auth_date=1", 401},
			"the same field twice":         {"tma " + valid + "&query_id=AAH", 401},
			"two hashes":                   {"tma " + valid + "&hash=00", 401},
			"nobody":                       {"tma " + signed(without("user"), token), 401},
			"a person without an id":       {"tma " + signed(with("user", `{"first_name":"x"}`), token), 401},
			"a group for a person":         {"tma " + signed(with("user", `{"id":-100}`), token), 401},
			"no JSON":                      {"tma " + signed(with("user", "1001"), token), 401},
			"a broken escape":              {"tma " + valid + "&x=%zz", 401},
			"too long":                     {"tma " + signed(with("x", strings.Repeat("x", 9000)), token), 401},
		} {
			for _, path := range []string{"/app/parcels", "/app"} {
				if got := w.send(path, c.header, ""); got.Code != c.want && (c.header != "" || path != "/app") {
					t.Errorf("%s: %s answers %d", name, path, got.Code)
				}
			}
			for _, path := range []string{"/app/stop", "/app/add", "/app/undo", "/app/mute", "/app/name"} {
				if got := w.send(path, c.header, "{}"); (got.Code == http.StatusUnauthorized) != (c.want == http.StatusUnauthorized) {
					t.Errorf("%s: %s answers %d", name, path, got.Code)
				}
			}
			w.open() // so that nobody is too fast
		}
	})
}

func TestAHashIsMadeOverTheFieldsAsTheyAreDecoded(t *testing.T) {
	each(t, func(w *world) {
		data := signed(w.fields(mother), token)
		spaced := strings.ReplaceAll(data, "+", "%20") // as Telegram writes blanks
		if spaced == data {
			t.Fatal("the data has no blank")
		}
		if got := w.send("/app/parcels", "tma "+spaced, "").Code; got != http.StatusOK {
			t.Errorf("answers %d", got)
		}
	})
}
