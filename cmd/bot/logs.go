package main

import (
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"waybill/internal/redact"
)

// shortest is the length from which on a secret can be told from ordinary
// words in a log.
const shortest = 6

// newLog makes the program's log. Parts keep secrets out of what they log; as
// a last line of defence every known secret is masked on its way out.
func newLog(s Settings, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	out = &fence{out: out, mask: masking(secrets(s))}
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// fence masks secrets in what passes. A slog handler writes a record at a
// time, so no secret is cut in two.
type fence struct {
	out  io.Writer
	mask *strings.Replacer
}

// Write passes p on without secrets and reports len(p).
func (f *fence) Write(p []byte) (int, error) {
	if _, err := f.mask.WriteString(f.out, string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// masking replaces secrets as they are, as they stand in a URL, and as they
// stand in quotes.
func masking(secrets []string) *strings.Replacer {
	var pairs []string
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		quoted := strconv.Quote(s)
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), quoted[1 : len(quoted)-1]} {
			pairs = append(pairs, form, redact.Hidden)
		}
	}
	return strings.NewReplacer(pairs...)
}

// secrets lists every secret that the settings hold.
func secrets(s Settings) []string {
	all := []string{password(s.DB), password(s.NATSURL)}
	all = append(all, list(string(s.SecretKey))...)
	for _, key := range s.WeCom.robots() {
		all = append(all, key)
	}
	for _, v := range []Secret{
		s.AdminToken, s.Telegram.Token, s.Telegram.WebhookSecret,
		s.WeCom.KF.Secret, s.WeCom.KF.Token, s.WeCom.KF.AESKey,
		s.WeCom.App.Secret, s.WeCom.App.Token, s.WeCom.App.AESKey, s.WeCom.AibotSecret,
		s.Muzhi.AppCode, s.Kuaidi100.Customer, s.Kuaidi100.Key, s.Kuaidi100.Salt,
		s.Juhe.Key, s.Kuaibao.APIKey, s.Kuaibao.PushToken,
	} {
		all = append(all, string(v))
	}
	return all
}

// password is the password in a URL, "" when there is none.
func password(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return ""
	}
	p, _ := u.User.Password()
	return p
}
