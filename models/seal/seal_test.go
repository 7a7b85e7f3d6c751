package seal_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"waybill/models/seal"
)

// keys reads keys that must be right.
func keys(t *testing.T, texts ...string) *seal.Keys {
	t.Helper()
	k, err := seal.New(strings.Join(texts, ","))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWhatIsSealedOpensUnderItsBindOnly(t *testing.T) {
	k := keys(t, seal.NewKey())
	sealed, err := k.Seal("follow:1:2", "1234")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "1234") {
		t.Fatal("it is sealed in the clear")
	}
	if got, err := k.Open("follow:1:2", sealed); got != "1234" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := k.Open("follow:1:3", sealed); !errors.Is(err, seal.ErrKey) {
		t.Fatalf("got %v under another bind", err)
	}
	for i := range sealed {
		broken := append([]byte(nil), sealed...)
		broken[i] ^= 1
		if _, err := k.Open("follow:1:2", broken); !errors.Is(err, seal.ErrKey) {
			t.Fatalf("got %v with byte %d changed", err, i)
		}
	}
	for n := range sealed {
		if _, err := k.Open("follow:1:2", sealed[:n]); !errors.Is(err, seal.ErrKey) {
			t.Fatalf("got %v with %d bytes", err, n)
		}
	}
}

func TestTheSameTextIsSealedDifferentlyEachTime(t *testing.T) {
	k := keys(t, seal.NewKey())
	a, _ := k.Seal("x", "1234")
	b, _ := k.Seal("x", "1234")
	if string(a) == string(b) {
		t.Fatal("two seals are equal")
	}
}

func TestKeysRotate(t *testing.T) {
	first, second := seal.NewKey(), seal.NewKey()
	before := keys(t, first)
	sealed, err := before.Seal("x", "1234")
	if err != nil {
		t.Fatal(err)
	}
	token, err := before.Sign("page", "7", 100)
	if err != nil {
		t.Fatal(err)
	}
	both := keys(t, second, first)
	if got, err := both.Open("x", sealed); got != "1234" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if got, err := both.Verify("page", token, 1); got != "7" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if sealed, err = both.Seal("x", "5678"); err != nil {
		t.Fatal(err)
	}
	if _, err := before.Open("x", sealed); !errors.Is(err, seal.ErrKey) {
		t.Fatalf("got %v: the first key does not encrypt", err)
	}
	if got, err := keys(t, second).Open("x", sealed); got != "5678" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := keys(t, second).Verify("page", token, 1); !errors.Is(err, seal.ErrForged) {
		t.Fatalf("got %v after the key was taken away", err)
	}
}

func TestAKeyThatIsWrongIsRefusedByItsPosition(t *testing.T) {
	good := seal.NewKey()
	for name, test := range map[string]struct{ keys, want string }{
		"nothing":       {"", "secret key 1: it is empty"},
		"a missing key": {good + ",", "secret key 2: it is empty"},
		"not base64":    {good + ",hidden!", "secret key 2: it is not base64"},
		"too short":     {base64.StdEncoding.EncodeToString([]byte("hidden")), "secret key 1: it has 6 bytes instead of 32"},
		"too long":      {base64.StdEncoding.EncodeToString([]byte(strings.Repeat("hidden", 6))), "it has 36 bytes instead of 32"},
		"hex, not ours": {strings.Repeat("0f", 32), "it has 48 bytes instead of 32"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := seal.New(test.keys)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hidden") {
				t.Fatalf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestEveryUsualSpellingOfAKeyIsRead(t *testing.T) {
	secret := []byte(strings.Repeat("\xfb\xff", 16))
	want := keys(t, base64.StdEncoding.EncodeToString(secret))
	sealed, err := want.Seal("x", "1")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		base64.RawStdEncoding.EncodeToString(secret), base64.URLEncoding.EncodeToString(secret),
		base64.RawURLEncoding.EncodeToString(secret), " " + base64.StdEncoding.EncodeToString(secret) + "\n",
	} {
		if got, err := keys(t, text).Open("x", sealed); got != "1" || err != nil {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}
