package wecomtest

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"waybill/internal/pattern"
)

var idShape = pattern.New(`^[0-9a-zA-Z_-]{1,32}$`)

// content is the body of a message to a customer.
type content struct {
	To   string          `json:"touser"`
	KF   string          `json:"open_kfid"`
	Code string          `json:"code"`
	ID   json.RawMessage `json:"msgid"`
	Type string          `json:"msgtype"`
	Text *struct {
		Content string `json:"content"`
	} `json:"text"`
	Menu *struct {
		Head string `json:"head_content"`
		List []item `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
	File  *mediaID `json:"file"`
	Image *mediaID `json:"image"`
}

type mediaID struct {
	ID string `json:"media_id"`
}

type item struct {
	Type  string `json:"type"`
	Click struct {
		ID      string `json:"id"`
		Content string `json:"content"`
	} `json:"click"`
}

// check refuses what WeCom would refuse.
func (m *content) check() *no {
	var id string
	if m.ID != nil && (json.Unmarshal(m.ID, &id) != nil || !idShape.MatchString(id)) {
		return refuse(40058, "invalid msgid")
	}
	switch {
	case m.Type == "text" && m.Text != nil:
		return within("text", m.Text.Content, 1, 2048)
	case m.Type == "msgmenu" && m.Menu != nil:
		return m.checkMenu()
	case m.Type == "file" && m.File != nil, m.Type == "image" && m.Image != nil:
		return nil
	}
	return refuse(40008, "invalid message type")
}

func (m *content) checkMenu() *no {
	if len(m.Menu.List) == 0 || len(m.Menu.List) > 10 {
		return refuse(40058, "a menu of %d items", len(m.Menu.List))
	}
	for _, i := range m.Menu.List {
		if i.Type != "click" {
			return refuse(40058, "an item of type %s", i.Type)
		}
		if no := within("id", i.Click.ID, 1, 64); no != nil {
			return no
		}
		if no := within("content", i.Click.Content, 1, 128); no != nil {
			return no
		}
	}
	if no := within("head_content", m.Menu.Head, 1, 1024); no != nil {
		return no
	}
	return within("tail_content", m.Menu.Tail, 0, 1024)
}

func within(what, text string, from, to int) *no {
	if len(text) < from || len(text) > to || !utf8.ValidString(text) || from > 0 && strings.TrimSpace(text) == "" {
		return refuse(40058, "%s of %d bytes", what, len(text))
	}
	return nil
}

// refers refuses a file that is not there, or is of another kind. The caller holds
// the lock.
func (a *API) refers(m *content) *no {
	id := m.File
	if m.Type == "image" {
		id = m.Image
	}
	if id != nil && a.media[id.ID].kind != m.Type {
		return refuse(40007, "invalid media_id")
	}
	return nil
}

// sent is the message as a test sees it.
func (m *content) sent() Sent {
	var id string
	_ = json.Unmarshal(m.ID, &id) // "" without one
	s := Sent{To: m.To, Account: m.KF, ID: id, Kind: m.Type}
	switch m.Type {
	case "text":
		s.Text = m.Text.Content
	case "file":
		s.Media = m.File.ID
	case "image":
		s.Media = m.Image.ID
	case "msgmenu":
		s.Text, s.Tail = m.Menu.Head, m.Menu.Tail
		for _, i := range m.Menu.List {
			s.Menu = append(s.Menu, Item{ID: i.Click.ID, Text: i.Click.Content})
		}
	}
	return s
}

// sendMsg sends to a customer: in the first two states, five messages within
// 48 hours of the customer's last. A message that came before is not sent twice.
func (a *API) sendMsg(c *call) (any, *no) {
	var m content
	if no := c.decode(&m); no != nil {
		return nil, no
	}
	if m.Code != "" {
		return nil, refuse(40058, "code is not for send_msg")
	}
	if no := m.check(); no != nil {
		return nil, no
	}
	if no := a.refers(&m); no != nil {
		return nil, no
	}
	s, no := a.find(m.KF, m.To)
	if no != nil {
		return nil, no
	}
	sent := m.sent()
	switch {
	case s.state == StateEnded:
		return nil, refuse(95013, "conversation is end")
	case s.state > StateBot:
		return nil, refuse(95018, "send msg session status invalid")
	case a.Now().Sub(s.spoke) >= 48*time.Hour:
		return nil, refuse(95002, "send msg time limit")
	case sent.ID != "" && s.seen[sent.ID]:
		return map[string]any{"msgid": sent.ID}, nil
	case s.left == 0:
		return nil, refuse(95001, "send msg count limit")
	}
	s.left--
	if sent.ID == "" {
		sent.ID = a.id("sent-")
	}
	s.seen[sent.ID] = true
	sent.At = a.Now()
	s.heard = sent.At
	a.sent = append(a.sent, sent)
	return map[string]any{"msgid": sent.ID}, nil
}

// sendMsgOnEvent says the one thing that a code allows.
func (a *API) sendMsgOnEvent(c *call) (any, *no) {
	var m content
	if no := c.decode(&m); no != nil {
		return nil, no
	}
	if m.To != "" || m.KF != "" {
		return nil, refuse(40058, "only a code says who is meant")
	}
	if m.Type != "text" && m.Type != "msgmenu" {
		return nil, refuse(40008, "invalid message type")
	}
	if no := m.check(); no != nil {
		return nil, no
	}
	for id, k := range a.accounts {
		for customer, s := range k.sessions {
			r, ok := s.codes[m.Code]
			if !ok {
				continue
			}
			if a.Now().After(r.until) || r.state >= 0 && r.state != s.state {
				return nil, refuse(95016, "code is no more")
			}
			if r.state < 0 && a.Now().Sub(s.greeted) < 48*time.Hour {
				return nil, refuse(95016, "welcomed within 48 hours")
			}
			delete(s.codes, m.Code)
			s.heard = a.Now()
			if r.state < 0 {
				s.greeted = s.heard
			}
			sent := m.sent()
			sent.To, sent.Account, sent.Event, sent.At = customer, id, true, a.Now()
			a.sent = append(a.sent, sent)
			return map[string]any{"msgid": a.id("sent-")}, nil
		}
	}
	return nil, refuse(40058, "invalid code")
}

func (a *API) find(kf, customer string) (*session, *no) {
	k := a.accounts[kf]
	if k == nil {
		return nil, refuse(95000, "invalid open_kfid")
	}
	s := k.sessions[customer]
	if s == nil {
		return nil, refuse(40003, "invalid external_userid")
	}
	return s, nil
}
