package handlers

import (
	"testing"

	"waybill/models"
)

func TestAParcelOfAnEnglishChatIsInEnglishUntilAnotherLanguageAsks(t *testing.T) {
	w := newWorld(t, "zh-CN")
	const number = "YT1000000000017"
	lang := func() string {
		t.Helper()
		found, err := w.store.ByNumber(t.Context(), number)
		if err != nil || len(found) != 1 {
			t.Fatalf("%d parcels, %v", len(found), err)
		}
		return found[0].Lang
	}
	w.says(t, "a", "/lang en")
	w.says(t, "a", number)
	if got := lang(); got != models.English {
		t.Errorf("of an English chat it is in %q", got)
	}
	w.says(t, "b", number)
	if got := lang(); got != "" {
		t.Errorf("after a Chinese chat has asked it is in %q", got)
	}
	w.says(t, "a", number)
	if got := lang(); got != "" {
		t.Errorf("asked in English again it is in %q", got)
	}
}
