package demo

import (
	"embed"
	"fmt"
	"strings"

	"waybill/handlers/console"
	"waybill/locales"
)

//go:embed banner.*.txt
var banners embed.FS

// fallback is the demo's language where the environment names none: the one
// that bot serve has by default.
const fallback = "zh-CN"

// Language is the language that an environment asks for, as a tag of a file in
// package locales: of LC_ALL, LC_MESSAGES and LANG the first that is set counts.
// C and POSIX name no language; one without a file is English.
func Language(environ map[string]string) (string, error) {
	words, err := locales.Load(fallback)
	if err != nil {
		return "", fmt.Errorf("choose language: %w", err)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if environ[name] != "" {
			return words.For(tag(environ[name])).Tag(), nil
		}
	}
	return fallback, nil
}

// tag is the language of a POSIX locale such as zh_TW.UTF-8, "" of none.
func tag(locale string) string {
	locale, _, _ = strings.Cut(locale, "@")
	locale, _, _ = strings.Cut(locale, ".")
	if locale == "C" || locale == "POSIX" {
		return ""
	}
	return locale
}

// banner tells a newcomer in a language what to type, in lines of at most columns.
func banner(lang string, columns int, hints ...string) string {
	text, err := banners.ReadFile("banner." + lang + ".txt")
	if err != nil {
		text, _ = banners.ReadFile("banner.en.txt") // a language that has no banner yet
	}
	whole := string(text) + "\n"
	for _, h := range hints {
		whole += h + "\n"
	}
	return console.Wrap(whole, columns)
}

// leaves says whether a message asks to leave: a word that people type for it at
// a prompt, and nothing else.
func leaves(message string) bool {
	word := strings.ToLower(strings.TrimSpace(message))
	word = strings.TrimLeft(strings.TrimRight(word, "。.!！"), "/／")
	switch word {
	case "exit", "quit", "q", "bye", "logout", ":q", ":q!", ":wq", ":quit", ":exit", "退出", "离开", "離開":
		return true
	}
	return false
}
