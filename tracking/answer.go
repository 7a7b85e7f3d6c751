package tracking

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"waybill/models"
	"waybill/tracking/scan"
)

// Question is what one query asked, for judging the answer.
type Question struct {
	Number  string
	Carrier models.Carrier
	Code    string // the carrier's, as it was sent; "" when none was
	Tail    string
	Hide    []string // what no error may tell
}

// CarrierOf is the carrier that an answer names by a code. Several carriers
// share a code, so the code that was sent means the carrier that was asked
// about; else the first of lookups that knows the code decides.
func (q Question) CarrierOf(code string, lookups ...func(code string) (models.Carrier, bool)) models.Carrier {
	if q.Code != "" && strings.EqualFold(code, q.Code) {
		return q.Carrier
	}
	for _, lookup := range lookups {
		if carrier, ok := lookup(code); ok {
			return carrier
		}
	}
	return ""
}

// Scalar is a plain value of a vendor's JSON that some answers quote and others
// do not: text, a number, a boolean, kept as trimmed text. Null, objects and
// arrays, where a plain value belongs, are "".
type Scalar string

// UnmarshalJSON takes any JSON value.
func (s *Scalar) UnmarshalJSON(raw []byte) error {
	*s = ""
	switch raw[0] {
	case '{', '[', 'n':
		return nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		*s = Scalar(strings.TrimSpace(text))
		return err
	}
	*s = Scalar(raw)
	return nil
}

// Short is the value cleaned and cut to 60 characters: a code, a name, a place.
func (s Scalar) Short() string { return scan.Clean(string(s), 60) }

// TrimBOM takes the byte order mark off a body.
func TrimBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }

// Rows reads a list of a vendor's JSON in the ways in which PHP writes one: as an
// array, as an object whose keys are numbers (in the order of these), either as text, and a list
// without rows as null, false, "", {} or [].
func Rows[T any](raw json.RawMessage) ([]T, error) {
	raw = bytes.TrimSpace(raw)
	var text string
	for bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
		raw = bytes.TrimSpace([]byte(text))
	}
	switch string(raw) {
	case "", "null", "{}", "false":
		return nil, nil
	}
	var rows []T
	if json.Unmarshal(raw, &rows) == nil {
		return rows, nil
	}
	var numbered map[int64]T // encoding/json refuses keys that are no numbers
	if bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &numbered) == nil {
		for _, key := range slices.Sorted(maps.Keys(numbered)) {
			rows = append(rows, numbered[key])
		}
		return rows, nil
	}
	return nil, errors.New("data is not the list it should be")
}

// SameNumber says whether an answer may be about the waybill that was asked:
// vendors write it in another case, mask it (78627****758) or leave it out.
func SameNumber(got, asked string) bool {
	bare := strings.NewReplacer("-", "", " ", "")
	return got == "" || strings.Contains(got, "*") || strings.EqualFold(bare.Replace(got), bare.Replace(asked))
}

// TailRefused is the kind of a refusal of the phone tail: wanted when none was
// given, else wrong.
func TailRefused(tail string) error {
	if tail == "" {
		return ErrTailNeeded
	}
	return ErrTailWrong
}

// Sendable says whether a number has the length that a vendor takes, in
// characters, and nothing but letters, digits and dashes.
func Sendable(number string, shortest, longest int) bool {
	odd := strings.ContainsFunc(number, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	return !odd && len(number) >= shortest && len(number) <= longest
}
