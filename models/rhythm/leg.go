// Package rhythm knows when a carrier moves: how many scans an hour are to be expected of
// a parcel, by the leg of its journey, the hour of the day, whether it is a weekend, and
// the time since its newest scan. It begins with what is built in (prior.csv) and goes by
// what scans have shown since, of all carriers and of each. It is pure: what it is given
// decides.
//
// Hours are those at which scans are shown, as far as that is known, on the clock of
// Shanghai. docs/costs.md has the method and what it achieves.
package rhythm

import (
	"slices"
	"strings"

	"waybill/models"
)

// Leg is the part of a journey that a parcel is on, by its newest scan; "" where nothing
// is known of when such a parcel moves.
type Leg string

// The legs of a journey.
const (
	Pending   Leg = "pending"
	Collected Leg = "collected"
	Sent      Leg = "sent"     // from the sender's branch to the first hub
	Arrived   Leg = "arrived"  // at a hub
	Departed  Leg = "departed" // from a hub, on the road
	Branch    Leg = "branch"   // at a branch, from which couriers go out
	Moving    Leg = "moving"   // in transit, its words do not say where
	Customs   Leg = "customs"
	Out       Leg = "out" // for delivery
	Failed    Leg = "failed"
	Ready     Leg = "ready" // to be fetched
	Problem   Leg = "problem"
	Returning Leg = "returning"
)

// Legs lists every leg, in the order of a journey.
func Legs() []Leg {
	return []Leg{Pending, Collected, Sent, Arrived, Departed, Branch, Moving, Customs, Out, Failed, Ready, Problem, Returning}
}

// LegOf is the leg that a parcel is on, by its status and the words of its newest scan.
func LegOf(s models.Status, words string) Leg {
	switch s {
	case models.Pending:
		return Pending
	case models.Collected:
		return Collected
	case models.InTransit:
		return onTheRoad(words)
	case models.Customs:
		return Customs
	case models.OutForDelivery:
		return Out
	case models.FailedAttempt:
		return Failed
	case models.ReadyForPickup:
		return Ready
	case models.Exception, models.Rejected:
		return Problem
	case models.Returning:
		return Returning
	}
	return ""
}

// onTheRoad tells a parcel that lies somewhere from one that is between two places, and hubs
// from branches: of two acts the departure counts (已到达…，现已发往…), of two places the
// first.
func onTheRoad(text string) Leg {
	var branch, left, lies, next bool
	place := none
	for i, r := range text {
		switch m := meaning(r, text[i:]); m {
		case atHub, atBranch:
			if place == none {
				place, branch = m, m == atBranch
			}
		default:
			left, lies, next = left || m == leaves, lies || m == arrives, next || m == willGo
		}
	}
	switch {
	case (left || next && !lies) && branch:
		return Sent
	case left || next && !lies:
		return Departed
	case lies && branch:
		return Branch
	case lies:
		return Arrived
	}
	return Moving
}

// mark is what a word says of where a parcel is.
type mark int

const (
	none mark = iota
	atHub
	atBranch
	leaves
	arrives
	willGo
)

// meaning is what the word says with which a text begins; r is its first character, which
// decides for most texts.
func meaning(r rune, text string) mark {
	begins := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(text, w) })
	}
	switch r {
	case '网', '網', '营', '營', '服', '站', '投', '揽', '攬', 'b', 'B', '分', 's', 'S':
		if begins("网点", "網點", "营业", "營業", "服务部", "服務部", "站点", "站點", "分部", "投递", "投遞", "揽投", "攬投", "branch", "Branch", "station", "Station") {
			return atBranch
		}
		if begins("分拨", "分撥", "分拣", "分揀", "sort", "Sort") {
			return atHub
		}
	case '转', '轉', '集', '中', '处', '處', '枢', '樞', 'h', 'H', 'c', 'C':
		if begins("转运", "轉運", "集散", "中转", "中轉", "处理中心", "處理中心", "枢纽", "樞紐", "hub", "Hub", "center", "Center", "centre", "Centre") {
			return atHub
		}
	case '离', '離', '发', '發', '起', 'd', 'D', 'l', 'L':
		if begins("离开", "離開", "发出", "發出", "发车", "發車", "起飞", "起飛", "depart", "Depart", "left ", "Left ") {
			return leaves
		}
		if begins("发往", "發往") {
			return willGo
		}
	case '到', '抵', '入', '收', 'a', 'A':
		if begins("到达", "到達", "到件", "抵达", "抵達", "入库", "入庫", "收入", "arriv", "Arriv") {
			return arrives
		}
	case '已':
		if begins("已发往", "已發往") {
			return leaves
		}
		if begins("已到") {
			return arrives
		}
	case '下', '运', '運':
		if begins("下一站", "运往", "運往") {
			return willGo
		}
	}
	return none
}
