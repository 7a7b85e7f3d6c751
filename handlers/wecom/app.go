package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/internal/ratelimit"
	"waybill/models"
)

// perMember is how many messages one member may get from one app in a minute
// (document 90312).
const perMember = 30

// AppSettings are the settings of the App door. All are required.
type AppSettings struct {
	AgentID  string // a number
	Secret   string
	Token    string // of its callback
	AESKey   string // of its callback, 43 characters
	Arrivals handlers.ArrivalStore
}

var _ handlers.Door = (*App)(nil)

// App is the door to a 自建应用: members of the company, one to one. Its
// methods may be used at the same time.
type App struct {
	*client
	agent    int
	arrivals handlers.ArrivalStore
	envelope *Envelope
	wake     func()
	choices  choices
	pace     *ratelimit.Windows // by member
}

// NewApp makes the door. It makes no calls. wake is called after an
// arrival was stored; it must not block. It may be nil.
func NewApp(a *API, s AppSettings, wake func()) (*App, error) {
	envelope, err := NewEnvelope(s.Token, s.AESKey, a.settings.CorpID)
	err = errors.Join(err, a.settings.checkDoor())
	agent, notNumber := strconv.Atoi(s.AgentID)
	if notNumber != nil {
		err = errors.Join(err, errors.New("the agent id is not a number"))
	}
	if s.Secret == "" || s.Token == "" {
		err = errors.Join(err, errors.New("the secret or the callback's token is missing"))
	}
	if s.Arrivals == nil {
		err = errors.Join(err, errors.New("an arrival store is missing"))
	}
	if err != nil {
		return nil, fmt.Errorf("set up wecom app: %w", err)
	}
	if wake == nil {
		wake = func() {}
	}
	return &App{
		client: a.client(s.AgentID, s.Secret), agent: agent, arrivals: s.Arrivals,
		envelope: envelope, wake: wake,
		choices: choices{memory: a.settings.Memory, phrases: a.settings.Phrases, now: a.settings.Now},
		pace:    ratelimit.NewWindows(a.settings.Now, ratelimit.Window{Most: perMember, Within: time.Minute}),
	}, nil
}

// Name is the door's name in addresses.
func (a *App) Name() string { return "wecom_app" }

// Traits say that only the company's own members write through it.
func (a *App) Traits() handlers.Traits { return handlers.Traits{Staff: true, Pictures: true} }

// Ready is nil while the door works, else it says what does not.
func (a *App) Ready() error { return a.tokens.ready() }

// Callback takes in what WeCom delivers to /wecom/app: the check of the URL,
// messages and events. 401 without the right signature, 413 for more than
// httpbody.Limit, 200 only once it is stored.
func (a *App) Callback() http.Handler {
	return &callback{envelope: a.envelope, store: a.arrive, log: a.settings.Log, door: a.Name()}
}

// arrive stores one message.
func (a *App) arrive(ctx context.Context, message []byte) error {
	var m appMessage
	if xml.Unmarshal(message, &m) != nil {
		return errUnreadable
	}
	_, ok := m.read()
	if !ok {
		return nil
	}
	now := a.now()
	fresh, err := a.arrivals.Arrive(ctx, []models.Arrival{{
		Door: a.Name(), Key: m.key(), Pos: m.CreatedAt, Body: message, DueAt: now, At: now, Address: m.address(),
	}}, now)
	if err != nil {
		return fmt.Errorf("store wecom message: %w", err)
	}
	if fresh > 0 {
		a.wake()
	}
	return nil
}

// appMessage is what the door reads of a message or an event (documents 90239, 90240).
type appMessage struct {
	From        string `xml:"FromUserName"`
	CreatedAt   int64  `xml:"CreateTime"` // seconds
	Type        string `xml:"MsgType"`
	Content     string `xml:"Content"`
	ID          string `xml:"MsgId"`
	Event       string `xml:"Event"`
	EventKey    string `xml:"EventKey"`
	Title       string `xml:"Title"` // of a link, as the next two
	Description string `xml:"Description"`
	URL         string `xml:"Url"`
	MediaID     string `xml:"MediaId"`     // of a picture
	Recognition string `xml:"Recognition"` // what a voice says, where the company has that switched on
}

func (m appMessage) address() models.Address {
	return models.Address{Door: "wecom_app", Conversation: m.From}
}

// key tells messages from repeated ones; events have no id of their own. It
// outlives the message by some days, and does not say who wrote it.
func (m appMessage) key() string {
	if m.ID != "" {
		return "m:" + m.ID
	}
	sum := sha256.Sum256([]byte(m.From + ":" + strconv.FormatInt(m.CreatedAt, 10) + ":" + m.Event + ":" + m.EventKey))
	return "e:" + hex.EncodeToString(sum[:16])
}

// Read turns a stored message into a handlers.Message. A link is Attached, a
// picture is one of Files; what holds neither (a place) is Wordless.
func (a *App) Read(body []byte) (handlers.Message, bool, error) {
	var m appMessage
	if xml.Unmarshal(body, &m) != nil {
		return handlers.Message{}, false, errNotMessage // the decoder's words may quote the message
	}
	out, ok := m.read()
	if m.Type == typeImage {
		out.Files = a.attachment(m.Type, m.MediaID)
		out.Happening = happeningOf(out)
	}
	return out, ok, nil
}

func (m appMessage) read() (handlers.Message, bool) {
	out := handlers.Message{Address: m.address(), From: m.From, Addressed: true, Token: replyTo{message: m.key()}.token()}
	if m.From == "" {
		return out, false
	}
	switch m.Type {
	case typeEvent:
		return m.readEvent(out)
	case typeText:
		out.Text, out.Attached = unquote(m.Content)
	case typeVoice:
		if out.Text = strings.TrimSpace(m.Recognition); out.Text == "" {
			out.Happening = handlers.Wordless
		}
	default:
		out.Attached = m.attached()
		out.Happening = happeningOf(out)
	}
	return out, m.Type != ""
}

// attached is the text of a link.
func (m appMessage) attached() string {
	if m.Type != "link" {
		return ""
	}
	var r attachedReader
	for _, text := range []string{m.Title, m.Description, unescape(m.URL)} {
		r.add(text)
	}
	return r.String()
}

// readEvent reads what is not a message. A menu's key says what its item means.
func (m appMessage) readEvent(out handlers.Message) (handlers.Message, bool) {
	switch m.Event {
	case "subscribe", eventEnterApp:
		out.Happening = handlers.Joined
	case "unsubscribe":
		out.Happening = handlers.Left
	case "click":
		out.Text = m.EventKey
		return out, m.EventKey != ""
	default:
		return out, false
	}
	return out, true
}

// eventEnterApp happens every time a member opens the app.
const eventEnterApp = "enter_agent"
