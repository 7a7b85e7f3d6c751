// Package wecomtest is a strict stand-in for WeCom, over real HTTP: its API
// with the limits that WeCom keeps, and its callbacks, signed and encrypted. It
// refuses what WeCom refuses, and a little more: what WeCom lets pass in
// silence is a mistake here. It needs no testing.T, so benchmarks and programs
// can use it.
package wecomtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"waybill/handlers/doortest"
)

// The company, its two apps, and what their callbacks are signed and
// encrypted with. The KF app may call kf/…, the other one message/send.
const (
	CorpID = "ww0000000000000001"

	KFAgent  = "1000003"
	KFSecret = "kf-secret-that-nobody-else-has"
	KFToken  = "kfCallbackToken"
	KFKey    = "kfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfkfA"

	AppAgent  = "1000002"
	AppSecret = "app-secret-that-nobody-else-has"
	AppToken  = "appCallbackToken"
	AppKey    = "apapapapapapapapapapapapapapapapapapapapapA"
)

// API is the fake. Its methods may be used at the same time; its fields are set
// before the first call.
type API struct {
	Now         func() time.Time // default time.Now
	PageSize    int              // messages on a page of sync_msg, default and at most 1000
	TokenLives  time.Duration    // expires_in of an access token, default two hours
	KFCallback  string           // where announcements are delivered to
	AppCallback string           // where members' messages are delivered to

	url    string
	port   doortest.Port
	client *http.Client
	faults doortest.Faults[Fault]

	mu       doortest.Mutex
	secrets  map[string]string // app by secret
	tokens   map[string]*access
	accounts map[string]*account
	members  map[string]bool
	robots   map[string][]time.Time // when each was sent something, by key
	media    map[string]media       // files that messages can refer to, by id
	sent     []Sent
	// the field in which message/send names whom it did not reach
	unreached string
	calls     map[string]int
	refused   []Refused
	serial    int
}

// New makes a fake without an address: a http.Handler.
func New() *API {
	return &API{
		Now: time.Now, PageSize: maxPage, TokenLives: 2 * time.Hour,
		client:   &http.Client{Timeout: 10 * time.Second},
		secrets:  map[string]string{KFSecret: KFAgent, AppSecret: AppAgent},
		tokens:   map[string]*access{},
		accounts: map[string]*account{},
		members:  map[string]bool{},
		robots:   map[string][]time.Time{},
		calls:    map[string]int{},
		media:    map[string]media{},
	}
}

// Start makes a fake that listens on a loopback address. Close it.
func Start() (*API, error) {
	a := New()
	address, err := a.port.Open(a)
	if err != nil {
		return nil, fmt.Errorf("start fake wecom: %w", err)
	}
	a.url = "http://" + address
	return a, nil
}

// Serve starts a fake for one test and closes it afterwards.
func Serve(t doortest.TB) *API {
	t.Helper()
	return doortest.Serve(t, Start)
}

// URL is the base under which the fake listens.
func (a *API) URL() string { return a.url }

// Close ends the fake and waits for it.
func (a *API) Close() {
	a.port.Close()
	a.client.CloseIdleConnections()
}

// no is a refusal: an errcode.
type no struct {
	Code int64  `json:"errcode"`
	Text string `json:"errmsg"`
}

func refuse(code int64, format string, args ...any) *no {
	return &no{Code: code, Text: fmt.Sprintf(format, args...)}
}

// call is one request on its way through the fake.
type call struct {
	path  string
	app   string // whose token it came with
	query map[string][]string
	body  []byte
}

// ServeHTTP answers /cgi-bin/….
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/cgi-bin/")
	if !ok || !known(r.Method, path) {
		http.NotFound(w, r)
		return
	}
	c, err := read(w, r, path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.answer(w, c)
}

// known says whether the fake offers a path under a method.
func known(method, path string) bool {
	switch path {
	case "gettoken", "kf/servicer/list", "agent/get", "media/get":
		return method == http.MethodGet
	case "kf/account/list": // once a GET, and still taken as one
		return method == http.MethodGet || method == http.MethodPost
	case "kf/sync_msg", "kf/send_msg", "kf/send_msg_on_event",
		"kf/service_state/get", "kf/service_state/trans", "message/send", "media/upload", "webhook/send":
		return method == http.MethodPost
	}
	return false
}

func (a *API) answer(w http.ResponseWriter, c *call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	a.calls[c.path]++
	fault := a.faults.Take(func(f Fault) bool { return f.fits(c.path) })
	if fault != nil && !fault.Lose {
		a.note(c, fault.no())
		fault.reply(w, c)
		return
	}
	result, no := a.do(c)
	if fault != nil {
		panic(http.ErrAbortHandler) // the call is done, its answer lost
	}
	a.note(c, no)
	if file, ok := result.(media); ok && no == nil {
		file.write(w)
		return
	}
	reply(w, result, no)
}

// note keeps what was refused. The caller holds the lock.
func (a *API) note(c *call, no *no) {
	if no != nil {
		a.refused = append(a.refused, Refused{Path: c.path, Code: no.Code})
	}
}

// do does what a call asks for. The caller holds the lock.
func (a *API) do(c *call) (any, *no) {
	switch c.path {
	case "gettoken":
		return a.getToken(c)
	case "webhook/send":
		return nil, a.sendToRobot(c)
	}
	if no := a.authorise(c); no != nil {
		return nil, no
	}
	switch c.path {
	case "kf/account/list":
		return a.listAccounts(), nil
	case "kf/sync_msg":
		return a.syncMsg(c)
	case "kf/send_msg":
		return a.sendMsg(c)
	case "kf/send_msg_on_event":
		return a.sendMsgOnEvent(c)
	case "kf/service_state/get":
		return a.getState(c)
	case "kf/service_state/trans":
		return a.transState(c)
	case "kf/servicer/list":
		return a.listServicers(c)
	case "media/upload":
		return a.upload(c)
	case "media/get":
		return a.download(c)
	case "agent/get":
		return a.describe(c)
	}
	return a.sendToMember(c)
}

// id makes an id that was never used. The caller holds the lock.
func (a *API) id(kind string) string {
	a.serial++
	return fmt.Sprintf("%s%06d", kind, a.serial)
}

func reply(w http.ResponseWriter, result any, refusal *no) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if refusal != nil {
		_ = json.NewEncoder(w).Encode(refusal)
		return
	}
	fields := map[string]any{"errcode": 0, "errmsg": "ok"}
	if result != nil {
		body, err := json.Marshal(result)
		if err != nil || json.Unmarshal(body, &fields) != nil {
			panic(fmt.Sprintf("fake wecom cannot write %T", result))
		}
	}
	_ = json.NewEncoder(w).Encode(fields)
}

// Fault is something that goes wrong instead of, or after, a call.
type Fault struct {
	Path   string // below /cgi-bin/, "" means any but gettoken
	After  int    // how many such calls pass before it hits
	Times  int    // how many calls it hits, default 1; -1: all
	Code   int64  // errcode
	Text   string // errmsg
	Status int    // a proxy's page with this status instead of JSON
	Body   string // another answer than the fake's own
	Lose   bool   // the call is done, but the connection breaks before the answer
}

// Fail injects a fault. Faults hit in the order in which they were injected.
func (a *API) Fail(f Fault) { a.faults.Inject(f, f.After, f.Times) }

// Heal takes back all faults.
func (a *API) Heal() { a.faults.Heal() }

func (f Fault) fits(path string) bool { return f.Path == path || f.Path == "" && path != "gettoken" }

func (f *Fault) no() *no { return &no{Code: f.Code, Text: f.Text} }

func (f *Fault) reply(w http.ResponseWriter, c *call) {
	if f.Body != "" {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write([]byte(f.Body))
		return
	}
	if f.Status == 0 {
		reply(w, nil, f.no())
		return
	}
	doortest.ProxyPage(w, f.Status, c.path+" "+c.param("access_token")+c.param("corpsecret"))
}
