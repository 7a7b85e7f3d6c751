package guard_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/internal/guard"
)

func TestAPanicBecomesAnErrorWithItsStack(t *testing.T) {
	err := func() (err error) {
		defer guard.Recover("word news", &err)
		panic("broken")
	}()
	var p *guard.PanicError
	if !errors.As(err, &p) || p.Value != "broken" || !strings.HasPrefix(err.Error(), "word news: panic: broken\n") {
		t.Errorf("error %v", err)
	}
}

func TestWithoutAPanicTheErrorStays(t *testing.T) {
	want := errors.New("as it was")
	err := func() (err error) {
		defer guard.Recover("word news", &err)
		return want
	}()
	if !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
}
