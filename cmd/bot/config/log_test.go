package config

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"waybill/internal/redact"
)

func TestNoSecretPassesTheLog(t *testing.T) {
	s := Settings{LogLevel: "debug", DB: "mysql://bot:p%40ss-word@h/n", SecretKey: "first-key,second-key"}
	s.Telegram.Token = `12:a"b/c+d`
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			var out strings.Builder
			s.LogFormat = format
			log := NewLog(s, &out)
			log.Info("call "+string(s.Telegram.Token), "err", fmt.Errorf("get /bot%s: %w", "12:a%22b%2Fc+d", errors.New("p@ss-word")), "key", "second-key")
			log.With("token", s.Telegram.Token, "first", "first-key").Debug("x")
			for _, leak := range []string{"a\"b", `a\"b`, "%22b", "p@ss", "first-key", "second-key"} {
				if strings.Contains(out.String(), leak) {
					t.Errorf("%q in %s", leak, out.String())
				}
			}
			if !strings.Contains(out.String(), redact.Hidden) {
				t.Errorf("nothing is masked in %s", out.String())
			}
		})
	}
}

func TestEverySecretSettingIsMasked(t *testing.T) {
	s := Settings{Vendors: vendors()}
	want := fill(reflect.ValueOf(&s).Elem(), "secret")
	for _, v := range s.Vendors {
		want = append(want, fill(reflect.ValueOf(v.Settings).Elem(), "secret-"+v.Name)...)
	}
	s.WeCom.GroupWebhooks = "staff=" + s.WeCom.GroupWebhooks
	if len(want) < 18 {
		t.Fatalf("only %d secrets: %v", len(want), want)
	}
	for _, w := range want {
		if Mask(s).Replace(w) == w {
			t.Errorf("%s is a secret that no log masks", w)
		}
	}
}

// fill gives every Secret in v a value of its own and returns the values.
func fill(v reflect.Value, path string) []string {
	if v.Type() == reflect.TypeFor[Secret]() {
		v.SetString(path)
		return []string{path}
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	var values []string
	for i := range v.NumField() {
		if v.Field(i).CanSet() {
			values = append(values, fill(v.Field(i), path+"-"+v.Type().Field(i).Name)...)
		}
	}
	return values
}

func TestASecretHidesFromEveryWayOfPrinting(t *testing.T) {
	const secret = Secret("hunter2")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", secret)
	all := fmt.Sprintf("%v %s %+v %#v %q", secret, secret, struct{ S Secret }{secret}, secret, secret) + log.String()
	if strings.Contains(all, "hunter2") {
		t.Error(all)
	}
}

func TestTheLogKeepsToItsLevel(t *testing.T) {
	var out strings.Builder
	log := NewLog(Settings{LogLevel: "warn"}, &out)
	log.Info("quiet")
	log.Warn("loud")
	if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "loud") {
		t.Error(out.String())
	}
}

func TestTheLogTellsTheTimeOfTheZone(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "json"} {
		var out strings.Builder
		log := NewLog(Settings{LogFormat: format, Zone: zone}, &out)
		at := time.Date(2026, 1, 2, 20, 4, 5, 0, time.UTC)
		r := slog.NewRecord(at, slog.LevelInfo, "x", 0)
		r.AddAttrs(slog.Group("g", slog.Time("time", at)))
		if err := log.Handler().Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, "2026-01-03T04:04:05.000+08:00") && !strings.Contains(got, "2026-01-03T04:04:05+08:00") || !strings.Contains(got, "2026-01-02T20:04:05") {
			t.Errorf("%s: %s", format, got)
		}
	}
}
