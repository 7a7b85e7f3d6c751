package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"waybill/handlers/console"
)

// ear takes in what is typed.
type ear interface {
	// Hear hands one line over; true when there will be an answer to wait for.
	Hear(ctx context.Context, line string) (answering bool, err error)
	// Answered says that the last line has its answer.
	Answered()
}

// chat is the conversation in the terminal.
type chat struct {
	lines    func() (string, error) // one message; io.EOF or console.ErrLeave at the end
	screen   console.Screen
	aside    func(text string) // shows what does not belong to the chat
	colours  bool
	greeting func(lines ...string) string // nil: nobody is to be greeted
	restore  func()                       // puts the terminal back as it was
	log      *slog.Logger

	ear      ear
	hints    []string // in the greeting
	answered chan struct{}
}

// answering is how long a line's answer is waited for before the next is read.
const answering = time.Minute

// run takes lines in until they end, one after the other, and then stays for
// linger. A person who leaves is not kept.
func (c *chat) run(ctx context.Context, linger time.Duration) error {
	if err := c.greet(); err != nil {
		return err
	}
	for {
		line, err := c.next(ctx)
		if errors.Is(err, io.EOF) {
			pause(ctx, linger)
		}
		if err != nil {
			return unexpected(err)
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
	if on, err := c.ear.Hear(ctx, line); err != nil || !on {
		return err
	}
	defer c.ear.Answered()
	timer := time.NewTimer(answering)
	defer timer.Stop()
	select {
	case <-c.answered:
	case <-timer.C:
		c.log.Error("no answer in time")
	case <-ctx.Done():
	}
	return nil
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
