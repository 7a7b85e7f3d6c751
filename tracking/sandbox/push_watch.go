package sandbox

import (
	"sync"
	"time"

	"waybill/models"
)

// watch is one subscribed waybill.
type watch struct {
	number  string
	carrier models.Carrier // whom the vendor believes
	code    string         // its code for it
	since   time.Time
	look    time.Time // when to look at it next
	pushed  int       // scans that have been pushed
	moved   time.Time // when there was something to push last
	signed  bool      // the journey has been called finished
	ended   time.Time // when the vendor stopped watching; zero while it watches

	kuaidi100 kuaidi100Parameters
	orders    []time.Time // when it was subscribed to, of late
	billed    time.Time   // when a subscription was billed last
}

// watches are one vendor's subscriptions, the oldest goes when there are too many.
type watches struct {
	mu    sync.Mutex
	known map[string]*watch // by code and number
	order []*watch
	limit int
}

func newWatches(limit int) *watches { return &watches{known: map[string]*watch{}, limit: limit} }

func watchKey(code, number string) string { return code + " " + number }

// put adds a watch, or replaces the one of the same waybill. The caller holds mu.
func (ws *watches) put(w *watch) {
	key := watchKey(w.code, w.number)
	ws.drop(ws.known[key])
	if len(ws.order) >= ws.limit {
		ws.drop(ws.order[0])
	}
	ws.known[key] = w
	ws.order = append(ws.order, w)
}

func (ws *watches) drop(w *watch) {
	if w == nil {
		return
	}
	for i, other := range ws.order {
		if other == w {
			ws.order = append(ws.order[:i:i], ws.order[i+1:]...)
			delete(ws.known, watchKey(w.code, w.number))
			return
		}
	}
}

// due looks at every watch whose time has come. What look returns is put in
// beside it, unless it is nil.
func (ws *watches) due(now time.Time, look func(*watch) *watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, w := range ws.order[:len(ws.order):len(ws.order)] {
		if now.Before(w.look) || !w.ended.IsZero() && !w.signed {
			continue
		}
		if next := look(w); next != nil {
			ws.put(next)
		}
	}
}
