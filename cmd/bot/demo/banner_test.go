package demo

import (
	"strings"
	"testing"

	"waybill/locales"
	"waybill/tracking/sandbox"
)

func TestTheLanguageIsThatOfTheEnvironment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ map[string]string
		want    string
	}{
		"none":                      {nil, "zh-CN"},
		"C":                         {map[string]string{"LANG": "C"}, "zh-CN"},
		"C with a character set":    {map[string]string{"LANG": "C.UTF-8"}, "zh-CN"},
		"POSIX":                     {map[string]string{"LANG": "POSIX"}, "zh-CN"},
		"China":                     {map[string]string{"LANG": "zh_CN.UTF-8"}, "zh-CN"},
		"Singapore":                 {map[string]string{"LANG": "zh_SG"}, "zh-CN"},
		"Chinese of nowhere":        {map[string]string{"LANG": "zh"}, "zh-CN"},
		"Taiwan":                    {map[string]string{"LANG": "zh_TW.UTF-8"}, "zh-TW"},
		"Hong Kong":                 {map[string]string{"LANG": "zh_HK.UTF-8"}, "zh-TW"},
		"Macau":                     {map[string]string{"LANG": "zh_MO"}, "zh-TW"},
		"Traditional by its script": {map[string]string{"LANG": "zh_Hant"}, "zh-TW"},
		"English":                   {map[string]string{"LANG": "en_US.UTF-8"}, "en"},
		"English of another place":  {map[string]string{"LANG": "en_NZ@latin"}, "en"},
		"without a file":            {map[string]string{"LANG": "de_DE.UTF-8"}, "en"},
		"no locale at all":          {map[string]string{"LANG": "!!"}, "en"},
		"messages before LANG":      {map[string]string{"LANG": "zh_CN", "LC_MESSAGES": "en_US"}, "en"},
		"all before messages":       {map[string]string{"LC_ALL": "zh_TW", "LC_MESSAGES": "en_US"}, "zh-TW"},
		"an empty one is not set":   {map[string]string{"LC_ALL": "", "LANG": "en_US"}, "en"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Language(c.environ); got != c.want || err != nil {
				t.Errorf("%q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

// columns is a width that is enough for text, Chinese characters counted twice.
func columnsIn(line string) int {
	n := 0
	for _, r := range line {
		if n++; r >= 0x2e80 {
			n++
		}
	}
	return n
}

func TestTheBannerFitsEveryWindowAndBreaksNoWord(t *testing.T) {
	t.Parallel()
	words, err := locales.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Languages() {
		whole := banner(lang, 1000)
		if widest := banner(lang, 80); widest != whole {
			t.Errorf("%s: at 80 columns it is folded:\n%s", lang, widest)
		}
		for columns := 24; columns < 80; columns++ {
			narrow := banner(lang, columns)
			for line := range strings.SplitSeq(narrow, "\n") {
				if columnsIn(line) > columns {
					t.Errorf("%s: %q has more than %d columns", lang, line, columns)
				}
			}
			for _, word := range []string{"YT1000000000013", "Ctrl-D", "Waybill", "exit", "/lang"} {
				if !strings.Contains(narrow, word) {
					t.Errorf("%s: at %d columns there is no %s", lang, columns, word)
				}
			}
		}
	}
}

func TestTheBannerOffersScenarios(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range sandbox.Scenarios() {
		known[s.Number] = true
	}
	for _, lang := range []string{"zh-CN", "zh-TW", "en"} {
		offered := 0
		for line := range strings.SplitSeq(banner(lang, 80), "\n") {
			if !strings.HasPrefix(line, "  ") {
				continue
			}
			if offered++; !known[strings.Fields(line)[0]] {
				t.Errorf("%s: %q is no scenario", lang, line)
			}
		}
		if offered != 5 {
			t.Errorf("%s: %d are offered", lang, offered)
		}
	}
	if !strings.HasSuffix(banner("en", 80, "a hint"), "\n\na hint\n") {
		t.Error("a hint does not stand at the end")
	}
}

func TestWordsThatLeave(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]bool{
		"exit": true, "quit": true, "q": true, "Q": true, " Exit ": true, "退出": true, "離開": true, "离开": true, "bye": true, ":q": true, "/quit": true, "退出。": true,
		"": false, "exit YT1000000000013": false, "exit\nquit": false, "qq": false, "停止": false, "取消": false, ":end": false, "再见": false, "/": false,
	} {
		if got := leaves(message); got != want {
			t.Errorf("%q leaves: %t", message, got)
		}
	}
}
