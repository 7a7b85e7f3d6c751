package wecom

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"waybill/internal/pattern"
)

const (
	deepest      = 8         // contents within contents: forwarded chats may hold forwarded chats
	mostAttached = 16 * 1024 // bytes of text that are read out of one message
)

// attachedTo is the text of a message's content that its writer did not write:
// what forwarded chats say, the title and the page of a card, a link's words and
// address. It is "" for what holds no text, such as a picture or a place.
func attachedTo(body []byte, kind string) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(body, &m) != nil {
		return ""
	}
	r := &attachedReader{}
	r.read(m[kind], 0)
	return r.String()
}

// attachedReader gathers the texts of a content, a line each.
type attachedReader struct{ text strings.Builder }

func (r *attachedReader) String() string { return strings.TrimSpace(r.text.String()) }

func (r *attachedReader) add(line string) {
	if line = strings.TrimSpace(line); line != "" && r.text.Len()+len(line) < mostAttached {
		r.text.WriteString(line + "\n")
	}
}

// read takes the texts out of a content of whatever kind, whose fields mean the
// same in all kinds (documents 94670, 94677).
func (r *attachedReader) read(raw json.RawMessage, depth int) {
	if depth > deepest {
		return
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) == nil {
		for _, one := range many {
			r.read(one, depth+1)
		}
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return
	}
	for _, name := range []string{"title", "product_titles", "desc", "description", "content", "msg_content", "url", "pagepath", "order_id"} {
		r.readText(name, fields[name], depth)
		delete(fields, name)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		r.read(fields[name], depth+1)
	}
}

// readText reads a field that holds text, or a content written as text.
func (r *attachedReader) readText(name string, raw json.RawMessage, depth int) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		r.read(raw, depth+1)
		return
	}
	switch {
	case name == "msg_content" && json.Valid([]byte(text)):
		r.read(json.RawMessage(text), depth+1)
	case name == "url", name == "pagepath":
		r.add(unescape(text))
	case name == "order_id" && text != "":
		r.add("订单号：" + text) // so that it is no tracking number
	default:
		r.add(text)
	}
}

// unescape reads an address as it was before it was escaped, perhaps within
// another one: what stands behind %3D is a word of its own.
func unescape(address string) string {
	for range 3 {
		plain, err := url.QueryUnescape(address)
		if err != nil || !strings.Contains(address, "%") {
			return address
		}
		address = plain
	}
	return address
}

// quotation matches what WeChat writes for a quote in a text that cannot hold one:
// 「张三：…」, a line of dashes, and what was written under it.
var quotation = pattern.New(`(?s)^「(.*)」\s*\n(?:[-—–]\s*){5,}\n(.*)$`)

// unquote parts what somebody wrote from the text that they quote.
func unquote(text string) (own, quoted string) {
	text = strings.TrimSpace(text)
	if found := quotation.FindStringSubmatch(text); found != nil {
		return strings.TrimSpace(found[2]), strings.TrimSpace(found[1])
	}
	return text, ""
}
