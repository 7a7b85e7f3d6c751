package main

import (
	"context"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/models"
	"waybill/scheduler"
	"waybill/tracking"
)

// alert is one thing that operators are to hear.
type alert struct {
	key  string
	args []any
	once string // names what is told once a day over all replicas; "" for what each of them tells
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
	o.raise(alert{key: key, args: args})
}

// daily raises what one replica tells once a day about one provider.
func (o *operators) daily(key, provider string, args ...any) {
	o.raise(alert{key: key, args: append([]any{"Provider", provider}, args...), once: key + ":" + provider})
}

func (o *operators) raise(a alert) {
	if a.once == "" {
		o.house.log.Warn("the operator must know", append([]any{"alert", a.key}, a.args...)...)
	}
	select {
	case o.queue <- a:
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
			if o.first(ctx, a) {
				o.told.Alert(ctx, a.key, a.args...)
			}
		}
	}
}

// first says whether nobody has told this today. When that cannot be found
// out it is told: twice is better than never.
func (o *operators) first(ctx context.Context, a alert) bool {
	if a.once == "" {
		return true
	}
	now := models.At(o.house.now())
	first, err := o.house.store.Once(ctx, "alert", a.once+":"+now.Day(), now.Add(24*time.Hour), now)
	if err != nil {
		o.house.log.Warn("look whether operators know", "error", err)
	}
	if first || err != nil {
		o.house.log.Warn("the operator must know", append([]any{"alert", a.key}, a.args...)...)
	}
	return first || err != nil
}

// budgetJobs look how far today's budgets are spent, over all replicas.
func (h *house) budgetJobs() []scheduler.Job {
	if len(h.settings.Budgets) == 0 {
		return nil
	}
	told := map[string]bool{} // by this process, which spares the database
	return []scheduler.Job{{Name: "look at budgets", When: "@every 2s", Do: func(ctx context.Context) error {
		day := models.At(h.now()).Day()
		spent, err := h.store.Spent(ctx, day)
		if err != nil {
			return err
		}
		for provider, budget := range h.settings.Budgets {
			used := spent[provider]
			raise := func(key string, limit int64, args ...any) {
				if name := day + key + provider; used >= limit && !told[name] {
					told[name] = true
					h.operators.daily(key, provider, args...)
				}
			}
			raise(handlers.AlertNear, tracking.PollLimit(budget), "Used", used, "Budget", budget)
			raise(handlers.AlertBudget, budget)
		}
		return nil
	}}}
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
		w.operators.daily(key, provider)
	}
}
