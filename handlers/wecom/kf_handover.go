package wecom

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/work/kf"

	"waybill/handlers"
	"waybill/internal/pattern"
	"waybill/models"
)

// States of a session (document 94669). The bot may speak in 0 (new) and 1 (the
// assistant serves).
const (
	stateUnknown = -1
	stateQueue   = 2 // the customer waits for a servicer
	stateHuman   = 3 // a servicer talks with the customer
	stateEnded   = 4
)

const (
	stateFor   = 5 * time.Second // how long a state is believed, so that reading a message and answering it ask once
	statesKept = 4096

	servingFor  = time.Minute     // how long it is believed that somebody serves an account, or that nobody does
	servingTime = 5 * time.Second // for asking that: a welcome has twenty seconds in all

	// triedServicers is how many servicers are tried before the customer queues.
	triedServicers = 3
)

// Handler is what the delivery worker calls with each message of this door: it
// is silent while a servicer talks with the customer, hands over a customer who
// asks for a human, and leaves everything else to next.
func (k *KF) Handler(next handlers.Handler) handlers.Handler { return &handover{KF: k, next: next} }

type handover struct {
	*KF
	next handlers.Handler
}

// Handle answers a message.
func (h *handover) Handle(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	p, err := partyOf(chat.Address)
	if err != nil {
		return nil, err
	}
	switch m.Happening {
	case handlers.Said, handlers.Tapped, handlers.Wordless:
	default:
		return h.next.Handle(ctx, chat, m)
	}
	if h.servedByHuman(ctx, p) {
		return nil, nil
	}
	if asksForHuman(m) {
		return h.handOver(ctx, p, chat.Language(), m.Token)
	}
	return h.next.Handle(ctx, chat, m)
}

// asksForHuman says that a customer presses the button for a human, or writes so.
func asksForHuman(m handlers.Message) bool {
	if m.Happening == handlers.Tapped {
		return m.Button == handlers.ButtonHuman
	}
	return m.Happening == handlers.Said && wantsHuman(m.Text)
}

// handOver gives the customer to a servicer or to the queue, if anybody serves.
func (h *handover) handOver(ctx context.Context, p party, lang, token string) ([]handlers.Reply, error) {
	words := h.settings.Phrases(lang)
	targets, err := h.servicers(ctx, p.account)
	if err != nil && temporary(err) {
		return nil, fmt.Errorf("list servicers: %w", err)
	}
	for _, t := range targets {
		code, err := h.transfer(ctx, p, t)
		if err == nil {
			if code == "" {
				return nil, nil
			}
			// The session is the servicer's now; the code allows one more message.
			return sentence(words.Human, lang, replyTo{code: code}.token()), nil
		}
		if temporary(err) {
			return nil, fmt.Errorf("hand over: %w", err)
		}
	}
	return sentence(words.NoHuman, lang, token), nil
}

func sentence(words, lang, token string) []handlers.Reply {
	return []handlers.Reply{{Blocks: []handlers.Block{{{{Text: words}}}}, Token: token, Lang: lang}}
}

// target is where a session can go.
type target struct {
	state    int
	servicer string
}

// servicers are the people at the account who serve now, in random order, and
// then the queue; none when nobody serves. A department's members are known to
// the queue alone.
func (k *KF) servicers(ctx context.Context, account string) ([]target, error) {
	var got kf.ReceptionistListSchema
	if err := k.get(ctx, "kf/servicer/list", url.Values{"open_kfid": {account}}, &got); err != nil {
		return nil, err
	}
	var people []target
	departments := false
	for _, s := range got.ReceptionistList {
		if s.UserID != "" && s.Status == 0 {
			people = append(people, target{stateHuman, s.UserID})
		}
		departments = departments || s.UserID == "" && s.DepartmentID != 0
	}
	if len(people) == 0 && !departments {
		return nil, nil
	}
	rand.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	return append(people[:min(len(people), triedServicers)], target{state: stateQueue}), nil
}

// Serves says that somebody serves the customer's account now, who can be handed
// the customer. When WeCom does not say, somebody may.
func (k *KF) Serves(ctx context.Context, a models.Address) bool {
	p, err := partyOf(a)
	if err != nil {
		return false
	}
	if serves, known := k.serving.Get(p.account); known {
		return serves
	}
	ctx, cancel := context.WithTimeout(ctx, servingTime)
	defer cancel()
	targets, err := k.servicers(ctx, p.account)
	if err != nil {
		k.settings.Log.Warn("ask who serves a wecom account", slog.Any("error", err))
		return temporary(err)
	}
	k.serving.Put(p.account, len(targets) > 0, servingFor)
	return len(targets) > 0
}

// transfer hands the session over. The code lets one message through afterwards.
func (h *handover) transfer(ctx context.Context, p party, t target) (code string, err error) {
	var got kf.ServiceStateTransSchema
	err = h.post(ctx, "kf/service_state/trans", struct {
		Account  string `json:"open_kfid"`
		Customer string `json:"external_userid"`
		State    int    `json:"service_state"`
		Servicer string `json:"servicer_userid,omitempty"`
	}{p.account, p.customer, t.state, t.servicer}, &got)
	h.botServes.Take(p)
	return got.MsgCode, err
}

// state is the session's state. Only those in which the bot may speak are
// remembered: a session may have come back to the bot since, and only another
// replica have fetched that. When WeCom does not answer the state is unknown, and
// sending shows whether the bot may speak.
func (k *KF) state(ctx context.Context, p party) int {
	if state, ok := k.botServes.Get(p); ok {
		return state
	}
	var got kf.ServiceStateGetSchema
	err := k.post(ctx, "kf/service_state/get", kf.ServiceStateGetOptions{OpenKFID: p.account, ExternalUserID: p.customer}, &got)
	if err != nil {
		k.settings.Log.Warn("ask for the state of a wecom session", slog.Any("error", err))
		return stateUnknown
	}
	if got.ServiceState < stateQueue {
		k.botServes.Put(p, got.ServiceState, stateFor)
	} else {
		k.botServes.Take(p)
	}
	return got.ServiceState
}

// takenOver is servedByHuman, by WeCom's word now.
func (k *KF) takenOver(ctx context.Context, p party) bool {
	k.botServes.Take(p)
	return k.servedByHuman(ctx, p)
}

// servedByHuman says that a servicer talks with the customer, or is about to:
// the bot is silent.
func (k *KF) servedByHuman(ctx context.Context, p party) bool {
	state := k.state(ctx, p)
	return state == stateQueue || state == stateHuman
}

// longestRequest is how many characters a text may have that asks for a human in
// the midst of it: a longer one was pasted, and may only mention humans.
const longestRequest = 40

var (
	// human matches a text that is nothing but the request for a human.
	human = pattern.New(`(?i)^[\s\p{P}]*(` +
		`((转|轉|找|接|要|转接|轉接|轉給)?(人工|真人)(客服|服务|服務)?|客服)+(吧|呢|啊|呀|嘛|吗|嗎|谢谢|謝謝)?` +
		`|(a )?(human|agent|operator|representative|real person)( please| pls)?` +
		`)[\s\p{P}]*$`)

	// humanWithin matches the request for a human within a text.
	humanWithin = pattern.New(`(?i)(转|轉|转接|轉接|转到|轉到|找|接|叫)(个|個|一下|你们|你們|你们的|你們的)?(人工|真人|客服)([^费費]|$)` +
		`|(要|想要|需要)(个|個)?(人工|真人)(客服|服务|服務|[\s\p{P}吧啊呀]|$)` +
		`|(人工|真人)(客服|服务|服務|坐席|座席)` +
		`|\b(talk|speak|chat|connect|transfer|hand)\b.{0,20}\b(human|agent|person|people|representative|operator|someone|somebody)\b` +
		`|\b(want|need|get)\b.{0,10}\b(human|agent|representative|operator|real person)\b`)

	// noHuman matches who wants none.
	noHuman = pattern.New(`(?i)(不要|不用|不需要|不想|不必|别|別|取消|无需|無需).{0,4}(人工|真人|客服)|\b(don['’]?t|do not|not|no need)\b`)
)

// wantsHuman says that a text asks for a human.
func wantsHuman(text string) bool {
	text = strings.TrimSpace(text)
	if human.MatchString(text) {
		return true
	}
	return utf8.RuneCountInString(text) <= longestRequest && humanWithin.MatchString(text) && !noHuman.MatchString(text) && handlers.Talk(text)
}
