package tracking

import (
	"errors"

	"waybill/models"
)

// outcome translates a call's end into the ledger's words.
func outcome(err error) models.Outcome {
	if err == nil {
		return models.OutcomeTrace
	}
	if e, ok := asError(err); ok && e.Unsent {
		return models.OutcomeUnsent
	}
	for _, o := range []struct {
		kind error
		name models.Outcome
	}{
		{ErrNoRecord, models.OutcomeNoRecord},
		{ErrTailNeeded, models.OutcomeTailNeeded},
		{ErrTailWrong, models.OutcomeTailWrong},
		{ErrNumber, models.OutcomeNumber},
		{ErrCarrier, models.OutcomeCarrier},
		{ErrQuota, models.OutcomeQuota},
		{ErrRate, models.OutcomeRate},
		{ErrLocked, models.OutcomeLocked},
		{ErrAuth, models.OutcomeAuth},
	} {
		if errors.Is(err, o.kind) {
			return o.name
		}
	}
	return models.OutcomeUnavailable
}

// billedNow says whether the call is billed: the provider's word, and where it
// gave none (a nameless failure), the careful answer, yes.
func billedNow(billed bool, err error) bool {
	if err == nil {
		return billed
	}
	if e, ok := asError(err); ok {
		return e.Billed && !e.Unsent
	}
	return true
}

// closing completes the ledger row of one call.
func closing(t models.Ticket, number string, billed bool, err error, now models.Moment) models.Closing {
	c := models.Closing{Ticket: t, Outcome: outcome(err), Billed: billedNow(billed, err), Number: number, At: now}
	if e, ok := asError(err); ok && errors.Is(e.Kind, ErrLocked) {
		c.LockedUntil = e.Until
	}
	return c
}
