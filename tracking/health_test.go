package tracking

import (
	"context"
	"errors"
	"testing"

	"waybill/models"
)

func TestAProvidersHealthIsWhatItsCallsWere(t *testing.T) {
	var h models.ProviderHealth
	for _, step := range []struct {
		name     string
		err      error
		trouble  models.Outcome
		failures int
		since    models.Moment
		answered models.Moment
	}{
		{"no answer", &Error{Kind: ErrUnavailable}, models.OutcomeUnavailable, 1, 1, 0},
		{"nor a connection", &Error{Kind: ErrUnavailable, Unsent: true}, models.OutcomeUnavailable, 2, 1, 0},
		{"we stop", &Error{Kind: ErrUnavailable, Cause: context.Canceled}, models.OutcomeUnavailable, 2, 1, 0},
		{"too often says nothing", &Error{Kind: ErrRate}, models.OutcomeUnavailable, 2, 1, 0},
		{"a key is refused", &Error{Kind: ErrAuth}, models.OutcomeAuth, 1, 5, 0},
		{"no record is an answer", &Error{Kind: ErrNoRecord}, "", 0, 5, 6},
		{"a quota is spent", &Error{Kind: ErrQuota}, models.OutcomeQuota, 1, 7, 6},
		{"a trace", nil, "", 0, 7, 8},
		{"what nobody knows", errors.New("no name"), "", 0, 7, 8},
	} {
		t.Run(step.name, func(t *testing.T) {
			now := max(h.FailedAt, h.AnsweredAt) + 1
			if step.name == "a key is refused" {
				now = 5
			}
			h = noted(h, step.err, now)
			if h.Trouble != step.trouble || h.Failures != step.failures || h.Since != step.since || h.AnsweredAt != step.answered {
				t.Errorf("%+v", h)
			}
		})
	}
}
