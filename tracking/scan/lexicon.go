package scan

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed chinese.txt
var chinese string

//go:embed english.txt
var english string

// words is what the reader knows, by how it begins.
var words = sync.OnceValue(func() map[rune][]word { return compile(chinese + "\n" + english) })

// word is one entry of the lexicon: what is done, how it is said, who or where
// it is. An entry without any of the three only keeps its parts from being read.
type word struct {
	text  string
	act   act
	how   how
	party party
}

// compile reads lines "feature feature: word, word"; a # begins a comment.
// It panics over a feature that there is not, as regexp.MustCompile does over
// a pattern.
func compile(lexicon string) map[rune][]word {
	table := make(map[rune][]word)
	for line := range strings.Lines(lexicon) {
		line, _, _ = strings.Cut(line, "#")
		features, list, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		entry := entryOf(features)
		for text := range strings.SplitSeq(list, ",") {
			if entry.text = strings.TrimSpace(text); entry.text != "" {
				first, _ := utf8.DecodeRuneInString(entry.text)
				key := keyOf(entry.text, first)
				table[key] = append(table[key], entry)
			}
		}
	}
	for _, bucket := range table {
		slices.SortStableFunc(bucket, func(a, b word) int { return len(b.text) - len(a.text) })
	}
	return table
}

func entryOf(features string) word {
	var entry word
	for _, name := range strings.Fields(features) {
		if i := slices.Index(acts(), name); i > 0 {
			entry.act = act(i)
			continue
		}
		if i := slices.Index(hows(), name); i >= 0 {
			entry.how |= 1 << i
			continue
		}
		i := slices.Index(parties(), name)
		if i < 0 && name != "nothing" {
			panic(fmt.Sprintf("lexicon: no feature %q", name))
		}
		if i >= 0 {
			entry.party |= 1 << i
		}
	}
	return entry
}

// keyOf is the key under which a text's first word is kept: its first
// character, of Latin words the first two, negative.
func keyOf(text string, first rune) rune {
	switch {
	case !isLatin(first):
		return first
	case len(text) == 1:
		return -(first<<8 | ' ')
	}
	return -(first<<8 | rune(text[1]))
}

// longest is the longest entry that stands at i; its text is empty when there
// is none. Latin entries are whole words.
func longest(text string, i int, first rune) word {
	latin := isLatin(first)
	if latin && i > 0 && isLatin(rune(text[i-1])) {
		return word{}
	}
	for _, w := range words()[keyOf(text[i:], first)] {
		if !strings.HasPrefix(text[i:], w.text) {
			continue
		}
		end := i + len(w.text)
		if latin && end < len(text) && isLatin(rune(text[end])) && isLatin(rune(text[end-1])) {
			continue
		}
		return w
	}
	return word{}
}

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }
