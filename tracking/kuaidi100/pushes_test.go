package kuaidi100

import (
	"strings"
	"testing"
)

func TestTheDoctorKnowsThatPushesGoToBareHTTP(t *testing.T) {
	for name, c := range map[string]struct {
		settings  Settings
		publicURL string
		says      string // "": nothing
		care      bool
	}{
		"no pushes":                {Settings{}, "https://a.example", "", false},
		"the public URL":           {Settings{Salt: "s"}, "https://a.example", "calls http:// only", true},
		"an address of their own":  {Settings{Salt: "s", CallbackURL: "http://b.example"}, "https://a.example", "http://b.example/push/kuaidi100/", false},
		"https of their own asked": {Settings{Salt: "s", CallbackURL: "https://b.example"}, "", "https://b.example", true},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.settings.pushes(c.publicURL)
			if c.says == "" && len(got) == 0 {
				return
			}
			if len(got) != 1 || !got[0].OK || got[0].Care != c.care || !strings.Contains(got[0].Text, c.says) {
				t.Errorf("%+v", got)
			}
		})
	}
}
