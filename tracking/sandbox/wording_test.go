package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// muzhiSays is Muzhi's answer about a number after so many hours.
func muzhiSays(t *testing.T, s *Sandbox, number string) string {
	t.Helper()
	r := httptest.NewRequest("GET", MuzhiQueryPath+"?kddh="+number, nil)
	r.Header.Set("Authorization", "APPCODE x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Body.String()
}

func TestAVendorWordsItsScansInOtherWays(t *testing.T) {
	now := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	s := New(Options{Now: func() time.Time { return now }})
	var answer struct {
		Data map[string]muzhiScan `json:"data"`
	}
	if err := json.Unmarshal([]byte(muzhiSays(t, s, "YT1000000000112")), &answer); err != nil || len(answer.Data) != 2 || answer.Data["1"].Content == "" {
		t.Errorf("a list is %v, %v", answer.Data, err)
	}
	if said := muzhiSays(t, s, "YT1000000000120"); !strings.Contains(said, "</a>&nbsp;") || !strings.Contains(said, "<br/>") {
		t.Errorf("no HTML in %s", said)
	}
	first, shown := muzhiSays(t, s, "YT1000000000138"), muzhiSays(t, s, "YT1000000000146")
	now = now.Add(30 * time.Hour)
	later, masked := muzhiSays(t, s, "YT1000000000138"), muzhiSays(t, s, "YT1000000000146")
	if !strings.Contains(first, "小时后送达") || !strings.Contains(later, "小时后送达") || first == later {
		t.Errorf("expected is %s and then %s", first, later)
	}
	if !strings.Contains(shown, "18900008000") || strings.Contains(masked, "18900008000") || !strings.Contains(masked, "189****8000") {
		t.Errorf("shown is %s and then %s", shown, masked)
	}
	muzhiSays(t, s, "YT1000000000153")
	now = now.Add(12 * time.Hour)
	if said := muzhiSays(t, s, "YT1000000000153"); strings.Count(said, "快件运输中") != 6 {
		t.Errorf("got %s", said)
	}
}
