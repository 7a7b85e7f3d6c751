package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	scheme     = "tma "
	longest    = 8 << 10          // bytes of initData that are looked at
	validFor   = 24 * time.Hour   // how long initData opens the app
	ahead      = 5 * time.Minute  // how far Telegram's clock may be before ours
	largestID  = int64(1)<<52 - 1 // of a person; https://core.telegram.org/bots/api#user
	fieldHash  = "hash"
	fieldDate  = "auth_date"
	fieldUser  = "user"
	webAppData = "WebAppData"
)

var errUnauthorized = errors.New("no valid initData")

// person is who has opened the app.
type person struct {
	ID   int64  `json:"id"`
	Lang string `json:"language_code"`
}

// verifier knows what Telegram signs with a bot's token.
type verifier struct {
	secret []byte
	now    func() time.Time
}

// newVerifier derives the key; see
// https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
func newVerifier(token string, now func() time.Time) *verifier {
	return &verifier{secret: digest([]byte(webAppData), token), now: now}
}

func digest(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// person reads who is named by an Authorization header: "tma " and the initData as the
// app has got it from Telegram. errUnauthorized when it is not Telegram's for this bot,
// when it is older than a day, or comes out of the future.
func (v *verifier) person(authorization string) (person, error) {
	if len(authorization) < len(scheme) || !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return person{}, errUnauthorized
	}
	fields, err := parse(strings.TrimSpace(authorization[len(scheme):]))
	if err != nil || !v.signed(fields) || !v.fresh(fields[fieldDate]) {
		return person{}, errUnauthorized
	}
	var p person
	if json.Unmarshal([]byte(fields[fieldUser]), &p) != nil || p.ID <= 0 || p.ID > largestID {
		return person{}, errUnauthorized
	}
	return p, nil
}

// parse reads the fields of initData, each of which may come once only.
func parse(initData string) (map[string]string, error) {
	if initData == "" || len(initData) > longest {
		return nil, errUnauthorized
	}
	fields := map[string]string{}
	for pair := range strings.SplitSeq(initData, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if _, twice := fields[name]; twice || errName != nil || errValue != nil {
			return nil, errUnauthorized
		}
		fields[name] = value
	}
	return fields, nil
}

// signed says that the hash is that of all other fields, the field signature among them.
func (v *verifier) signed(fields map[string]string) bool {
	got, err := hex.DecodeString(fields[fieldHash])
	if err != nil {
		return false
	}
	var lines []string
	for name, value := range fields {
		if name != fieldHash {
			lines = append(lines, name+"="+value)
		}
	}
	slices.Sort(lines)
	return hmac.Equal(got, digest(v.secret, strings.Join(lines, "\n")))
}

func (v *verifier) fresh(date string) bool {
	seconds, err := strconv.ParseInt(date, 10, 64)
	if err != nil {
		return false
	}
	age := v.now().Sub(time.Unix(seconds, 0))
	return age <= validFor && age >= -ahead
}
