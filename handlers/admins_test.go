package handlers

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"waybill/models"
)

// silent is a platform that does not tell who administers its groups.
type silent struct{}

func (silent) Admin(context.Context, models.Address, string) (bool, error) {
	return false, fmt.Errorf("ask: %w", ErrCannotTell)
}

func TestAPlatformThatDoesNotTellWhoAdministersIsNotAskedAgain(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	c.settings.Admins["test"] = silent{}
	for said, want := range map[string]string{"/stop all": "不能一次全停", "/forget": "群里用不了"} {
		replies, err := c.Handle(t.Context(), w.chat("group", true), Message{Text: said, Group: true, Addressed: true, From: "7"})
		if got := strings.Join(shown(replies), "\n"); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %q, %v", said, got, err)
		}
	}
}
