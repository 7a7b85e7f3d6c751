package wecom_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
	"pgregory.net/rapid"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

func envelope(t testing.TB, receiver string) *wecom.Envelope {
	t.Helper()
	e, err := wecom.NewEnvelope(wecomtest.KFToken, wecomtest.KFKey, receiver)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatIsSealedOpensAgainWhateverItIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		receiver := rapid.StringMatching(`(ww[0-9a-f]{16})?`).Draw(r, "receiver")
		message := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(r, "message")
		e := envelope(t, receiver)
		sealed, err := e.Seal(message)
		if err != nil {
			r.Fatal(err)
		}
		if raw, err := base64.StdEncoding.DecodeString(sealed); err != nil || len(raw)%32 != 0 {
			r.Fatalf("%d bytes, %v", len(raw), err)
		}
		opened, err := e.Open(sealed)
		if err != nil || !bytes.Equal(opened, message) {
			r.Fatalf("opened %q, %v", opened, err)
		}
	})
}

func TestTheSDKReadsWhatWeSealAndWritesWhatWeOpen(t *testing.T) {
	e := envelope(t, wecomtest.CorpID)
	sealed, err := e.Seal([]byte("快递到了"))
	if err != nil {
		t.Fatal(err)
	}
	_, plain, err := util.DecryptMsg(wecomtest.CorpID, sealed, wecomtest.KFKey)
	if err != nil || string(plain) != "快递到了" {
		t.Errorf("the SDK reads %q, %v", plain, err)
	}
	theirs, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte("在吗"), wecomtest.CorpID, wecomtest.KFKey)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := e.Open(string(theirs)); err != nil || string(plain) != "在吗" {
		t.Errorf("we read %q, %v", plain, err)
	}
}

func TestAnEmptyReceiverIsOneThatTheSDKCannotRead(t *testing.T) {
	e := envelope(t, "")
	sealed, err := e.Seal([]byte("@Bot"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := e.Open(sealed); err != nil || string(plain) != "@Bot" {
		t.Errorf("we read %q, %v", plain, err)
	}
	if _, _, err := util.DecryptMsg("", sealed, wecomtest.KFKey); err == nil {
		t.Error("the SDK has learnt it: our own crypto may go")
	}
}

func TestOnlyTheRightSignatureIsGenuine(t *testing.T) {
	e := envelope(t, wecomtest.CorpID)
	right := e.Sign("1", "2", "3")
	for name, c := range map[string]struct {
		signature string
		want      bool
	}{
		"the right one":     {right, true},
		"none":              {"", false},
		"a longer one":      {right + "0", false},
		"a shorter one":     {right[:39], false},
		"of another":        {util.Signature("other", "1", "2", "3"), false},
		"in capitals":       {strings.ToUpper(right), false},
		"of another moment": {e.Sign("9", "2", "3"), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := e.Genuine(c.signature, "1", "2", "3"); got != c.want {
				t.Errorf("genuine: %v", got)
			}
		})
	}
}

func TestWhatIsNotAMessageForUsDoesNotOpen(t *testing.T) {
	e := envelope(t, wecomtest.CorpID)
	other, err := envelope(t, "ww9999999999999999").Seal([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	good, err := e.Seal([]byte("a message that is longer than a block of thirty-two bytes"))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.StdEncoding.DecodeString(good)
	for name, sealed := range map[string]string{
		"nothing":             "",
		"no base64":           "!!!",
		"not a whole block":   base64.StdEncoding.EncodeToString(raw[:40]),
		"a block is missing":  base64.StdEncoding.EncodeToString(raw[:len(raw)-32]),
		"noise":               base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 64)),
		"for somebody else":   other,
		"with a longer claim": base64.StdEncoding.EncodeToString(append(bytes.Clone(raw[32:]), raw...)),
	} {
		t.Run(name, func(t *testing.T) {
			if plain, err := e.Open(sealed); err == nil {
				t.Errorf("opened %q", plain)
			}
		})
	}
}

func TestAKeyOfAnotherLengthIsNone(t *testing.T) {
	for _, key := range []string{"", "short", wecomtest.KFKey + "A", strings.Repeat("!", 43)} {
		if _, err := wecom.NewEnvelope("t", key, ""); err == nil || strings.Contains(err.Error(), "short") {
			t.Errorf("%d characters: %v", len(key), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	e := envelope(f, wecomtest.CorpID)
	good, err := e.Seal([]byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("")
	f.Fuzz(func(_ *testing.T, sealed string) { _, _ = e.Open(sealed) })
}
