package redact_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"

	"waybill/internal/redact"
)

func TestSecretsAreHiddenAsTheyAreAndAsAddressesWriteThem(t *testing.T) {
	err := errors.New("ask: Se/cret, se%2Fcret and SE/CRET failed")
	if got := redact.Error(err, "Se/cret", "").Error(); got != "ask: ***, *** and *** failed" {
		t.Error(got)
	}
}

func TestAnAddressGoesWholeAndTheCauseStays(t *testing.T) {
	err := fmt.Errorf("call: %w", &url.Error{Op: "Get", URL: "https://example.test/?key=abc", Err: context.DeadlineExceeded})
	got := redact.Error(err)
	if got.Error() != context.DeadlineExceeded.Error() || !errors.Is(got, context.DeadlineExceeded) {
		t.Errorf("%v", got)
	}
	var u *url.Error
	if !errors.As(got, &u) {
		t.Error("the cause is lost")
	}
}

func TestWhatHoldsNoSecretStaysTheSameError(t *testing.T) {
	err := errors.New("all well")
	if got := redact.Error(err, "secret"); !errors.Is(got, err) || got.Error() != "all well" {
		t.Errorf("%v", got)
	}
	if redact.Error(nil, "secret") != nil {
		t.Error("an error out of nothing")
	}
}
