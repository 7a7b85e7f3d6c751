package wecom

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"waybill/internal/expiring"
	"waybill/internal/redact"

	"github.com/coder/websocket"
)

const (
	aibotAnswers  = 10 * time.Second // how long WeCom may take to answer a frame
	aibotMaxFrame = 1 << 20          // bytes; a longer frame ends the connection

	aibotCallbacksKept = 4096 // whose answers were refused, or not confirmed
)

// aibotConn is one connection. It lives until it is lost, and is not used again.
type aibotConn struct {
	id     string // tells the callbacks of this connection from those of earlier ones
	ws     *websocket.Conn
	log    *slog.Logger
	redact func(string) string

	refused     *expiring.Map[string, struct{}]          // callbacks that WeCom did not let be answered
	unconfirmed *expiring.Map[string, [sha256.Size]byte] // digests of what callbacks were answered with that got no answer

	mu      sync.Mutex
	waiting map[string]chan aibotFrame // by req_id
	gone    chan struct{}              // closed with the loss
	why     error
}

func newAIBotConn(ws *websocket.Conn, log *slog.Logger, hide func(string) string, now func() time.Time) *aibotConn {
	ws.SetReadLimit(aibotMaxFrame)
	return &aibotConn{
		id: rand.Text(), ws: ws, log: log, redact: hide,
		refused:     expiring.New[string, struct{}](aibotCallbacksKept, now),
		unconfirmed: expiring.New[string, [sha256.Size]byte](aibotCallbacksKept, now),
		waiting:     map[string]chan aibotFrame{}, gone: make(chan struct{}),
	}
}

// lose ends the connection; the first reason counts.
func (c *aibotConn) lose(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil {
		return
	}
	c.why = why
	close(c.gone)
}

// close ends the connection without waiting for WeCom's consent.
func (c *aibotConn) close() {
	c.lose(errAIBotLost)
	_ = c.ws.CloseNow() // nothing is to be done about a connection that ends badly
}

// loss is why the connection was lost; nil while it stands.
func (c *aibotConn) loss() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}

// read takes frames in until the connection is lost: answers go to whoever
// waits for them, callbacks to receive.
func (c *aibotConn) read(ctx context.Context, receive func(aibotFrame, []byte)) {
	for {
		kind, raw, err := c.ws.Read(ctx)
		if err != nil {
			c.lose(fmt.Errorf("%w: %s", errAIBotLost, c.redact(err.Error())))
			return
		}
		var f aibotFrame
		if kind != websocket.MessageText || json.Unmarshal(raw, &f) != nil {
			c.log.Warn("wecom aibot frame is unreadable and dropped", slog.Int("bytes", len(raw)))
			continue
		}
		if f.calls() {
			receive(f, raw)
			continue
		}
		c.answered(f)
	}
}

// answered hands an answer to whoever waits for it. What nobody waits for any
// more is dropped.
func (c *aibotConn) answered(f aibotFrame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer, ok := c.waiting[f.Headers.ReqID]; ok {
		delete(c.waiting, f.Headers.ReqID)
		answer <- f
	}
}

// call sends a frame and waits for its answer, which says nothing but that it was
// taken. Errors as of ask.
func (c *aibotConn) call(ctx context.Context, f aibotFrame) error {
	_, err := c.ask(ctx, f)
	return err
}

// ask sends a frame and waits for its answer. A refusal is an *apiError; a frame
// that was sent and not answered in time is errAIBotUnanswered.
func (c *aibotConn) ask(ctx context.Context, f aibotFrame) (aibotFrame, error) {
	answer, err := c.await(f.Headers.ReqID)
	if err != nil {
		return aibotFrame{}, err
	}
	defer c.forget(f.Headers.ReqID, answer)
	ctx, cancel := context.WithTimeout(ctx, aibotAnswers)
	defer cancel()
	if err := c.write(ctx, f); err != nil {
		return aibotFrame{}, err
	}
	select {
	case a := <-answer:
		return a, c.result(f, a)
	case <-c.gone:
		err = c.loss()
	case <-ctx.Done():
		err = fmt.Errorf("%s: %w: %w", f.Cmd, errAIBotUnanswered, ctx.Err())
	}
	select {
	case a := <-answer: // it came together with the end, and says more
		return a, c.result(f, a)
	default:
		return aibotFrame{}, err
	}
}

func (c *aibotConn) result(f, answer aibotFrame) error {
	if answer.Code == 0 {
		return nil
	}
	err := &apiError{path: f.Cmd, code: int64(answer.Code), words: c.redact(redact.Quotes(answer.Words))}
	if err.code == codeAIBotUnsubscribed {
		c.lose(err) // it stands, but WeCom takes nothing over it any more
	}
	return err
}

// await registers a frame's answer. Two frames with one req_id cannot be under
// way together: their answers could not be told apart.
func (c *aibotConn) await(id string) (chan aibotFrame, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil {
		return nil, c.why
	}
	if _, busy := c.waiting[id]; busy {
		return nil, errAIBotBusy
	}
	answer := make(chan aibotFrame, 1)
	c.waiting[id] = answer
	return answer, nil
}

func (c *aibotConn) forget(id string, answer chan aibotFrame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting[id] == answer {
		delete(c.waiting, id)
	}
}

// write sends one frame. The library closes the connection under a write whose
// context ends, so a caller that gives up does not end it: only WeCom can.
func (c *aibotConn) write(ctx context.Context, f aibotFrame) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", f.Cmd, err)
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.Cmd, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), aibotAnswers)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, raw); err != nil {
		c.lose(fmt.Errorf("%w: %s", errAIBotLost, c.redact(err.Error())))
		return c.loss()
	}
	return nil
}

// refuse notes that WeCom did not let a callback be answered.
func (c *aibotConn) refuse(id string) { c.refused.Put(id, struct{}{}, aibotAnswerable) }

// isRefused says that a callback must not be answered as such again.
func (c *aibotConn) isRefused(id string) bool {
	_, refused := c.refused.Get(id)
	return refused
}

// leaveUnconfirmed notes with what a callback was answered, though WeCom did not
// confirm it. Only a digest of the answer is kept.
func (c *aibotConn) leaveUnconfirmed(id, content string) {
	c.unconfirmed.Put(id, sha256.Sum256([]byte(content)), aibotAnswerable)
}

// mayHave says that a callback may have been answered with just that.
func (c *aibotConn) mayHave(id, content string) bool {
	before, ok := c.unconfirmed.Get(id)
	return ok && before == sha256.Sum256([]byte(content))
}
