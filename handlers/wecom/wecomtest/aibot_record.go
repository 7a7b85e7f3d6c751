package wecomtest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"waybill/handlers/doortest"
)

// AIBotSent is a message of the bot that the double has accepted.
type AIBotSent struct {
	Conversation string // "group:CHATID" or "single:USERID"
	Cmd          string // aibot_respond_msg, aibot_send_msg or aibot_respond_welcome_msg
	ReqID        string
	Stream       string // id of the stream
	Finish       bool   // the stream is over
	Content      string
	Kind         string // of a message that answers no callback: markdown, template_card, image, file
	Title        string // of a card
	Buttons      []Item // of a card
	Name         string // of a file
	Body         []byte // of a file
	Connection   int    // over which it came; they count from 1
	At           time.Time
}

// AIBotRefused is a frame that the double has refused.
type AIBotRefused struct {
	Cmd          string
	Conversation string // "chatid:…" as the frame has it; "" for answers to callbacks
	Code         int
	Words        string
}

// AIBotFrame is any frame that the bot has sent and no fault has hit.
type AIBotFrame struct {
	Cmd        string
	ReqID      string
	Connection int
	At         time.Time
}

// AIBotFault is something that goes wrong instead of, or after, a frame.
type AIBotFault struct {
	Cmd    string // "connect" is the handshake, and Code its HTTP status; "" is any frame that writes to a chat
	Chat   string // chatid of an aibot_send_msg; "" is any
	After  int    // how many such frames pass before it hits
	Times  int    // how many it hits, default 1; -1: all
	Code   int    // errcode of the refusal
	Words  string
	Silent bool // nothing is done, nothing answered
	Lose   bool // it is done, but the connection breaks before the answer
}

// Fail injects a fault. Faults hit in the order in which they were injected.
func (a *AIBot) Fail(f AIBotFault) { a.faults.Inject(f, f.After, f.Times) }

// Heal takes back all faults.
func (a *AIBot) Heal() { a.faults.Heal() }

// fault is the fault for a frame, if one was injected.
func (a *AIBot) fault(cmd, chat string) *AIBotFault {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	return a.faults.Take(func(f AIBotFault) bool { return f.fits(cmd, chat) })
}

func (f AIBotFault) fits(cmd, chat string) bool {
	writes := strings.HasPrefix(cmd, "aibot_respond") || cmd == "aibot_send_msg"
	return (f.Cmd == cmd || f.Cmd == "" && writes) && (f.Chat == "" || f.Chat == chat)
}

// aibotChatOf is the chat that a frame names.
func aibotChatOf(f aibotFrame) string {
	var body struct {
		Chat string `json:"chatid"`
	}
	_ = json.Unmarshal(f.Body, &body) // what is no object names none
	return body.Chat
}

func (a *AIBot) refuse(f aibotFrame, chat string, no *aibotRefusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	a.refused = append(a.refused, AIBotRefused{Cmd: f.Cmd, Conversation: chat, Code: no.code, Words: no.words})
}

// record notes an accepted message. The caller holds the lock.
func (a *AIBot) record(p *aibotPeer, f aibotFrame, conversation, content string, more func(*AIBotSent)) {
	s := AIBotSent{Conversation: conversation, Cmd: f.Cmd, ReqID: f.Headers.ReqID, Content: content, Connection: p.number, At: a.Now()}
	if more != nil {
		more(&s)
	}
	a.sent = append(a.sent, s)
}

// Sent is what the bot has sent to a chat ("group:CHATID", "single:USERID"),
// oldest first; "" means all chats.
func (a *AIBot) Sent(conversation string) []AIBotSent {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.sent), func(s AIBotSent) bool { return conversation != "" && s.Conversation != conversation })
}

// Refused is what was refused, oldest first.
func (a *AIBot) Refused() []AIBotRefused {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.refused)
}

// Frames are the frames of a command, oldest first; "" means all.
func (a *AIBot) Frames(cmd string) []AIBotFrame {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.frames), func(f AIBotFrame) bool { return cmd != "" && f.Cmd != cmd })
}

// Connected says whether a bot is subscribed.
func (a *AIBot) Connected() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current != nil
}

// WaitConnected waits until a bot is subscribed.
func (a *AIBot) WaitConnected(ctx context.Context) error {
	return a.Wait(ctx, func() bool { return a.current != nil })
}

// WaitSent waits until the bot has sent a message that fits.
func (a *AIBot) WaitSent(ctx context.Context, fits func(AIBotSent) bool) (AIBotSent, error) {
	return doortest.First(ctx, &a.mu, func() []AIBotSent { return a.sent }, fits)
}

// WaitFrames waits until the bot has sent n frames of a command.
func (a *AIBot) WaitFrames(ctx context.Context, cmd string, n int) error {
	return a.Wait(ctx, func() bool {
		count := 0
		for _, f := range a.frames {
			if f.Cmd == cmd {
				count++
			}
		}
		return count >= n
	})
}

// Wait waits until something is so; it is looked at whenever something has
// happened, with the double locked: so must not call it.
func (a *AIBot) Wait(ctx context.Context, so func() bool) error { return a.mu.Wait(ctx, so) }
