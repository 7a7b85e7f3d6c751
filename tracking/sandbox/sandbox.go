// Package sandbox emulates the tracking APIs on the wire, as strictly as their
// vendors: for `bot demo`, for `bot sandbox`, and for tests. All APIs tell of
// the same journeys, so that a provider can be broken and the next one goes on
// with the same parcel.
//
// A journey starts when its number is first asked about and moves with the
// clock. Where a vendor's documents are silent (what Muzhi says when a tail is
// wanted, its codes for most carriers, its paths for detection and list), what
// is emulated is an invention; each vendor's files say where.
//
// What a vendor measures in time (Kuaidi100's lock and its days until an abort,
// the waits between pushes) runs with Speed, as the journeys do.
package sandbox

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how the emulated world runs. The zero value is one that moves as
// fast as the real one.
type Options struct {
	Now      func() time.Time // nil: time.Now
	Speed    float64          // emulated hours an hour; 0 means 1
	Seed     uint64           // another seed, other journeys for the numbers that are no scenario
	Appcode  string           // the only AppCode that Muzhi accepts; "" accepts any that is not empty
	Remember int              // numbers whose journeys are kept, the oldest goes first; 0 means 100,000
	Slow     time.Duration    // how long a slow answer takes; 0 means 30 s
	Stuck    []string         // more numbers that stay on the way for ever, whatever Speed

	Kuaidi100Customer string // "" means SampleCustomer
	Kuaidi100Key      string // "" means SampleKey
	JuheKey           string // the only key that Juhe accepts; "" accepts any that is not empty
	KuaibaoAppID      string // "" means SampleAppID
	KuaibaoAPIKey     string // "" means SampleAPIKey

	KuaibaoPushURL string        // where Kuaibao pushes to; "" is nowhere, until PushKuaibaoTo
	PushEvery      time.Duration // emulated time between looks at a subscribed waybill (the vendors take about 4 h); 0: pushed as soon as it moves
	PushClient     *http.Client  // sends the pushes; nil means one that waits 10 s
}

// Sandbox is an http.Handler that serves every emulated API. It is safe for
// concurrent use.
type Sandbox struct {
	Options
	mux       *http.ServeMux
	scenarios map[string]Scenario
	shapes    []shape
	companies []company
	memory    *memory
	ledger    *ledger
	broken    *broken

	kuaidi100s, juhes, kuaibaos, kuaibaoSubs []coded
	areas                                    map[string]area
	history                                  *recent[history]
	kuaidi100Watches, kuaibaoWatches         *watches
	outbox                                   *outbox
	console                                  atomic.Pointer[string]
	pumping                                  sync.Mutex
}

// New makes a sandbox in which nothing has been asked yet.
func New(o Options) *Sandbox {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Remember <= 0 {
		o.Remember = 100_000
	}
	if o.Slow <= 0 {
		o.Slow = 30 * time.Second
	}
	s := &Sandbox{
		Options: o, mux: http.NewServeMux(), scenarios: map[string]Scenario{}, shapes: shapes(), companies: companies(),
		memory: newMemory(o.Remember), ledger: newLedger(o.Remember), broken: newBroken(),
	}
	for _, c := range Scenarios() {
		s.scenarios[c.Number] = c
	}
	for _, number := range o.Stuck {
		carrier, _ := s.carries(number, "")
		s.scenarios[number] = Scenario{Number: number, Carrier: carrier, itinerary: stuck}
	}
	s.others()
	s.mux.HandleFunc("GET /{$}", index)
	s.muzhi(s.mux)
	s.kuaidi100(s.mux)
	s.juhe(s.mux)
	s.kuaibao(s.mux)
	return s
}

// others prepares what Muzhi does not need.
func (s *Sandbox) others() {
	s.Kuaidi100Customer = cmp.Or(s.Kuaidi100Customer, SampleCustomer)
	s.Kuaidi100Key = cmp.Or(s.Kuaidi100Key, SampleKey)
	s.KuaibaoAppID = cmp.Or(s.KuaibaoAppID, SampleAppID)
	s.KuaibaoAPIKey = cmp.Or(s.KuaibaoAPIKey, SampleAPIKey)
	if s.PushClient == nil {
		s.PushClient = &http.Client{Timeout: 10 * time.Second}
	}
	s.PushKuaibaoTo(s.KuaibaoPushURL)
	s.kuaidi100s, s.juhes, s.kuaibaos, s.kuaibaoSubs = kuaidi100Companies(), juheCompanies(), kuaibaoBrands(), kuaibaoSubs()
	s.areas = areas()
	s.history = newRecent[history](s.Remember)
	s.kuaidi100Watches, s.kuaibaoWatches = newWatches(s.Remember), newWatches(s.Remember)
	s.outbox = newOutbox(s.Remember)
}

// Providers lists the emulated vendors, by the names that Break and Asked take.
func Providers() []string { return []string{"muzhi", "kuaidi100", "juhe", "kuaibao"} }

// ServeHTTP answers as the vendor to whom the path belongs.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// index says what there is, for a person with a browser or curl.
func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, Guide()) // a reader who has left is no failure
}

// Guide lists the endpoints and the scenario numbers.
func Guide() string {
	var b strings.Builder
	b.WriteString("Waybill sandbox: emulated tracking APIs 模拟的快递查询接口\n\nEndpoints 接口\n")
	for _, e := range slices.Concat(muzhiEndpoints(), kuaidi100Endpoints(), juheEndpoints(), kuaibaoEndpoints()) {
		fmt.Fprintf(&b, "  %-9s %s\n            %s\n", e.provider, e.usage, e.note)
	}
	b.WriteString("\nScenario numbers 场景单号\n")
	for _, c := range Scenarios() {
		fmt.Fprintf(&b, "  %-16s %-6s %-10s %s / %s\n", c.Number, c.Tail, c.Carrier, c.Chinese, c.English)
	}
	b.WriteString("\nEvery other plausible number has a journey of its own. SF, ZTO and KYE want the last four digits of a\n" +
		"phone: 0000 is always wrong, the first other tail given for a number is its tail from then on.\n" +
		"Kuaidi100 locks a waybill for a day that is asked about twice in 30 emulated minutes, or more than 48 times a\n" +
		"day; Juhe takes a tail for one phone only, the receiver's or the sender's.\n")
	return b.String()
}

type endpoint struct{ provider, usage, note string }
