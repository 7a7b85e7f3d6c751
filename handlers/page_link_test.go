package handlers

import (
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// pagesIn are the addresses behind the links of replies to pages of ours.
func pagesIn(replies ...Reply) []string {
	var found []string
	for _, r := range replies {
		for _, b := range r.Blocks {
			for _, span := range slices.Concat(b...) {
				if span.Style == Link && len(span.URL) > 25 && span.URL[:25] == "https://waybill.example/p" {
					found = append(found, span.URL)
				}
			}
		}
	}
	return found
}

// pagesAfter says something and returns the pages that the answer links to.
func (w *world) pagesAfter(t *testing.T, conversation, text string) []string {
	t.Helper()
	replies, err := w.conversation().Handle(t.Context(), w.chat(conversation, false), Message{Text: text, Addressed: true, From: conversation})
	if err != nil {
		t.Fatal(err)
	}
	return pagesIn(replies...)
}

func TestAnAnswerAndDetailsLinkToTheFollowsPage(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.pages = true
	answer, details := w.pagesAfter(t, "a", moving), w.pagesAfter(t, "a", "详情 "+moving)
	if len(answer) != 1 || !slices.Equal(answer, details) {
		t.Fatalf("the answer links to %q, the details to %q", answer, details)
	}
	if other := w.pagesAfter(t, "b", moving); len(other) != 1 || other[0] == answer[0] {
		t.Errorf("another chat's link is %q", other)
	}
	w.says(t, "a", "停止")
	w.pass(time.Minute)
	if again := w.pagesAfter(t, "a", moving); len(again) != 1 || again[0] == answer[0] {
		t.Errorf("after following again the link is %q", again)
	}
	w.says(t, "b", "停止")
	w.pass(time.Minute)
	w.says(t, "b", "撤销")
	if again := w.pagesAfter(t, "b", "详情"); len(again) != 1 {
		t.Errorf("after an undone stop the link is %q", again)
	}
}

func TestNothingLinksToAPageWithoutPagesOrWithoutATrace(t *testing.T) {
	w := newWorld(t, "zh-CN")
	if got := w.pagesAfter(t, "a", moving); got != nil {
		t.Errorf("without pages: %q", got)
	}
	w.pages = true
	n := w.notification("a")
	n.Parcel.Status, n.Follow.TailState = models.Delivered, models.TailUntried
	if got := pagesIn(w.notify(t, n)); got != nil {
		t.Errorf("somebody whose tail opens nothing: %q", got)
	}
}

func TestNewsLinksToThePageOnceTheParcelHasArrived(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.pages = true
	n := w.notification("a")
	if got := pagesIn(w.notify(t, n)); got != nil {
		t.Errorf("on its way: %q", got)
	}
	n.Parcel.Status = models.Delivered
	if got := pagesIn(w.notify(t, n)); len(got) != 1 {
		t.Errorf("delivered: %q", got)
	}
}
