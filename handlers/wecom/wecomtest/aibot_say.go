package wecomtest

import (
	"encoding/json"
	"errors"
)

// ErrNobody says that no bot is connected: WeCom would drop the message.
var ErrNobody = errors.New("no bot is subscribed")

// AIBotSaid is a message to the bot.
type AIBotSaid struct {
	ID    string   // msgid; "" makes a new one. The same one again is a repeated delivery
	From  string   // userid
	Group string   // chatid; "": one to one
	Kind  string   // "": text; voice, mixed, image, file, video
	Text  string   // of text and voice; in groups it contains the mention
	Texts []string // of mixed, with a picture between each two
	Quote string   // the text that it answers
	URL   string   // of the picture or file; "": an address that nobody serves
	Key   string   // with which that is encrypted

	QuoteTexts []string // of a mixed message that it answers
}

// conversation is the chat as the double's records name it.
func (s AIBotSaid) conversation() string {
	if s.Group != "" {
		return "group:" + s.Group
	}
	return "single:" + s.From
}

// Say delivers a message to the bot and returns the callback's req_id. From now
// on the bot may send to that chat.
func (a *AIBot) Say(s AIBotSaid) (reqID string, err error) {
	a.mu.Lock()
	if a.chats[s.conversation()] == nil {
		a.chats[s.conversation()] = &aibotChat{}
	}
	a.chats[s.conversation()].gone = false
	if s.ID == "" {
		s.ID = a.newID("msg")
	}
	body := a.message(s)
	call := &aibotCall{chat: s.conversation(), user: s.From}
	a.mu.Unlock()
	return a.deliver("aibot_msg_callback", body, call)
}

// message is the body of a callback. The caller holds the lock.
func (a *AIBot) message(s AIBotSaid) map[string]any {
	if s.Kind == "" {
		s.Kind = "text"
	}
	body := map[string]any{
		"msgid": s.ID, "aibotid": AIBotID, "chattype": "single", "create_time": a.Now().Unix(),
		"from": map[string]any{"userid": s.From}, "msgtype": s.Kind, s.Kind: s.content(),
		"response_url": "https://qyapi.example/cgi-bin/aibot/response?response_code=none",
	}
	if s.Group != "" {
		body["chattype"], body["chatid"] = "group", s.Group
	}
	if s.Quote != "" {
		body["quote"] = map[string]any{"msgtype": "text", "text": map[string]any{"content": s.Quote}}
	}
	if len(s.QuoteTexts) > 0 {
		quoted := AIBotSaid{Kind: "mixed", Texts: s.QuoteTexts}
		body["quote"] = map[string]any{"msgtype": "mixed", "mixed": quoted.content()}
	}
	return body
}

func (s AIBotSaid) content() map[string]any {
	picture := map[string]any{"url": "https://ww-aibot-img.example/encrypted", "aeskey": "AAAA"}
	if s.URL != "" {
		picture = map[string]any{"url": s.URL, "aeskey": s.Key}
	}
	switch s.Kind {
	case "text", "voice":
		return map[string]any{"content": s.Text}
	case "mixed":
		var items []any
		for i, text := range s.Texts {
			if i > 0 {
				items = append(items, map[string]any{"msgtype": "image", "image": picture})
			}
			items = append(items, map[string]any{"msgtype": "text", "text": map[string]any{"content": text}})
		}
		return map[string]any{"msg_item": items}
	}
	return picture
}

// Enter tells the bot that somebody has opened the single chat for the first
// time today. It is no message: the bot may answer with a welcome, nothing else.
func (a *AIBot) Enter(user string) (reqID string, err error) { return a.Event(user, "enter_chat") }

// Event tells the bot that something has happened in a single chat.
func (a *AIBot) Event(user, event string) (reqID string, err error) {
	a.mu.Lock()
	body := map[string]any{
		"msgid": a.newID("msg"), "aibotid": AIBotID, "chattype": "single", "create_time": a.Now().Unix(),
		"from": map[string]any{"userid": user}, "msgtype": "event", "event": map[string]any{"eventtype": event},
	}
	a.mu.Unlock()
	return a.deliver("aibot_event_callback", body, &aibotCall{chat: "single:" + user, user: user, event: event})
}

// deliver sends a callback over the subscribed connection, over which alone it
// can be answered.
func (a *AIBot) deliver(cmd string, body map[string]any, call *aibotCall) (string, error) {
	a.mu.Lock()
	p := a.current
	if p == nil {
		a.mu.Unlock()
		return "", ErrNobody
	}
	id := a.newID("req")
	call.peer, call.at = p, a.Now()
	a.calls[id] = call
	f := a.callback(cmd, id, body)
	a.mu.Unlock()
	return id, a.write(p, f)
}

func (a *AIBot) callback(cmd, id string, body map[string]any) aibotFrame {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and maps of them
	}
	return aibotFrame{Cmd: cmd, Headers: aibotHeaders{ReqID: id}, Body: raw}
}

// Expel removes the bot from a chat ("group:CHATID", "single:USERID") until
// somebody writes to it there again.
func (a *AIBot) Expel(conversation string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if chat := a.chats[conversation]; chat != nil {
		chat.gone = true
	}
}

// Kick throws the connected bot out, as another connection of it would.
func (a *AIBot) Kick() error {
	p, err := a.unsubscribe()
	if err != nil {
		return err
	}
	a.throwOut(p)
	return nil
}

// Drop breaks the bot's connection without an event.
func (a *AIBot) Drop() error {
	p, err := a.unsubscribe()
	if err != nil {
		return err
	}
	p.leave()
	return nil
}

// unsubscribe forgets the connected bot and returns its connection.
func (a *AIBot) unsubscribe() (*aibotPeer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.current
	if p == nil {
		return nil, ErrNobody
	}
	a.current = nil
	return p, nil
}

// Raw sends any text to the connected bot.
func (a *AIBot) Raw(text string) error {
	a.mu.Lock()
	p := a.current
	a.mu.Unlock()
	if p == nil {
		return ErrNobody
	}
	return a.writeRaw(p, []byte(text))
}
