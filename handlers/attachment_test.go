package handlers

import (
	"context"
	"errors"
	"strings"
	"testing"

	"waybill/models"
)

func TestAFileWithoutANameIsReadByWhatIsInIt(t *testing.T) {
	for name, c := range map[string]struct {
		body, want string
		err        error
	}{
		"a table":                {"单号,备注\nYT1000000000017,茶叶\n", "1", nil},
		"lines":                  {"YT1000000000017 茶叶\n", "1", nil},
		"what WeCom has no more": {"", "再发一次", models.ErrGone},
		"what is too large":      {"", "5 MB", ErrTooLarge},
		"a picture":              {"\x89PNG\r\n\x1a\n", "条码", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			f := Attachment{Kind: Document, Open: func(context.Context, int64) ([]byte, error) { return []byte(c.body), c.err }}
			replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Files: []Attachment{f}, Addressed: true})
			if err != nil || len(replies) == 0 || !strings.Contains(replies[0].Text(), c.want) {
				t.Errorf("%+v, %v", replies, err)
			}
		})
	}
}

func TestATableThatDoesNotComeIsAskedForAgain(t *testing.T) {
	w := newWorld(t, "zh-CN")
	f := Attachment{Kind: Document, Name: "a.csv", Open: func(context.Context, int64) ([]byte, error) { return nil, errors.New("broken pipe") }}
	replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Files: []Attachment{f}, Addressed: true})
	if err != nil || len(replies) != 1 || !strings.Contains(replies[0].Text(), "再发一次") {
		t.Errorf("%+v, %v", replies, err)
	}
}
