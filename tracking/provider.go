package tracking

import (
	"context"

	"waybill/models"
)

// Query asks about one waybill. Tail is "" or the last four digits of a phone.
// It brings a trace with at least one event or status, or an *Error. Times in
// events are those of the carrier, read as Asia/Shanghai.
type Query func(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error)

// Provider is one paid tracking API, opened. It makes no decisions about money:
// whoever calls it has asked the ledger first.
type Provider struct {
	Name  string // as in WAYBILL_PROVIDERS
	Query Query
	// Serves says whether Query can be asked about this carrier; "" asks whether
	// it can do without one.
	Serves func(carrier models.Carrier) bool
	// Locks says that the vendor locks a waybill, for everybody, about which it
	// is asked twice within the floor. It counts from when one request came to
	// when the next one came.
	Locks bool

	// What not every provider offers is nil where it is not offered.

	// QueryOtherPhone is Query with the tail in the vendor's other phone field.
	// A tail counts as refused only when both have refused it with ErrTailWrong.
	QueryOtherPhone Query
	// QueryEnglish is Query whose scans are worded in English (models.Trace Lang).
	QueryEnglish Query
	// Detect names the carriers that a number may belong to, most likely first;
	// none when the vendor knows none.
	Detect func(ctx context.Context, waybill string) (Detected, error)
	// ListCarriers looks carriers up in the vendor's own list. An empty key asks
	// for the whole list where that costs one call.
	ListCarriers func(ctx context.Context, key string) (Listed, error)
	// UseList makes the provider serve more carriers, those of its whole list,
	// fresh or remembered. It replaces what an earlier list had added.
	UseList func(rows []Named)
	// Pushes are what it sends when it is asked to.
	Pushes *Pushes
}

// Pushes is the part of a provider that can be told to send what happens to a
// waybill, so that it need not be asked.
type Pushes struct {
	// Serves says whether waybills of this carrier can be subscribed to; "" asks
	// about one whose carrier nobody knows.
	Serves func(carrier models.Carrier) bool
	// Batch is how many waybills one call takes, all of one carrier.
	Batch int
	// Subscribe makes one call for 1 to Batch waybills. It succeeds or fails for
	// all of them; errors are *Error, and say whether the call was billed.
	Subscribe func(ctx context.Context, waybills []Subscription) (Subscribed, error)
	// Read reads one push that came for a subscription: Token is that of the
	// address, the rest is the parcel's, "" where nobody knows. Errors wrap
	// ErrPushToken, ErrPushSign or ErrPushBody. Whether a token is known at all
	// is the caller's to say where each subscription has its own.
	Read func(of Subscription, body []byte) (Push, error)
	// Reply is the body that tells the vendor that its push has been taken; its
	// content type is application/json.
	Reply string
}

// Detected is the answer to a detection.
type Detected struct {
	Carriers []models.Carrier
	Billed   bool
}

// Listed is the answer to a search in a vendor's list of carriers.
type Listed struct {
	Carriers []Named
	Billed   bool
}

// Named is one row of a vendor's carrier list: its own code and name.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}
