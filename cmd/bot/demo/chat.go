package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/handlers/console"
	"waybill/internal/retry"
)

// input takes in what is typed.
type input interface {
	// Submit hands one line over; true when there will be an answer to wait for.
	Submit(ctx context.Context, line string) (answering bool, err error)
	// Answered says that the last line has its answer.
	Answered()
}

// chat is the conversation in the terminal.
type chat struct {
	lines    func() (string, error) // one message; io.EOF or console.ErrLeave at the end
	screen   console.Screen
	note     func(text string) // shows what does not belong to the chat
	colours  bool
	greeting func(lines ...string) string // nil: nobody is to be greeted
	restore  func()                       // puts the terminal back as it was
	log      *slog.Logger

	input    input
	hints    []string // in the greeting
	answered chan struct{}
	over     sync.Map // arrivals that lineAnswered has heard of
}

// answerTimeout is how long a line's answer is waited for before the next is read.
const answerTimeout = time.Minute

// run takes lines in until they end, one after the other, and then stays for
// linger. Who leaves, by a key or by a word, is not kept.
func (c *chat) run(ctx context.Context, linger time.Duration) error {
	if err := c.greet(); err != nil {
		return err
	}
	for {
		line, err := c.next(ctx)
		if errors.Is(err, io.EOF) {
			_ = retry.Sleep(ctx, linger) // cut short when somebody ends the demo
		}
		if err != nil {
			return unexpected(err)
		}
		if leaves(line) {
			return nil
		}
		if err := c.say(ctx, line); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
}

// unexpected leaves the ordinary ends of a chat out.
func unexpected(err error) error {
	for _, end := range []error{io.EOF, console.ErrLeave, context.Canceled} {
		if errors.Is(err, end) {
			return nil
		}
	}
	return fmt.Errorf("read line: %w", err)
}

func (c *chat) greet() error {
	if c.greeting == nil {
		return nil
	}
	return c.screen.Show(c.greeting(c.hints...))
}

// next waits for a line, or for ctx. Nothing can end a read from a terminal,
// so after ctx the reader is left to the end of the process.
func (c *chat) next(ctx context.Context) (string, error) {
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := c.lines()
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// say hands one line over and waits until it is answered.
func (c *chat) say(ctx context.Context, line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	select {
	case <-c.answered: // of a line that was given up
	default:
	}
	if on, err := c.input.Submit(ctx, line); err != nil || !on {
		return err
	}
	defer c.input.Answered()
	timer := time.NewTimer(answerTimeout)
	defer timer.Stop()
	select {
	case <-c.answered:
	case <-timer.C:
		c.log.Error("no answer in time")
	case <-ctx.Done():
	}
	return nil
}

// consoleInput is the terminal itself as the chat's input: the console's door.
type consoleInput struct{ door *console.Door }

// Submit hands one line to the bot, which always answers.
func (i consoleInput) Submit(ctx context.Context, line string) (bool, error) {
	return true, i.door.Receive(ctx, line)
}

// Answered says that the last line has its answer.
func (i consoleInput) Answered() { i.door.Answered() }

// door is the console's door.
func (c *chat) door() Door {
	return Door{Answered: c.lineAnswered, Open: func(arrivals handlers.ArrivalStore, wake func(), now func() time.Time) handlers.Door {
		d := console.New(arrivals, c.screen, c.colours, wake, now)
		c.input = consoleInput{d}
		return d
	}}
}

// lineAnswered says, once of each, that a line has all the replies that it gets
// for now.
func (c *chat) lineAnswered(arrivalID int64) {
	if _, known := c.over.LoadOrStore(arrivalID, true); known {
		return
	}
	select {
	case c.answered <- struct{}{}:
	default:
	}
}
