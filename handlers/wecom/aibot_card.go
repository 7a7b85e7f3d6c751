package wecom

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"

	"waybill/handlers"
	"waybill/models"
)

// Limits of a card with buttons (document 101032): more than the title's characters
// is cut by the apps.
const (
	cardButtons = 6
	cardText    = 26
)

type (
	aibotCard struct {
		Type    string            `json:"card_type"`
		Title   aibotCardTitle    `json:"main_title"`
		Buttons []aibotCardButton `json:"button_list"`
		Task    string            `json:"task_id"` // never the same twice
	}
	aibotCardTitle struct {
		Text string `json:"title"`
	}
	aibotCardButton struct {
		Text  string `json:"text"`
		Style int    `json:"style"` // 1: the one to press, 2: another
		Key   string `json:"key"`
	}
)

// isCard says that the buttons of a reply fit on a card. In groups a card is pressed
// without mentioning the bot, which a number is not.
func isCard(r handlers.Reply) bool {
	n := 0
	for _, row := range r.Buttons {
		n += len(row)
	}
	return r.For == handlers.Answer && n > 0 && n <= cardButtons
}

// cardTitle is the first line of a reply: what the buttons are about.
func cardTitle(r handlers.Reply, otherwise string) string {
	for line := range strings.SplitSeq(r.Text(), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if runes := []rune(valid(line)); len(runes) > cardText {
			return string(runes[:cardText-1]) + ellipsis
		}
		return valid(line)
	}
	return otherwise
}

// pushCard sends buttons as a card, or as numbers where WeCom does not take it.
func (d *AIBot) pushCard(ctx context.Context, c *aibotConn, to models.Address, p part) error {
	card := &aibotCard{Type: "button_interaction", Title: aibotCardTitle{p.title}, Task: "waybill-" + rand.Text()}
	for i, b := range p.menu {
		style := 2
		if i == 0 {
			style = 1
		}
		card.Buttons = append(card.Buttons, aibotCardButton{Text: valid(b.Text), Style: style, Key: b.Data})
	}
	err := d.push(ctx, c, to, aibotSendBody{Type: "template_card", Card: card})
	if !refusesContent(err) {
		return err
	}
	d.log().Warn("wecom aibot card is refused: numbers stand for it", slog.Any("error", err))
	return d.push(ctx, c, to, markdownBody(p.text))
}

// refusesContent says that a refusal is about what a message holds, not about its chat.
func refusesContent(err error) bool {
	if codeOf(err) == 0 || aibotWait(err) > 0 {
		return false
	}
	switch codeOf(err) {
	case codeAIBotForbidden, codeAIBotNoChat, codeAIBotNotInChat, codeAIBotSpam:
		return false
	}
	return true
}
