package tracking

import (
	"context"

	"waybill/models"
)

// Provider is one paid tracking API. Query asks about one waybill: carrier may
// be "" where NeedsCarrier is false, tail is "" or the last four digits of a
// phone. It returns a trace with at least one event or status, or an *Error.
// Times in events are those of the carrier, read as Asia/Shanghai.
type Provider interface {
	Name() string // as in WAYBILL_PROVIDERS
	Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error)
	// Serves says whether Query can be asked about this carrier; "" asks
	// whether it can do without one.
	Serves(carrier models.Carrier) bool
}

// Detector names the carriers a number may belong to, most likely first.
type Detector interface {
	Detect(ctx context.Context, waybill string) (Detected, error)
}

// Detected is a detector's answer; no carriers means that it knows none.
type Detected struct {
	Carriers []models.Carrier
	Billed   bool
}

// Locker is a provider who locks a waybill, for everybody, about which it is
// asked twice within the floor. It counts from when one request came to when
// the next one came.
type Locker interface {
	Locks() bool
}

// Lister looks carriers up in a provider's own list. An empty key asks for the
// whole list where that costs one call.
type Lister interface {
	Carriers(ctx context.Context, key string) (Listed, error)
}

// Listed is a lister's answer.
type Listed struct {
	Carriers []Named
	Billed   bool
}

// Named is one row of a provider's carrier list: its own code and name.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}
