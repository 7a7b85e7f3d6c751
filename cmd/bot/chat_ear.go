package main

import (
	"context"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/handlers/console"
	"waybill/models"
)

// here is the terminal itself as the chat's ear: the console's door.
type here struct{ *console.Door }

// Hear hands one line to the bot, which always answers.
func (e here) Hear(ctx context.Context, line string) (bool, error) {
	return true, e.Door.Receive(ctx, line)
}

// door is the console's door, which tells this chat when a line is answered.
func (c *chat) door() door {
	return door{name: console.Name, open: func(h *house, wake func()) (*opened, error) {
		d := console.New(h.store, c.screen, c.colours, wake, h.now)
		c.ear = here{d}
		return &opened{Door: d, watch: c.watch(h.now)}, nil
	}}
}

// watch makes the inbox tell this chat when a line is answered.
func (c *chat) watch(now func() time.Time) func(handlers.Progress) handlers.Progress {
	return func(p handlers.Progress) handlers.Progress {
		return &ending{Progress: p, ended: c.answered, now: now, waiting: map[int64]bool{}}
	}
}

// ending tells when a message has all the replies that it gets for now.
type ending struct {
	handlers.Progress
	ended chan<- struct{}
	now   func() time.Time

	mu      sync.Mutex
	waiting map[int64]bool // arrivals that wait for longer than anybody waits for them
}

// EndArrival ends the message's row, and says so.
func (e *ending) EndArrival(ctx context.Context, arrivalID int64) error {
	if err := e.Progress.EndArrival(ctx, arrivalID); err != nil {
		return err
	}
	if !e.late(arrivalID, false) {
		e.tell()
	}
	return nil
}

// PostponeArrival has the message wait, and says so when that is for long: a
// customer without credit has to write again, so the next line must be read.
func (e *ending) PostponeArrival(ctx context.Context, arrivalID int64, until models.Moment) error {
	if err := e.Progress.PostponeArrival(ctx, arrivalID, until); err != nil {
		return err
	}
	if until.Sub(models.At(e.now())) > answering && !e.late(arrivalID, true) {
		e.tell()
	}
	return nil
}

// late says whether a message was given up for the time being already, and
// notes whether it is now.
func (e *ending) late(arrivalID int64, now bool) (was bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was = e.waiting[arrivalID]
	if now {
		e.waiting[arrivalID] = true
	} else {
		delete(e.waiting, arrivalID)
	}
	return was
}

func (e *ending) tell() {
	select {
	case e.ended <- struct{}{}:
	default:
	}
}
