package wecom

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"

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
