package config

import (
	"io"
	"log/slog"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"waybill/internal/redact"
)

// shortest is the length from which on a secret can be told from ordinary
// words in a log.
const shortest = 6

// NewLog makes the program's log. Parts keep secrets out of what they log; as
// a last line of defence every known secret is masked on its way out.
func NewLog(s Settings, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	out = &maskedWriter{out: out, mask: Mask(s)}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: timesIn(s.Zone)}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// timesIn has a record's time written as clocks show it in a zone; nil: as it is.
func timesIn(zone *time.Location) func([]string, slog.Attr) slog.Attr {
	return func(groups []string, a slog.Attr) slog.Attr {
		if zone == nil || len(groups) > 0 || a.Key != slog.TimeKey || a.Value.Kind() != slog.KindTime {
			return a
		}
		return slog.Time(a.Key, a.Value.Time().In(zone))
	}
}

// maskedWriter masks secrets in what passes. A slog handler writes a record at
// a time, so no secret is cut in two.
type maskedWriter struct {
	out  io.Writer
	mask *strings.Replacer
}

// Write passes p on without secrets and reports len(p).
func (w *maskedWriter) Write(p []byte) (int, error) {
	if _, err := w.mask.WriteString(w.out, string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Mask replaces the secrets of the settings as they are, as they stand in a
// URL, and as they stand in quotes.
func Mask(s Settings) *strings.Replacer {
	var pairs []string
	for _, secret := range secrets(s) {
		if len(secret) < shortest {
			continue
		}
		quoted := strconv.Quote(secret)
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1]} {
			pairs = append(pairs, form, redact.Hidden)
		}
	}
	return strings.NewReplacer(pairs...)
}

// secrets lists every secret that the settings hold, those of the vendors too.
func secrets(s Settings) []string {
	all := []string{password(s.DB), password(s.NATSURL)}
	all = append(all, list(string(s.SecretKey))...)
	for _, key := range s.WeCom.Robots() {
		all = append(all, key)
	}
	all = append(all, secretFields(reflect.ValueOf(s))...)
	for _, v := range s.Vendors {
		all = append(all, secretFields(reflect.ValueOf(v.Settings).Elem())...)
	}
	return all
}

// secretFields are the fields of a struct, and of the structs in it, that are secrets.
func secretFields(v reflect.Value) []string {
	var all []string
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Type() == reflect.TypeFor[Secret]():
			all = append(all, f.String())
		case f.Kind() == reflect.Struct:
			all = append(all, secretFields(f)...)
		}
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
