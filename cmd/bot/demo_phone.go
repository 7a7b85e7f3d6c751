package main

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

// phone is the customer's WeChat: what is typed is written to the account, the
// number of a menu's item presses it, and what the bot sends is shown. A
// console door draws it and knows the numbers; the bot itself has none here.
type phone struct {
	corp  *corp
	draw  *console.Door
	sheet *sheet

	mu   sync.Mutex
	seen int   // how much of what was sent is shown
	lost error // the screen is gone
}

// sheet is what a message looks like, before it is shown.
type sheet struct{ strings.Builder }

// Show adds text.
func (s *sheet) Show(text string) error {
	_, err := s.WriteString(text)
	return err
}

func newPhone(ctx context.Context, c *corp) (*phone, error) {
	p := &phone{corp: c, sheet: &sheet{}}
	p.draw = console.New(p, p.sheet, c.chat.colours, func() {}, time.Now)
	return p, p.draw.Receive(ctx, "") // once it has received something, it numbers menus
}

// deliveries is how often WeCom delivers a callback that is not answered with 200.
const deliveries = 3

// Hear is the customer writing a line, or what else happens at WeCom; true
// when the bot has been given something to answer.
func (p *phone) Hear(ctx context.Context, line string) (answering bool, err error) {
	if err := p.broken(); err != nil {
		return false, err
	}
	answering, known := p.happen(line)
	if !known {
		answering = true
		if err := p.draw.Receive(ctx, line); err != nil {
			return false, err
		}
	}
	return answering, p.announce(ctx)
}

// Answered changes nothing: menus of news can be pressed as well.
func (p *phone) Answered() {}

// announce has WeCom tell the bot that there is something to fetch.
func (p *phone) announce(ctx context.Context) error {
	var failure error
	for range deliveries {
		status, err := p.corp.api.Announce(ctx, demoAccount, wecomtest.Delivery{})
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
func (p *phone) Arrive(_ context.Context, as []models.Arrival, _ models.Moment) (fresh int, err error) {
	for _, a := range as {
		m, something, err := p.draw.Read(a.Body)
		if err != nil {
			return fresh, err
		}
		if something {
			p.write(m)
			fresh++
		}
	}
	return fresh, nil
}

func (p *phone) write(m handlers.Message) {
	if m.Button == "" {
		p.corp.api.Say(demoAccount, demoCustomer, m.Text)
		return
	}
	p.corp.api.Press(demoAccount, demoCustomer, m.Button, p.item(m.Button))
}

// item is what stands on the newest menu's item with this id.
func (p *phone) item(id string) string {
	text := id
	for _, s := range p.corp.api.Sent(demoCustomer) {
		for _, i := range s.Menu {
			if i.ID == id {
				text = i.Text
			}
		}
	}
	return text
}

// look shows what was sent since the last look.
func (p *phone) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := p.corp.api.Sent("")
	for _, s := range sent[p.seen:] {
		if s.To == demoCustomer { // not an upload, which is to nobody yet
			p.lost = errors.Join(p.lost, p.show(s, sent))
		}
	}
	p.seen = len(sent)
}

func (p *phone) broken() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// show puts one message on the screen: its text, its menu, and what stands
// under that.
func (p *phone) show(s wecomtest.Sent, all []wecomtest.Sent) error {
	p.sheet.Reset()
	message := handlers.Reply{Blocks: []handlers.Block{lines(s.Text)}, File: attached(s, all)}
	for _, i := range s.Menu {
		message.Buttons = append(message.Buttons, []handlers.Button{{Text: i.Text, Data: i.ID}})
	}
	if err := p.put(message); err != nil {
		return err
	}
	drawn := p.sheet.String()
	if s.Tail != "" {
		p.sheet.Reset()
		if err := p.put(handlers.Reply{Blocks: []handlers.Block{lines(s.Tail)}}); err != nil {
			return err
		}
		drawn = strings.TrimSuffix(drawn, "\n") + p.sheet.String()
	}
	return p.corp.chat.screen.Show(drawn)
}

func (p *phone) put(r handlers.Reply) error {
	return p.draw.Send(context.Background(), models.Address{}, r)
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
