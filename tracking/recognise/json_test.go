package recognise

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waybill/models"
)

func TestJSONIsTheLineOfBotRecognise(t *testing.T) {
	for text, want := range map[string]string{
		"SF1000000000015 1234 茶叶": `{"text":"SF1000000000015 1234 茶叶","numbers":[{"number":"SF1000000000015","carriers":["sf"],"sure":true,"tail":"1234","name":"茶叶"}]}`,
		"RB123456785GB":           `{"text":"RB123456785GB","numbers":[{"number":"RB123456785GB","carriers":[],"sure":false}]}`,
		"431234567890123":         `{"text":"431234567890123","numbers":[{"number":"431234567890123","carriers":["yunda","sto"],"sure":false}]}`,
		"\"\\\n\x01<\xff":         `{"text":"\"\\\n\u0001<\ufffd","numbers":[]}`,
		"":                        `{"text":"","numbers":[]}`,
	} {
		if got := string(Text(text).AppendJSON(nil)); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	if got := string(Result{Numbers: []Number{{}}}.AppendJSON([]byte("x"))); got != `x{"text":"","numbers":[{"number":"","carriers":[],"sure":false}]}` {
		t.Errorf("of nothing: %s", got)
	}
}

// What is appended by hand says the same as encoding/json would.
func TestJSONSaysWhatEncodingJSONSays(t *testing.T) {
	type number struct {
		Number   string           `json:"number"`
		Carriers []models.Carrier `json:"carriers"`
		Sure     bool             `json:"sure"`
		Tail     string           `json:"tail,omitempty"`
		Name     string           `json:"name,omitempty"`
	}
	rapid.Check(t, func(t *rapid.T) {
		text := "SF1000000000015 " + rapid.String().Draw(t, "name") + "\n780123456789 1234" + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		r := Text(text)
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Text    string
			Numbers []number
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		want := make([]number, len(r.Numbers))
		for i, n := range r.Numbers {
			want[i] = number{n.Number, n.Carriers, n.Sure, n.Tail, n.Name}
		}
		if diff := cmp.Diff(want, got.Numbers); diff != "" || got.Text != strings.ToValidUTF8(text, "\ufffd") && len(got.Text) < len(text) {
			t.Fatal(diff, got.Text)
		}
	})
}
