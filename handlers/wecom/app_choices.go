package wecom

import (
	"context"
	"fmt"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const metFor = 365 * 24 * time.Hour

// Handler is what the door's inbox should call: it turns a typed number into
// the choice it stands for, and greets whoever opens the app for the first
// time only. Everything else is next's.
func (a *App) Handler(next handlers.Handler) handlers.Handler { return &reception{App: a, next: next} }

type reception struct {
	*App
	next handlers.Handler
}

// Handle answers a message.
func (r *reception) Handle(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	switch m.Happening {
	case handlers.Joined:
		return r.greet(ctx, chat, m)
	case handlers.Said:
		data, ok, err := r.choices.pick(ctx, chat.Address, m.Text)
		if err != nil {
			return nil, err
		}
		if ok {
			m.Happening, m.Button, m.Text = handlers.Tapped, data, ""
		}
	}
	return r.next.Handle(ctx, chat, m)
}

// greet greets a member once a year: that the app is opened is told every time.
func (r *reception) greet(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	_, met, err := r.settings.Memory.Recall(ctx, models.MemoryMet, chat.Key(), r.now())
	if err != nil {
		return nil, fmt.Errorf("recall whom we met: %w", err)
	}
	if met && chat.GoneAt == 0 {
		return nil, nil
	}
	replies, err := r.next.Handle(ctx, chat, m)
	if err != nil {
		return nil, err
	}
	return replies, wrap("remember whom we met", r.settings.Memory.Remember(ctx, models.MemoryMet, chat.Key(), []byte("1"), r.now().Add(metFor)))
}
