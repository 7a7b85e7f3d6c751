package wecom

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/work/kf"

	"waybill/handlers"
	"waybill/models"
)

// triedServicers is how many people are tried before the customer queues.
const triedServicers = 3

// Handler is what the door's inbox should call: it keeps quiet while somebody
// talks with the customer, hands over a customer who asks for a human, and
// leaves everything else to next.
func (k *KF) Handler(next handlers.Handler) handlers.Handler { return &desk{KF: k, next: next} }

type desk struct {
	*KF
	next handlers.Handler
}

// Handle answers a message.
func (d *desk) Handle(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	p, err := partyOf(chat.Address)
	if err != nil {
		return nil, err
	}
	if m.Happening != handlers.Said && m.Happening != handlers.Tapped {
		return d.next.Handle(ctx, chat, m)
	}
	if d.attended(ctx, p) {
		return nil, nil
	}
	if m.Happening == handlers.Said && wantsHuman(m.Text) {
		return d.handOver(ctx, p, chat.Language(), m.Token)
	}
	return d.next.Handle(ctx, chat, m)
}

// handOver gives the customer to somebody, if there is somebody.
func (d *desk) handOver(ctx context.Context, p party, lang, token string) ([]handlers.Reply, error) {
	words := d.phrases(lang)
	targets, err := d.servicers(ctx, p.account)
	if err != nil && passing(err) {
		return nil, fmt.Errorf("list servicers: %w", err)
	}
	for _, t := range targets {
		code, err := d.give(ctx, p, t)
		if err == nil {
			// The session is somebody else's now; one sentence is still allowed.
			return sentence(words.Human, lang, handle{code: code}.token(), code != ""), nil
		}
		if passing(err) {
			return nil, fmt.Errorf("hand over: %w", err)
		}
	}
	return sentence(words.NoHuman, lang, token, true), nil
}

// passing says that an error is not WeCom's "no".
func passing(err error) bool {
	switch codeOf(err) {
	case 0, codeBusy, codeFrequency, codeConcurrency:
		return true
	}
	return false
}

func sentence(words, lang, token string, say bool) []handlers.Reply {
	if !say {
		return nil
	}
	return []handlers.Reply{{Blocks: []handlers.Block{{{{Text: words}}}}, Token: token, Lang: lang}}
}

// target is where a session can go.
type target struct {
	state    int
	servicer string
}

// servicers are the people at the account who serve now, in no order, and then
// the queue; nothing when nobody serves. Whole departments are known to the
// queue alone.
func (d *desk) servicers(ctx context.Context, account string) ([]target, error) {
	var got kf.ReceptionistListSchema
	if err := d.get(ctx, "kf/servicer/list", url.Values{"open_kfid": {account}}, &got); err != nil {
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

// give hands the session over. The code lets one sentence through afterwards.
func (d *desk) give(ctx context.Context, p party, t target) (code string, err error) {
	var got kf.ServiceStateTransSchema
	err = d.post(ctx, "kf/service_state/trans", struct {
		Account  string `json:"open_kfid"`
		Customer string `json:"external_userid"`
		State    int    `json:"service_state"`
		Servicer string `json:"servicer_userid,omitempty"`
	}{p.account, p.customer, t.state, t.servicer}, &got)
	d.states.forget(p)
	return got.MsgCode, err
}

// States of a session (document 94669). The bot speaks in the first two.
const (
	stateUnknown = -1
	stateQueue   = 2 // the customer waits for somebody
	stateHuman   = 3 // somebody talks with the customer
	stateEnded   = 4
)

const (
	stateFor   = 5 * time.Second // how long a state is believed
	statesKept = 4096
)

// states remembers for a moment which sessions are the bot's, so that
// understanding a message and answering it ask once. That the bot must be silent
// is never remembered: a session may have come back since, and another replica
// heard of it.
type states struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[party]standing
}

type standing struct {
	state int
	until time.Time
}

func newStates(now func() time.Time) *states {
	return &states{now: now, kept: map[party]standing{}}
}

func (s *states) recall(p party) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[p]
	return k.state, ok && s.now().Before(k.until)
}

func (s *states) remember(p party, state int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.kept) >= statesKept {
		maps.DeleteFunc(s.kept, func(_ party, k standing) bool { return !now.Before(k.until) })
	}
	if state >= stateQueue {
		delete(s.kept, p)
		return
	}
	s.kept[p] = standing{state, now.Add(stateFor)}
}

func (s *states) forget(p party) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, p)
}

// state is how the session stands. When WeCom does not tell it is unknown:
// then sending will show.
func (k *KF) state(ctx context.Context, p party) int {
	if state, ok := k.states.recall(p); ok {
		return state
	}
	var got kf.ServiceStateGetSchema
	err := k.post(ctx, "kf/service_state/get", kf.ServiceStateGetOptions{OpenKFID: p.account, ExternalUserID: p.customer}, &got)
	if err != nil {
		k.settings.Log.Warn("ask how a wecom session stands", slog.Any("err", err))
		return stateUnknown
	}
	k.states.remember(p, got.ServiceState)
	return got.ServiceState
}

// takenOver says, against what was believed, that somebody talks with the customer.
func (k *KF) takenOver(ctx context.Context, p party) bool {
	k.states.forget(p)
	return k.attended(ctx, p)
}

// attended says that somebody talks with the customer, or is about to: the bot is silent.
func (k *KF) attended(ctx context.Context, p party) bool {
	state := k.state(ctx, p)
	return state == stateQueue || state == stateHuman
}

// longestWish is how many characters a text may have that asks for a human in
// the midst of it: what is longer is pasted, and may only mention one.
const longestWish = 40

var (
	// human matches a text that is nothing but the wish for a human.
	human = regexp.MustCompile(`(?i)^[\s\p{P}]*(` +
		`((转|轉|找|接|要|转接|轉接)?(人工|真人)(客服|服务|服務)?|客服)+(吧|呢|啊|呀|嘛|吗|嗎|谢谢|謝謝)?` +
		`|(a )?(human|agent|operator|representative|real person)( please| pls)?` +
		`)[\s\p{P}]*$`)

	// humanWithin matches the wish for a human within a text.
	humanWithin = regexp.MustCompile(`(?i)(转|轉|转接|轉接|转到|轉到|找|接|叫)(个|個|一下|你们|你們|你们的|你們的)?(人工|真人|客服)([^费費]|$)` +
		`|(要|想要|需要)(个|個)?(人工|真人)(客服|服务|服務|[\s\p{P}吧啊呀]|$)` +
		`|(人工|真人)(客服|服务|服務|坐席|座席)` +
		`|\b(talk|speak|chat|connect|transfer|hand)\b.{0,20}\b(human|agent|person|people|representative|operator|someone|somebody)\b` +
		`|\b(want|need|get)\b.{0,10}\b(human|agent|representative|operator|real person)\b`)

	// noHuman matches who wants none.
	noHuman = regexp.MustCompile(`(?i)(不要|不用|不需要|不想|不必|别|別|取消|无需|無需).{0,4}(人工|真人|客服)|\b(don['’]?t|do not|not|no need)\b`)
)

// wantsHuman says that a text asks for a human.
func wantsHuman(text string) bool {
	text = strings.TrimSpace(text)
	if human.MatchString(text) {
		return true
	}
	return utf8.RuneCountInString(text) <= longestWish && humanWithin.MatchString(text) && !noHuman.MatchString(text) && handlers.Talk(text)
}
