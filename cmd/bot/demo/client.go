package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/handlers/console"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// client is the customer's WeChat: what is typed is written to the account, the
// number of a menu's item presses it, and what the bot sends is shown. A
// console door draws it and knows the numbers; the bot itself has none here.
type client struct {
	company *company
	draw    *console.Door
	drawn   *drawing

	mu   sync.Mutex
	seen int   // how much of what was sent is shown
	lost error // the screen is gone
}

// drawing is what a message looks like, before it is shown.
type drawing struct{ strings.Builder }

// Show adds text.
func (d *drawing) Show(text string) error {
	_, err := d.WriteString(text)
	return err
}

func newClient(ctx context.Context, owner *company) (*client, error) {
	c := &client{company: owner, drawn: &drawing{}}
	c.draw = console.New(c, c.drawn, owner.chat.colours, func() {}, time.Now)
	return c, c.draw.Receive(ctx, "") // once it has received something, it numbers menus
}

// deliveries is how often WeCom delivers a callback that is not answered with 200.
const deliveries = 3

// Submit is the customer writing a line, or what else happens at WeCom; true
// when the bot has been given something to answer.
func (c *client) Submit(ctx context.Context, line string) (answering bool, err error) {
	if err := c.broken(); err != nil {
		return false, err
	}
	answering, known := c.event(line)
	if !known {
		answering = true
		if err := c.draw.Receive(ctx, line); err != nil {
			return false, err
		}
	}
	return answering, c.announce(ctx)
}

// Answered changes nothing: menus of news can be pressed as well.
func (c *client) Answered() {}

// announce has WeCom tell the bot that there is something to fetch.
func (c *client) announce(ctx context.Context) error {
	var failure error
	for range deliveries {
		status, err := c.company.api.Announce(ctx, account, wecomtest.Delivery{})
		if err == nil && status == http.StatusOK {
			return nil
		}
		if failure = err; err == nil {
			failure = fmt.Errorf("status %d", status)
		}
	}
	return fmt.Errorf("deliver callback: %w", failure)
}

// Arrive takes what was typed from the drawing door to WeCom's account.
func (c *client) Arrive(_ context.Context, as []models.Arrival, _ models.Moment) (fresh int, err error) {
	for _, a := range as {
		m, something, err := c.draw.Read(a.Body)
		if err != nil {
			return fresh, err
		}
		if something {
			c.write(m)
			fresh++
		}
	}
	return fresh, nil
}

func (c *client) write(m handlers.Message) {
	if m.Button == "" {
		c.company.api.Say(account, customer, m.Text)
		return
	}
	c.company.api.Press(account, customer, m.Button, c.item(m.Button))
}

// item is what stands on the newest menu's item with this id.
func (c *client) item(id string) string {
	text := id
	for _, s := range c.company.api.Sent(customer) {
		for _, i := range s.Menu {
			if i.ID == id {
				text = i.Text
			}
		}
	}
	return text
}

// showNew shows what was sent since the last time.
func (c *client) showNew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := c.company.api.Sent("")
	for _, s := range sent[c.seen:] {
		if s.To == customer { // not an upload, which is to nobody yet
			c.lost = errors.Join(c.lost, c.show(s, sent))
		}
	}
	c.seen = len(sent)
}

func (c *client) broken() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// show puts one message on the screen: its text, its menu, and what stands
// under that.
func (c *client) show(s wecomtest.Sent, all []wecomtest.Sent) error {
	c.drawn.Reset()
	message := handlers.Reply{Blocks: []handlers.Block{lines(s.Text)}, File: attached(s, all)}
	for _, i := range s.Menu {
		message.Buttons = append(message.Buttons, []handlers.Button{{Text: i.Text, Data: i.ID}})
	}
	if err := c.put(message); err != nil {
		return err
	}
	drawn := c.drawn.String()
	if s.Tail != "" {
		c.drawn.Reset()
		if err := c.put(handlers.Reply{Blocks: []handlers.Block{lines(s.Tail)}}); err != nil {
			return err
		}
		drawn = strings.TrimSuffix(drawn, "\n") + c.drawn.String()
	}
	return c.company.chat.screen.Show(drawn)
}

func (c *client) put(r handlers.Reply) error {
	return c.draw.Send(context.Background(), models.Address{}, r)
}

func lines(text string) handlers.Block {
	var block handlers.Block
	if text == "" {
		return block
	}
	for line := range strings.SplitSeq(text, "\n") {
		block = append(block, handlers.Line{{Text: line}})
	}
	return block
}

// attached is the file of a message, nil when it has none.
func attached(s wecomtest.Sent, all []wecomtest.Sent) *handlers.File {
	for _, upload := range all {
		if s.Media != "" && upload.Media == s.Media && upload.Body != nil {
			return &handlers.File{Name: upload.Text, Body: upload.Body}
		}
	}
	return nil
}

// eventHints tell on a terminal what can happen at WeCom besides.
func eventHints() []string {
	return []string{
		"  微信客服：您是客户。You are a customer in WeChat; the other side of each exchange is told as well.",
		"  :enter 打开会话 opens the chat · :human 人工接待 somebody takes over · :end 结束会话 ends the session",
		"  :later 49h 企业微信的时钟往前走 WeCom's clock goes on\n",
	}
}

// event makes happen what a line such as ":human" asks for; known is false
// when it is a line for the bot. answering: the bot has something to answer.
func (c *client) event(line string) (answering, known bool) {
	what, how, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch what {
	case ":enter":
		return c.company.api.Enter(account, customer) != "", true
	case ":human":
		c.company.api.SetState(account, customer, wecomtest.StateHuman)
	case ":end":
		c.company.api.SetState(account, customer, wecomtest.StateEnded)
	case ":later":
		c.company.later(how)
	default:
		return false, false
	}
	return false, true
}

// later puts WeCom's clock forward. The bot's stays: it learns from WeCom that
// a customer's two days are over.
func (c *company) later(how string) {
	d, err := time.ParseDuration(strings.TrimSpace(how))
	if err != nil || d <= 0 {
		c.chat.note("want a duration, such as :later 49h\n")
		return
	}
	c.ahead.Add(int64(d))
}
