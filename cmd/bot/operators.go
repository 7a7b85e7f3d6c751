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
					h.operators.AlertDaily(ctx, provider, key, append([]any{"Provider", provider}, args...)...)
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
	operators *handlers.Operators
}

// Called counts a call, and alerts when a key is dead or a quota spent.
func (w watched) Called(provider string, kind models.CallKind, outcome models.Outcome, billed bool, took time.Duration) {
	w.Metrics.Called(provider, kind, outcome, billed, took)
	key := map[models.Outcome]string{models.OutcomeAuth: handlers.AlertAuth, models.OutcomeQuota: handlers.AlertQuota}[outcome]
	if key != "" {
		w.operators.AlertDaily(context.Background(), provider, key, "Provider", provider)
	}
}
