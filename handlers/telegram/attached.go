package telegram

import (
	"net/url"
	"slices"
	"strings"
)

// attached is what comes with a message that its writer did not write, a line
// each: what of another message is quoted, that message, and where links and
// buttons lead. A quote with digits in it is what is meant of the message; any
// other quote says only which message is.
func (m message) attached() string {
	var lines []string
	quoted := m.Quote != nil && m.Quote.Manual && strings.ContainsAny(m.Quote.Text, "0123456789")
	if m.Quote != nil {
		lines = append(append(lines, m.Quote.Text), links(m.Quote.Entities)...)
	}
	if to := m.ReplyTo; to != nil && !to.opensThread() && !quoted {
		lines = append(append(lines, to.words()), to.targets()...)
	}
	if m.External != nil {
		lines = append(lines, m.External.Preview.URL)
	}
	lines = append(lines, m.targets()...)
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" }), "\n")
}

// opensThread says that a message is answered by everything in its thread, whether
// its writer means it or not: what created a topic, a channel's post that a group
// discusses.
func (m message) opensThread() bool { return m.TopicCreated != nil || m.Forwarded }

// targets are the URLs behind a message's words and buttons. Those that stand in
// its text are read there.
func (m message) targets() []string {
	urls := links(m.entities())
	for _, button := range slices.Concat(m.Keyboard.Rows...) {
		urls = append(urls, button.URL)
	}
	return slices.DeleteFunc(urls, func(u string) bool { return !leadsOut(u) })
}

func links(es []entity) []string {
	var urls []string
	for _, e := range es {
		if e.Type == "text_link" && leadsOut(e.URL) {
			urls = append(urls, e.URL)
		}
	}
	return urls
}

// leadsOut says that a URL leads out of Telegram. The numbers in its own links
// are those of chats and messages.
func leadsOut(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	switch strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") {
	case "t.me", "telegram.me", "telegram.dog":
		return false
	}
	return true
}
