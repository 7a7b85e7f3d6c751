package scan

// act is what is done to a parcel.
type act uint8

const (
	none      act = iota
	order         // an order or a label is made
	assign        // somebody is given the task
	collect       // taken over from the sender
	pick          // 取件: collected from the sender, or fetched by the receiver
	take          // fetched by the receiver
	takeAway      // the same, and it is gone: 取走
	sign          // signed for
	delivered     // delivered, as English says it, and 妥投
	keep          // taken in by somebody in the receiver's stead
	deliver       // on the courier's round
	delivery      // the noun: states nothing by itself
	bring         // 送达: brought to its goal
	arrive        // is at a place
	store         // put down somewhere
	hand          // handed over
	receive       // got
	move          // goes on
	customs       // anything at customs
	seize         // customs say no
	giveBack      // goes back to the sender
	carryBack     // goes back to the outlet
	refuse        // the receiver does not want it
	cancel        // called off
	contact       // somebody is called
	absent        // nobody is there
	postpone      // another day
	address       // the address is wrong, or outside
	trouble       // lost, broken, stopped
	delay         // late
	complain      // said not to be true
	redirect      // to another address
	await         // waits for the receiver
	submit        // data are sent in
	area          // where the carrier delivers
	setOff        // sets off
	outbound      // leaves a store
	inspect       // looked at on receipt
	depart        // left: a place, or at a place
)

// acts are the names of the acts in the lexicon.
func acts() []string {
	return []string{
		"", "order", "assign", "collect", "pick", "take", "takeaway", "sign", "delivered", "keep", "deliver", "delivery", "bring", "arrive",
		"store", "hand", "receive", "move", "customs", "seize", "giveback", "carryback", "refuse", "cancel", "contact", "absent",
		"postpone", "address", "trouble", "delay", "complain", "redirect", "await", "submit", "area", "setoff", "outbound", "inspect", "depart",
	}
}

// how is how something is said: as done, as planned, as denied…
type how uint32

const (
	done      how = 1 << iota // 已
	success                   // 成功, 完成
	ongoing                   // 正在, 中
	future                    // 将, 待
	requested                 // 请, 可
	cond                      // 如
	denied                    // 未, 不
	notYet                    // 尚未
	fail                      // 无法, 失败
	back                      // 已更正: no longer so
	question                  // 是否
	why                       // 因: an explanation
	basis                     // 应…要求: no request any more
	post                      // stands behind its verb, if one stands before it
	tight                     // says something of what follows at once, or of nothing
	bound                     // begins a new clause
	suffix                    // makes a noun of the verb before it: 派件+网点
	at                        // 在
	source                    // 从
	by                        // 由
	claims                    // 称
	again                     // 再: not this time
	anew                      // 再次
	arranged                  // 安排
	once                      // holds for the next act only
	still                     // 仍: what was so before goes on
	through                   // stands between a verb and what belongs to it
)

func hows() []string {
	return []string{
		"done", "success", "ongoing", "future", "requested", "cond", "denied", "notyet", "fail", "back", "question", "why", "basis",
		"post", "tight", "bound", "suffix", "at", "source", "by", "claims", "again", "anew", "arranged", "once", "still", "through",
	}
}

// party is who takes part and where: a set.
type party uint32

const (
	receiver  party = 1 << iota
	signer          // 签收人
	sender          // also the place where it was sent: 寄件地
	posting         // the sender's side of the journey: 您寄出的
	courier         // who carries it
	deliverer       // a courier of the last mile
	family          // takes it as the receiver would
	keeper          // keeps it for the receiver: 前台
	hands           // the receiver's hands
	door            // the receiver's door or letter box
	home            // near it: 楼下
	station         // where it waits to be fetched
	outlet          // a place of the carrier's
	office          // one of them that keeps parcels for their receivers
	carrier         // a company that carries
	airline         // a leg of the journey: planes, trucks
	border          // customs as a place
	city            // a region
	receipt         // 回单, 发票: what is signed and handed over apart from the parcel
	money           // 货款
	paper           // an order, a label, a waybill
	code            // what opens a locker
	remainder       // the other pieces
	whole           // 全部: every piece
	reversed        // 退件
	origin          // the place where it was sent
	owner           // 货主: the sender, or who fetches freight
	visit           // 上门
	parcel          // the thing itself
)

func parties() []string {
	return []string{
		"receiver", "signer", "sender", "posting", "courier", "deliverer", "family", "keeper", "hands", "door", "home", "station",
		"outlet", "office", "carrier", "airline", "border", "city", "receipt", "money", "paper", "code", "remainder", "whole", "reversed", "origin", "owner", "visit", "parcel",
	}
}

// statement is one act as a clause says it.
type statement struct {
	act           act
	how           how
	before, after party // who and what stands before it in its clause, and behind it up to the next act
	loose         bool  // words that nobody knows follow it
	clause        int   // which clause it stands in
}

func (s statement) is(h how) bool    { return s.how&h != 0 }
func (s statement) has(p party) bool { return (s.before|s.after)&p != 0 }

// bare says that nothing tells whether it happened.
func (s statement) bare() bool { return !s.is(done | success | ongoing) }

// happened says that it is not only planned, wanted, or denied.
func (s statement) happened() bool { return !s.is(future | requested | denied | notYet | fail | back) }

// goal is what stands behind the act, or before it where nothing does.
func (s statement) goal() party {
	if s.after&^parcel != 0 {
		return s.after
	}
	return s.before
}
