package handlers

import (
	"slices"
	"strings"
	"unicode"

	"waybill/models"
)

// Carriers reads a carrier's name or code as people write it.
type Carriers interface {
	Typed(text string) (models.Carrier, bool)
}

// nameless understands no name: carriers can be chosen, not typed.
type nameless struct{}

func (nameless) Typed(string) (models.Carrier, bool) { return "", false }

// named finds the one carrier among several that a word of the text names:
// 中通 781234567890.
func (t *turn) named(text string, among []models.Carrier) (models.Carrier, bool) {
	var found models.Carrier
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '&' }) {
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
