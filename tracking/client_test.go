package tracking

import (
	"context"
	"testing"

	"waybill/models"
)

// clumsy is a provider whose reader panics over an answer.
type clumsy struct{ script }

func (*clumsy) Query(context.Context, string, models.Carrier, string) (models.Trace, error) {
	panic("index out of range")
}

func (c *clumsy) provider() Provider {
	p := c.script.provider()
	p.Query = c.Query
	return p
}

func TestAnAnswerThatBreaksAReaderIsTheProvidersFailure(t *testing.T) {
	b, next := newBook(), &script{name: "b", answers: []any{says("b", models.InTransit)}}
	got := tracker(b, &clumsy{script{name: "a"}}, next).Ask(t.Context(), ask())
	if got.Err != nil || got.Trace.Provider != "b" || len(got.Closings) != 2 {
		t.Fatalf("got %+v", got)
	}
	if c := got.Closings[0]; c.Outcome != models.OutcomeUnavailable || !c.Billed {
		t.Fatalf("closed as %+v", c)
	}
}
