package locales_test

import (
	"embed"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"waybill/locales"
	"waybill/models"
	"waybill/tracking/recognise"
)

//go:embed active.*.toml
var files embed.FS

// forms are the sentences of every language: key -> plural form -> words.
type forms map[string]map[string]string

func TestEveryLanguageHasTheSameKeysAndPlaceholders(t *testing.T) {
	want := placeholders(read(t, "active.zh-CN.toml"))
	for _, name := range languages(t) {
		if diff := cmp.Diff(want, placeholders(read(t, name))); diff != "" {
			t.Errorf("%s differs from zh-CN (-zh-CN +%s):\n%s", name, name, diff)
		}
	}
}

func TestNoSentenceIsBlank(t *testing.T) {
	for _, name := range languages(t) {
		for key, said := range read(t, name) {
			for form, words := range said {
				if strings.TrimSpace(words) == "" {
					t.Errorf("%s: %s (%s) is blank", name, key, form)
				}
			}
		}
	}
}

func TestEveryFormOfASentenceHasTheSamePlaceholders(t *testing.T) {
	for _, name := range languages(t) {
		for key, said := range read(t, name) {
			for form, words := range said {
				if diff := cmp.Diff(holes(said["other"]), holes(words)); diff != "" {
					t.Errorf("%s: %s (%s) differs from its other form:\n%s", name, key, form, diff)
				}
			}
		}
	}
}

func TestEnglishHasASingularWhereverItCounts(t *testing.T) {
	for key, said := range read(t, "active.en.toml") {
		if _, singular := said["one"]; !singular && slices.Contains(holes(said["other"]), "Count") {
			t.Errorf("%s counts and has no singular", key)
		}
	}
}

func TestEveryKeyIsUsedAndEveryUsedKeyHasWords(t *testing.T) {
	literals := literalsOf(t, "../handlers", "../cmd")
	keys := read(t, "active.zh-CN.toml")
	for key := range keys {
		family, _, nested := strings.Cut(key, ".")
		ofFamily := nested && literals[family+"."]
		ending := strings.HasPrefix(key, "notice.ended_") && literals["notice.ended_"]
		if !literals[key] && !ofFamily && !ending {
			t.Errorf("no code says %s", key)
		}
	}
	for literal := range literals {
		family, rest, nested := strings.Cut(literal, ".")
		if !nested || rest == "" || !slices.Contains(families(keys), family) || strings.HasSuffix(literal, "_") {
			continue
		}
		if _, has := keys[literal]; !has {
			t.Errorf("no words for %s", literal)
		}
	}
}

func TestEveryStatusAndCarrierHasWordsInEveryLanguage(t *testing.T) {
	bundle := load(t, "zh-CN")
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range bundle.Languages() {
		localizer := bundle.For(lang)
		for _, s := range models.Statuses() {
			if !localizer.Has("status." + string(s)) {
				t.Errorf("%s: no words for status %s", lang, s)
			}
		}
		for _, c := range carriers.All() {
			if !localizer.Has("carrier." + string(c)) {
				t.Errorf("%s: no words for carrier %s", lang, c)
			}
		}
		for _, key := range localizer.Keys("carrier.") {
			if carrier := models.Carrier(strings.TrimPrefix(key, "carrier.")); carriers.Contact(carrier) == (recognise.Contact{}) {
				t.Errorf("%s: the tables do not know %s", lang, carrier)
			}
		}
	}
}

func TestWhatAProgramMatchesIsSaid(t *testing.T) {
	bundle := load(t, "zh-CN")
	for lang, want := range map[string]struct{ ask, refused string }{
		"zh-CN": {"手机", "尾号"},
		"zh-TW": {"手機", "尾號"},
		"en":    {"phone", "phone"},
	} {
		localizer := bundle.For(lang)
		for key, word := range map[string]string{
			"tail.ask": want.ask, "tail.ask_many": want.ask, "notice.tail_missing": want.ask,
			"tail.wrong": want.refused, "tail.wrong_open": want.refused, "tail.kept_wrong": want.refused,
			"tail.spent": want.refused, "notice.tail": want.refused,
		} {
			said := localizer.Say(key, "Number", "SF1000000000015", "Carrier", "", "Count", 2)
			if !strings.Contains(said, word) {
				t.Errorf("%s: %s says %q, without %q", lang, key, said, word)
			}
		}
	}
}

// Telegram shows 512 and 120 characters of a bot, and both kinds of Chinese
// under one another: it does not tell them apart.
func TestWhatTelegramShowsOfTheBotFits(t *testing.T) {
	bundle := load(t, "zh-CN")
	for key, most := range map[string]int{"profile.long": 512, "profile.short": 120} {
		for _, lang := range bundle.Languages() {
			if n := utf8.RuneCountInString(bundle.For(lang).Say(key)); n > most {
				t.Errorf("%s: %s has %d characters", lang, key, n)
			}
		}
		if n := utf8.RuneCountInString(bundle.For("zh-CN").Say(key) + "\n\n" + bundle.For("zh-TW").Say(key)); n > most {
			t.Errorf("%s has %d characters in Chinese", key, n)
		}
	}
}

func TestForFindsTheLanguageOfAChat(t *testing.T) {
	for _, c := range []struct {
		name, fallback, want string
		langs                []string
	}{
		{"no language at all speaks the fallback", "zh-CN", "zh-CN", nil},
		{"another fallback is heard too", "en", "en", []string{"", ""}},
		{"the chosen language goes before the platform's", "zh-CN", "en", []string{"en", "zh-CN"}},
		{"none chosen: the platform's", "zh-CN", "en", []string{"", "en-GB"}},
		{"Telegram's simplified Chinese", "en", "zh-CN", []string{"zh-hans"}},
		{"bare Chinese", "en", "zh-CN", []string{"zh"}},
		{"Chinese of Taiwan", "en", "zh-TW", []string{"zh-TW"}},
		{"Chinese of Hong Kong, as Telegram writes it", "en", "zh-TW", []string{"zh-hant-hk"}},
		{"a language without words speaks English", "zh-CN", "en", []string{"de"}},
		{"nonsense speaks English", "zh-CN", "en", []string{"!!"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := load(t, c.fallback).For(c.langs...).Tag(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLoadRefusesAFallbackWithoutWords(t *testing.T) {
	for _, lang := range []string{"de", "", "!!"} {
		if _, err := locales.Load(lang); err == nil {
			t.Errorf("Load(%q) wants to speak it", lang)
		}
	}
}

// What is spoken is known without reading a file, and is what loading knows.
func TestSpokenIsWhatLoads(t *testing.T) {
	for _, lang := range []string{"zh-CN", "zh-TW", "en", "zh", "zh_CN", "zh-hans", "en-GB", "fr", "xx", "", "no language"} {
		_, err := locales.Load(lang)
		if got := locales.Spoken(lang); got != (err == nil) {
			t.Errorf("%q is spoken: %v, but loading says %v", lang, got, err)
		}
	}
}

func TestSayChoosesThePluralAndFillsTheGaps(t *testing.T) {
	en := load(t, "en").For("en")
	for _, c := range []struct {
		count int
		want  string
	}{{1, "1 minute ago"}, {2, "2 minutes ago"}, {0, "0 minutes ago"}} {
		if got := en.Say("age.minutes", "Count", c.count); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got := en.Say("no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key says %q", got)
	}
}

func load(t testing.TB, fallback string) *locales.Bundle {
	t.Helper()
	bundle, err := locales.Load(fallback)
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

func languages(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(files, "active.*.toml")
	if err != nil || len(names) < 2 {
		t.Fatalf("languages: %v, %v", names, err)
	}
	return names
}

// read reads a file without go-i18n, so that what is tested is the file.
func read(t *testing.T, name string) forms {
	t.Helper()
	var tree map[string]any
	if _, err := toml.DecodeFS(files, name, &tree); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := forms{}
	walk(out, "", tree)
	return out
}

func walk(out forms, prefix string, tree map[string]any) {
	_, other := tree["other"].(string)
	for key, value := range tree {
		switch value := value.(type) {
		case map[string]any:
			walk(out, prefix+key+".", value)
		case string:
			if id := strings.TrimSuffix(prefix, "."); other {
				if out[id] == nil {
					out[id] = map[string]string{}
				}
				out[id][key] = value
			} else {
				out[prefix+key] = map[string]string{"other": value}
			}
		}
	}
}

func placeholders(f forms) map[string][]string {
	all := map[string][]string{}
	for key, said := range f {
		all[key] = holes(said["other"])
	}
	return all
}

// holes are the placeholders of a sentence, each once.
func holes(words string) []string {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`\.([A-Z]\w*)`).FindAllStringSubmatch(words, -1) {
		found[m[1]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func families(f forms) []string {
	found := map[string]bool{}
	for key := range f {
		if family, _, nested := strings.Cut(key, "."); nested {
			found[family] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// literalsOf are all strings in the Go sources below some folders.
func literalsOf(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	quoted := regexp.MustCompile(`"([^"\n]*)"`)
	found := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			body, err := os.ReadFile(name)
			for _, m := range quoted.FindAllStringSubmatch(string(body), -1) {
				found[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func TestCountriesHaveNames(t *testing.T) {
	for lang, want := range map[string]string{"zh-CN": "新加坡", "zh-TW": "新加坡", "en": "Singapore"} {
		if got := load(t, "en").For(lang).Region("SG"); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
	if got := load(t, "en").For("en").Region("?"); got != "?" {
		t.Errorf("got %q", got)
	}
}
