package wecom_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
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

// node makes a folder with WeCom's library in it. It is kept between runs,
// under the checksum of what it is made of.
func node(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Fatal("this test needs Node.js 18 or later with npm: WeCom's own library judges the crypto")
	}
	sum := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", "judge.cjs"} {
		body, err := os.ReadFile(filepath.Join("testdata", "node", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = body
		sum.Write(body)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "waybill-wecom-judge-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@wecom", "crypto", "package.json")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
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
	run := exec.CommandContext(t.Context(), "node", "judge.cjs")
	run.Dir, run.Stdin, run.Stderr = node(t), bytes.NewReader(body), os.Stderr
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
