package demo

import "waybill/models"

// invented is a parcel of the past: what has happened to it, the last step a moment
// ago or long ago, and who follows it.
type invented struct {
	number, name string
	carrier      models.Carrier
	provider     string
	chat         int // in chats
	from, to     string
	estimate     string
	steps        []step
	pending      bool // its last scan has not been told yet
}

// step is one scan, some hours ago.
type step struct {
	ago    float64
	status models.Status
	place  string
	text   string
}

// chats are invented people and a group, each with the language that its platform
// tells. The first one, whose page and Mini App are shown, speaks the demo's.
func chats(lang string) []struct {
	models.Address
	lang  string
	group bool
} {
	of := func(door, conversation string) models.Address {
		return models.Address{Door: door, Conversation: conversation}
	}
	return []struct {
		models.Address
		lang  string
		group bool
	}{
		{of("telegram", DemoUser), lang, false},
		{of("telegram", "10002"), "zh-TW", false},
		{of("telegram", "-1000003"), "zh-CN", true},
		{of("wecom_app", "LiLei"), "zh-CN", false},
		{of("telegram", unreachable), "en", false},
	}
}

// Chats of the invented past: one whom the Mini App may show its parcels, and one to
// whom sending fails.
const (
	DemoUser    = "10001"
	unreachable = "10009"
)

// past are parcels in every state that people see, the one whose page is shown first.
// All numbers are synthetic.
func past() []invented { return append(atHome(), elsewhere()...) }

// atHome are those of the person whom the Mini App may show its parcels.
func atHome() []invented {
	return []invented{
		{
			number: "YT1000000000195", name: "妈妈的茶叶", carrier: "yto", provider: "kuaidi100", chat: 0, from: "福州", to: "西安", estimate: "预计今天送达",
			steps: []step{
				{41, models.Collected, "福州", "【福州市】圆通速递福州鼓楼网点已揽收，揽收人：陈师傅，电话：13800000000"},
				{38, models.InTransit, "福州", "【福州市】快件离开【福州鼓楼网点】，已发往【福州转运中心】"},
				{33, models.InTransit, "福州", "【福州市】快件到达【福州转运中心】"},
				{31, models.InTransit, "福州", "【福州市】快件离开【福州转运中心】，已发往【西安转运中心】"},
				{9, models.InTransit, "西安", "【西安市】快件到达【西安转运中心】"},
				{5, models.InTransit, "西安", "【西安市】快件到达【西安雁塔网点】"},
				{1.2, models.OutForDelivery, "西安", "【西安市】西安雁塔网点派件员王师傅（13900000000）正在派件"},
			},
		},
		{
			number: "ZT1000000000017", name: "洗衣液", carrier: "zto", provider: "muzhi", chat: 0, from: "杭州", to: "武汉",
			steps: []step{
				{70, models.Collected, "杭州", "【杭州市】中通快递杭州余杭网点已揽收"},
				{60, models.InTransit, "杭州", "【杭州市】快件离开【杭州转运中心】，已发往【武汉转运中心】"},
				{36, models.InTransit, "武汉", "【武汉市】快件到达【武汉转运中心】"},
				{26, models.ReadyForPickup, "武汉", "【武汉市】快件已到达【武汉阳光小区菜鸟驿站】，取件码 5-2-3012，请及时领取"},
			},
		},
		{
			number: "JDVA10000000030", name: "鞋", carrier: "jd", provider: "kuaidi100", chat: 0, from: "广州", to: "西安",
			steps: []step{
				{100, models.Collected, "广州", "京东物流广州白云营业部已揽收"},
				{76, models.InTransit, "西安", "货物已到达【西安分拨中心】"},
				{52, models.OutForDelivery, "西安", "货物正在派送，派件员：赵师傅"},
				{50, models.Delivered, "西安", "货物已由本人签收，感谢使用京东物流"},
			},
		},
	}
}

// elsewhere are those of the other chats.
func elsewhere() []invented {
	return []invented{
		{
			number: "SF1000000000211", name: "相機", carrier: "sf", provider: "kuaidi100", chat: 1, from: "深圳", to: "台北",
			steps: []step{
				{60, models.Collected, "深圳", "顺丰速运 已收取快件"},
				{44, models.Customs, "深圳", "快件在【深圳口岸】清关，正在查验"},
				{20, models.Customs, "深圳", "快件已通过海关查验，等待放行"},
			},
		},
		{
			number: "YT1000000000203", name: "样品", carrier: "yto", provider: "juhe", chat: 2, from: "义乌", to: "长沙",
			steps: []step{
				{48, models.Collected, "义乌", "【金华市】圆通速递义乌网点已揽收"},
				{24, models.InTransit, "长沙", "【长沙市】快件到达【长沙转运中心】"},
				{6, models.OutForDelivery, "长沙", "【长沙市】长沙岳麓网点正在派件"},
				{3, models.FailedAttempt, "长沙", "【长沙市】派送失败：收件人不在，电话无人接听，已约定次日再派"},
			},
		},
		{
			number: "JT1000000000210", name: "客户退货", carrier: "jt", provider: "muzhi", chat: 3, from: "成都", to: "重庆",
			steps: []step{
				{90, models.Collected, "成都", "【成都市】极兔速递成都武侯网点已揽收"},
				{66, models.OutForDelivery, "重庆", "【重庆市】重庆渝北网点正在派件"},
				{62, models.Rejected, "重庆", "【重庆市】收件人拒收，联系寄件人"},
				{30, models.Returning, "重庆", "【重庆市】快件已退回，离开【重庆转运中心】"},
			},
		},
		{
			number: "773100000000211", name: "办公椅", carrier: "sto", provider: "kuaibao", chat: 3, from: "佛山", to: "上海", pending: true,
			steps: []step{
				{30, models.Collected, "佛山", "【佛山市】申通快递佛山顺德网点已揽收"},
				{16, models.InTransit, "佛山", "【佛山市】快件离开【佛山转运中心】，已发往【上海转运中心】"},
				{0.3, models.InTransit, "上海", "【上海市】快件到达【上海转运中心】"},
			},
		},
		{
			number: "EA100000217CN", name: "Mum's present", carrier: "ems", provider: "juhe", chat: 4, from: "北京", to: "伦敦", pending: true,
			steps: []step{
				{120, models.Collected, "北京", "【北京市】中国邮政北京国际邮件处理中心已收寄"},
				{96, models.Customs, "北京", "【北京市】出口海关放行"},
				{0.4, models.InTransit, "伦敦", "Arrived at the processing facility, London"},
			},
		},
	}
}

// moving are numbers whose journeys the emulated APIs tell while one looks on.
func moving() []invented {
	return []invented{
		{number: "YT1000000000229", name: "充电宝", carrier: "yto", chat: 0},
		{number: "773100000000229", name: "雨伞", carrier: "sto", chat: 2},
		{number: "JT1000000000228", name: "打印纸", carrier: "jt", chat: 3},
		{number: "YT1000000000237", name: "耳機", carrier: "yto", chat: 1},
	}
}
