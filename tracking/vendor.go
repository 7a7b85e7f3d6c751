package tracking

import (
	"context"
	"net/http"
	"time"
)

// Vendor is one tracking API as the program knows it before it is opened. Each
// provider's folder makes its own; adding a provider is its folder, its
// emulation and one line of cmd/bot.
type Vendor struct {
	// Name names it in settings, budgets, metrics and the ledger ("muzhi"). Its
	// settings begin with WAYBILL_ and the name in capitals.
	Name string
	// Settings points at a struct whose fields have env tags without that
	// prefix. It is filled before anything below is called.
	Settings any
	// Configured says that enough is set to open it.
	Configured func() bool
	// Check tells what is wrong with the settings.
	Check func() []Mistake
	// Addresses are the URLs that it will call.
	Addresses func() []string
	// Open makes the provider.
	Open func(Parts) (Provider, error)
	// Examine tries it without a billed call, and tells the operator what works
	// and what to mend.
	Examine func(ctx context.Context, client *http.Client) []Finding
}

// Mistake is one wrong setting. It never repeats the value, which may be a
// secret in the wrong variable.
type Mistake struct {
	Name    string // without the prefix of the vendor: "URL"
	Problem string // what it should be
}

// Finding is one line of the doctor's.
type Finding struct {
	OK   bool
	Text string
}

// Parts are what providers are made of beside their settings.
type Parts struct {
	Carriers  *Carriers
	Client    *http.Client
	Failures  *Strikes // nil: every failure that may be billed counts as billed
	PublicURL string   // the base under which the world reaches us; "" when it does not
	Now       func() time.Time
}
