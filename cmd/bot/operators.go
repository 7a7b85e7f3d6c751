package main

import (
	"context"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/models"
)

// alert is one thing that operators are to hear.
type alert struct {
	key  string
	args []any
}

// operators passes alerts on to the chats of those who run the bot, without
// keeping whoever raises one waiting.
type operators struct {
	house *house
	told  *handlers.Operators
	queue chan alert
}

func newOperators(h *house) *operators {
	return &operators{house: h, queue: make(chan alert, 64)}
}

// open must be called once the doors are there.
func (o *operators) open() {
	h := o.house
	o.told = handlers.NewOperators(addresses(h.settings.AdminChats), h.byName(), h.words, h.log, h.now)
}

// Alert never waits; when too much happens at once the rest is logged only.
func (o *operators) Alert(_ context.Context, key string, args ...any) {
	o.house.log.Warn("the operator must know", append([]any{"alert", key}, args...)...)
	select {
	case o.queue <- alert{key, args}:
	default:
	}
}

// run tells until ctx ends.
func (o *operators) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case a := <-o.queue:
			o.told.Alert(ctx, a.key, a.args...)
		}
	}
}

// addresses reads chats such as telegram:123456; the settings have checked them.
func addresses(chats []string) []models.Address {
	var all []models.Address
	for _, chat := range chats {
		door, room, _ := strings.Cut(chat, ":")
		all = append(all, models.Address{Door: door, Room: room})
	}
	return all
}

// watched is the meter of calls, which also hears what an operator must mend.
type watched struct {
	*web.Metrics
	operators *operators
}

// Called counts a call, and alerts when a key is dead or a quota spent.
func (w watched) Called(provider string, kind models.CallKind, outcome models.Outcome, billed bool, took time.Duration) {
	w.Metrics.Called(provider, kind, outcome, billed, took)
	key := map[models.Outcome]string{models.OutcomeAuth: handlers.AlertAuth, models.OutcomeQuota: handlers.AlertQuota}[outcome]
	if key != "" {
		w.operators.Alert(context.Background(), key, "Provider", provider)
	}
}
