package tracking

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// gone is a memory, and slots, that do not answer.
type gone struct{ *book }

func (gone) Recall(context.Context, string, string, models.Moment) ([]byte, bool, error) {
	return nil, false, errGone
}

func (gone) Slots(context.Context, string, time.Duration, int, models.Moment) (models.Moment, error) {
	return 0, errGone
}

var errGone = errors.New("connection refused")

func TestADatabaseThatIsGoneDoesNotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBook(), &bytes.Buffer{}
		tr := trackerWith(b, func(s *Settings) {
			s.Memory, s.Slots, s.Rates = gone{b}, gone{b}, map[string]float64{"a": 10}
			s.Log = slog.New(slog.NewTextHandler(log, nil))
		}, &script{name: "a"})
		for range 90 {
			tr.Ask(t.Context(), ask())
			time.Sleep(time.Second)
		}
		for _, line := range []string{`"use the shared memory"`, `"reserve a turn"`} {
			if n := strings.Count(log.String(), "level=WARN msg=failed doing="+line); n != 2 {
				t.Errorf("%s: %d lines in\n%s", line, n, log)
			}
		}
	})
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
