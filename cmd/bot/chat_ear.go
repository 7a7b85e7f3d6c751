package main

import (
	"context"
	"sync"

	"waybill/handlers/console"
)

// here is the terminal itself as the chat's ear: the console's door.
type here struct{ *console.Door }

// Hear hands one line to the bot, which always answers.
func (e here) Hear(ctx context.Context, line string) (bool, error) {
	return true, e.Door.Hear(ctx, line)
}

// door is the console's door, which tells this chat when a line is answered.
func (c *chat) door() door {
	return door{name: console.Name, open: func(h *house, wake func()) (*opened, error) {
		d := console.New(h.store, c.screen, c.colours, wake, h.now)
		c.ear = here{d}
		return &opened{Door: d, answered: c.signal()}, nil
	}}
}

// signal tells this chat when a line is answered, once for each.
func (c *chat) signal() func(arrivalID int64) {
	var mu sync.Mutex
	seen := map[int64]bool{}
	return func(arrivalID int64) {
		mu.Lock()
		defer mu.Unlock()
		if seen[arrivalID] {
			return
		}
		seen[arrivalID] = true
		select {
		case c.answered <- struct{}{}:
		default:
		}
	}
}
