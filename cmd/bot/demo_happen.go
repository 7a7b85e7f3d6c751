package main

import (
	"strings"
	"time"

	"waybill/handlers/wecom/wecomtest"
)

// phoneHints tell on a terminal what can happen at WeCom besides.
func phoneHints() []string {
	return []string{
		"  微信客服：您是客户。You are a customer in WeChat; the other side of each exchange is told as well.",
		"  :enter 打开会话 opens the chat · :human 人工接待 somebody takes over · :end 结束会话 ends the session",
		"  :later 49h 企业微信的时钟往前走 WeCom's clock goes on\n",
	}
}

// happen makes happen what a line such as ":human" asks for; known is false
// when it is a line for the bot. answering: the bot has something to answer.
func (p *phone) happen(line string) (answering, known bool) {
	what, how, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch what {
	case ":enter":
		return p.corp.api.Enter(demoAccount, demoCustomer) != "", true
	case ":human":
		p.corp.api.SetState(demoAccount, demoCustomer, wecomtest.StateHuman)
	case ":end":
		p.corp.api.SetState(demoAccount, demoCustomer, wecomtest.StateEnded)
	case ":later":
		p.corp.later(how)
	default:
		return false, false
	}
	return false, true
}

// later puts WeCom's clock forward. The bot's stays: it learns from WeCom that
// a customer's two days are over.
func (c *corp) later(how string) {
	d, err := time.ParseDuration(strings.TrimSpace(how))
	if err != nil || d <= 0 {
		c.chat.aside("want a duration, such as :later 49h\n")
		return
	}
	c.ahead.Add(int64(d))
}
