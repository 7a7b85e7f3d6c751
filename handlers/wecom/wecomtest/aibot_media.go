package wecomtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // WeCom's protocol
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"waybill/internal/pattern"
)

// aibotUpload is a file on its way, or whole.
type aibotUpload struct {
	Type   string `json:"type"`
	Name   string `json:"filename"`
	Size   int    `json:"total_size"`
	Chunks int    `json:"total_chunks"`
	Sum    string `json:"md5"`

	parts map[int][]byte
	whole []byte
}

// WeCom's limits for uploads.
const (
	aibotChunkSize = 512 << 10
	aibotChunks    = 100
)

// upload makes one step of an upload. The caller holds the lock.
func (a *AIBot) upload(p *aibotPeer, f aibotFrame) *aibotRefusal {
	var step struct {
		aibotUpload
		ID    string `json:"upload_id"`
		Index int    `json:"chunk_index"`
		Data  string `json:"base64_data"`
	}
	if json.Unmarshal(f.Body, &step) != nil {
		return aibotNo(40058, "invalid body")
	}
	if f.Cmd == "aibot_upload_media_init" {
		u := step.aibotUpload
		switch {
		case u.Type != "image" && u.Type != "file":
			return aibotNo(40004, "invalid media type")
		case u.Name == "" || u.Size < 5 || u.Size > mostBytes(u.Type) || u.Chunks < 1 || u.Chunks > aibotChunks || len(u.Sum) != 32:
			return aibotNo(40058, "invalid upload")
		}
		u.parts = map[int][]byte{}
		id := a.newID("upload")
		a.uploads[id] = &u
		p.result = json.RawMessage(`{"upload_id":"` + id + `"}`)
		return nil
	}
	u := a.uploads[step.ID]
	if u == nil || u.whole != nil {
		return aibotNo(40058, "invalid upload_id")
	}
	if f.Cmd == "aibot_upload_media_chunk" {
		body, err := base64.StdEncoding.DecodeString(step.Data)
		if err != nil || len(body) == 0 || len(body) > aibotChunkSize || step.Index < 0 || step.Index >= u.Chunks {
			return aibotNo(40058, "invalid chunk")
		}
		u.parts[step.Index] = body
		return nil
	}
	return a.finishUpload(p, u)
}

// finishUpload puts the chunks together; they must be what was announced.
func (a *AIBot) finishUpload(p *aibotPeer, u *aibotUpload) *aibotRefusal {
	var whole []byte
	for i := range u.Chunks {
		whole = append(whole, u.parts[i]...)
	}
	sum := md5.Sum(whole) //nolint:gosec // WeCom's protocol
	if len(whole) != u.Size || hex.EncodeToString(sum[:]) != u.Sum {
		return aibotNo(40058, "the file is not what was announced")
	}
	u.whole = whole
	id := a.newID("media")
	a.uploads[id] = u
	p.result = json.RawMessage(`{"type":"` + u.Type + `","media_id":"` + id + `","created_at":1}`)
	return nil
}

// aibotPushed is the content of a message that answers no callback.
type aibotPushed struct {
	Type     string `json:"msgtype"`
	Markdown struct {
		Content string `json:"content"`
	} `json:"markdown"`
	Card struct {
		Type  string `json:"card_type"`
		Title struct {
			Text string `json:"title"`
		} `json:"main_title"`
		Buttons []struct {
			Text  string `json:"text"`
			Style int    `json:"style"`
			Key   string `json:"key"`
		} `json:"button_list"`
		Task string `json:"task_id"`
	} `json:"template_card"`
	Image mediaID `json:"image"`
	File  mediaID `json:"file"`
}

var taskShape = pattern.New(`^[0-9A-Za-z_@-]{1,128}$`)

// checkPushed refuses what WeCom refuses. The caller holds the lock.
func (a *AIBot) checkPushed(m *aibotPushed) *aibotRefusal {
	switch m.Type {
	case "markdown":
		return aibotContent(m.Markdown.Content, aibotMaxContent, true)
	case "template_card":
		return a.checkCard(m)
	case "image", "file":
		if u := a.uploads[m.Image.ID+m.File.ID]; u == nil || u.whole == nil || u.Type != m.Type {
			return aibotNo(40007, "invalid media_id")
		}
		return nil
	}
	return aibotNo(40008, "invalid message type") // text above all
}

func (a *AIBot) checkCard(m *aibotPushed) *aibotRefusal {
	c := m.Card
	switch {
	case c.Type != "button_interaction" || strings.TrimSpace(c.Title.Text) == "":
		return aibotNo(42045, "template_card missing main_title")
	case len(c.Buttons) == 0 || len(c.Buttons) > 6:
		return aibotNo(42047, "invalid button_list")
	case !taskShape.MatchString(c.Task) || a.tasks[c.Task]:
		return aibotNo(42014, "invalid task_id")
	}
	keys := map[string]bool{}
	for _, b := range c.Buttons {
		if b.Text == "" || b.Key == "" || len(b.Key) > 1024 || keys[b.Key] || b.Style < 1 || b.Style > 4 {
			return aibotNo(42047, "invalid button")
		}
		keys[b.Key] = true
	}
	a.tasks[c.Task] = true
	return nil
}

// sent is the message as a test sees it.
func (m *aibotPushed) sent(s *AIBotSent, uploads map[string]*aibotUpload) {
	s.Kind, s.Title = m.Type, m.Card.Title.Text
	for _, b := range m.Card.Buttons {
		s.Buttons = append(s.Buttons, Item{ID: b.Key, Text: b.Text})
	}
	if u := uploads[m.Image.ID+m.File.ID]; u != nil {
		s.Name, s.Body = u.Name, u.whole
	}
}

// Press tells the bot that somebody has pressed a card's button. It is an event: no
// callback of it can be answered.
func (a *AIBot) Press(user, group, key string) (reqID string, err error) {
	a.mu.Lock()
	call := &aibotCall{chat: AIBotSaid{From: user, Group: group}.conversation(), user: user, event: "template_card_event"}
	body := map[string]any{
		"msgid": a.newID("msg"), "aibotid": AIBotID, "chattype": "single", "create_time": a.Now().Unix(),
		"from": map[string]any{"userid": user}, "msgtype": "event",
		"event": map[string]any{
			"eventtype":           "template_card_event",
			"template_card_event": map[string]any{"card_type": "button_interaction", "event_key": key, "task_id": "any"},
		},
	}
	if group != "" {
		body["chattype"], body["chatid"] = "group", group
	}
	a.mu.Unlock()
	return a.deliver("aibot_event_callback", body, call)
}

// mediaKey is what every file of people is encrypted with.
const mediaKey = "a2V5LW9mLWEtZmlsZS10aGF0LXNvbWVib2R5LXNlbnQ"

// EncryptMedia encrypts a file as WeCom does for a bot's long connection, and says
// with which key.
func EncryptMedia(body []byte) (sealed []byte, key string) {
	raw, err := base64.RawStdEncoding.DecodeString(mediaKey)
	if err != nil {
		panic(err) // a constant
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic(err) // 32 bytes
	}
	padding := 32 - len(body)%32
	plain := append(append([]byte{}, body...), strings.Repeat(string(rune(padding)), padding)...)
	cipher.NewCBCEncrypter(block, raw[:aes.BlockSize]).CryptBlocks(plain, plain)
	return plain, mediaKey
}

// ServeMedia serves an encrypted file, as the addresses in callbacks do.
func ServeMedia(body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="file"`)
		_, _ = w.Write(body)
	})
}
