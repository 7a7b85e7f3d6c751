package telegramtest

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Entity is a run of formatted text; Offset and Length count UTF-16 code units.
type Entity struct {
	Type   string
	Offset int
	Length int
	URL    string
}

// kinds is what Telegram's tags mean; other tags are refused.
func kinds() map[string]string {
	return map[string]string{
		"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
		"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
		"span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
	}
}

var (
	tagShape    = regexp.MustCompile(`^<(/?)([a-z-]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>`)
	attrShape   = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	entityShape = regexp.MustCompile(`^&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});`)
)

// maxEntities is how many entities a message has at most; those beyond would be
// dropped in silence.
const maxEntities = 100

// open is a tag that is not closed yet.
type open struct {
	tag    string
	kind   string
	offset int
	url    string
}

// parser reads Telegram's subset of HTML.
type parser struct {
	kinds    map[string]string
	text     strings.Builder
	units    int
	stack    []open
	entities []Entity
}

// ParseHTML reads text in Telegram's HTML mode. Unlike Telegram it refuses a
// bare "&" or ">", which the documentation forbids and the server lets pass.
func ParseHTML(source string) (string, []Entity, error) {
	p := &parser{kinds: kinds()}
	for i := 0; i < len(source); {
		n, err := p.step(source[i:], i)
		if err != nil {
			return "", nil, err
		}
		i += n
	}
	if n := len(p.stack); n > 0 {
		return "", nil, fmt.Errorf("can't find end tag corresponding to start tag %q", p.stack[n-1].tag)
	}
	if len(p.entities) > maxEntities {
		return "", nil, fmt.Errorf("%d entities are more than a message has", len(p.entities))
	}
	return p.trimmed()
}

// step reads one character, character reference or tag and returns its length.
func (p *parser) step(rest string, at int) (int, error) {
	switch rest[0] {
	case '<':
		m := tagShape.FindStringSubmatch(rest)
		if m == nil {
			return 0, fmt.Errorf("unsupported start tag at byte offset %d", at)
		}
		if m[1] == "/" {
			return len(m[0]), p.close(m[2], at)
		}
		return len(m[0]), p.open(m[2], m[3], at)
	case '>':
		return 0, fmt.Errorf("unescaped > at byte offset %d", at)
	case '&':
		m := entityShape.FindString(rest)
		if m == "" {
			return 0, fmt.Errorf("unescaped & at byte offset %d", at)
		}
		p.write(html.UnescapeString(m))
		return len(m), nil
	}
	n := strings.IndexAny(rest, "<>&")
	if n < 0 {
		n = len(rest)
	}
	p.write(rest[:n])
	return n, nil
}

func (p *parser) write(s string) {
	p.text.WriteString(s)
	p.units += len(utf16.Encode([]rune(s)))
}

func (p *parser) open(tag, attrs string, at int) error {
	o := open{tag: tag, kind: p.kinds[tag], offset: p.units}
	if o.kind == "" {
		return fmt.Errorf("unsupported start tag %q at byte offset %d", tag, at)
	}
	if outer := p.within(o.kind); outer != "" {
		return fmt.Errorf("tag %q inside %s at byte offset %d", tag, outer, at)
	}
	for _, m := range attrShape.FindAllStringSubmatch(attrs, -1) {
		switch {
		case tag == "a" && m[1] == "href":
			o.url = html.UnescapeString(m[2])
		case tag == "blockquote" && m[1] == "expandable":
			o.kind = "expandable_blockquote"
		case tag == "span" && m[1] == "class", tag == "code" && m[1] == "class":
		default:
			return fmt.Errorf("unsupported attribute %q at byte offset %d", m[1], at)
		}
	}
	if tag == "a" && o.url == "" {
		return fmt.Errorf("tag \"a\" without href at byte offset %d", at)
	}
	p.stack = append(p.stack, o)
	return nil
}

// within is the open tag that cannot hold an entity, "" when there is none: code
// holds nothing, and of all others only those that merely change the letters hold,
// and are held by, any other.
func (p *parser) within(kind string) string {
	letters := func(kind string) bool {
		return slices.Contains([]string{"bold", "italic", "underline", "strikethrough", "spoiler"}, kind)
	}
	code := func(kind string) bool { return kind == "code" || kind == "pre" }
	for _, o := range p.stack {
		language := o.kind == "pre" && kind == "code"
		if !language && (code(o.kind) || code(kind) || !letters(kind) && !letters(o.kind)) {
			return o.tag
		}
	}
	return ""
}

func (p *parser) close(tag string, at int) error {
	n := len(p.stack)
	if n == 0 {
		return fmt.Errorf("unexpected end tag at byte offset %d", at)
	}
	o := p.stack[n-1]
	if o.tag != tag {
		return fmt.Errorf("unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, o.tag, tag)
	}
	p.stack = p.stack[:n-1]
	if p.units > o.offset {
		p.entities = append(p.entities, Entity{Type: o.kind, Offset: o.offset, Length: p.units - o.offset, URL: o.url})
	}
	return nil
}

// trimmed is the text without white space around it, as Telegram stores it.
func (p *parser) trimmed() (string, []Entity, error) {
	text := strings.TrimRight(p.text.String(), " \n\t\r")
	short := strings.TrimLeft(text, " \n\t\r")
	cut := len(utf16.Encode([]rune(text))) - len(utf16.Encode([]rune(short)))
	for i := range p.entities {
		p.entities[i].Offset = max(p.entities[i].Offset-cut, 0)
	}
	return short, p.entities, nil
}
