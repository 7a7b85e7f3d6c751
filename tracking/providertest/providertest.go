// Package providertest is the contract that every tracking API's client keeps:
// one suite over real HTTP, run by each provider's own tests with the vendor's
// replies.
package providertest

import (
	"net/http"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Vendor is what the suite must know of one provider.
type Vendor struct {
	Name string
	// New makes the provider so that all its calls go to url.
	New func(t *testing.T, url string, client *http.Client) tracking.Provider
	// Secrets may never be told: keys, codes, signatures' salts.
	Secrets []string
	// Waybill, Carrier and Tail are a question that the provider sends.
	Waybill string
	Carrier models.Carrier
	Tail    string
	// TooLong is a number that the vendor's field does not take.
	TooLong string
	// Good is an answer with Scans, and what they are, newest first.
	Good   Reply
	Scans  []Scan
	Status models.Status
	Names  models.Carrier // the carrier that Good names
	// Refusals are the vendor's failures, each row of its tables.
	Refusals []Refusal
	// Echo is a refusal of the vendor's whose text holds what it was told.
	Echo func(told string) Reply
	// Billed is whether an answer that cannot be used is billed, by HTTP status.
	Billed func(status int) bool
}

// Reply is what the vendor's server sends.
type Reply struct {
	Status int // 0 means 200
	Header map[string]string
	Body   string
}

// Scan is one line of a trace.
type Scan struct {
	At   time.Time
	Text string
}

// Refusal is one row of a vendor's failure table.
type Refusal struct {
	Name   string // a sentence
	Reply  Reply
	NoTail bool // asked without a tail
	Kind   error
	Billed bool
	Until  bool // the vendor says until when
}

// Run checks a provider against the contract.
func Run(t *testing.T, v Vendor) {
	t.Run("it answers to its name", func(t *testing.T) {
		if p := v.New(t, "http://127.0.0.1:1", nil); p.Name != v.Name || !p.Serves(v.Carrier) {
			t.Errorf("is %q, serves the carrier: %v", p.Name, p.Serves(v.Carrier))
		}
	})
	t.Run("a trace", func(t *testing.T) { traces(t, v) })
	t.Run("refusals have names", func(t *testing.T) { refusals(t, v) })
	t.Run("answers that cannot be used", func(t *testing.T) { nonsense(t, v) })
	t.Run("calls that end early", func(t *testing.T) { early(t, v) })
	t.Run("errors keep secrets", func(t *testing.T) { secrets(t, v) })
}
