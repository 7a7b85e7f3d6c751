package setup

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var hole = regexp.MustCompile(`\{[A-Za-z]+\}`)

func TestEveryLanguageAsksTheSame(t *testing.T) {
	english := load(t, "en")
	for _, lang := range []string{"zh-CN", "zh-TW"} {
		w := load(t, lang)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(w))); diff != "" {
			t.Errorf("%s (-en +%s):\n%s", lang, lang, diff)
		}
		for key, text := range w {
			want, got := slices.Sorted(slices.Values(hole.FindAllString(english[key], -1))), slices.Sorted(slices.Values(hole.FindAllString(text, -1)))
			if !slices.Equal(want, got) || strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is %q, in English %q", lang, key, text, english[key])
			}
		}
	}
	if len(load(t, "de")) != len(english) {
		t.Error("a language without a file is not asked in English")
	}
}

// Each question has words, and says where its answer comes from.
func TestEveryQuestionHasWords(t *testing.T) {
	s := &setup{words: load(t, "en")}
	questions := []question{{setting: "WECOM_CORP_ID"}, {setting: "PUBLIC_URL"}, {setting: "ADMIN_TOKEN"}, {setting: "DB"}}
	for _, g := range append(s.doorGroups(), s.providerGroups()...) {
		questions = append(questions, g.questions...)
		if s.words["item."+g.name] == "" {
			t.Errorf("no words for %s", g.name)
		}
	}
	for _, q := range questions {
		if s.words["ask."+q.setting] == "" || s.words["where."+q.setting] == "" {
			t.Errorf("no words for %s", q.setting)
		}
	}
}

func load(t *testing.T, lang string) words {
	t.Helper()
	w, err := readWords(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
