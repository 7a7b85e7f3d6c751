package wecom

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"
)

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
