package kuaibao

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"waybill/internal/httpbody"
	"waybill/internal/pattern"
	"waybill/models"
	"waybill/tracking"
)

// maxBatch is how many waybills one subscription takes.
const maxBatch = 10

// order is what express.sub.msg asks for.
type order struct {
	WaybillCodes string `json:"waybill_codes"`
	CpCode       string `json:"cp_code"`
}

// Subscribes is true of the six brands that the vendor sends pushes about
// (极兔 takes 百世 in).
func (c *client) Subscribes(carrier models.Carrier) bool {
	_, ok := c.carriers.Code(subscribe, carrier)
	return ok
}

// Subscribe orders pushes for up to ten waybills of one brand. The address of the pushes is set in
// the vendor's console; no call names it. Tails and tokens
// are not told: the vendor has no fields for them. Errors are *tracking.Error.
func (c *client) Subscribe(ctx context.Context, waybills []tracking.Subscription) (tracking.Subscribed, error) {
	if len(waybills) == 0 || len(waybills) > maxBatch {
		return tracking.Subscribed{}, c.wire.Unsent(tracking.ErrUnavailable, "1 to 10 waybills a call")
	}
	brand, numbers, kind := c.batch(waybills)
	if kind != nil {
		return tracking.Subscribed{}, c.wire.Unsent(kind, "not ten waybills of one brand")
	}
	hide := c.hide(numbers...)
	sub := order{WaybillCodes: strings.Join(numbers, ","), CpCode: brand}
	if _, _, err := c.call(ctx, "express.sub.msg", sub, "", hide); err != nil {
		return tracking.Subscribed{}, err
	}
	return tracking.Subscribed{Billed: true}, nil
}

// batch is the one brand of all waybills, and their numbers.
func (c *client) batch(waybills []tracking.Subscription) (brand string, numbers []string, kind error) {
	for _, w := range waybills {
		code, ok := c.carriers.Code(subscribe, w.Carrier)
		switch {
		case !ok, brand != "" && code != brand:
			return "", nil, tracking.ErrCarrier
		case !tracking.Sendable(w.Number, 1, maxNumber):
			return "", nil, tracking.ErrNumber
		}
		brand = code
		numbers = append(numbers, w.Number)
	}
	return brand, numbers, nil
}

// Bounds of what is kept of a push.
const (
	maxNumbers = 100
	maxRaw     = 4 << 10 // bytes
	maxNested  = 3       // JSON text within JSON text
)

// ReadPush takes a push as a hint. The vendor publishes neither its fields nor
// its encoding nor a sign, so that the token alone tells whether it is the vendor's, and
// every word of it that looks like a waybill is taken for one: JSON, a form,
// JSON text in either, or plain text.
func (c *client) ReadPush(of tracking.Subscription, body []byte) (tracking.Push, error) {
	given, own := sha256.Sum256([]byte(of.Token)), sha256.Sum256([]byte(c.token))
	if !hmac.Equal(given[:], own[:]) {
		return tracking.Push{}, tracking.ErrPushToken
	}
	if len(body) > httpbody.Limit {
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
var words = pattern.New(`[0-9A-Za-z]+`)

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
