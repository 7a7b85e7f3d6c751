// Package redact keeps keys, tokens, phone tails and waybill numbers out of
// errors, and so out of logs.
package redact

import (
	"errors"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// Hidden stands where a secret stood.
const Hidden = "***"

// Error hides secrets in an error's text: as they are, as addresses write them,
// and whatever their case. The address in an error of net/http goes whole,
// because its query holds keys. The result answers errors.Is and errors.As like
// the original, whose own text must not be printed; redacting it again changes
// nothing.
func Error(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	var u *url.Error
	if errors.As(err, &u) {
		text = Text(strings.ReplaceAll(text, u.Error(), u.Err.Error()), u.URL)
	}
	text = Text(text, secrets...)
	if text == err.Error() {
		return err
	}
	return &redacted{text: text, cause: err}
}

// shortest is how many bytes a secret has at least that is hidden: a phone's
// tail has so many, and what is shorter stands in ordinary words.
const shortest = 4

// Text hides secrets in a text. One that is shorter than shortest hides nothing.
func Text(text string, secrets ...string) string {
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		text = replaceFold(text, secret)
		text = replaceFold(text, url.QueryEscape(secret))
	}
	return text
}

var quoted = regexp.MustCompile(`"[^"]*("|$)`)

// Quotes takes out of a platform's own words what they quote, and shortens them
// to 160 characters: a quote may be a piece of a message, which holds waybills
// and tails.
func Quotes(words string) string {
	words = quoted.ReplaceAllString(strings.ToValidUTF8(words, "?"), "…")
	if runes := []rune(words); len(runes) > 160 {
		words = string(runes[:160])
	}
	return words
}

type redacted struct {
	text  string
	cause error
}

// Error is the text without secrets.
func (r *redacted) Error() string { return r.text }

// Unwrap gives the error as it was.
func (r *redacted) Unwrap() error { return r.cause }

func replaceFold(text, secret string) string {
	lower, find := asciiLower(text), asciiLower(secret)
	var b strings.Builder
	for {
		i := strings.Index(lower, find)
		if i < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i] + Hidden)
		text, lower = text[i+len(find):], lower[i+len(find):]
	}
}

// asciiLower lowers A to Z only, so that every byte keeps its place.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Secret is a setting that must not be shown: every way of printing it gives
// a placeholder. string(s) is the value.
type Secret string

// String hides the value from fmt.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Hidden
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
