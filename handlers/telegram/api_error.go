package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

// apiError is a refusal by the Bot API. Its text is safe to log.
type apiError struct {
	method      string
	code        int
	description string        // without what Telegram quotes of the message
	retryAfter  time.Duration // with a 429
	movedTo     string        // the chat's new id after a migration
}

// Error names the method, the code and Telegram's words.
func (e *apiError) Error() string {
	return "telegram refuses " + e.method + ": " + strconv.Itoa(e.code) + " " + e.description
}

// says tells whether Telegram's words contain one of the phrases.
func (e *apiError) says(phrases ...string) bool {
	words := strings.ToLower(e.description)
	for _, p := range phrases {
		if strings.Contains(words, p) {
			return true
		}
	}
	return false
}

// aboutToken says that it is the bot's token that is refused. A token of the
// wrong shape is "not found"; other methods may be unknown to a server of its own.
func (e *apiError) aboutToken() bool {
	return e.code == http.StatusUnauthorized || e.code == http.StatusNotFound && (e.method == "getMe" || e.method == "getUpdates")
}

// gone lists the words of a 400 that mean that the bot cannot write to this
// chat (or topic) until somebody there does something about it.
func (e *apiError) gone() bool {
	return e.says("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "kicked",
		"group chat was deleted", "group chat was deactivated", "chat_write_forbidden", "chat_restricted",
		"not enough rights to send text", "have no rights to send a message", "need administrator rights",
		"message thread not found", "topic_closed", "topic_deleted")
}

// doorError gives an error of a call the meaning that handlers.Door promises.
// Everything else stays as it is: passing.
func doorError(err error) error {
	no := &apiError{}
	if !errors.As(err, &no) {
		return err
	}
	switch {
	case no.movedTo != "":
		return &models.Moved{Conversation: no.movedTo}
	case no.code == http.StatusTooManyRequests:
		return &models.Wait{After: no.retryAfter}
	case no.code == http.StatusForbidden, no.code == http.StatusBadRequest && no.gone():
		return fmt.Errorf("%w: %w", models.ErrGone, err)
	case no.code == http.StatusBadRequest, no.code == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", models.ErrRefused, err)
	}
	return err
}

// retryAfter is the wait that Telegram itself asks for; 0 when it does not.
func retryAfter(err error) time.Duration {
	if no := (&apiError{}); errors.As(err, &no) && no.code == http.StatusTooManyRequests {
		return no.retryAfter
	}
	return 0
}

// isBadRequest says that the same call would be refused again.
func isBadRequest(err error) bool {
	no := &apiError{}
	return errors.As(err, &no) && no.code == http.StatusBadRequest
}

// isPictureRefused says that the same text may go without its picture: Telegram
// cannot read it, it has the wrong measure, or the chat allows no pictures.
func isPictureRefused(err error) bool {
	no := &apiError{}
	if !errors.As(err, &no) || no.movedTo != "" {
		return false
	}
	switch {
	case no.says("rights to send photos", "send_photos_forbidden", "send_media_forbidden"), no.code == http.StatusRequestEntityTooLarge:
		return true
	}
	return no.code == http.StatusBadRequest && !no.gone()
}

// isUnknownMethod says that the server does not know what was called; Telegram
// itself knows it.
func isUnknownMethod(err error) bool {
	no := &apiError{}
	return errors.As(err, &no) && no.code == http.StatusNotFound
}

// explain adds what the operator can do about an error.
func explain(err error) error {
	no := &apiError{}
	if !errors.As(err, &no) {
		return err
	}
	switch {
	case no.aboutToken():
		return fmt.Errorf("%w: %w", errToken, err)
	case no.code == http.StatusConflict && no.says("webhook"):
		return fmt.Errorf("a webhook is set for this bot, so it cannot be polled; another deployment uses its token: %w", err)
	case no.code == http.StatusConflict:
		return fmt.Errorf("another process polls this bot with the same token: stop it: %w", err)
	}
	return err
}
