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
	"golang.org/x/sync/singleflight"

	"waybill/internal/guard"
	"waybill/internal/redact"
	"waybill/internal/retry"
	"waybill/models"
)

const (
	kindToken   = "wecom_token"
	kindBlocked = "wecom_blocked"
	blockedFor  = time.Hour        // as long as WeCom bans an address
	fetchFor    = 20 * time.Second // the lease, and the time for all of it; longer than a call may take
	early       = 5 * time.Minute  // before its end, a token is not used any more

	// How often a process looks whether another one has fetched a token.
	firstLook   = 100 * time.Millisecond // doubling
	longestLook = time.Second
)

// errBlocked stands for an hour after WeCom has refused a secret.
var errBlocked = errors.New("wecom refuses the app's secret: the operator must set the right one, and it is not tried again for an hour")

// tokens holds the access token of one secret. All replicas share it through
// the Memory, sealed with the secret itself; one of them fetches a new one.
type tokens struct {
	*API
	agent    string
	secret   string
	key      string // of the token in the Memory; another secret has another one
	sealer   cipher.AEAD
	fetching singleflight.Group // one fetch at a time, whatever token was refused
	cooldown *cooldown

	mu      sync.Mutex
	held    token
	blocked models.Moment // until when the secret is not tried
	refused bool          // the secret was, and there was no token since
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
		panic(err) // AES is a block cipher of 16 bytes
	}
	return &tokens{
		API: a, agent: agent, secret: secret, key: hex.EncodeToString(name[:16]), sealer: sealer,
		cooldown: &cooldown{now: a.settings.Now},
	}
}

// fetched is the token that a fetch brought, and which one it was to replace.
type fetched struct{ value, refused string }

// get is a valid token, another one than refused. However many callers want
// one at once, one fetch serves them all; it goes on when its callers leave.
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	for {
		if value, err := t.cached(refused); value != "" || err != nil {
			return value, err
		}
		result := t.fetching.DoChan("", func() (any, error) {
			value, err := t.obtain(context.WithoutCancel(ctx), refused)
			return fetched{value, refused}, err
		})
		select {
		case r := <-result:
			if r.Err != nil {
				return "", r.Err
			}
			got, _ := r.Val.(fetched)
			if got.value != refused || got.refused == refused {
				return got.value, nil
			}
			// Somebody else's fetch brought the token that this caller was refused.
		case <-ctx.Done():
			return "", fmt.Errorf("wait for wecom's token: %w", ctx.Err())
		}
	}
}

// cached is the token that this process knows, "" when there is none, or the
// error that this process must not try.
func (t *tokens) cached(refused string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now() < t.blocked {
		return "", errBlocked
	}
	if t.held.Value == refused || t.now() >= t.held.Until {
		return "", nil
	}
	return t.held.Value, nil
}

// obtain takes the token that another replica has fetched, or fetches one for
// all; a fetch that another replica is making is waited for.
func (t *tokens) obtain(ctx context.Context, refused string) (value string, err error) {
	defer guard.Recover("fetch wecom's token", &err)
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	looks := retry.New(firstLook, longestLook)
	for {
		value, err := t.try(ctx, refused)
		if value != "" || err != nil {
			return value, err
		}
		if err := retry.Sleep(ctx, looks.Next(0)); err != nil {
			return "", fmt.Errorf("wait for wecom's token: %w", err)
		}
	}
}

// try is obtain without waiting: "" while another replica holds the lease.
func (t *tokens) try(ctx context.Context, refused string) (string, error) {
	if err := t.checkBlocked(ctx); err != nil {
		return "", err
	}
	if value, err := t.recall(ctx, refused); value != "" || err != nil {
		return value, err
	}
	if err := t.cooldown.err(); err != nil {
		return "", err
	}
	lease := "wecom:token:" + t.key
	_, held, err := t.settings.Leases.Lease(ctx, lease, t.settings.Owner, fetchFor)
	if err != nil || !held {
		return "", wrap("take wecom's token lease", err)
	}
	value, err := t.fetch(ctx, refused)
	undone := t.settings.Leases.Unlease(context.WithoutCancel(ctx), lease, t.settings.Owner)
	if undone != nil {
		t.settings.Log.Warn("give wecom's token lease back", slog.Any("error", undone)) // it ends by itself
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
		return "", nil //nolint:nilerr // a token that cannot be read is replaced
	}
	if shared.Value == refused || t.now() >= shared.Until {
		return "", nil
	}
	t.set(shared)
	return shared.Value, nil
}

func (t *tokens) set(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held, t.refused = fresh, false
}

// checkBlocked is an error while some replica has found that the secret must
// not be tried.
func (t *tokens) checkBlocked(ctx context.Context) error {
	_, blocked, err := t.settings.Memory.Recall(ctx, kindBlocked, t.key, t.now())
	if blocked {
		return errBlocked
	}
	return wrap("recall whether wecom's secret is good", err)
}

// fetch gets a token from WeCom, under the lease, unless the lease's last holder
// has left one. The refused one, when WeCom gives that out again, is good for
// one more try.
func (t *tokens) fetch(ctx context.Context, refused string) (string, error) {
	if value, err := t.recall(ctx, refused); value != "" || err != nil {
		return value, err
	}
	fresh, err := t.request(ctx)
	if err != nil {
		t.cooldown.record(err)
		return "", err
	}
	t.set(fresh)
	if fresh.Value == refused {
		t.cooldown.record(errSame)
	} else {
		t.cooldown.record(nil)
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
		t.block(ctx, err)
	}
	if err != nil {
		return token{}, redact.Error(err, t.secret)
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

// block leaves the secret alone for an hour, in all replicas.
func (t *tokens) block(ctx context.Context, why error) {
	until := t.now().Add(blockedFor)
	t.mu.Lock()
	t.blocked, t.held, t.refused = until, token{}, true
	t.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	t.settings.Log.Error("wecom refuses a secret", slog.String("agent", t.agent), slog.Any("error", redact.Error(why, t.secret)))
	if err := t.settings.Memory.Remember(ctx, kindBlocked, t.key, []byte("1"), until); err != nil {
		t.settings.Log.Warn("remember that wecom refuses a secret", slog.String("agent", t.agent), slog.Any("error", err))
	}
}

// ready is nil unless this process saw the secret refused, and no token since.
func (t *tokens) ready() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refused {
		return wordedError{errBlocked, AlertSecret, []any{"Agent", t.agent}}
	}
	return nil
}

// wordedError is why a door is not up, with words of its own for operators
// (handlers.Worded).
type wordedError struct {
	error
	key  string
	args []any
}

// Alert is the sentence's key, and what fills it.
func (w wordedError) Alert() (key string, args []any) { return w.key, w.args }

// Unwrap makes errors.Is find the reason.
func (w wordedError) Unwrap() error { return w.error }

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// The second fetch in a row that brings nothing, and every one after it, costs a
// wait: so long at first, doubling to the longest.
const (
	firstCooldown   = 5 * time.Second
	longestCooldown = time.Minute
)

// errSame stands for a fetch that brought the token that is refused.
var errSame = errors.New("wecom hands out the same access token that it refuses")

// cooldown keeps a process from asking for tokens again and again when that
// brings nothing: every caller that waits for one would. One failure may be
// repeated at once.
type cooldown struct {
	now func() time.Time

	mu       sync.Mutex
	failures int // in a row
	until    time.Time
	why      error
}

// err is nil when a token may be fetched, else why the last fetch brought none.
func (c *cooldown) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Before(c.until) {
		return c.why
	}
	return nil
}

// record notes how a fetch ended.
func (c *cooldown) record(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.failures = 0
		return
	}
	c.failures++
	c.until, c.why = c.now().Add(retry.Delay(c.failures-1, firstCooldown, longestCooldown)), err
}
