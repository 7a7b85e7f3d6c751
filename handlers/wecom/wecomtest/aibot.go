package wecomtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"waybill/handlers/doortest"
)

// AIBotID and AIBotSecret are what the only 智能机器人 of the double subscribes with.
const (
	AIBotID     = "aib-0000-test"
	AIBotSecret = "the-long-connection-secret-of-nobody-else"
)

const (
	aibotMaxFrame = 1 << 20
	aibotWriting  = 5 * time.Second
	// aibotQuiet is how long a connection may go without a ping. WeCom wants one
	// every 30 seconds and does not say after how long it disconnects.
	aibotQuiet = 100 * time.Second
)

// AIBot is the server of a 智能机器人's long connection, over a real WebSocket: a
// http.Handler. It refuses what WeCom refuses, and where WeCom's own limits are
// not published it is on the strict side. Its methods may be used at the same time.
type AIBot struct {
	// Now is the clock of everything that gets too old. Set it before anybody connects.
	Now func() time.Time

	url         string
	port        doortest.Port
	life        context.Context // ends with Close
	end         context.CancelFunc
	connections sync.WaitGroup
	faults      doortest.Faults[AIBotFault]

	mu         doortest.Mutex
	closed     bool
	serial     int
	current    *aibotPeer
	subscribed []time.Time
	chats      map[string]*aibotChat
	calls      map[string]*aibotCall // callbacks by req_id
	sent       []AIBotSent
	refused    []AIBotRefused
	frames     []AIBotFrame
	uploads    map[string]*aibotUpload // by upload_id, and by media_id once they are whole
	tasks      map[string]bool         // task_ids of cards
}

// NewAIBot makes a double without an address.
func NewAIBot() *AIBot {
	life, end := context.WithCancel(context.Background())
	return &AIBot{
		Now: time.Now, life: life, end: end,
		chats: map[string]*aibotChat{},
		calls: map[string]*aibotCall{}, uploads: map[string]*aibotUpload{}, tasks: map[string]bool{},
	}
}

// StartAIBot makes a double that listens on a loopback address. Close it.
func StartAIBot() (*AIBot, error) {
	a := NewAIBot()
	address, err := a.port.Open(a)
	if err != nil {
		return nil, fmt.Errorf("start fake aibot server: %w", err)
	}
	a.url = aibotURL(address)
	return a, nil
}

// Serve listens on l until Close. URL is made of its address.
func (a *AIBot) Serve(l net.Listener) {
	a.url = aibotURL(l.Addr().String())
	a.port.Serve(l, a)
}

func aibotURL(address string) string { return "ws://" + address + "/aibot" }

// URL is what the bot connects to.
func (a *AIBot) URL() string { return a.url }

// Close ends all connections and waits for them.
func (a *AIBot) Close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.end()
	a.port.Close()
	a.connections.Wait()
}

// aibotPeer is one connection.
type aibotPeer struct {
	result json.RawMessage // of the frame that is being done
	number int             // counts connections from 1
	ws     *websocket.Conn
	leave  context.CancelFunc
	used   map[string]bool // req_ids of the peer's own frames
	quiet  *time.Timer     // runs out when no ping comes
}

// aibotFrame is what both sides send.
type aibotFrame struct {
	Cmd     string          `json:"cmd,omitempty"`
	Headers aibotHeaders    `json:"headers"`
	Body    json.RawMessage `json:"body,omitempty"`
	Code    *int            `json:"errcode,omitempty"`
	Words   string          `json:"errmsg,omitempty"`
}

type aibotHeaders struct {
	ReqID string `json:"req_id"`
}

// aibotRefusal is an errcode and its words.
type aibotRefusal struct {
	code  int
	words string
}

func aibotNo(code int, format string, args ...any) *aibotRefusal {
	return &aibotRefusal{code: code, words: fmt.Sprintf(format, args...)}
}

// ServeHTTP takes one connection and keeps it until it ends.
func (a *AIBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !a.register() {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	defer a.connections.Done()
	if f := a.fault("connect", ""); f != nil {
		http.Error(w, f.Words, f.Code)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(aibotMaxFrame)
	life, leave := context.WithCancel(a.life)
	p := a.arrived(ws, leave)
	for a.serve(life, p) {
		continue
	}
	a.left(p)
}

// register counts a connection in, unless the double is closed.
func (a *AIBot) register() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.connections.Add(1)
	}
	return !a.closed
}

func (a *AIBot) arrived(ws *websocket.Conn, leave context.CancelFunc) *aibotPeer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	p := &aibotPeer{number: a.serial, ws: ws, leave: leave, used: map[string]bool{}}
	p.quiet = time.AfterFunc(aibotQuiet, leave)
	return p
}

func (a *AIBot) left(p *aibotPeer) {
	p.leave()
	p.quiet.Stop()
	_ = p.ws.CloseNow()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == p {
		a.current = nil
	}
	a.mu.Happened()
}

// serve answers one frame; false ends the connection.
func (a *AIBot) serve(life context.Context, p *aibotPeer) bool {
	kind, raw, err := p.ws.Read(life)
	if err != nil {
		return false
	}
	var f aibotFrame
	if kind != websocket.MessageText || json.Unmarshal(raw, &f) != nil || f.Headers.ReqID == "" {
		a.refuse(f, "", aibotNo(40035, "invalid frame"))
		return false
	}
	fault := a.fault(f.Cmd, aibotChatOf(f))
	switch {
	case fault != nil && fault.Silent:
		return true
	case fault != nil && fault.Code != 0:
		return a.answer(p, f, aibotNo(fault.Code, "%s", fault.Words)) == nil
	}
	no, kicked := a.do(p, f)
	if kicked != nil {
		a.throwOut(kicked)
	}
	if fault != nil && fault.Lose {
		return false
	}
	return a.answer(p, f, no) == nil && (no == nil || f.Cmd != "aibot_subscribe")
}

// answer answers a frame.
func (a *AIBot) answer(p *aibotPeer, f aibotFrame, no *aibotRefusal) error {
	code, words := 0, "ok"
	if no != nil {
		code, words = no.code, no.words
		a.refuse(f, aibotChatOf(f), no)
	}
	return a.write(p, aibotFrame{Headers: f.Headers, Code: &code, Words: words, Body: p.takeResult()})
}

// takeResult is what the frame that was just done answers with besides its code.
func (p *aibotPeer) takeResult() json.RawMessage {
	result := p.result
	p.result = nil
	return result
}

func (a *AIBot) write(p *aibotPeer, f aibotFrame) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return a.writeRaw(p, raw)
}

func (a *AIBot) writeRaw(p *aibotPeer, raw []byte) error {
	ctx, cancel := context.WithTimeout(a.life, aibotWriting)
	defer cancel()
	if err := p.ws.Write(ctx, websocket.MessageText, raw); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// throwOut sends a connection the event that another one has taken over, and ends it.
func (a *AIBot) throwOut(p *aibotPeer) {
	a.mu.Lock()
	f := a.callback("aibot_event_callback", a.newID("disconnected"), map[string]any{
		"msgid": a.newID("msg"), "create_time": a.Now().Unix(), "aibotid": AIBotID,
		"msgtype": "event", "event": map[string]any{"eventtype": "disconnected_event"},
	})
	a.mu.Unlock()
	_ = a.write(p, f) // it may be gone already
	p.leave()
}

// newID makes an id that nothing else has. The caller holds the lock.
func (a *AIBot) newID(what string) string {
	a.serial++
	return fmt.Sprintf("%s-%06d", what, a.serial)
}
