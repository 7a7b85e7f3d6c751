package wecom

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"waybill/handlers"
)

var errNotMessage = errors.New("read wecom message: not as WeCom writes it")

// Read turns a stored message into a handlers.Message. What is not text (a
// voice, a picture) comes without Text: the conversation answers it with help.
func (k *KF) Read(body []byte) (handlers.Message, bool, error) {
	var msg kfMessage
	if json.Unmarshal(body, &msg) != nil {
		return handlers.Message{}, false, errNotMessage // the decoder's words may quote the message
	}
	who := msg.party()
	out := handlers.Message{Address: who.address(), From: who.customer, Addressed: true}
	switch {
	case msg.Type == typeEvent:
		out.Happening = handlers.Joined
		out.Token = handle{welcome: msg.Event.Welcome, at: msg.SentAt}.token()
		return out, msg.Event.Type == eventEnter && msg.Event.Welcome != "", nil
	case msg.Text.MenuID != "":
		out.Happening, out.Button = handlers.Tapped, msg.Text.MenuID
	case msg.Type == typeText:
		out.Text = strings.TrimSpace(msg.Text.Content)
	case msg.Type == "link":
		out.Text = strings.TrimSpace(msg.Link.Title + " " + msg.Link.URL)
	}
	out.Token = handle{message: msg.ID}.token()
	return out, true, nil
}

// handle is what a reply answers: a message, or an event that gave the right
// to say one thing outside the count.
type handle struct {
	message string
	welcome string // the code of somebody who came in, good for 20 seconds from at
	at      int64
	code    string // the code of a session that changed hands
}

func (h handle) token() string {
	switch {
	case h.welcome != "":
		return "w:" + strconv.FormatInt(h.at, 10) + ":" + h.welcome
	case h.code != "":
		return "e:" + h.code
	}
	return "m:" + h.message
}

func grasp(token string) handle {
	kind, rest, _ := strings.Cut(token, ":")
	switch kind {
	case "w":
		at, code, _ := strings.Cut(rest, ":")
		seconds, _ := strconv.ParseInt(at, 10, 64) // 0 is long ago: nothing is said
		return handle{welcome: code, at: seconds}
	case "e":
		return handle{code: rest}
	}
	return handle{message: rest}
}

// event says that what answers it is outside the count.
func (h handle) event() bool { return h.welcome != "" || h.code != "" }

// late says that nobody waits for the welcome any more.
func (h handle) late(now time.Time) bool {
	return h.welcome != "" && now.Sub(time.Unix(h.at, 0)) >= welcomeIn
}
