package wecom

import (
	"slices"
	"strings"
	"testing"

	"waybill/handlers"
)

func TestMessagesAreCutWhereAReaderWouldCutThem(t *testing.T) {
	for name, c := range map[string]struct {
		blocks []string
		want   []string
	}{
		"an empty line between two messages is neither's": {
			[]string{"0123456789", "", "abcdefghij"}, []string{"0123456789", "abcdefghij"},
		},
		"nor is one that a block begins with": {
			[]string{"0123456789", "\nabcdefghij"}, []string{"0123456789", "abcdefghij"},
		},
		"within a message it stays": {
			[]string{"012", "", "abc", "\ndef"}, []string{"012\n\nabc\n\ndef"},
		},
		"a head goes with its first event": {
			[]string{"head a", "one", "", "head b", "two", "three"}, []string{"head a\none", "head b\ntwo\nthree"},
		},
		"a head that a line sets off, too": {
			[]string{"head a", "one", "\nhead b", "two"}, []string{"head a\none", "head b\ntwo"},
		},
		"heads alone stand together": {
			[]string{"head", "\nhea", "\nhe"}, []string{"head\n\nhea\n\nhe"},
		},
		"a head too long for its event stands alone": {
			[]string{"ab", "", "0123456789abc", "two three"}, []string{"ab\n\n0123456789abc", "two three"},
		},
		"what has to be torn is torn apart from its head": {
			[]string{"head", strings.Repeat("x", 20)}, []string{"head", strings.Repeat("x", 14) + "…", "…" + strings.Repeat("x", 6)},
		},
		"nothing but white space is nothing": {[]string{" ", "", "\n"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := pages(c.blocks, 17); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheMessageWithTheMenuBeginsWithAHeadOrAnEvent(t *testing.T) {
	menu := []handlers.Button{{Text: "刷新", Data: "r:1"}}
	before, event := strings.Repeat("a", 900), strings.Repeat("b", 1018)
	got := textsOf(withMenu([]string{before, "", "head", event}, menu, maxText, true))
	if want := []string{before, "head\n" + event}; !slices.Equal(got, want) {
		t.Errorf("%d messages, the second begins with %q", len(got), prefix(got[1], 20))
	}
	got = textsOf(withMenu([]string{before, "", event}, menu, maxText, true))
	if want := []string{before, event}; !slices.Equal(got, want) {
		t.Errorf("%d messages, the second begins with %q", len(got), prefix(got[1], 20))
	}
}
