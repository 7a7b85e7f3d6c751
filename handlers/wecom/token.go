package wecom

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"waybill/models"
)

const (
	kindToken  = "wecom_token"
	kindShut   = "wecom_shut"
	shutFor    = time.Hour        // as long as WeCom bans an address
	fetchLease = 20 * time.Second // longer than a fetch may take
	fetchAgain = 100 * time.Millisecond
	early      = 5 * time.Minute // before its end, a token is not used any more
)

// errShut stands for an hour after WeCom has refused a secret.
var errShut = errors.New("wecom refuses the app's secret: the operator must set the right one, and it is not tried again for an hour")

// tokens holds the access token of one secret. All replicas share it through
// the Memory, sealed with the secret itself; one of them fetches a new one.
type tokens struct {
	*API
	agent  string
	secret string
	key    string // of the token in the Memory; another secret has another one
	sealer cipher.AEAD

	fetching chan struct{} // one place: who is in it may fetch
	rest     *rest

	mu     sync.Mutex
	held   token
	closed models.Moment // until when the secret is not tried
}

// token is an access token and when it ends.
type token struct {
	Value string        `json:"v"`
	Until models.Moment `json:"u"`
}

func newTokens(a *API, agent, secret string) *tokens {
	name := sha256.Sum256([]byte(a.settings.CorpID + "\x00" + agent + "\x00" + secret))
	key := sha256.Sum256([]byte("waybill wecom token\x00" + secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // so is AES a block cipher
	}
	return &tokens{
		API: a, agent: agent, secret: secret, key: hex.EncodeToString(name[:16]), sealer: sealer,
		fetching: make(chan struct{}, 1), rest: &rest{now: a.settings.Now},
	}
}

// get is a valid token, another one than refused. Many callers at once fetch
// one token; a fetch that another replica is making is waited for.
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	if value, err := t.mine(refused); value != "" || err != nil {
		return value, err
	}
	select {
	case t.fetching <- struct{}{}:
		defer func() { <-t.fetching }()
	case <-ctx.Done():
		return "", fmt.Errorf("wait for wecom's token: %w", ctx.Err())
	}
	if value, err := t.mine(refused); value != "" || err != nil {
		return value, err
	}
	for {
		value, err := t.share(ctx, refused)
		if value != "" || err != nil {
			return value, err
		}
		if err := pause(ctx, fetchAgain); err != nil {
			return "", fmt.Errorf("wait for wecom's token: %w", err)
		}
	}
}

// mine is the token that this process knows, "" when there is none, or the
// error that this process is not to try.
func (t *tokens) mine(refused string) (string, error) {
	if err := t.ready(); err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held.Value == refused || t.now() >= t.held.Until {
		return "", nil
	}
	return t.held.Value, nil
}

// share takes the token that some replica has fetched, or fetches one for all;
// "" when another replica is just doing so.
func (t *tokens) share(ctx context.Context, refused string) (string, error) {
	if err := t.open(ctx); err != nil {
		return "", err
	}
	if value, err := t.recall(ctx, refused); value != "" || err != nil {
		return value, err
	}
	if err := t.rest.over(); err != nil {
		return "", err
	}
	lease := "wecom:token:" + t.key
	_, held, err := t.settings.Leases.Lease(ctx, lease, t.settings.Owner, fetchLease)
	if err != nil || !held {
		return "", wrap("take wecom's token lease", err)
	}
	value, err := t.fetch(ctx, refused)
	undone := t.settings.Leases.Unlease(context.WithoutCancel(ctx), lease, t.settings.Owner)
	if undone != nil {
		t.settings.Log.Warn("give wecom's token lease back", slog.Any("err", undone)) // it ends by itself
	}
	return value, err
}

// recall takes over the token in the Memory, if it is another one than refused.
func (t *tokens) recall(ctx context.Context, refused string) (string, error) {
	sealed, ok, err := t.settings.Memory.Recall(ctx, kindToken, t.key, t.now())
	if err != nil || !ok {
		return "", wrap("recall wecom's token", err)
	}
	var shared token
	plain, err := t.sealer.Open(nil, nil, sealed, []byte(t.key))
	if err != nil || json.Unmarshal(plain, &shared) != nil {
		return "", nil //nolint:nilerr // what cannot be read is fetched anew
	}
	if shared.Value == refused || t.now() >= shared.Until {
		return "", nil
	}
	t.hold(shared)
	return shared.Value, nil
}

func (t *tokens) hold(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = fresh
}

// open is an error while some replica has found that the secret is not to be tried.
func (t *tokens) open(ctx context.Context) error {
	_, shut, err := t.settings.Memory.Recall(ctx, kindShut, t.key, t.now())
	if shut {
		return errShut
	}
	return wrap("recall whether wecom's secret is good", err)
}

// fetch gets a token from WeCom, under the lease. Somebody who held the lease
// before may have left one. The refused one, when WeCom gives that out again, is
// good for one more try.
func (t *tokens) fetch(ctx context.Context, refused string) (string, error) {
	if value, err := t.recall(ctx, refused); value != "" || err != nil {
		return value, err
	}
	fresh, err := t.request(ctx)
	if err != nil {
		t.rest.after(err)
		return "", err
	}
	t.hold(fresh)
	if fresh.Value == refused {
		t.rest.after(errSame)
	} else {
		t.rest.after(nil)
	}
	return fresh.Value, t.remember(ctx, fresh)
}

// request asks WeCom for a token.
func (t *tokens) request(ctx context.Context) (token, error) {
	var got struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	uri := address("gettoken", url.Values{"corpid": {t.settings.CorpID}}, "corpsecret", t.secret)
	err := exchange(ctx, "gettoken", uri, util.HTTPGetContext, &got)
	if wrongSecret(err) {
		t.shut(ctx, err)
	}
	if err != nil {
		return token{}, redact(err, t.secret)
	}
	if got.Token == "" || got.Seconds <= 0 {
		return token{}, errors.New("wecom answers gettoken without a token")
	}
	lives := time.Duration(got.Seconds) * time.Second
	return token{Value: got.Token, Until: t.now().Add(lives - min(early, lives/10))}, nil
}

func (t *tokens) remember(ctx context.Context, fresh token) error {
	plain, err := json.Marshal(fresh)
	if err != nil {
		return fmt.Errorf("seal wecom's token: %w", err)
	}
	sealed := t.sealer.Seal(nil, nil, plain, []byte(t.key))
	return wrap("remember wecom's token", t.settings.Memory.Remember(ctx, kindToken, t.key, sealed, fresh.Until))
}

// shut leaves the secret alone for an hour, in all replicas, and tells the operators.
func (t *tokens) shut(ctx context.Context, why error) {
	until := t.now().Add(shutFor)
	t.mu.Lock()
	t.closed, t.held = until, token{}
	t.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	err := t.settings.Memory.Remember(ctx, kindShut, t.key, []byte("1"), until)
	t.settings.Log.Error("wecom refuses a secret", slog.String("agent", t.agent),
		slog.Any("err", redact(why, t.secret)), slog.Any("remembering", err))
	t.settings.Alerts.Alert(ctx, AlertSecret, "Agent", t.agent)
}

// ready is nil unless this process saw the secret refused within the hour.
func (t *tokens) ready() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now() < t.closed {
		return errShut
	}
	return nil
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// pause waits, or returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

const (
	firstRest   = 5 * time.Second // after the second fetch in a row that brought nothing, doubling
	longestRest = time.Minute
)

// errSame stands for a fetch that brought the token that is refused.
var errSame = errors.New("wecom hands out the same access token that it refuses")

// rest keeps a process from asking for tokens again and again when that brings
// nothing: every caller that waits for one would. Once it may be tried again at
// once.
type rest struct {
	now func() time.Time

	mu    sync.Mutex
	fails int // in a row
	until time.Time
	why   error
}

// over is nil when a token may be fetched, else why the last fetch brought none.
func (r *rest) over() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now().Before(r.until) {
		return r.why
	}
	return nil
}

// after notes what became of a fetch. One that its caller gave up says nothing.
func (r *rest) after(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled):
		return
	case err == nil:
		r.fails = 0
		return
	}
	r.fails++
	if r.fails > 1 {
		r.until, r.why = r.now().Add(min(firstRest<<min(r.fails-2, 4), longestRest)), err
	}
}
