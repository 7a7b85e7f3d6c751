package admin

import (
	"strings"
	"unicode/utf8"

	"waybill/internal/pattern"
	"waybill/models"
)

// shownEnd is how many characters of a masked number stay.
const shownEnd = 3

// mask hides a number or a chat's id but for its last three characters, and one that has
// no more whole.
func mask(id string) string {
	n := utf8.RuneCountInString(id)
	if n <= shownEnd {
		return "•••"
	}
	runes := []rune(id)
	return "•••" + string(runes[n-shownEnd:])
}

// maskedID is a number or id, masked unless it was asked for.
func maskedID(id string, shown bool) string {
	if shown {
		return id
	}
	return mask(id)
}

// longIDs are what may be a waybill, an account or a chat in a text of somebody else's.
var longIDs = pattern.New(`[A-Za-z]{0,6}\d[A-Za-z0-9]{6,}`)

// maskText hides phones and whatever may be a number or an id in a text.
func maskText(text string, shown bool) string {
	text = models.MaskPhones(text)
	if shown {
		return text
	}
	return longIDs.ReplaceAllStringFunc(text, func(found string) string {
		if strings.Count(strings.Map(digitOr, found), "0") < 4 {
			return found
		}
		return mask(found)
	})
}

func digitOr(r rune) rune {
	if '0' <= r && r <= '9' {
		return '0'
	}
	return 'x'
}
