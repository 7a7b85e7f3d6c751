package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/handlers/wecom"
	"waybill/models"
	"waybill/scheduler"
	"waybill/tracking"
)

// alert is one thing that operators are to hear.
type alert struct {
	key  string
	args []any
	once string // names what is told once a day; "" for what may be told every ten minutes

	tries int // that failed
}

// What could not be told is tried again after a minute, ten times at most.
const (
	alertAgain = time.Minute
	alertTries = 10
)

// operators passes alerts on to the chats of those who run the bot, without
// keeping whoever raises one waiting.
type operators struct {
	house *house
	told  *handlers.Operators
	queue chan alert
	late  []alert // what could not be told; of run alone
}

func newOperators(h *house) *operators {
	return &operators{house: h, queue: make(chan alert, 64)}
}

// open must be called once the doors are there.
func (o *operators) open() {
	h := o.house
	o.told = handlers.NewOperators(handlers.OperatorsNeeds{
		Chats: addresses(h.settings.AdminChats), Doors: h.byName(), Posts: h.store, Words: h.words, Log: h.log, Now: h.now,
	})
}

// Alert never waits; when too much happens at once the rest is logged only.
func (o *operators) Alert(_ context.Context, key string, args ...any) {
	a := alert{key: key, args: args}
	switch key {
	case wecom.AlertSecret, wecom.AlertAccess, wecom.AlertReach, wecom.AlertRobot, wecom.AlertBot: // as long as nobody has mended it
		a.once = fmt.Sprint(append([]any{key}, args...)...)
	}
	o.raise(a)
}

// daily raises what is told once a day about one provider.
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
	again := time.NewTicker(alertAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case a := <-o.queue:
			o.note(ctx, a)
			o.tell(ctx, a)
		case <-again.C:
			late := o.late
			o.late = nil
			for _, a := range late {
				o.tell(ctx, a)
			}
		}
	}
}

// tell tells one thing, and keeps what cannot be told now, as long as there is
// room for it and it has not failed too often.
func (o *operators) tell(ctx context.Context, a alert) {
	var err error
	if a.once != "" {
		err = o.told.Daily(ctx, a.once, a.key, a.args...)
	} else {
		err = o.told.Alert(ctx, a.key, a.args...)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	a.tries++
	o.house.log.Warn("alert operators", "alert", a.key, "failures", a.tries, "error", err)
	same := func(b alert) bool { return b.key == a.key && fmt.Sprint(b.args...) == fmt.Sprint(a.args...) }
	if a.tries < alertTries && len(o.late) < cap(o.queue) && !slices.ContainsFunc(o.late, same) {
		o.late = append(o.late, a)
	}
}

// note logs what is told once a day on the first replica that hears of it, and
// when that cannot be found out.
func (o *operators) note(ctx context.Context, a alert) {
	if a.once == "" {
		return
	}
	now := models.At(o.house.now())
	first, err := o.house.store.Once(ctx, "alert", a.once+":"+now.Day(), now.Add(24*time.Hour), now)
	if err != nil {
		o.house.log.Warn("look whether operators know", "error", err)
	}
	if first || err != nil {
		o.house.log.Warn("the operator must know", append([]any{"alert", a.key}, a.args...)...)
	}
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
