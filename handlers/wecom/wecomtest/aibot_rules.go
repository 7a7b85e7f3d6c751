package wecomtest

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"
)

// WeCom's limits for a bot.
const (
	aibotMaxContent = 20480 // bytes of a stream or of markdown
	aibotMaxWelcome = 2048
	aibotAnswerable = 24 * time.Hour  // a callback can be answered
	aibotStreams    = 6 * time.Minute // a stream can be continued (some documents say ten)
	aibotGreets     = 5 * time.Second // a welcome is taken
	aibotPerMinute  = 30              // messages to one chat
	aibotPerHour    = 1000
	aibotAtOnce     = 3  // unfinished streams of one user
	aibotSubscribes = 10 // in a minute
)

// aibotChat is a chat in which somebody has written to the bot.
type aibotChat struct {
	sent []time.Time
	gone bool
}

// aibotCall is a callback as the server remembers it.
type aibotCall struct {
	peer     *aibotPeer
	at       time.Time
	chat     string // conversation: "single:USERID" or "group:CHATID"
	user     string
	event    string // "" for messages
	stream   string // the id under which it is answered
	begun    time.Time
	finished bool // also: welcomed
}

// do carries a frame out. When a new connection has subscribed, the old one is returned.
func (a *AIBot) do(p *aibotPeer, f aibotFrame) (no *aibotRefusal, kicked *aibotPeer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	a.frames = append(a.frames, AIBotFrame{Cmd: f.Cmd, At: a.Now(), Connection: p.number, ReqID: f.Headers.ReqID})
	if f.Cmd == "aibot_subscribe" {
		return a.subscribe(p, f)
	}
	if a.current != p {
		return aibotNo(846609, "aibot websocket not subscribed"), nil
	}
	switch f.Cmd {
	case "ping":
		p.quiet.Reset(aibotQuiet)
		return a.once(p, f), nil
	case "aibot_respond_msg":
		return a.respond(p, f), nil
	case "aibot_respond_welcome_msg":
		return a.welcome(p, f), nil
	case "aibot_send_msg":
		if no := a.once(p, f); no != nil {
			return no, nil
		}
		return a.push(p, f), nil
	case "aibot_upload_media_init", "aibot_upload_media_chunk", "aibot_upload_media_finish":
		if no := a.once(p, f); no != nil {
			return no, nil
		}
		return a.upload(p, f), nil
	}
	return aibotNo(40035, "unknown cmd"), nil
}

// once refuses a req_id of the peer's own that it has used before.
func (a *AIBot) once(p *aibotPeer, f aibotFrame) *aibotRefusal {
	if p.used[f.Headers.ReqID] {
		return aibotNo(846605, "req_id was used before")
	}
	p.used[f.Headers.ReqID] = true
	return nil
}

func (a *AIBot) subscribe(p *aibotPeer, f aibotFrame) (no *aibotRefusal, kicked *aibotPeer) {
	var body struct {
		ID     string `json:"bot_id"`
		Secret string `json:"secret"`
	}
	now := a.Now()
	a.subscribed = append(aibotSince(a.subscribed, now.Add(-time.Minute)), now)
	switch {
	case json.Unmarshal(f.Body, &body) != nil || body.ID != AIBotID || body.Secret != AIBotSecret:
		return aibotNo(853000, "invalid bot_id or secret"), nil
	case len(a.subscribed) > aibotSubscribes:
		return aibotNo(45009, "subscribe freq out of limit"), nil
	}
	if a.current != p {
		kicked = a.current
	}
	a.current = p
	return nil, kicked
}

func (a *AIBot) respond(p *aibotPeer, f aibotFrame) *aibotRefusal {
	var body struct {
		Type   string `json:"msgtype"`
		Stream struct {
			ID      string `json:"id"`
			Finish  bool   `json:"finish"`
			Content string `json:"content"`
		} `json:"stream"`
	}
	now, s := a.Now(), &body.Stream
	call := a.calls[f.Headers.ReqID]
	switch {
	case call == nil || call.peer != p || call.event != "" || now.Sub(call.at) > aibotAnswerable:
		return aibotNo(846605, "invalid req_id")
	case json.Unmarshal(f.Body, &body) != nil || body.Type != "stream":
		return aibotNo(40008, "invalid message type")
	case s.ID == "":
		return aibotNo(40058, "invalid body")
	case call.stream != "" && call.stream != s.ID:
		return aibotNo(40058, "the callback is answered by another stream")
	case call.finished || call.stream != "" && now.Sub(call.begun) > aibotStreams:
		return aibotNo(846608, "stream message update expired")
	}
	if no := aibotContent(s.Content, aibotMaxContent, s.Finish); no != nil {
		return no
	}
	if call.stream == "" {
		if no := a.begin(call, s.ID, now); no != nil {
			return no
		}
	}
	call.finished = s.Finish
	a.record(p, f, call.chat, s.Content, func(sent *AIBotSent) { sent.Stream, sent.Finish = s.ID, s.Finish })
	return nil
}

// begin opens a stream. Only its first frame counts as a message.
func (a *AIBot) begin(call *aibotCall, id string, now time.Time) *aibotRefusal {
	open := 0
	for _, c := range a.calls {
		if c.user == call.user && c.stream != "" && !c.finished && now.Sub(c.begun) <= aibotStreams {
			open++
		}
	}
	if open >= aibotAtOnce {
		return aibotNo(45033, "too many messages of one user under way")
	}
	if no := a.spend(call.chat, now); no != nil {
		return no
	}
	call.stream, call.begun = id, now
	return nil
}

func (a *AIBot) welcome(p *aibotPeer, f aibotFrame) *aibotRefusal {
	var body struct {
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	now, call := a.Now(), a.calls[f.Headers.ReqID]
	switch {
	case call == nil || call.peer != p || call.event != "enter_chat" || call.finished || now.Sub(call.at) > aibotGreets:
		return aibotNo(846605, "invalid req_id")
	case json.Unmarshal(f.Body, &body) != nil || body.Type != "text":
		return aibotNo(40008, "invalid message type")
	}
	if no := aibotContent(body.Text.Content, aibotMaxWelcome, true); no != nil {
		return no
	}
	call.finished = true
	a.record(p, f, call.chat, body.Text.Content, nil)
	return nil
}

func (a *AIBot) push(p *aibotPeer, f aibotFrame) *aibotRefusal {
	var body struct {
		aibotPushed
		Chat     string `json:"chatid"`
		ChatType int    `json:"chat_type"`
	}
	if json.Unmarshal(f.Body, &body) != nil {
		return aibotNo(40058, "invalid body")
	}
	conversation, chat := a.find(body.Chat, body.ChatType)
	switch {
	case body.ChatType < 0 || body.ChatType > 2:
		return aibotNo(40058, "invalid chat_type")
	case chat == nil:
		return aibotNo(93006, "invalid chatid")
	case chat.gone:
		return aibotNo(93008, "not in chat")
	}
	if no := a.checkPushed(&body.aibotPushed); no != nil {
		return no
	}
	if no := a.spend(conversation, a.Now()); no != nil {
		return no
	}
	a.record(p, f, conversation, body.Markdown.Content, func(s *AIBotSent) { body.sent(s, a.uploads) })
	return nil
}

// find is a chat in which somebody has written to the bot; without a type a group
// is looked for first.
func (a *AIBot) find(id string, kind int) (string, *aibotChat) {
	for _, conversation := range map[int][]string{0: {"group:" + id, "single:" + id}, 1: {"single:" + id}, 2: {"group:" + id}}[kind] {
		if chat := a.chats[conversation]; chat != nil {
			return conversation, chat
		}
	}
	return "", nil
}

// spend counts a message to a chat against its limits.
func (a *AIBot) spend(conversation string, now time.Time) *aibotRefusal {
	chat := a.chats[conversation]
	chat.sent = aibotSince(chat.sent, now.Add(-time.Hour))
	if len(chat.sent) >= aibotPerHour || len(aibotSince(chat.sent, now.Add(-time.Minute))) >= aibotPerMinute {
		return aibotNo(846607, "aibot send msg frequency limit exceeded")
	}
	chat.sent = append(chat.sent, now)
	return nil
}

// aibotSince leaves the times after a moment.
func aibotSince(times []time.Time, moment time.Time) []time.Time {
	for len(times) > 0 && !times[0].After(moment) {
		times = times[1:]
	}
	return times
}

func aibotContent(text string, most int, needed bool) *aibotRefusal {
	switch {
	case len(text) > most:
		return aibotNo(45002, "content size out of limit")
	case !utf8.ValidString(text):
		return aibotNo(40058, "content is not utf-8")
	case needed && len(bytes.TrimSpace([]byte(text))) == 0:
		return aibotNo(44004, "empty content")
	}
	return nil
}
