package tracking

import (
	"context"
	"errors"
	"slices"

	"waybill/models"
)

// Subscription asks for one waybill's news to be sent.
type Subscription struct {
	Number  string
	Carrier models.Carrier // "" lets the provider find out, where Pushes.Serves says so
	Tail    string         // "" or four digits; providers that take none leave it out
	Token   string         // names this subscription in the address that is called; unguessable, at most 64 of A-Z a-z 0-9 - _
}

// Subscribed is the answer to a Subscription.
type Subscribed struct {
	Known  bool // it had been subscribed to before, and still is
	Billed bool
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

// Subscribers names the providers at which waybills of a carrier can be
// subscribed to, in the order in which they are to be tried.
func (t *Tracker) Subscribers(carrier models.Carrier) []string {
	var names []string
	for _, c := range t.clients {
		if p := c.provider.Pushes; p != nil && p.Serves(carrier) {
			names = append(names, c.name())
		}
	}
	return names
}

// Batches says how many waybills one subscribing call takes, by provider; none
// when no provider can be subscribed at.
func (t *Tracker) Batches() map[string]int {
	batches := map[string]int{}
	for _, c := range t.clients {
		if p := c.provider.Pushes; p != nil {
			batches[c.name()] = p.Batch
		}
	}
	return batches
}

// Subscribe makes one call to a provider for at most a batch of waybills, all
// of one carrier, by way of the ledger, as polling does. Errors are *Error: its
// Until tells from when on it makes sense to try again, where that is known.
func (t *Tracker) Subscribe(ctx context.Context, provider string, waybills []Subscription) (Subscribed, error) {
	c := t.client(provider)
	if c == nil || c.provider.Pushes == nil || len(waybills) == 0 {
		return Subscribed{}, &Error{Provider: provider, Kind: ErrUnavailable, Text: "nothing to subscribe", Unsent: true}
	}
	number := ""
	if len(waybills) == 1 {
		number = waybills[0].Number
	}
	var answer Subscribed
	err := t.sideCall(ctx, c, sideCall{models.CallSubscribe, models.Poll, number}, func(ctx context.Context) (billed bool, err error) {
		answer, err = c.provider.Pushes.Subscribe(ctx, slices.Clone(waybills))
		return answer.Billed, err
	})
	return answer, err
}

// ReadPush reads what a provider sent for a subscription, and tells the body
// to answer with. Errors wrap ErrPushToken, ErrPushSign or ErrPushBody.
func (t *Tracker) ReadPush(provider string, of Subscription, body []byte) (Push, string, error) {
	c := t.client(provider)
	if c == nil || c.provider.Pushes == nil {
		return Push{}, "", ErrPushToken
	}
	push, err := c.provider.Pushes.Read(of, body)
	return push, c.provider.Pushes.Reply, err
}
