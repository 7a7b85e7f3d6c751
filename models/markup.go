package models

import (
	"html"
	"regexp"
	"strings"
)

// Plain turns the HTML that some carriers write into their scans into readable
// words: elements go (those that break a line become a blank), scripts and styles
// go with what they hold, character references become characters, twice escaped
// ones too. A "<" that opens no element of HTML stays.
func Plain(text string) string {
	for range 3 {
		if !strings.ContainsAny(text, "<&") {
			return text
		}
		plain := references.ReplaceAllStringFunc(withoutElements(text), html.UnescapeString)
		if plain == text {
			return text
		}
		text = plain
	}
	return text
}

func withoutElements(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	text = unread.ReplaceAllString(text, " ")
	text = breaks.ReplaceAllString(text, " ")
	return elements.ReplaceAllString(text, "")
}

// Attributes may hold a ">" in quotes, and a text that was cut may end inside a tag.
const attributes = `(?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*|/)?`

var (
	references = regexp.MustCompile(`&(?:nbsp;?|#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,30};)`)
	unread     = regexp.MustCompile(`(?is)<!--.*?-->|<script\b.*?</script\s*>|<style\b.*?</style\s*>`)
	breaks     = regexp.MustCompile(`(?i)</?(?:br|p|div|li|ul|ol|tr|td|th|table|tbody|thead|hr|h[1-6]|section|article|header|footer|dl|dt|dd|blockquote|pre|option)` + attributes + `>`)
	elements   = regexp.MustCompile(`(?i)</?(?:a|abbr|address|b|big|body|button|center|cite|code|del|em|font|form|head|html|i|iframe|img|input|ins|label|link|mark|meta|nav|s|script|select|small|span|strong|style|sub|sup|svg|path|textarea|title|tt|u|var|video|audio|source|wbr)` + attributes + `>` +
		`|<(?:a|img|span|font|div|p|link|input|button)\s+[a-z-]+\s*=[^<>]*$`)
)
