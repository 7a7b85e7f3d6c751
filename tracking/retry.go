package tracking

import (
	"context"

	"waybill/models"
)

// Rephraser is a provider to which one question can be put in two ways, each a
// call of its own that the ledger must allow: Juhe takes a phone tail as the
// receiver's or as the sender's, and does not say which it wanted.
//
// After a Query whose error is Rephrasable, ask once more by Rephrase, with
// the exemption from the floor that it names. A tail counts as refused only
// when both ways have refused it. Where Rephrase brought the trace, asking it
// first next time spares a call; then Query is the other way.
type Rephraser interface {
	// Rephrase is Query in the other words.
	Rephrase(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error)
	// Rephrasable says whether a refusal may be due to the words alone, and the
	// exemption under which to ask in the others.
	Rephrasable(err error) (models.Exempt, bool)
}

// Learner is a provider that serves more carriers once it has been handed its
// own list: what its Lister said, fresh or remembered. The list is worth
// loading weekly, once over all replicas; each replica hands it over at start
// and whenever it changes. Handing over replaces what was learned before.
type Learner interface {
	Learn(rows []Named)
}
