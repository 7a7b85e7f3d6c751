package handlers

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// usage tells an operator what today or this month has cost, or for which chats; today
// also how far the work is behind, and what fails. Everybody else hears what any
// unknown command brings.
func (t *turn) usage(ctx context.Context, args string) ([]Reply, error) {
	if !t.operates() {
		return t.smallTalk(ctx, t.m.Text, nil, models.Question{}, false)
	}
	switch plainWord(args) {
	case "", "today", "今天", "今日", "当天", "當天":
		return t.usageToday(ctx)
	case "month", "this month", "monthly", "本月", "这个月", "這個月", "当月", "當月", "月":
		return t.usageThisMonth(ctx)
	case "chats", "chat", "by chat", "会话", "會話", "按会话", "按會話", "对话", "對話", "按對話", "聊天", "聊天室":
		return t.usageByChat(ctx)
	}
	return t.render.reply("bill.forms"), nil
}

// usageToday is the bill of today, this month's sum, and the work.
func (t *turn) usageToday(ctx context.Context) ([]Reply, error) {
	day := t.now.Day()
	rows, err := t.store.Usage(ctx, day)
	if err != nil {
		return nil, wrap("read usage", err)
	}
	spent, err := t.store.Spent(ctx, day)
	if err != nil {
		return nil, wrap("read budgets", err)
	}
	month, err := t.store.UsageSince(ctx, firstOfMonth(t.now))
	if err != nil {
		return nil, wrap("read this month's usage", err)
	}
	backlog, err := t.store.Backlog(ctx, t.now)
	if err != nil {
		return nil, wrap("read backlog", err)
	}
	if backlog.Live, err = t.store.CountLiveParcels(ctx); err != nil {
		return nil, wrap("count parcels", err)
	}
	bills := t.bills(t.render.sentence("bill.title", "Day", day), rows, spent)
	bills = append(bills, t.monthLine(month)...)
	return []Reply{{Blocks: []Block{bills, t.work(t.withoutThis(backlog)), t.render.sentence("bill.more")}}}, nil
}

// usageThisMonth is the bill of the month until now.
func (t *turn) usageThisMonth(ctx context.Context) ([]Reply, error) {
	first := firstOfMonth(t.now)
	rows, err := t.store.UsageSince(ctx, first)
	if err != nil {
		return nil, wrap("read this month's usage", err)
	}
	return []Reply{{Blocks: []Block{t.bills(t.render.sentence("bill.month_title", "From", first, "Day", t.now.Day()), rows, nil)}}}, nil
}

// firstOfMonth is the first day of now's month in Shanghai.
func firstOfMonth(now models.Moment) string { return now.Day()[:len("2006-01-")] + "01" }

// monthLine is what the month has cost until now, in one line.
func (t *turn) monthLine(rows []models.Usage) Block {
	var calls, billed int64
	cost := new(big.Rat)
	for _, b := range t.sum(rows) {
		calls += b.calls
		billed += b.billed
		cost.Add(cost, b.cost)
	}
	return t.render.sentence("bill.month", "Calls", calls, "Billed", billed, "Yuan", yuan(cost))
}

// operates says whether this chat is an operator's, in whatever topic.
func (t *turn) operates() bool {
	return slices.ContainsFunc(t.settings.Operators, func(a models.Address) bool {
		return a.Door == t.chat.Door && a.Conversation == t.chat.Conversation
	})
}

// bill is one provider's day.
type bill struct {
	provider      string
	calls, billed int64
	kinds         []string // "查询 12/10", billed ones behind the slash
	failures      []string // "识别 2 次、查询 7 次（没连上）"
	cost          *big.Rat
}

// bills is a line for each provider and one for all of them, under a title. spent is
// how far today's budgets are used, nil in a bill of other days.
func (t *turn) bills(title Block, rows []models.Usage, spent map[string]int64) Block {
	block := title
	total := new(big.Rat)
	for _, b := range t.sum(rows) {
		line := t.render.say("bill.provider", "Provider", b.provider, "Calls", b.calls, "Billed", b.billed, "Kinds", strings.Join(b.kinds, " · "))
		if b.cost.Sign() > 0 {
			line += t.render.say("bill.cost", "Yuan", yuan(b.cost))
		}
		if budget := t.settings.Budgets[b.provider]; budget > 0 && spent != nil {
			line += t.render.say("bill.budget", "Used", spent[b.provider], "Budget", budget)
		}
		block = append(block, Line{{Text: line}})
		if len(b.failures) > 0 {
			block = append(block, Line{{Text: t.render.say("bill.failures", "List", strings.Join(b.failures, " · ")), Style: Dim}})
		}
		total.Add(total, b.cost)
	}
	if len(rows) == 0 {
		return append(block, t.render.sentence("bill.none")...)
	}
	return append(block, t.render.sentence("bill.total", "Yuan", yuan(total))...)
}

// sum puts a day's rows, which are ordered by provider and kind, together.
func (t *turn) sum(rows []models.Usage) []*bill {
	var bills []*bill
	kinds := map[string][2]int64{}
	for _, r := range rows {
		if len(bills) == 0 || bills[len(bills)-1].provider != r.Provider {
			bills = append(bills, &bill{provider: r.Provider, cost: new(big.Rat)})
		}
		b, call := bills[len(bills)-1], r.Provider+"."+string(r.Kind)
		n := kinds[call]
		b.calls += r.Count
		n[0] += r.Count
		if r.Billed {
			b.billed += r.Count
			n[1] += r.Count
			b.cost.Add(b.cost, t.price(call, r.Count))
		}
		kinds[call] = n
	}
	for _, b := range bills {
		b.failures = t.failures(b.provider, rows)
		for _, kind := range callKinds() {
			if n := kinds[b.provider+"."+string(kind)]; n[0] > 0 {
				b.kinds = append(b.kinds, t.render.say("call."+string(kind))+" "+strconv.FormatInt(n[0], 10)+"/"+strconv.FormatInt(n[1], 10))
			}
		}
	}
	return bills
}

// callKinds are the kinds of calls in the order of a bill.
func callKinds() []models.CallKind {
	return []models.CallKind{models.CallDetect, models.CallQuery, models.CallList, models.CallSubscribe}
}

// failures is what brought no answer, by the reason.
func (t *turn) failures(provider string, rows []models.Usage) []string {
	type call struct {
		why  models.Outcome
		kind models.CallKind
	}
	failed := map[call]int64{}
	var whys []models.Outcome
	for _, r := range rows {
		if r.Provider == provider && isFailure(r.Outcome) {
			failed[call{r.Outcome, r.Kind}] += r.Count
			if !slices.Contains(whys, r.Outcome) {
				whys = append(whys, r.Outcome)
			}
		}
	}
	said := make([]string, len(whys))
	for i, why := range whys {
		var calls []string
		for _, kind := range callKinds() {
			if n := failed[call{why, kind}]; n > 0 {
				calls = append(calls, t.render.say("bill.count", "Kind", t.render.say("call."+string(kind)), "Calls", n))
			}
		}
		said[i] = t.render.say("bill.failed", "Calls", strings.Join(calls, t.render.say("bill.and")), "Why", t.render.say("failed."+string(why)))
	}
	return said
}

// withoutThis leaves the message that asks, and its chat, out of what waits.
func (t *turn) withoutThis(b models.Backlog) models.Backlog {
	if t.m.Arrival != 0 {
		b.Inbox = max(0, b.Inbox-1)
	}
	if t.chat.WorkAt != 0 && t.chat.WorkAt <= t.now {
		b.Chats = max(0, b.Chats-1)
	}
	return b
}

// price is what some billed calls cost, exactly as the price was written.
func (t *turn) price(call string, count int64) *big.Rat {
	price, ok := new(big.Rat).SetString(strconv.FormatFloat(t.settings.Prices[call], 'f', -1, 64))
	if !ok {
		return new(big.Rat)
	}
	return price.Mul(price, new(big.Rat).SetInt64(count))
}

// yuan is an amount to a hundredth of a cent, without zeros that say nothing.
func yuan(amount *big.Rat) string {
	text := amount.FloatString(4)
	return strings.TrimSuffix(strings.TrimSuffix(text, "0"), "0")
}

// isFailure says that a call brought no answer, or that nobody knows yet.
func isFailure(o models.Outcome) bool {
	switch o {
	case models.OutcomeUnknown, models.OutcomeQuota, models.OutcomeRate, models.OutcomeLocked, models.OutcomeAuth, models.OutcomeUnavailable, models.OutcomeUnsent:
		return true
	}
	return false
}

// work is how far the work is behind.
func (t *turn) work(b models.Backlog) Block {
	block := t.render.sentence("bill.work", "Live", b.Live, "Due", b.Due, "Unanswered", b.Inbox, "ChatsDue", b.Chats)
	if b.OldestDue != 0 {
		block = append(block, t.render.sentence("bill.oldest", "Age", t.render.age(b.OldestDue))...)
	}
	return block
}
