package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/pattern"
)

var (
	agentForm  = pattern.New(`^[1-9]\d{0,17}$`)
	aesKeyForm = pattern.New(`^[A-Za-z0-9+/]{43}$`)
	robotForm  = pattern.New(`^[A-Za-z0-9._~-]+$`)
)

// longestRobot is how many characters a group robot's name may have: people type it.
const longestRobot = 32

// parseID reads an id that WeCom shows, in which nothing is blank.
func parseID(text string) (string, error) {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return "", errors.New("has a space or a line break in it")
	}
	return text, nil
}

// parseWord reads a secret as platforms and vendors give them out: ASCII, and
// nothing blank. Others could not stand in a header.
func parseWord(text string) (Secret, error) {
	if _, err := parseID(text); err != nil {
		return "", err
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("has a character in it that no key has; copy it anew")
	}
	return Secret(text), nil
}

func parseAgent(text string) (string, error) {
	if !agentForm.MatchString(text) {
		return "", errors.New("want the app's AgentId, a number such as 1000002")
	}
	return text, nil
}

func parseAESKey(text string) (Secret, error) {
	if !aesKeyForm.MatchString(text) {
		return "", fmt.Errorf("want the EncodingAESKey, 43 of A-Z a-z 0-9, not %d characters", utf8.RuneCountInString(text))
	}
	return Secret(text), nil
}

const (
	longestShop    = 30   // characters
	longestWelcome = 1024 // bytes over a menu (document 94677)
)

// parseShop reads the name with which customers are greeted.
func parseShop(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > longestShop {
		return "", fmt.Errorf("want a name of at most %d characters in one line", longestShop)
	}
	return text, nil
}

// parseWelcome reads the greeting of customers. An environment file has no line
// breaks: \n stands for one.
func parseWelcome(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, `\n`, "\n"))
	if len(text) > longestWelcome || !utf8.ValidString(text) {
		return "", fmt.Errorf("want a greeting of at most %d bytes in UTF-8, some %d Chinese characters, not %d", longestWelcome, longestWelcome/3, len(text))
	}
	return text, nil
}

// parseRobots checks the group robots. Its errors show no key, not even one
// that stands where the name should.
func parseRobots(text string) (Secret, error) {
	seen := map[string]bool{}
	for i, item := range list(text) {
		name, _, err := robot(item)
		if err != nil {
			return "", fmt.Errorf("robot %d: %w", i+1, err)
		}
		if seen[strings.ToLower(name)] {
			return "", fmt.Errorf("%q stands there twice", name)
		}
		seen[strings.ToLower(name)] = true
	}
	return Secret(text), nil
}

// robot takes one "name=key" apart.
func robot(item string) (name, key string, err error) {
	name, key, ok := strings.Cut(item, "=")
	name, key = strings.TrimSpace(name), strings.TrimSpace(key)
	switch {
	case !ok:
		return "", "", errors.New("want name=key")
	case name == "":
		return "", "", errors.New("has no name; want name=key")
	case key == "":
		return "", "", errors.New("has no key; want name=key")
	case !robotForm.MatchString(key):
		return "", "", errors.New("want what stands behind key= in the robot's webhook address, and nothing else of it")
	case strings.ContainsFunc(name, unicode.IsControl), utf8.RuneCountInString(name) > longestRobot:
		return "", "", fmt.Errorf("want a name of at most %d characters", longestRobot)
	case reserved(name):
		return "", "", fmt.Errorf("%q is no name for a robot: the command that switches a robot off says it", name)
	}
	return name, key, nil
}

// reserved says that /push NAME 2 would switch robots off with this name.
func reserved(name string) bool {
	switch strings.ToLower(strings.Fields(name)[0]) {
	case "off", "关", "關", "关闭", "關閉", "删除", "刪除", "清除", "取消", "忘记", "不要":
		return true
	}
	return false
}

// Robots are the keys of the group robots by name; the settings have been checked.
func (w WeCom) Robots() map[string]string {
	keys := map[string]string{}
	for _, item := range list(string(w.GroupWebhooks)) {
		if name, key, err := robot(item); err == nil {
			keys[name] = key
		}
	}
	return keys
}
