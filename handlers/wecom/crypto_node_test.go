package wecom_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"waybill/handlers/wecom/wecomtest"
)

// judge is what WeCom's own library says.
type judge struct {
	Ours []struct {
		Signature string `json:"signature"`
		Message   string `json:"message"`
		ID        string `json:"id"`
	} `json:"ours"`
	Theirs []struct {
		Encrypted string `json:"encrypted"`
		Signature string `json:"signature"`
	} `json:"theirs"`
}

func TestWeComsOwnLibraryReadsOursAndWritesWhatWeRead(t *testing.T) {
	messages := []string{"", "x", "快递到了吗 📦", "<xml><Content><![CDATA[SF1000000000015]]></Content></xml>", string(bytes.Repeat([]byte("包"), 700))}
	receivers := []string{wecomtest.CorpID, "ww0000000000000001ext"}
	type ours struct {
		Timestamp string `json:"timestamp"`
		Nonce     string `json:"nonce"`
		Encrypted string `json:"encrypted"`
	}
	type theirs struct {
		Message string `json:"message"`
		ID      string `json:"id"`
	}
	in := struct {
		Token  string   `json:"token"`
		Key    string   `json:"key"`
		Ours   []ours   `json:"ours"`
		Theirs []theirs `json:"theirs"`
	}{Token: wecomtest.KFToken, Key: wecomtest.KFKey}
	for _, receiver := range receivers {
		for _, m := range messages {
			sealed, err := envelope(t, receiver).Seal([]byte(m))
			if err != nil {
				t.Fatal(err)
			}
			in.Ours = append(in.Ours, ours{"1778576400", "n0nce", sealed})
			in.Theirs = append(in.Theirs, theirs{m, receiver})
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	run := node(t, "node", "judge.cjs")
	run.Stdin = bytes.NewReader(body)
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	var says judge
	if err := json.Unmarshal(out, &says); err != nil || len(says.Ours) != len(in.Ours) || len(says.Theirs) != len(in.Theirs) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, want := range in.Theirs {
		e := envelope(t, want.ID)
		if got := says.Ours[i]; got.Message != want.Message || got.ID != want.ID || !e.Genuine(got.Signature, in.Ours[i].Timestamp, in.Ours[i].Nonce, in.Ours[i].Encrypted) {
			t.Errorf("it reads %q for %q", got.Message, got.ID)
		}
		got := says.Theirs[i]
		if plain, err := e.Open(got.Encrypted); err != nil || string(plain) != want.Message || !e.Genuine(got.Signature, "1", "2", got.Encrypted) {
			t.Errorf("we read %q, %v", plain, err)
		}
	}
}
