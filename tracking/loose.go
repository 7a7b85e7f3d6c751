package tracking

import (
	"encoding/json"
	"strings"
)

// Loose is a plain value of a vendor's JSON that some answers quote and others
// do not: text, a number, a boolean, kept as trimmed text. Null, objects and
// arrays, where a plain value belongs, are "".
type Loose string

// UnmarshalJSON takes any JSON value.
func (l *Loose) UnmarshalJSON(raw []byte) error {
	*l = ""
	switch raw[0] {
	case '{', '[', 'n':
		return nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		*l = Loose(strings.TrimSpace(text))
		return err
	}
	*l = Loose(raw)
	return nil
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
