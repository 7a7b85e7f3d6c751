package setup

import (
	"embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed words.*.toml
var files embed.FS

// words are the sentences of one language by table and key. What checks find is said
// by package doctor, in English.
type words map[string]string

// readWords reads a language's sentences; English for one that has no file.
func readWords(lang string) (words, error) {
	body, err := files.ReadFile("words." + lang + ".toml")
	if err != nil {
		body, err = files.ReadFile("words.en.toml")
	}
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	var tables map[string]map[string]string
	if err := toml.Unmarshal(body, &tables); err != nil {
		return nil, fmt.Errorf("read questions in %s: %w", lang, err)
	}
	w := words{}
	for table, sentences := range tables {
		for key, text := range sentences {
			w[table+"."+key] = text
		}
	}
	return w, nil
}

// say is a sentence with its {Placeholders} filled in; args are pairs of name and value.
func (w words) say(key string, args ...string) string {
	for i := 0; i+1 < len(args); i += 2 {
		args[i] = "{" + args[i] + "}"
	}
	return strings.NewReplacer(args...).Replace(w[key])
}
