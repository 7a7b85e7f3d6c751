package recognise

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What goes through a list by hand finds what package strings finds.
func TestWordListsAreSearchedAsByPackageStrings(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("AB单号顺")), 1, 3, -1)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 0, 6).Draw(t, "words")
		s := rapid.StringOfN(rapid.RuneFrom([]rune("AB单号顺 ")), 0, 6, -1).Draw(t, "text")
		list := strings.Join(words, " ")
		first := func(is func(s, word string) bool) (size int) {
			if i := slices.IndexFunc(words, func(w string) bool { return is(s, w) }); i >= 0 {
				return len(words[i])
			}
			return 0
		}
		front, back := first(strings.HasPrefix), first(strings.HasSuffix)
		if got := opening(s, list); got != front || begins(s, list) != (front > 0) {
			t.Errorf("%q begins with one of %q: %d, %v, want %d", s, list, got, begins(s, list), front)
		}
		if got := ending(s, list); got != back || endsIn(s, list) != (back > 0) {
			t.Errorf("%q ends in one of %q: %d, %v, want %d", s, list, got, endsIn(s, list), back)
		}
	})
}
