package scheduler

import (
	"slices"

	"waybill/models"
)

// key is what a check opens a parcel with.
type key struct {
	digits  string // "" where no tail is wanted
	untried bool   // no provider has judged it yet
	tails   []models.Tail
}

// choose picks the tail for a check: the one given, else a follower's; false
// when the parcel wants one and nobody has one that may fit.
func choose(p models.Parcel, tails []models.Tail, given string) (key, bool) {
	k := key{digits: given, tails: tails}
	verified := digits(tails, models.TailOK)
	if given != "" || !p.TailNeeded {
		k.untried = given != "" && !slices.Contains(verified, given)
		return k, true
	}
	fresh := slices.DeleteFunc(digits(tails, models.TailUntried), func(d string) bool { return slices.Contains(verified, d) })
	luck := chance(p)
	// A tail may stay untried for long, because "no record" judges nothing. It
	// must not keep those waiting who have proved theirs.
	if len(fresh) > 0 && (len(verified) == 0 || luck%4 == 0) {
		k.digits, k.untried = fresh[luck%len(fresh)], true
		return k, true
	}
	if len(verified) == 0 {
		return k, false
	}
	k.digits = verified[p.Failures%len(verified)]
	return k, true
}

// digits are the different tails in one state.
func digits(tails []models.Tail, state models.TailState) []string {
	var all []string
	for _, t := range tails {
		if t.State == state && t.Digits != "" && !slices.Contains(all, t.Digits) {
			all = append(all, t.Digits)
		}
	}
	return all
}

// verified are the follows whose tail is proved now: it equals a proved one,
// or the one that has just brought a trace.
func (k key) verified(opened bool) []int64 {
	proved := digits(k.tails, models.TailOK)
	if opened {
		proved = append(proved, k.digits)
	}
	return k.follows(func(t models.Tail) bool {
		return t.State != models.TailOK && slices.Contains(proved, t.Digits)
	})
}

// refused are the follows whose tail is disproved when a provider refuses it. A
// tail that opened the parcel before stays proved: the provider may be mistaken.
func (k key) refused() []int64 {
	return k.follows(func(t models.Tail) bool {
		return k.untried && t.State == models.TailUntried && t.Digits == k.digits
	})
}

// unreadable are the tails that no key opens and whose chats have not been told.
func unreadable(tails []models.Tail, states ...models.TailState) []models.Tail {
	var lost []models.Tail
	for _, t := range tails {
		if t.Digits == "" && slices.Contains(states, t.State) {
			lost = append(lost, t)
		}
	}
	return lost
}

func (k key) follows(which func(models.Tail) bool) []int64 {
	var ids []int64
	for _, t := range k.tails {
		if which(t) {
			ids = append(ids, t.FollowID)
		}
	}
	return ids
}
