package recognise

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/messages.txt
var messages string

// Every message of testdata/messages.txt is read as it says there.
func TestMessagesAreReadAsPeopleMeanThem(t *testing.T) {
	_, corpus, _ := strings.Cut(messages, "\n\n")
	for i, block := range strings.Split(corpus, "\n---\n") {
		text, want := parseMessage(block)
		t.Run(fmt.Sprint("message ", i+1), func(t *testing.T) {
			var got []string
			for _, n := range Text(text).Numbers {
				got = append(got, line(n))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n%s", text, diff)
			}
		})
	}
}

func parseMessage(block string) (text string, want []string) {
	var lines []string
	for l := range strings.Lines(block) {
		l = strings.TrimSuffix(l, "\n")
		if number, ok := strings.CutPrefix(l, "=> "); !ok {
			lines = append(lines, l)
		} else if number != "none" {
			want = append(want, number)
		}
	}
	return strings.Join(lines, "\n"), want
}

func line(n Number) string {
	carriers := strings.Trim(strings.ReplaceAll(fmt.Sprint(n.Carriers), " ", ","), "[]")
	s := n.Number + " " + firstOf(carriers, "-") + map[bool]string{true: " sure", false: " unsure"}[n.Sure]
	if n.Tail != "" {
		s += " tail=" + n.Tail
	}
	if n.Name != "" {
		s += " name=" + n.Name
	}
	return s
}
