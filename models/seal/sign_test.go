package seal_test

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"

	"waybill/models/seal"
)

func TestALinkHoldsUntilItExpires(t *testing.T) {
	k := keys(t, seal.NewKey())
	token, err := k.Sign("page", "运单/7", 100)
	if err != nil {
		t.Fatal(err)
	}
	if url.PathEscape(token) != token {
		t.Fatalf("%q does not fit a URL", token)
	}
	if got, err := k.Verify("page", token, 99); got != "运单/7" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := k.Verify("page", token, 100); !errors.Is(err, seal.ErrExpired) {
		t.Fatalf("got %v when it is over", err)
	}
	if _, err := k.Verify("admin", token, 1); !errors.Is(err, seal.ErrForged) {
		t.Fatalf("got %v for another purpose", err)
	}
	if _, err := keys(t, seal.NewKey()).Verify("page", token, 1); !errors.Is(err, seal.ErrForged) {
		t.Fatalf("got %v under another key", err)
	}
}

func TestALinkThatWasTouchedIsForged(t *testing.T) {
	k := keys(t, seal.NewKey())
	token, err := k.Sign("page", "7", 100)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		broken := append([]byte(nil), raw...)
		broken[i] ^= 1
		if _, err := k.Verify("page", base64.RawURLEncoding.EncodeToString(broken), 1); !errors.Is(err, seal.ErrForged) {
			t.Fatalf("got %v with byte %d changed", err, i)
		}
	}
	for n := range len(token) {
		if _, err := k.Verify("page", token[:n], 1); !errors.Is(err, seal.ErrForged) {
			t.Fatalf("got %v with %d characters", err, n)
		}
	}
}

func FuzzVerify(f *testing.F) {
	k, err := seal.New(seal.NewKey())
	if err != nil {
		f.Fatal(err)
	}
	token, err := k.Sign("page", "7", 100)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := k.Verify("page", text, 1); err == nil && got != "7" {
			t.Fatalf("%q gave %q", text, got)
		}
	})
}

// TestATokenIsWrittenInOneWayOnly: the decoder skips line breaks, and bits behind the
// last byte.
func TestATokenIsWrittenInOneWayOnly(t *testing.T) {
	k := keys(t, seal.NewKey())
	token, err := k.Sign("page", "1", 2000)
	if err != nil {
		t.Fatal(err)
	}
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, token[len(token)-1])
	for _, other := range []string{token[:len(token)-1] + digits[last^1:last^1+1], token + "\n", token[:8] + "\r\n" + token[8:]} {
		if _, err := k.Verify("page", other, 1000); !errors.Is(err, seal.ErrForged) {
			t.Errorf("%q for %q: %v", other, token, err)
		}
	}
}
