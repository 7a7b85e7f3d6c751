package tracking

import (
	"context"
	"errors"

	"waybill/models"
)

// Subscriber is a provider that can be told to send what happens to a waybill,
// so that it need not be asked.
type Subscriber interface {
	// Subscribes says whether waybills of this carrier can be subscribed to; ""
	// asks about one whose carrier nobody knows.
	Subscribes(carrier models.Carrier) bool
	// Batch is how many waybills one call takes, all of one carrier.
	Batch() int
	// Subscribe makes one call for 1 to Batch waybills. It succeeds or fails for
	// all of them; errors are *Error, and say whether the call was billed.
	Subscribe(ctx context.Context, wishes []Subscription) (Subscribed, error)
}

// Subscription is the wish to be sent one waybill's news.
type Subscription struct {
	Number  string
	Carrier models.Carrier // "" lets the provider find out, where it Subscribes to that
	Tail    string         // "" or four digits; providers that take none leave it out
	Token   string         // names this subscription in the address that is called; unguessable, at most 64 of A-Z a-z 0-9 - _
}

// Subscribed is a subscriber's answer.
type Subscribed struct {
	Known  bool // it had been subscribed to before, and still is
	Billed bool
}

// PushReader reads what a provider sends.
type PushReader interface {
	// ReadPush reads one push that came for a subscription: Token is that of the
	// address, the rest is the parcel's, "" where nobody knows. Errors
	// wrap ErrPushToken, ErrPushSign or ErrPushBody. Whether a token is known at
	// all is the caller's to say where each subscription has its own.
	ReadPush(of Subscription, body []byte) (Push, error)
	// PushReply is the body that tells the provider that its push has been
	// taken; its content type is application/json.
	PushReply() string
}

// Why a push is not taken. None of them names a token, a sign or a waybill.
var (
	ErrPushToken = errors.New("a push to an unknown address")     // HTTP 404
	ErrPushSign  = errors.New("a push with a wrong sign")         // HTTP 401
	ErrPushBody  = errors.New("a push that cannot be understood") // HTTP 400
)

// Stage says where a subscription stands.
type Stage string

const (
	StagePolling   Stage = "polling"   // the provider watches the waybill
	StageShutdown  Stage = "shutdown"  // the journey is over, and the subscription with it
	StageAbort     Stage = "abort"     // the provider gave up; see Push.Over
	StageUpdateAll Stage = "updateall" // everything once more, because something was corrected
	StageHint      Stage = "hint"      // something happened; ask to learn what
)

// Push is what a provider sent of its own accord. It may come twice and late;
// models.Decide takes its trace as it takes a query's.
type Push struct {
	Provider string
	Stage    Stage
	// Numbers are the waybills that it names, in upper case. Those of a hint are
	// picked by their looks: only those that are subscribed to mean anything.
	Numbers []string
	Trace   models.Trace // Provider is "" when it brings none; never billed by itself
	Err     error        // an *Error: what the provider says instead of a trace
	Message string       // the provider's words, masked

	AutoCheck bool           // the provider found the carrier wrong and has put it right by itself
	ComOld    string         // its code of the wrong carrier
	ComNew    string         // its code of the right one, "" when none is named
	Corrected models.Carrier // ComNew in our words, "" when the table does not know it

	// Raw is the beginning of a hint's body, for the operator to look at. It may
	// hold phones and addresses: never log it.
	Raw string
}

// Over says that no more pushes will come for this subscription. An abort that
// names the right carrier is no end: the provider goes on under that one.
func (p Push) Over() bool {
	return p.Stage == StageShutdown || p.Stage == StageAbort && p.ComNew == ""
}

// Traced says that the push brings a trace.
func (p Push) Traced() bool { return p.Trace.Provider != "" }
