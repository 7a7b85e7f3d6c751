package wecomtest

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/util"
)

// Delivery is how a callback is delivered.
type Delivery struct {
	Forged   bool   // signed with another token
	Receiver string // who it is encrypted for; "": the company
}

// target is where callbacks of one app go, and what they are made with.
type target struct{ url, token, key string }

func (a *API) kfTarget() target  { return target{a.KFCallback, KFToken, KFKey} }
func (a *API) appTarget() target { return target{a.AppCallback, AppToken, AppKey} }

// cdata is text that XML does not read.
type cdata struct {
	Text string `xml:",cdata"`
}

// Announce tells the bot once that an account has something to fetch, and
// returns the status that it answers with.
func (a *API) Announce(ctx context.Context, account string, d Delivery) (int, error) {
	a.mu.Lock()
	token := a.id("announcement-")
	a.account(account).notices[token] = a.Now()
	now := a.Now().Unix()
	a.mu.Unlock()
	return a.Deliver(ctx, "kf", d, struct {
		XMLName xml.Name `xml:"xml"`
		To      cdata    `xml:"ToUserName"`
		At      int64    `xml:"CreateTime"`
		Type    cdata    `xml:"MsgType"`
		Event   cdata    `xml:"Event"`
		Token   cdata    `xml:"Token"`
		KF      cdata    `xml:"OpenKfId"`
	}{To: cdata{CorpID}, At: now, Type: cdata{"event"}, Event: cdata{"kf_msg_or_event"}, Token: cdata{token}, KF: cdata{account}})
}

// MemberMessage is what a member does in the app.
type MemberMessage struct {
	XMLName xml.Name `xml:"xml"`
	To      cdata    `xml:"ToUserName"`
	From    cdata    `xml:"FromUserName"`
	At      int64    `xml:"CreateTime"`
	Type    cdata    `xml:"MsgType"`
	Content *cdata   `xml:"Content,omitempty"`
	Title   *cdata   `xml:"Title,omitempty"`
	About   *cdata   `xml:"Description,omitempty"`
	URL     *cdata   `xml:"Url,omitempty"`
	Voice   *cdata   `xml:"Recognition,omitempty"`
	Media   *cdata   `xml:"MediaId,omitempty"`
	ID      string   `xml:"MsgId,omitempty"`
	Event   *cdata   `xml:"Event,omitempty"`
	Key     *cdata   `xml:"EventKey,omitempty"`
	Agent   string   `xml:"AgentID"`
}

// MemberSays is a member's text.
func (a *API) MemberSays(member, text string) MemberMessage {
	m := a.memberMessage(member, "text")
	m.Content = &cdata{text}
	return m
}

// MemberShows is something that is not text: "image", "voice", ….
func (a *API) MemberShows(member, kind string) MemberMessage { return a.memberMessage(member, kind) }

// MemberShowsPicture is a picture that is kept under an id.
func (a *API) MemberShowsPicture(member, media string) MemberMessage {
	m := a.memberMessage(member, "image")
	m.Media = &cdata{media}
	return m
}

// MemberLinks is a link that a member sends.
func (a *API) MemberLinks(member, title, description, target string) MemberMessage {
	m := a.memberMessage(member, "link")
	m.Title, m.About, m.URL = &cdata{title}, &cdata{description}, &cdata{target}
	return m
}

// MemberSpeaks is a voice message, with what WeCom takes it to say.
func (a *API) MemberSpeaks(member, recognised string) MemberMessage {
	m := a.memberMessage(member, "voice")
	m.Voice = &cdata{recognised}
	return m
}

// MemberDoes is an event: "enter_agent", "subscribe", "click" with a key, ….
func (a *API) MemberDoes(member, event, key string) MemberMessage {
	m := a.memberMessage(member, "event")
	m.ID, m.Event, m.Key = "", &cdata{event}, &cdata{key}
	return m
}

func (a *API) memberMessage(member, kind string) MemberMessage {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members[member] = true
	a.serial++
	return MemberMessage{
		To: cdata{CorpID}, From: cdata{member}, At: a.Now().Unix(), Type: cdata{kind},
		ID: strconv.Itoa(7000000000 + a.serial), Agent: AppAgent,
	}
}

// Deliver posts something to the callback of "kf" or "app" once, and returns the
// status that it is answered with.
func (a *API) Deliver(ctx context.Context, app string, d Delivery, message any) (int, error) {
	plain, err := xml.Marshal(message)
	if err != nil {
		return 0, fmt.Errorf("write callback: %w", err)
	}
	t := a.targetOf(app)
	encrypted, query, err := a.seal(t, d, plain)
	if err != nil {
		return 0, err
	}
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"xml"`
		To      cdata    `xml:"ToUserName"`
		Encrypt cdata    `xml:"Encrypt"`
		Agent   cdata    `xml:"AgentID"`
	}{To: cdata{CorpID}, Encrypt: cdata{encrypted}, Agent: cdata{AppAgent}})
	if err != nil {
		return 0, fmt.Errorf("write callback: %w", err)
	}
	status, _, err := a.request(ctx, http.MethodPost, t.url+"?"+query.Encode(), string(body))
	return status, err
}

// Verify checks the URL of "kf" or "app" as the admin console does. It returns
// the status, and whether the answer was the right one.
func (a *API) Verify(ctx context.Context, app string, d Delivery) (status int, right bool, err error) {
	const echo = "1616140317555161061"
	t := a.targetOf(app)
	encrypted, query, err := a.seal(t, d, []byte(echo))
	if err != nil {
		return 0, false, err
	}
	query.Set("echostr", encrypted)
	status, answer, err := a.request(ctx, http.MethodGet, t.url+"?"+query.Encode(), "")
	return status, answer == echo, err
}

func (a *API) targetOf(app string) target {
	if app == "kf" {
		return a.kfTarget()
	}
	return a.appTarget()
}

// seal encrypts with the SDK's functions, which are not those of the doors.
func (a *API) seal(t target, d Delivery, plain []byte) (string, url.Values, error) {
	receiver := CorpID
	if d.Receiver != "" {
		receiver = d.Receiver
	}
	encrypted, err := util.EncryptMsg([]byte("0123456789abcdef"), plain, receiver, t.key)
	if err != nil {
		return "", nil, fmt.Errorf("encrypt callback: %w", err)
	}
	token := t.token
	if d.Forged {
		token = "another" + token
	}
	timestamp, nonce := strconv.FormatInt(a.Now().Unix(), 10), "1597212914"
	return string(encrypted), url.Values{
		"msg_signature": {util.Signature(token, timestamp, nonce, string(encrypted))},
		"timestamp":     {timestamp}, "nonce": {nonce},
	}, nil
}

func (a *API) request(ctx context.Context, method, uri, body string) (status int, answer string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, uri, strings.NewReader(body))
	if err != nil {
		return 0, "", fmt.Errorf("deliver callback: %w", err)
	}
	resp, err := a.client.Do(r)
	if err != nil {
		return 0, "", fmt.Errorf("deliver callback: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}
