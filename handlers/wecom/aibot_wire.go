package wecom

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

// Commands of the long connection (developer.work.weixin.qq.com/document/path/101463).
const (
	aibotSubscribe = "aibot_subscribe"
	aibotPing      = "ping"
	aibotMessage   = "aibot_msg_callback"
	aibotEvent     = "aibot_event_callback"
	aibotRespond   = "aibot_respond_msg"
	aibotWelcome   = "aibot_respond_welcome_msg"
	aibotSend      = "aibot_send_msg"
	aibotInit      = "aibot_upload_media_init"
	aibotChunk     = "aibot_upload_media_chunk"
	aibotFinish    = "aibot_upload_media_finish"
)

// Events that an aibot_event_callback brings.
const (
	aibotEnters  = "enter_chat"          // somebody opens the single chat for the first time today
	aibotPressed = "template_card_event" // somebody presses a button of a card
	aibotKicked  = "disconnected_event"  // somebody else has connected as this bot
)

// aibotFrame is what both sides send. An answer has no command and the req_id of
// what it answers.
type aibotFrame struct {
	Cmd     string          `json:"cmd,omitempty"`
	Headers aibotHeaders    `json:"headers"`
	Body    json.RawMessage `json:"body,omitempty"`
	Code    int             `json:"errcode,omitempty"`
	Words   string          `json:"errmsg,omitempty"`
}

type aibotHeaders struct {
	ReqID string `json:"req_id"`
}

// calls says that the frame is a callback, not an answer.
func (f aibotFrame) calls() bool { return f.Cmd == aibotMessage || f.Cmd == aibotEvent }

// aibotRequest makes a frame of ours. An empty id gets a new one that begins
// with the command, as the official SDKs have it.
func aibotRequest(cmd, id string, body any) (aibotFrame, error) {
	if id == "" {
		id = cmd + "_" + rand.Text()
	}
	f := aibotFrame{Cmd: cmd, Headers: aibotHeaders{ReqID: id}}
	if body == nil {
		return f, nil
	}
	var err error
	if f.Body, err = json.Marshal(body); err != nil {
		return f, fmt.Errorf("write %s: %w", cmd, err)
	}
	return f, nil
}

type (
	aibotCredentials struct {
		ID     string `json:"bot_id"`
		Secret string `json:"secret"`
	}
	aibotStreamBody struct {
		Type   string      `json:"msgtype"`
		Stream aibotStream `json:"stream"`
	}
	aibotStream struct {
		ID      string `json:"id"`
		Finish  bool   `json:"finish"`
		Content string `json:"content"`
	}
	aibotSendBody struct {
		Chat     string        `json:"chatid"`
		ChatType int           `json:"chat_type"` // 1 single, 2 group
		Type     string        `json:"msgtype"`
		Markdown *aibotContent `json:"markdown,omitempty"` // the one that the type says is set
		Card     *aibotCard    `json:"template_card,omitempty"`
		Image    *aibotFile    `json:"image,omitempty"`
		File     *aibotFile    `json:"file,omitempty"`
	}
	aibotWelcomeBody struct {
		Type string       `json:"msgtype"`
		Text aibotContent `json:"text"`
	}
	aibotContent struct {
		Content string `json:"content"`
	}
)

// aibotCallback is what the door reads of a callback's body.
type aibotCallback struct {
	ID       string `json:"msgid"`
	Chat     string `json:"chatid"` // of groups only
	ChatType string `json:"chattype"`
	From     struct {
		User string `json:"userid"`
	} `json:"from"`
	Event struct {
		Type string `json:"eventtype"`
		Key  string `json:"event_key"` // of the pressed button; WeCom's SDK has it here, its documents in Card
		Card struct {
			Key string `json:"event_key"`
		} `json:"template_card_event"`
	} `json:"event"`
	aibotWords
	Quote *aibotWords `json:"quote"`
}

// aibotWords are the kinds of content that contain words.
type aibotWords struct {
	Type  string       `json:"msgtype"`
	Text  aibotContent `json:"text"`
	Voice aibotContent `json:"voice"` // as WeCom has transcribed it
	Image aibotMedia   `json:"image"`
	File  aibotMedia   `json:"file"`
	Mixed struct {
		Items []struct {
			Type  string       `json:"msgtype"`
			Text  aibotContent `json:"text"`
			Image aibotMedia   `json:"image"`
		} `json:"msg_item"`
	} `json:"mixed"`
}

// Codes of the long connection that mean something to the door. WeCom publishes
// no list: these were seen by other clients.
const (
	codeAIBotRequest      = 846604 // the callback is too old to be answered
	codeAIBotUnknown      = 846605 // there is no such callback
	codeAIBotFrequency    = 846607 // too many messages to one chat
	codeAIBotStreamOver   = 846608 // the stream has ended
	codeAIBotUnsubscribed = 846609 // the connection stands, but counts for nothing
	codeAIBotSpam         = 40201
	codeAIBotForbidden    = 93001
	codeAIBotNoChat       = 93006
	codeAIBotNotInChat    = 93008
)

// Why there is no connection, or no answer.
var (
	errAIBotStarting   = errors.New("wecom aibot has not connected yet")
	errAIBotTakenOver  = errors.New("another program has connected as this wecom aibot: stop one of them; this one stays away for a while")
	errAIBotLost       = errors.New("the wecom aibot connection is lost")
	errAIBotUnanswered = errors.New("wecom did not answer in time")
	errAIBotLate       = errors.New("the time for a welcome is over")
	errAIBotBusy       = errors.New("the same callback is being answered already")
)

// unanswerable says that the callback cannot be answered (any more); a separate
// message can still be sent.
func unanswerable(err error) bool {
	switch codeOf(err) {
	case codeAIBotRequest, codeAIBotUnknown, codeAIBotStreamOver:
		return true
	}
	return false
}

// aibotWait is how long WeCom wants a chat to be left alone; 0: it does not say so.
func aibotWait(err error) time.Duration {
	switch codeOf(err) {
	case codeAIBotFrequency:
		return time.Minute
	case codeAIBotUnsubscribed:
		return time.Second
	}
	return rateLimited(err)
}

// aibotDoorError gives an error of sending the meaning that handlers.Door
// promises. Everything else stays as it is: passing.
func aibotDoorError(err error) error {
	if after := aibotWait(err); after > 0 {
		return fmt.Errorf("%w: %w", &models.Wait{After: after}, err)
	}
	switch codeOf(err) {
	case codeAIBotForbidden, codeAIBotNoChat, codeAIBotNotInChat:
		return fmt.Errorf("%w: %w", models.ErrGone, err)
	case codeAIBotSpam:
		return fmt.Errorf("%w: %w", models.ErrRefused, err)
	}
	return doorError(err)
}
