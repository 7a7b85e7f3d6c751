package locales

import (
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
)

// remembered is how many converted texts are kept: converting one takes a few
// tenths of a millisecond, and the same scans are shown again and again.
const remembered = 4096

// traditional writes Simplified Chinese as Taiwan does. Its tables are read when
// they are first wanted (about 0.1 s, 8 MiB): most bots never speak to Taiwan. It is
// safe for concurrent use.
type traditional struct {
	load sync.Once
	cc   *opencc.OpenCC // nil when the tables cannot be read

	mu    sync.Mutex
	known map[string]string
}

// convert is a text in Taiwan's characters and words. Letters, digits and what is
// Traditional already stay as they are.
func (t *traditional) convert(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return text
	}
	t.mu.Lock()
	converted, known := t.known[text]
	t.mu.Unlock()
	if known {
		return converted
	}
	t.load.Do(func() { t.cc, _ = opencc.New("s2twp") })
	if t.cc == nil {
		return text
	}
	converted, err := t.cc.Convert(text)
	if err != nil {
		return text
	}
	converted = strings.ReplaceAll(converted, "臺", "台") // as people and carriers in Taiwan write it
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= remembered {
		t.known = make(map[string]string)
	}
	t.known[text] = converted
	return converted
}
