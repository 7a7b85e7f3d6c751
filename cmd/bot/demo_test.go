package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// noProgress is a Progress that keeps nothing.
type noProgress struct{}

// Answer does nothing.
func (noProgress) Answer(context.Context, int64, []byte) error { return nil }

// SentOne does nothing.
func (noProgress) SentOne(context.Context, int64, int) error { return nil }

// EndArrival does nothing.
func (noProgress) EndArrival(context.Context, int64) error { return nil }

// PostponeArrival does nothing.
func (noProgress) PostponeArrival(context.Context, int64, models.Moment) error { return nil }

func TestALineIsOverWhenItIsAnsweredOrWaitsForLong(t *testing.T) {
	t.Parallel()
	var answered []int64
	now := time.Now()
	w := &answerWatch{Progress: noProgress{}, answered: func(id int64) { answered = append(answered, id) }, now: func() time.Time { return now }}
	for _, err := range []error{
		w.PostponeArrival(t.Context(), 1, models.At(now.Add(time.Second))), // another try
		w.PostponeArrival(t.Context(), 2, models.At(now.Add(24*time.Hour))),
		w.EndArrival(t.Context(), 3),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{2, 3}; !slices.Equal(answered, want) {
		t.Errorf("over are %v, want %v", answered, want)
	}
}
