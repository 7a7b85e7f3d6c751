package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"waybill/models"
)

// When Kuaidi100 gives a waybill up, in emulated time.
const (
	giveUp = 3 * 24 * time.Hour  // without a record
	tire   = 60 * 24 * time.Hour // without a change
)

// kuaidi100Notice is a push.
type kuaidi100Notice struct {
	Status     string         `json:"status"`
	BillStatus string         `json:"billstatus"`
	Message    string         `json:"message"`
	AutoCheck  string         `json:"autoCheck"`
	ComOld     string         `json:"comOld"`
	ComNew     string         `json:"comNew"`
	LastResult kuaidi100Trace `json:"lastResult"`
}

// kuaidi100Pushes puts into the outbox what Kuaidi100 has to push now.
func (s *Sandbox) kuaidi100Pushes(now time.Time) {
	s.kuaidi100Watches.due(now, func(w *watch) *watch { return s.kuaidi100Look(w, now) })
}

// kuaidi100Look looks at one waybill. It returns the watch that takes over
// where the company was wrong.
func (s *Sandbox) kuaidi100Look(w *watch, now time.Time) (successor *watch) {
	right, status, why := s.kuaidi100Sees(w)
	c := s.progress(w.number)
	switch {
	case why == "" && len(c.Scans) > w.pushed:
		s.kuaidi100Moved(w, right, c, now)
	case why == "" && w.pushed > 0:
		s.kuaidi100Tires(w, right, c, now)
	case now.Sub(w.since) < s.lasts(giveUp):
		w.look = s.after(now, c.next, w.since.Add(s.lasts(giveUp)))
	default:
		return s.kuaidi100GivesUp(w, right, status, why, now)
	}
	return nil
}

// kuaidi100Moved pushes the whole trace. Once a journey has been called
// finished, whatever comes later corrects it: updateall.
func (s *Sandbox) kuaidi100Moved(w *watch, right models.Carrier, c progress, now time.Time) {
	n := kuaidi100Notice{Status: "polling", BillStatus: "change", AutoCheck: "0"}
	if w.pushed == 0 {
		n.BillStatus = "got"
	}
	switch {
	case w.signed:
		n.Status = "updateall"
	case c.Status.Done():
		n.Status, n.BillStatus = "shutdown", "check"
		w.signed, w.ended = true, now
	}
	if old := w.kuaidi100.corrected; old != "" {
		n.AutoCheck, n.ComOld, n.ComNew = "1", old, w.code
	}
	n.LastResult = s.kuaidi100Trace(w.number, kuaidi100Param{Com: w.code, Num: w.number, ResultV2: w.kuaidi100.ResultV2}, right, c)
	w.pushed, w.moved = len(c.Scans), now
	w.look = s.after(now, c.next, now.Add(s.lasts(tire)))
	s.kuaidi100Push(w, n)
}

// kuaidi100Tires ends what has not moved for long. A finished journey ends so
// without a word.
func (s *Sandbox) kuaidi100Tires(w *watch, right models.Carrier, c progress, now time.Time) {
	if now.Sub(w.moved) < s.lasts(tire) {
		w.look = s.after(now, c.next, w.moved.Add(s.lasts(tire)))
		return
	}
	if w.signed {
		w.signed = false
		return
	}
	w.ended = now
	s.kuaidi100Push(w, kuaidi100Notice{
		Status: "abort", Message: "60天无变化", AutoCheck: "0",
		LastResult: s.kuaidi100Trace(w.number, kuaidi100Param{Com: w.code, Num: w.number, ResultV2: w.kuaidi100.ResultV2}, right, c),
	})
}

// kuaidi100GivesUp ends what has no record. Where the company was wrong the
// push names the right one, under which the vendor goes on by himself.
func (s *Sandbox) kuaidi100GivesUp(w *watch, right models.Carrier, status, why string, now time.Time) (successor *watch) {
	if why == "" {
		status, why = "201", noSuch
	}
	w.ended = now
	n := kuaidi100Notice{
		Status: "abort", Message: "3天查询无记录", AutoCheck: "0",
		LastResult: kuaidi100Nothing(w.number, w.code, status, why),
	}
	n.LastResult.Condition = ""
	if company := byCarrier(s.kuaidi100s, right); company.code != "" && right != w.carrier {
		n.ComNew = company.code
		parameters := w.kuaidi100
		parameters.corrected = w.code
		successor = &watch{
			number: w.number, carrier: right, code: company.code, since: now, moved: now,
			look: now.Add(s.lasts(firstLook)), kuaidi100: parameters, billed: w.billed,
		}
	}
	s.kuaidi100Push(w, n)
	return successor
}

// kuaidi100Push signs a push with the subscription's salt, if it has one.
func (s *Sandbox) kuaidi100Push(w *watch, n kuaidi100Notice) {
	param := text(n)
	form := url.Values{"param": {param}}
	if w.kuaidi100.Salt != "" {
		form.Set("sign", sign(param+w.kuaidi100.Salt))
	}
	s.outbox.add(&delivery{
		provider: "kuaidi100", address: w.kuaidi100.CallbackURL, kind: "application/x-www-form-urlencoded; charset=UTF-8",
		body: form.Encode(), taken: kuaidi100Taken,
	})
}

// kuaidi100Taken knows the only reply that keeps Kuaidi100 from trying again.
func kuaidi100Taken(status int, reply []byte) bool {
	var said struct {
		Result     bool   `json:"result"`
		ReturnCode string `json:"returnCode"`
	}
	err := json.Unmarshal(reply, &said)
	return status == http.StatusOK && err == nil && said.Result && said.ReturnCode == "200"
}
