// Package locales holds every sentence the bot can say, one embedded file per
// language. A language is added by adding its file.
package locales

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed active.*.toml
var files embed.FS

// Bundle is all languages, loaded. It is safe for concurrent use.
type Bundle struct {
	localizers []*Localizer // in the order of the matcher's tags
	matcher    language.Matcher
	fallback   *Localizer // where the platform names no language
	english    *Localizer // where it names one that has no file
}

// Spoken says whether a language (BCP 47) has a file, without reading any.
func Spoken(lang string) bool {
	names, err := fs.Glob(files, "active.*.toml")
	if err != nil {
		return false
	}
	b := &Bundle{}
	var tags []language.Tag
	for _, name := range names {
		tag := language.Make(strings.TrimSuffix(strings.TrimPrefix(name, "active."), ".toml"))
		b.localizers, tags = append(b.localizers, &Localizer{tag: tag}), append(tags, tag)
	}
	b.matcher = language.NewMatcher(tags)
	return b.Knows(lang)
}

// Load reads the embedded files. fallback is the language (BCP 47) of those
// whose platform names none; it is an error when no file speaks it.
func Load(fallback string) (*Bundle, error) {
	messages := i18n.NewBundle(language.SimplifiedChinese)
	messages.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(files, "active.*.toml")
	if err != nil {
		return nil, fmt.Errorf("list languages: %w", err)
	}
	b, taiwan := &Bundle{}, &traditional{}
	var tags []language.Tag
	for _, name := range names {
		localizer, err := read(messages, name)
		if err != nil {
			return nil, err
		}
		if script, _ := localizer.tag.Script(); script == language.MustParseScript("Hant") {
			localizer.traditional = taiwan
		}
		b.localizers = append(b.localizers, localizer)
		tags = append(tags, localizer.tag)
	}
	b.matcher = language.NewMatcher(tags)
	b.english, _ = b.find("en")
	if !b.Knows(fallback) {
		return nil, fmt.Errorf("load language %q: there are %s", fallback, strings.Join(b.Languages(), ", "))
	}
	b.fallback, _ = b.find(fallback)
	return b, nil
}

func read(messages *i18n.Bundle, name string) (*Localizer, error) {
	body, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read language: %w", err)
	}
	file, err := messages.ParseMessageFileBytes(body, name)
	if err != nil {
		return nil, fmt.Errorf("read language %s: %w", name, err)
	}
	keys := make(map[string]bool, len(file.Messages))
	for _, m := range file.Messages {
		keys[m.ID] = true
	}
	return &Localizer{tag: file.Tag, words: i18n.NewLocalizer(messages, file.Tag.String()), keys: keys}, nil
}

// For is the localizer of the first language named that is not "": any Chinese
// finds its file, a language without a file English, and no language at all
// the fallback.
func (b *Bundle) For(langs ...string) *Localizer {
	for _, lang := range langs {
		if lang == "" {
			continue
		}
		if localizer, known := b.find(lang); known {
			return localizer
		}
		return b.english
	}
	return b.fallback
}

// find reads Telegram's zh-hans and POSIX's zh_CN as well as zh-CN.
func (b *Bundle) find(lang string) (*Localizer, bool) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, false
	}
	_, at, sure := b.matcher.Match(tag)
	return b.localizers[at], sure > language.No
}

// Knows says whether some file speaks the language (BCP 47).
func (b *Bundle) Knows(lang string) bool {
	_, known := b.find(lang)
	return known
}

// Languages are the tags of all files, in alphabetical order.
func (b *Bundle) Languages() []string {
	tags := make([]string, 0, len(b.localizers))
	for _, s := range b.localizers {
		tags = append(tags, s.Tag())
	}
	slices.Sort(tags)
	return tags
}

// Localizer says sentences in one language.
type Localizer struct {
	tag   language.Tag
	words *i18n.Localizer
	keys  map[string]bool

	traditional *traditional // nil where carriers' words are shown as they are
}

// Tag is the language, as in BCP 47.
func (s *Localizer) Tag() string { return s.tag.String() }

// Has says whether there are words for the key.
func (s *Localizer) Has(key string) bool { return s.keys[key] }

// Say is the sentence of a key. args are pairs of a placeholder's name and its
// value; one named Count also chooses the plural form. A key without words
// comes back as it is.
func (s *Localizer) Say(key string, args ...any) string {
	config := i18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		config.TemplateData, config.PluralCount = values(args)
	}
	said, err := s.words.Localize(&config)
	if err != nil && said == "" {
		return key
	}
	return said
}

func values(args []any) (data map[string]any, count any) {
	data = make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		data[name] = args[i+1]
	}
	return data, data["Count"]
}

// Written is a carrier's text as readers of this language write it: Simplified
// Chinese becomes Traditional for them. Names that people gave are not for it.
func (s *Localizer) Written(text string) string {
	if s.traditional == nil {
		return text
	}
	return s.traditional.convert(text)
}

// Region is the name of a country by its ISO code (SG); the code itself where it is
// none.
func (s *Localizer) Region(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return cmp.Or(display.Regions(s.tag).Name(region), code)
}

// Keys are the keys that begin with the prefix, in alphabetical order.
func (s *Localizer) Keys(prefix string) []string {
	var keys []string
	for key := range s.keys {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
