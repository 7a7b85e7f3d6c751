package scheduler

import (
	"waybill/models"
	"waybill/tracking"
)

// offer is the script as a provider.
func (s *script) offer() tracking.Provider {
	return tracking.Provider{Name: "muzhi", Query: s.Query, Serves: func(models.Carrier) bool { return true }}
}

// tracking is how the rig's provider is asked.
func (r *rig) tracking(budgets map[string]int64) tracking.Settings {
	return tracking.Settings{
		Providers: []tracking.Provider{r.provider.offer()}, Ledger: r.db, Memory: r.db, Slots: r.db, Budgets: budgets,
		Floor: r.cadence.Speed.Of(r.cadence.Floor), Speed: float64(max(r.cadence.Speed, 1)), Now: r.now,
	}
}

// budgets has the checker keep billed calls a day, from now on.
func (r *rig) budgets(budgets map[string]int64) {
	r.tracker = tracking.New(r.tracking(budgets))
	r.checker = r.newChecker(r.tracker, r.db)
}
