package redact_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/internal/redact"
)

func TestSecretsAreHiddenAsTheyAreAndAsAddressesWriteThem(t *testing.T) {
	err := errors.New("ask: Se/cret, se%2Fcret and SE/CRET failed")
	if got := redact.Error(err, "Se/cret", "").Error(); got != "ask: ***, *** and *** failed" {
		t.Error(got)
	}
}

func TestWhatIsTooShortToBeASecretHidesNoWords(t *testing.T) {
	for secret, want := range map[string]string{
		"": "ask telegram who 1234 is", "a": "ask telegram who 1234 is", "who": "ask telegram who 1234 is",
		"1234": "ask telegram who *** is", "Gram": "ask tele*** who 1234 is",
	} {
		if got := redact.Text("ask telegram who 1234 is", secret); got != want {
			t.Errorf("%q: %q", secret, got)
		}
	}
}

func TestAnAddressGoesWholeAndTheCauseStays(t *testing.T) {
	err := fmt.Errorf("call: %w", &url.Error{Op: "Get", URL: "https://example.test/?key=abc", Err: context.DeadlineExceeded})
	got := redact.Error(err)
	if got.Error() != "call: context deadline exceeded" || !errors.Is(got, context.DeadlineExceeded) {
		t.Errorf("%v", got)
	}
	var u *url.Error
	if !errors.As(got, &u) {
		t.Error("the cause is lost")
	}
}

func TestRedactingTwiceKeepsWhatWasBeingDone(t *testing.T) {
	leaf := &url.Error{Op: "Post", URL: "https://example.test/?key=abc", Err: context.Canceled}
	inner := fmt.Errorf("call x: %w", redact.Error(leaf, "abc"))
	if got := redact.Error(inner, "abc").Error(); got != "call x: context canceled" {
		t.Errorf("%q", got)
	}
}

func TestAPlatformsQuotesAreLeftOut(t *testing.T) {
	if got := redact.Quotes(`bad "SF1000000000015 1234" and "open`); got != "bad … and …" {
		t.Errorf("%q", got)
	}
	if got := redact.Quotes(strings.Repeat("错", 300)); utf8.RuneCountInString(got) != 160 {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
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
