package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	aibotAnswers  = 10 * time.Second // how long WeCom may take to answer a frame
	aibotMaxFrame = 1 << 20          // bytes; a longer frame ends the connection
)

// aibotConn is one connection. It lives until it is lost, and is not used again.
type aibotConn struct {
	id   string // tells the callbacks of this connection from those of earlier ones
	ws   *websocket.Conn
	log  *slog.Logger
	hide func(string) string

	mu      sync.Mutex
	waiting map[string]chan aibotFrame // by req_id
	spoiled map[string]bool            // callbacks that WeCom did not let be answered
	unheard map[string]string          // what callbacks were answered with, when WeCom did not say whether that came
	gone    chan struct{}              // closed with the loss
	why     error
}

func newAIBotConn(id string, ws *websocket.Conn, log *slog.Logger, hide func(string) string) *aibotConn {
	ws.SetReadLimit(aibotMaxFrame)
	return &aibotConn{
		id: id, ws: ws, log: log, hide: hide,
		waiting: map[string]chan aibotFrame{}, spoiled: map[string]bool{},
		unheard: map[string]string{}, gone: make(chan struct{}),
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
// waits for them, callbacks to hear.
func (c *aibotConn) read(ctx context.Context, hear func(aibotFrame, []byte)) {
	for {
		kind, raw, err := c.ws.Read(ctx)
		if err != nil {
			c.lose(fmt.Errorf("%w: %s", errAIBotLost, c.hide(err.Error())))
			return
		}
		var f aibotFrame
		if kind != websocket.MessageText || json.Unmarshal(raw, &f) != nil {
			c.log.Warn("wecom aibot frame is unreadable and dropped", slog.Int("bytes", len(raw)))
			continue
		}
		if f.calls() {
			hear(f, raw)
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

// ask sends a frame and waits for its answer. A "no" is a *fault; a frame that
// was sent and not answered in time is errAIBotUnanswered.
func (c *aibotConn) ask(ctx context.Context, f aibotFrame) error {
	answer, err := c.expect(f.Headers.ReqID)
	if err != nil {
		return err
	}
	defer c.forget(f.Headers.ReqID, answer)
	ctx, cancel := context.WithTimeout(ctx, aibotAnswers)
	defer cancel()
	if err := c.write(ctx, f); err != nil {
		return err
	}
	select {
	case a := <-answer:
		return c.outcome(f, a)
	case <-c.gone:
		err = c.loss()
	case <-ctx.Done():
		err = fmt.Errorf("%s: %w: %w", f.Cmd, errAIBotUnanswered, ctx.Err())
	}
	select {
	case a := <-answer: // it came with the end, and says more than that
		return c.outcome(f, a)
	default:
		return err
	}
}

func (c *aibotConn) outcome(f, answer aibotFrame) error {
	if answer.Code == 0 {
		return nil
	}
	err := &fault{path: f.Cmd, code: int64(answer.Code), words: c.hide(tidy(answer.Words))}
	if err.code == codeAIBotUnsubscribed {
		c.lose(err) // it stands, and nothing will ever come of it
	}
	return err
}

// expect makes room for an answer. Two frames with one req_id cannot be under
// way together: nobody could tell their answers apart.
func (c *aibotConn) expect(id string) (chan aibotFrame, error) {
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
		c.lose(fmt.Errorf("%w: %s", errAIBotLost, c.hide(err.Error())))
		return c.loss()
	}
	return nil
}

// spoil notes that a callback is not to be answered as such again.
func (c *aibotConn) spoil(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spoiled[id] = true
}

// unanswered notes with what a callback was answered, though nobody knows whether it came.
func (c *aibotConn) unanswered(id, content string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unheard[id] = content
}

// mayHave says that a callback may have been answered with just that.
func (c *aibotConn) mayHave(id, content string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, ok := c.unheard[id]
	return ok && before == content
}

func (c *aibotConn) isSpoiled(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spoiled[id]
}
