package wecom

import (
	"slices"

	"waybill/handlers"
)

// Merge makes one reply of as many of the first replies as one message holds,
// at least one, and says of how many: messages are counted here. News that is
// merged loses its buttons, which would not say which parcel they mean.
func (k *KF) Merge(rs []handlers.Reply) (one handlers.Reply, merged int) {
	one = rs[0]
	for n, r := range rs[1:] {
		both, ok := join(one, r)
		if !ok {
			return one, n + 1
		}
		if parts, err := compose(both, k.room(both.Lang)); err != nil || len(parts) != 1 {
			return one, n + 1
		}
		one = both
	}
	return one, len(rs)
}

// join puts b under a, if both are news or both are answers to one message,
// and nothing that matters is lost.
func join(a, b handlers.Reply) (handlers.Reply, bool) {
	asked := a.For == handlers.Answer
	switch {
	case asked != (b.For == handlers.Answer), a.Lang != b.Lang, a.File != nil, b.File != nil:
		return handlers.Reply{}, false
	case grasp(a.Token).event(), b.Token != "", asked && len(a.Buttons) > 0:
		return handlers.Reply{}, false
	}
	both := a
	both.Blocks = slices.Concat(a.Blocks, []handlers.Block{{{}}}, b.Blocks)
	both.Buttons = nil
	if asked {
		both.Buttons = b.Buttons
	}
	if b.For == handlers.Urgent {
		both.For = handlers.Urgent
	}
	return both, true
}
