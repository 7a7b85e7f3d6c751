package sandbox

import (
	"net/http"
	"time"

	"waybill/models"
)

// PushKuaibaoTo sets the address of Kuaibao's pushes, as a user does in the
// vendor's console; "" means that none are sent.
func (s *Sandbox) PushKuaibaoTo(address string) { s.console.Store(&address) }

// kuaibaoSubscribe watches one to ten waybills of one brand. A waybill that is
// watched already stays so.
func (s *Sandbox) kuaibaoSubscribe(q kuaibaoAsked) answer {
	if why := q.bad(); why != "" {
		return s.kuaibaoNo(q.one(), badParam, why)
	}
	brand := byCode(s.kuaibaoSubs, q.CpCode)
	if brand.code == "" {
		return s.kuaibaoNo(q.one(), noBrand, "不支持的快递品牌")
	}
	now, ws := s.Now(), s.kuaibaoWatches
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, number := range q.numbers() {
		if was := ws.known[watchKey(brand.code, number)]; was != nil && was.ended.IsZero() {
			continue
		}
		ws.put(&watch{number: number, carrier: brand.carrier, code: brand.code, since: now, look: now.Add(s.lasts(firstLook))})
		s.memory.start(number, now)
	}
	body := kuaibaoBody{Code: 0, Msg: "成功", Data: struct{}{}, UID: uid(q.WaybillCodes)}
	if s.odd(q.one()) {
		body.Code, body.Data = "0", []struct{}{}
	}
	return answer{body, true}
}

// kuaibaoPush is a push. The vendor publishes its type and that data is a
// list; what an item holds is an invention.
type kuaibaoPush struct {
	Type string        `json:"type"`
	Data []kuaibaoItem `json:"data"`
}

// kuaibaoPushes puts into the outbox what Kuaibao has to push now, up to ten
// waybills in one push.
func (s *Sandbox) kuaibaoPushes(now time.Time) {
	address := s.console.Load()
	if address == nil || *address == "" {
		return
	}
	var items []kuaibaoItem
	s.kuaibaoWatches.due(now, func(w *watch) *watch {
		if item, ok := s.kuaibaoLook(w, now); ok {
			items = append(items, item)
		}
		return nil
	})
	for len(items) > 0 {
		n := min(len(items), 10)
		s.outbox.add(&delivery{
			provider: "kuaibao", address: *address, kind: "application/json; charset=utf-8",
			body: text(kuaibaoPush{"express_sub_msg", items[:n]}), taken: kuaibaoTaken,
		})
		items = items[n:]
	}
}

// kuaibaoLook looks at one waybill until it is signed for. Of a brand that is
// not the waybill's own nothing is ever seen.
func (s *Sandbox) kuaibaoLook(w *watch, now time.Time) (item kuaibaoItem, moved bool) {
	right, fits := s.actualCarrier(w.number, w.carrier)
	if w.code == "jt" && right == "best" {
		fits = true
	}
	c := s.progress(w.number)
	w.look = s.after(now, c.next, now.Add(s.lasts(tire)))
	if !fits || len(c.Scans) <= w.pushed {
		return kuaibaoItem{}, false
	}
	w.pushed = len(c.Scans)
	if c.Status == models.Delivered {
		w.ended = now
	}
	return s.kuaibaoItem(w.number, right, c, false), true
}

// kuaibaoTaken takes every status of success: the vendor names no reply.
func kuaibaoTaken(status int, _ []byte) bool {
	return status >= http.StatusOK && status < http.StatusMultipleChoices
}
