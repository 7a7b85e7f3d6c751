package handlers

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"waybill/tracking/recognise"
)

// linked is the text that a link holds which opened the chat. Platforms hand over
// what the link says behind /start: letters, digits, "_" and "-", so that a
// blank is written "_" and anything else as base64. Where it holds no tracking
// number it is none of ours, and the text stays /start.
func linked(text string) string {
	word, payload := cutWord(text)
	payload = strings.TrimSpace(payload)
	if !strings.EqualFold(word, "/start") || payload == "" {
		return text
	}
	said := []string{strings.ReplaceAll(payload, "_", " ")}
	if plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(payload, "=")); err == nil && utf8.Valid(plain) {
		said = append(said, tidy(string(plain)))
	}
	for _, s := range said {
		if len(recognise.Text(s).Numbers) > 0 {
			return s
		}
	}
	return word
}
