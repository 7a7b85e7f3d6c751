package handlers

import (
	"slices"
	"strings"
	"unicode"

	"waybill/models"
	"waybill/tracking/recognise"
)

// Carriers reads a carrier's name or code as people write it.
type Carriers interface {
	Typed(text string) (models.Carrier, bool)
}

// nameless understands no name: carriers can be chosen, not typed.
type nameless struct{}

func (nameless) Typed(string) (models.Carrier, bool) { return "", false }

// named finds the carrier that is all a text says beside the number (德邦
// 123456789037), or the one among several that a word of it names.
func (t *turn) named(w wish, among []models.Carrier) (models.Carrier, bool) {
	beside := strings.Replace(recognise.Normalise(w.said), w.Number, "", 1)
	if c, ok := t.Carriers.Typed(strings.Trim(beside, " \t\n,.:;0123456789、，。：；")); ok {
		return c, true
	}
	var found models.Carrier
	for word := range strings.FieldsFuncSeq(w.said, func(r rune) bool { return !unicode.IsLetter(r) && r != '&' }) {
		c, ok := t.Carriers.Typed(word)
		switch {
		case !ok || !slices.Contains(among, c):
		case found != "" && found != c:
			return "", false
		default:
			found = c
		}
	}
	return found, found != ""
}
