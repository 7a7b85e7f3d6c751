package wecomtest

import (
	"maps"
	"slices"
	"time"
)

// Servicer has somebody serve an account: status 0, or not just now: 1.
func (a *API) Servicer(account, userid string, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.account(account).servicers[userid] = status
}

// Department has a whole department serve an account.
func (a *API) Department(account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.account(account).department = true
}

// SetState changes a session as people in WeCom do; an event reports it.
func (a *API) SetState(account, customer string, state int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.account(account)
	k.session(customer).state = state
	change := map[int]int{StateHuman: 1, StateEnded: 3}[state]
	a.enterLog(k, map[string]any{"origin": 4, "msgtype": "event", "event": map[string]any{
		"event_type": "session_status_change", "open_kfid": account, "external_userid": customer, "change_type": change,
	}})
}

// State is the state of a session, and who serves it.
func (a *API) State(account, customer string) (state int, servicer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.account(account).session(customer)
	return s.state, s.servicer
}

type stateOf struct {
	KF       string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

// sessionOf reads which session a call is about.
func (a *API) sessionOf(c *call) (in stateOf, s *session, refusal *no) {
	if refusal = c.decode(&in); refusal != nil {
		return in, nil, refusal
	}
	s, refusal = a.find(in.KF, in.Customer)
	return in, s, refusal
}

func (a *API) getState(c *call) (any, *no) {
	_, s, no := a.sessionOf(c)
	if no != nil {
		return nil, no
	}
	return map[string]any{"service_state": s.state, "servicer_userid": s.servicer}, nil
}

// transState changes a session, where the states allow it.
func (a *API) transState(c *call) (any, *no) {
	in, s, no := a.sessionOf(c)
	if no != nil {
		return nil, no
	}
	allowed := map[int][]int{
		StateNew: {StateBot, StateQueue, StateHuman, StateEnded}, StateBot: {StateQueue, StateHuman, StateEnded},
		StateQueue: {StateHuman, StateEnded}, StateHuman: {StateHuman, StateEnded},
	}
	if !slices.Contains(allowed[s.state], in.State) {
		return nil, refuse(95016, "invalid state transition from %d to %d", s.state, in.State)
	}
	if status, serves := a.accounts[in.KF].servicers[in.Servicer]; in.State == StateHuman && (!serves || status != 0) {
		return nil, refuse(95014, "servicer is not serving")
	}
	s.state, s.servicer = in.State, in.Servicer
	code := a.id("msg-code-")
	s.codes[code] = right{until: a.Now().Add(48 * time.Hour), state: in.State}
	return map[string]any{"msg_code": code}, nil
}

func (a *API) listServicers(c *call) (any, *no) {
	k := a.accounts[c.param("open_kfid")]
	if k == nil {
		return nil, refuse(95000, "invalid open_kfid")
	}
	list := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(k.servicers)) {
		list = append(list, map[string]any{"userid": id, "status": k.servicers[id]})
	}
	if k.department {
		list = append(list, map[string]any{"department_id": 2})
	}
	return map[string]any{"servicer_list": list}, nil
}
