package kuaibao

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"waybill/tracking"
)

// Bounds of what is kept of a push.
const (
	maxNumbers = 100
	maxRaw     = 4 << 10 // bytes
	maxNested  = 3       // JSON text within JSON text
)

// PushReply is an answer in the words of the vendor's own. INFERENCE: he
// publishes none that he wants.
func (*Pusher) PushReply() string { return `{"code":0,"msg":"成功"}` }

// ReadPush takes a push as a hint. The vendor publishes neither its fields nor
// its encoding nor a sign, so that the token alone tells whether it is his, and
// every word of it that looks like a waybill is taken for one: JSON, a form,
// JSON text in either, or plain text.
func (p *Pusher) ReadPush(of tracking.Subscription, body []byte) (tracking.Push, error) {
	given, own := sha256.Sum256([]byte(of.Token)), sha256.Sum256([]byte(p.token))
	if !hmac.Equal(given[:], own[:]) {
		return tracking.Push{}, tracking.ErrPushToken
	}
	if len(body) > tracking.MaxBody {
		return tracking.Push{}, tracking.ErrPushBody
	}
	found := &finder{seen: map[string]bool{}}
	found.body(body)
	return tracking.Push{
		Provider: name, Stage: tracking.StageHint, Numbers: found.numbers,
		Raw: strings.ToValidUTF8(string(body[:min(len(body), maxRaw)]), ""),
	}, nil
}

// words are runs of letters and digits.
var words = regexp.MustCompile(`[0-9A-Za-z]+`)

// finder collects what looks like waybills.
type finder struct {
	numbers []string
	seen    map[string]bool
}

// body reads a body of unknown kind.
func (f *finder) body(raw []byte) {
	if f.json(raw, 0) {
		return
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		f.text(string(raw), 0)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(form)) {
		f.text(key, 0)
		for _, value := range form[key] {
			f.text(value, 0)
		}
	}
}

// json walks through all of a JSON text, keys and values. False: it is none,
// and nothing has been taken from it.
func (f *finder) json(raw []byte, depth int) bool {
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if depth > maxNested || !bytes.HasPrefix(raw, []byte("{")) && !bytes.HasPrefix(raw, []byte("[")) || !json.Valid(raw) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return true // its end: the whole is valid
		}
		switch value := token.(type) {
		case string:
			f.text(value, depth+1)
		case json.Number:
			f.word(value.String())
		}
	}
}

// text takes every word, or walks on where the text is JSON itself.
func (f *finder) text(s string, depth int) {
	if f.json([]byte(s), depth) {
		return
	}
	for _, w := range words.FindAllString(s, -1) {
		f.word(w)
	}
}

// word takes a word of 8 to 32 letters and digits of which six are digits.
func (f *finder) word(w string) {
	w = strings.ToUpper(w)
	digits := 0
	for _, r := range w {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	if len(w) < 8 || len(w) > 32 || digits < 6 || f.seen[w] || len(f.numbers) == maxNumbers {
		return
	}
	f.seen[w] = true
	f.numbers = append(f.numbers, w)
}
