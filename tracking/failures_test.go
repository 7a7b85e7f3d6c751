package tracking

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// deaf is a memory that fails.
type deaf struct{}

func (deaf) Recall(context.Context, string, string, models.Moment) ([]byte, bool, error) {
	return nil, false, errors.New("no database")
}

func (deaf) Remember(context.Context, string, string, []byte, models.Moment) error {
	return errors.New("no database")
}

func (deaf) Once(context.Context, string, string, models.Moment, models.Moment) (bool, error) {
	return false, errors.New("no database")
}

// forgetful is a memory that cannot write.
type forgetful struct{ Memory }

func (forgetful) Remember(context.Context, string, string, []byte, models.Moment) error {
	return errors.New("read only")
}

func TestEveryFifthFailureIsBilledOnceInFortyDays(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s := NewFailures(newBook(), func() time.Time { return now })
	count := func(n int, waybill string) []int {
		var billed []int
		for i := range n {
			if s.Billed(t.Context(), "kuaidi100", waybill) {
				billed = append(billed, i+1)
			}
		}
		return billed
	}
	if got := count(12, "a"); !slices.Equal(got, []int{5}) {
		t.Errorf("of twelve at once, billed %v", got)
	}
	if got := count(4, "b"); got != nil {
		t.Errorf("another waybill's count runs along: %v", got)
	}
	now = now.Add(39 * 24 * time.Hour)
	if got := count(7, "a"); got != nil { // the 13th to the 19th
		t.Errorf("twice within forty days: %v", got)
	}
	now = now.Add(25 * time.Hour)
	if got := count(6, "a"); !slices.Equal(got, []int{1}) { // the 20th; the 25th comes too soon
		t.Errorf("after forty days: %v", got)
	}
	now = now.Add(41 * 24 * time.Hour)
	if got := count(5, "b"); !slices.Equal(got, []int{5}) {
		t.Errorf("a count of long ago is not forgotten: %v", got)
	}
}

func TestAFailureThatCannotBeCountedCountsAsBilled(t *testing.T) {
	broken := newBook()
	broken.notes["failures/p:a"] = note{value: []byte("{"), until: models.Never}
	for name, memory := range map[string]Memory{"it fails": deaf{}, "it cannot write": forgetful{newBook()}, "its row is broken": broken} {
		if !NewFailures(memory, time.Now).Billed(t.Context(), "p", "a") {
			t.Errorf("when %s, not billed", name)
		}
	}
}
