package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/models"
)

// prices of billed calls, in yuan.
func somePrices() map[string]float64 { return map[string]float64{"muzhi.query": 0.0038} }

// costs is what a chat has cost in a period, in thousandths of calls and millionths
// of a yuan.
func (k kit) costs(period string, chat int64) models.ChatUsage {
	k.t.Helper()
	most, none, err := k.ChatUsage(k.ctx(), period, 10)
	k.ok(err)
	none.ChatID = models.NoChat
	for _, u := range append(most, none) {
		if u.ChatID == chat {
			return u
		}
	}
	return models.ChatUsage{ChatID: chat}
}

// expectCosts compares what a chat has cost today and this month.
func (k kit) expectCosts(chat, calls, billed, cost int64) {
	k.t.Helper()
	want := models.ChatUsage{ChatID: chat, Calls: calls, Billed: billed, Cost: cost}
	for _, period := range []string{models.OfDay(noon()), models.OfMonth(noon())} {
		if got := k.costs(period, chat); got != want {
			k.t.Errorf("%s: got %+v, want %+v", period, got, want)
		}
	}
}

func TestACallCountsForTheChatsThatFollowItsParcelInShares(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two, three := k.chat(1), k.chat(2), k.chat(3)
		shared, alone := k.parcel(1), k.parcel(2)
		for _, c := range []models.Chat{one, two, three} {
			k.follow(c, shared)
		}
		k.follow(one, alone)
		call := func(n int, billed bool) {
			c := models.Call{Provider: "muzhi", Kind: models.CallQuery}
			if n > 0 {
				c.Number = number(n)
			}
			k.ok(k.Settle(k.ctx(), []models.Closing{closing(k.begin(c, noon()), models.OutcomeTrace, billed)}))
		}
		call(1, true)
		call(2, true)
		call(2, false)
		call(0, true)
		for range 2 { // what was shared is not shared again
			k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+hour))
			k.expectCosts(one.ID, 2333, 1333, 3800+1266)
			k.expectCosts(two.ID, 333, 333, 1267)
			k.expectCosts(three.ID, 334, 334, 1267)
			k.expectCosts(models.NoChat, 1000, 1000, 3800)
		}
		most, _, err := k.ChatUsage(k.ctx(), models.OfDay(noon()), 2)
		k.ok(err)
		if len(most) != 2 || most[0].ChatID != one.ID {
			t.Errorf("the dearest are %+v", most)
		}
	})
}

func TestACallIsSharedOnceItHasEnded(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: p.Number}
		open, later := k.begin(call, noon()), k.begin(call, noon()+1)
		k.ok(k.Settle(k.ctx(), []models.Closing{closing(later, models.OutcomeTrace, true)}))
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+20_000))
		k.expectCosts(c.ID, 0, 0, 0)
		k.ok(k.Settle(k.ctx(), []models.Closing{closing(open, models.OutcomeUnsent, false)}))
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+4000)) // its row may not be there yet
		k.expectCosts(c.ID, 0, 0, 0)
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+20_000))
		k.expectCosts(c.ID, 2000, 1000, 3800)
		k.begin(call, noon()+30_000) // its process dies
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+2*60_000))
		k.expectCosts(c.ID, 3000, 2000, 7600)
	})
}

func TestReplicasThatShareCallsAtOnceCountThemOnce(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		for i := range 1500 { // more than one step takes
			call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: p.Number}
			k.begin(call, noon()+models.Moment(i/2))
		}
		other := k.open()
		for _, err := range together(8, func(i int) error {
			if i%2 == 0 {
				return k.ShareCalls(k.ctx(), somePrices(), noon()+hour)
			}
			return other.ShareCalls(k.ctx(), somePrices(), noon()+hour)
		}) {
			k.ok(err)
		}
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+hour))
		k.expectCosts(c.ID, 1_500_000, 1_500_000, 1500*3800)
	})
}

func TestUsageByChatGoesWithItsChatAndItsTime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two := k.chat(1), k.chat(2)
		for i, c := range []models.Chat{one, two} {
			p := k.parcel(1 + i)
			k.follow(c, p)
			k.begin(models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: p.Number}, noon())
		}
		k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()+hour))
		k.ok(k.MoveChat(k.ctx(), two.ID, one.Conversation, noon()+hour))
		k.expectCosts(one.ID, 2000, 2000, 7600)
		k.expectCosts(two.ID, 0, 0, 0)
		k.ok(k.Forget(k.ctx(), one.ID, noon()+hour))
		k.expectCosts(one.ID, 0, 0, 0)
		k.expectCosts(models.NoChat, 2000, 2000, 7600)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+9*day))
		if got := k.costs(models.OfDay(noon()), models.NoChat); got.Calls != 0 {
			t.Errorf("after nine days the day is still there: %+v", got)
		}
		if got := k.costs(models.OfMonth(noon()), models.NoChat); got.Calls != 2000 {
			t.Errorf("after nine days the month has %+v", got)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+440*day))
		if got := k.costs(models.OfMonth(noon()), models.NoChat); got.Calls != 0 {
			t.Errorf("after 440 days the month is still there: %+v", got)
		}
	})
}

func TestUsageByChatIsFoundInIndexes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		_, err := k.FollowMany(k.ctx(), c.ID, 2000, 20, noon())
		k.ok(err)
		for _, sql := range []string{
			fmt.Sprintf("INSERT INTO calls (id, day, provider, kind, outcome, billed, number, started_at, finished_at) SELECT id, '2025-06-10', 'muzhi', 'query', 'trace', 1, number, %d - 1000 * id, 1 FROM parcels", noon()),
			"INSERT INTO chat_usage (period, chat_id, calls) SELECT CASE WHEN id < 1900 THEN 'd2025-06-09' ELSE 'd2025-06-10' END, id, id FROM parcels",
			fmt.Sprintf("INSERT INTO counters (name, value) VALUES ('shared_calls', %d)", noon()-30_000),
		} {
			k.ok(k.Exec(k.ctx(), sql))
		}
		for _, table := range []string{"parcels", "follows", "chats", "calls", "chat_usage"} {
			analyze := "ANALYZE " + table
			if !strings.HasSuffix(t.Name(), "sqlite") {
				analyze = "ANALYZE TABLE " + table
			}
			k.ok(k.Exec(k.ctx(), analyze))
		}
		plans, err := k.Explain(k.ctx(), func() {
			k.ok(k.ShareCalls(k.ctx(), somePrices(), noon()))
			_, _, err := k.ChatUsage(k.ctx(), "d2025-06-10", 10)
			k.ok(err)
		})
		k.ok(err)
		all := strings.Join(plans, "\n")
		for _, index := range []string{"calls_started", "parcels_number_carrier", "follows_parcel", "chat_usage_most"} {
			if !strings.Contains(all, index) {
				t.Errorf("%s is not used:\n%s", index, all)
			}
		}
		if slices.ContainsFunc(plans, readsWholeTable) {
			t.Errorf("a whole table is read:\n%s", all)
		}
	})
}
