package wecomtest

import (
	"encoding/json"
	"slices"
	"time"
)

// WeCom's limits.
const (
	perMember = 30 // messages a minute to one member
	perRobot  = 20 // messages a minute to one group robot
)

// Member makes a member whom the app reaches.
func (a *API) Member(userid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members[userid] = true
}

// Leave takes a member out of the app's reach.
func (a *API) Leave(userid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.members, userid)
}

// Unreached has message/send say ok and name the receiver in a field:
// "invaliduser" or "unlicenseduser".
func (a *API) Unreached(field string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unreached = field
}

// Robot makes a group robot with a key.
func (a *API) Robot(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.robots[key] = nil
}

// Remove takes a group robot out of its group.
func (a *API) Remove(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.robots, key)
}

// sendToMember is message/send to one member. The agent must be a number, and
// the one whose token the call came with.
func (a *API) sendToMember(c *call) (any, *no) {
	var m struct {
		content
		Agent json.RawMessage `json:"agentid"`
	}
	if no := c.decode(&m); no != nil {
		return nil, no
	}
	var agent json.Number
	switch {
	case len(m.Agent) == 0:
		return nil, refuse(41011, "agentid missing")
	case m.Agent[0] == '"' || json.Unmarshal(m.Agent, &agent) != nil:
		return nil, refuse(40056, "invalid agentid")
	case agent.String() != c.app:
		return nil, refuse(301002, "no permission to use the agent")
	case m.ID != nil || m.KF != "" || m.Code != "" || m.Menu != nil:
		return nil, refuse(40058, "not for members")
	}
	if no := m.check(); no != nil {
		return nil, no
	}
	if no := a.refers(&m.content); no != nil {
		return nil, no
	}
	if !a.members[m.To] {
		return nil, refuse(81013, "user & party & tag all invalid")
	}
	recent := 0
	for _, s := range a.sent {
		if s.To == m.To && s.Account == "" && a.Now().Sub(s.At) < time.Minute {
			recent++
		}
	}
	if recent >= perMember {
		return nil, refuse(45009, "api freq out of limit")
	}
	if a.unreached != "" { // "ok", and yet not delivered
		return map[string]any{"msgid": a.id("sent-"), a.unreached: m.To}, nil
	}
	sent := m.sent()
	sent.ID, sent.At = a.id("sent-"), a.Now()
	a.sent = append(a.sent, sent)
	return map[string]any{"msgid": sent.ID}, nil
}

// describe is agent/get.
func (a *API) describe(c *call) (any, *no) {
	if c.param("agentid") != c.app {
		return nil, refuse(301002, "no permission to use the agent")
	}
	return map[string]any{"agentid": json.Number(c.app), "name": "app " + c.app}, nil
}

// sendToRobot is webhook/send.
func (a *API) sendToRobot(c *call) *no {
	key := c.param("key")
	times, ok := a.robots[key]
	if !ok {
		return refuse(93000, "invalid webhook url")
	}
	var m struct {
		Type     string `json:"msgtype"`
		Markdown struct {
			Content string `json:"content"`
		} `json:"markdown"`
	}
	if no := c.decode(&m); no != nil {
		return no
	}
	if m.Type != "markdown" {
		return refuse(40008, "invalid message type")
	}
	if no := within("markdown", m.Markdown.Content, 1, 4096); no != nil {
		return no
	}
	now := a.Now()
	times = slices.DeleteFunc(times, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if len(times) >= perRobot {
		return refuse(45009, "api freq out of limit")
	}
	a.robots[key] = append(times, now)
	a.sent = append(a.sent, Sent{To: key, Kind: "markdown", Text: m.Markdown.Content, At: now})
	return nil
}
