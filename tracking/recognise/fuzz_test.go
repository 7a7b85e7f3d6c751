package recognise

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzText: whatever somebody pastes is read without a panic, and what is read
// keeps its promises.
func FuzzText(f *testing.F) {
	for _, set := range []string{devCases, ownCases, secondCases, thirdCases, fourthCases} {
		for line := range strings.Lines(set) {
			var c labelledCase
			if err := json.Unmarshal([]byte(line), &c); err != nil {
				f.Fatal(err)
			}
			f.Add(c.Text)
		}
	}
	for _, text := range []string{"备注 SF1000000000015", "備注SF1000000000015", "备注：\nSF1000000000015", "|SF1000000000015|", "\t73123456789012,", "SF1000000000015（", "SF1000000000015()是", "+852 SF1000000000015", strings.Repeat("0", longest+1)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []Result{Text(text), Tracked(text)} {
			if len(got.Numbers) > MaxNumbers {
				t.Errorf("%d numbers", len(got.Numbers))
			}
			for _, n := range got.Numbers {
				if !isClaimable(n.Number, 6) {
					t.Errorf("%q is no number", n.Number)
				}
				if n.Tail != "" && (len(n.Tail) != 4 || !isDigits(n.Tail)) {
					t.Errorf("%q is no tail", n.Tail)
				}
				if size := utf8.RuneCountInString(n.Name); size > longestName || strings.ContainsAny(n.Name, "\n\r") || !utf8.ValidString(n.Name) && utf8.ValidString(text) {
					t.Errorf("%q is no name", n.Name)
				}
			}
		}
	})
}
