package wecom

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"waybill/models"
)

// Codes of the API that mean something to the doors (documents 90313 and 94677).
const (
	codeBusy          = -1
	codeSecret        = 40001 // wrong secret; tried again and again it bans the address for an hour
	codeUserID        = 40003 // no such user
	codeMedia         = 40007 // there is no such file, or no longer
	codeWrongMessage  = 40008
	codeCorp          = 40013 // wrong company id
	codeTokenInvalid  = 40014 // an expired token has been seen to come as this, too
	codeWrongArgument = 40058
	codeTokenExpired  = 42001
	codeEmptyText     = 44004
	codeTooLong       = 45002
	codeFrequency     = 45009 // too many calls
	codeConcurrency   = 45033 // too many calls at once
	codeWrongJSON     = 47001
	codeNoPermission  = 48002 // the app may not call this API
	codeNoAccess      = 60011 // the app may not see this
	codeAddress       = 60020 // the machine is none of the app's trusted IPs
	codeMember        = 60111 // no such member
	codeNobody        = 81013 // no receiver is within the app's scope
	codeRobot         = 93000 // the robot was removed, or its key is wrong
	codeRobotOff      = 93004
	codeAccount       = 95000 // the customer-service account is not handed to the API
	codeFive          = 95001 // five messages were sent since the customer wrote
	codeTwoDays       = 95002 // the customer wrote more than 48 hours ago
	codeNoAccount     = 95004 // no such customer-service account
	codeAnnouncement  = 95007 // the announcement's token is older than ten minutes
	codeEnded         = 95013 // the session ended
	codeOff           = 95017 // the API of customer service is off
	codeState         = 95018 // the session is not the bot's
)

// apiError is a refusal by the API. Its text is safe to log.
type apiError struct {
	path  string
	code  int64
	words string // WeCom's, without what they may quote of the call
}

// Error names the call, the code and WeCom's words.
func (e *apiError) Error() string {
	return "wecom refuses " + e.path + ": " + strconv.FormatInt(e.code, 10) + " " + e.words
}

// unanswered is the path of a call that got no answer: it may have been carried out.
type unanswered string

// Error says that nothing is known.
func (unanswered) Error() string { return "no answer" }

// codeOf is the code of a refusal, 0 for anything else.
func codeOf(err error) int64 {
	var no *apiError
	if errors.As(err, &no) {
		return no.code
	}
	return 0
}

// tokenRefused says that the access token was refused, and another one may not be.
func tokenRefused(err error) bool {
	code := codeOf(err)
	return code == codeTokenInvalid || code == codeTokenExpired
}

// wrongSecret says that asking again with this secret only makes things worse.
func wrongSecret(err error) bool {
	code := codeOf(err)
	return code == codeSecret || code == codeCorp
}

// needsOperator says that nothing changes until somebody changes a setting at WeCom.
func needsOperator(err error) bool {
	switch codeOf(err) {
	case codeNoPermission, codeNoAccess, codeAddress, codeOff:
		return true
	}
	return false
}

// lasting says that a refusal is about what was asked: another token, address
// or moment changes nothing.
func lasting(err error) bool {
	switch codeOf(err) {
	case 0, codeBusy, codeFrequency, codeConcurrency, codeSecret, codeCorp, codeTokenInvalid, codeTokenExpired, codeAddress:
		return false
	}
	return true
}

// aboutMessage says that a refusal is about the very message, not about whether
// its receiver may be written to.
func aboutMessage(err error) bool {
	switch codeOf(err) {
	case codeMember, codeUserID:
		return false
	}
	return lasting(err) && !creditExhausted(err) && !unreachable(err) && !needsOperator(err)
}

// creditExhausted says that the customer has to write before anything more can be sent.
func creditExhausted(err error) bool {
	switch codeOf(err) {
	case codeFive, codeTwoDays, codeEnded, codeState:
		return true
	}
	return false
}

// unreachable says that WeCom will not let this receiver be reached until
// somebody changes a setting: a member outside the app's scope, an account that
// is not handed to the API, a robot that was switched off. The chat is not gone.
func unreachable(err error) bool {
	switch codeOf(err) {
	case codeNobody, codeRobot, codeRobotOff, codeAccount, codeNoAccount:
		return true
	}
	return false
}

// repairWait is how long operators are given before a receiver that they have
// to make reachable is tried again.
const repairWait = 10 * time.Minute

// rateLimited is how long to leave WeCom alone after it refused a call because
// there were too many; 0 for other errors.
func rateLimited(err error) time.Duration {
	switch codeOf(err) {
	case codeFrequency:
		return time.Minute // the block lasts about as long as the window
	case codeConcurrency:
		return time.Second
	}
	return 0
}

// temporary says that an error is no refusal, or one that passes by itself.
func temporary(err error) bool {
	switch codeOf(err) {
	case 0, codeBusy, codeFrequency, codeConcurrency:
		return true
	}
	return false
}

// doorError gives an error of sending the meaning that handlers.Door promises.
// Everything else stays as it is: passing.
func doorError(err error) error {
	after := rateLimited(err)
	if unreachable(err) {
		after = repairWait
	}
	if after > 0 {
		return fmt.Errorf("%w: %w", &models.Wait{After: after}, err)
	}
	switch codeOf(err) {
	case codeMember, codeUserID:
		return fmt.Errorf("%w: %w", models.ErrGone, err)
	case codeWrongMessage, codeWrongArgument, codeEmptyText, codeTooLong, codeWrongJSON:
		return fmt.Errorf("%w: %w", models.ErrRefused, err)
	}
	if creditExhausted(err) {
		return fmt.Errorf("%w: %w", models.ErrNoCredit, err)
	}
	return err
}
