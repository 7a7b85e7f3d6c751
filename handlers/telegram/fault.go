package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

// fault is a "no" of the Bot API. Its text is safe to log.
type fault struct {
	method      string
	code        int
	description string        // without what Telegram quotes of the message
	after       time.Duration // 429: how long to wait
	room        string        // the chat's new id after a migration
}

// Error names the method, the code and Telegram's words.
func (f *fault) Error() string {
	return "telegram refuses " + f.method + ": " + strconv.Itoa(f.code) + " " + f.description
}

// says tells whether Telegram's words contain one of the phrases.
func (f *fault) says(phrases ...string) bool {
	words := strings.ToLower(f.description)
	for _, p := range phrases {
		if strings.Contains(words, p) {
			return true
		}
	}
	return false
}

// token says that it is the bot's token that is refused. A token of the wrong
// shape is "not found"; other methods may be unknown to a server on their own.
func (f *fault) token() bool {
	return f.code == http.StatusUnauthorized || f.code == http.StatusNotFound && (f.method == "getMe" || f.method == "getUpdates")
}

// gone lists the words of a 400 that mean that the bot cannot write to this
// chat (or topic) until somebody there does something about it.
func (f *fault) gone() bool {
	return f.says("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "kicked",
		"group chat was deleted", "group chat was deactivated", "chat_write_forbidden", "chat_restricted",
		"not enough rights to send text", "have no rights to send a message", "need administrator rights",
		"message thread not found", "topic_closed", "topic_deleted")
}

// verdict turns what became of a call into the words that handlers.Door
// promises. Everything else stays as it is: passing.
func verdict(err error) error {
	f := &fault{}
	if !errors.As(err, &f) {
		return err
	}
	switch {
	case f.room != "":
		return &models.Moved{Room: f.room}
	case f.code == http.StatusTooManyRequests:
		return &models.Wait{After: f.after}
	case f.code == http.StatusForbidden, f.code == http.StatusBadRequest && f.gone():
		return fmt.Errorf("%w: %w", models.ErrGone, err)
	case f.code == http.StatusBadRequest, f.code == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", models.ErrRefused, err)
	}
	return err
}

var quoted = regexp.MustCompile(`"[^"]*("|$)`)

// tidy takes out of Telegram's words what they quote: it may be a piece of the
// message, and messages hold waybills and tails.
func tidy(description string) string {
	words := quoted.ReplaceAllString(strings.ToValidUTF8(description, "?"), "…")
	if runes := []rune(words); len(runes) > 160 {
		words = string(runes[:160])
	}
	return words
}
