package admin

import "testing"

func TestAMaskLeavesTheLastThreeCharacters(t *testing.T) {
	for id, want := range map[string]string{
		"SF1000000000015": "•••015", "1001": "•••001", "123": "•••", "": "•••", "wmAb运单号": "•••运单号", "-1001234567890": "•••890",
	} {
		if got := mask(id); got != want {
			t.Errorf("%q becomes %q, want %q", id, got, want)
		}
	}
}

func TestATextIsMaskedWhereItHoldsNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"已签收，取件码 3-2-5012":                     "已签收，取件码 3-2-5012",
		"快件YT1000000000013离开":                  "快件•••013离开",
		"chat -1001234567890 not found":        "chat -•••890 not found",
		"2026-03-10 11:00:00 error 502":        "2026-03-10 11:00:00 error 502",
		"telegram: Too Many Requests: retry 7": "telegram: Too Many Requests: retry 7",
		"电话 13800138000":                       "电话 138****8000",
	} {
		if got := maskText(text, false); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
