package wecom

import (
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

// Codes of the long connection that mean something to the door. WeCom publishes
// no list: these were seen by the clients of others.
const (
	codeAIBotRequest      = 846604 // the callback is too old to be answered
	codeAIBotUnknown      = 846605 // there is no such callback
	codeAIBotFrequency    = 846607 // too many messages to one chat
	codeAIBotStreamOver   = 846608 // the stream has ended
	codeAIBotUnsubscribed = 846609 // the connection stands, but counts for nothing
	codeAIBotSpam         = 40201
	codeAIBotForbidden    = 93001
	codeAIBotNoChat       = 93006
	codeAIBotNotInChat    = 93008
)

// Why there is no connection, or no answer.
var (
	errAIBotStarting   = errors.New("wecom aibot has not connected yet")
	errAIBotTakenOver  = errors.New("another program has connected as this wecom aibot: stop one of them; this one stays away for a while")
	errAIBotLost       = errors.New("the wecom aibot connection is lost")
	errAIBotUnanswered = errors.New("wecom did not answer in time")
	errAIBotLate       = errors.New("the time for a welcome is over")
	errAIBotBusy       = errors.New("the same callback is being answered already")
)

// unanswerable says that the callback cannot be answered (any more); a message of
// its own can still be sent.
func unanswerable(err error) bool {
	switch codeOf(err) {
	case codeAIBotRequest, codeAIBotUnknown, codeAIBotStreamOver:
		return true
	}
	return false
}

// aibotWait is how long WeCom wants a chat to be left alone; 0: it does not say so.
func aibotWait(err error) time.Duration {
	switch codeOf(err) {
	case codeAIBotFrequency:
		return time.Minute
	case codeAIBotUnsubscribed:
		return time.Second
	}
	return crowded(err)
}

// aibotVerdict turns what became of a frame into the words that handlers.Door
// promises. Everything else stays as it is: passing.
func aibotVerdict(err error) error {
	if after := aibotWait(err); after > 0 {
		return fmt.Errorf("%w: %w", &models.Wait{After: after}, err)
	}
	switch codeOf(err) {
	case codeAIBotForbidden, codeAIBotNoChat, codeAIBotNotInChat:
		return fmt.Errorf("%w: %w", models.ErrGone, err)
	case codeAIBotSpam:
		return fmt.Errorf("%w: %w", models.ErrRefused, err)
	}
	return verdict(err)
}
