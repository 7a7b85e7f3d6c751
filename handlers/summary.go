package handlers

import (
	"cmp"
	"context"
	"slices"

	"waybill/models"
)

// Summarise puts the notifications of one chat into one message, its summary of the
// day; none of them is empty, and there is one at least. Each parcel has one block
// with what is newest of it, and what needs attention goes first.
func (c *Conversation) Summarise(ctx context.Context, ns []models.Notification) (Reply, error) {
	now := models.At(c.settings.Now())
	r := c.renderer(ns[0].Chat, now)
	day := now.Time().In(r.zone).Format("01-02")
	reply := Reply{Blocks: []Block{r.sentence("notice.summary", "Count", len(ns), "Day", day)}, For: News, Lang: r.tag()}
	ns = slices.Clone(ns)
	slices.SortStableFunc(ns, func(a, b models.Notification) int { return cmp.Compare(attention(a), attention(b)) })
	for _, n := range ns {
		recent, err := c.recent(ctx, n)
		if err != nil {
			return Reply{}, err
		}
		reply.Blocks = append(reply.Blocks, append(Block{Line{}}, r.summary(n, recent)...))
		if n.Urgency > models.Ordinary {
			reply.For = Urgent
		}
	}
	if slices.ContainsFunc(ns, func(n models.Notification) bool { return slices.ContainsFunc(n.Notices, wantsAnswer) }) {
		reply.Blocks = r.mention(reply.Blocks)
	}
	return reply, nil
}

// attention is the order of a summary: that of a list's groups.
func attention(n models.Notification) group {
	if slices.ContainsFunc(n.Notices, wantsAnswer) || n.Parcel.Status.Problem() {
		return needsYou
	}
	return groupOf(models.Followed{Follow: n.Follow, Parcel: n.Parcel})
}

// summary is a parcel's part of a summary: its name and status, its notices, and its
// newest scan.
func (r renderer) summary(n models.Notification, recent []models.Event) Block {
	if !n.Follow.Opens(n.Parcel) {
		return append(Block{r.head(n.Parcel, n.Follow.Name)}, r.notices(n, recent)...)
	}
	block := append(r.title(n), r.notices(n, recent)...)
	if len(n.Events) > 0 {
		newest := n.Events[0]
		block = append(block, append(Line{{Text: r.clock(newest.At) + " ", Style: Dim}}, r.brief(newest.Event)...))
	}
	return block
}

func (r renderer) notices(n models.Notification, recent []models.Event) Block {
	var block Block
	for _, e := range n.Notices {
		block = append(block, r.notice(e, n.Parcel, recent, n.Events[:min(1, len(n.Events))])...)
	}
	return block
}
